"""The engines that are installed."""

INSTALLED: tuple[str, ...] = ("httpx",)
