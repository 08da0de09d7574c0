"""Draw the command in a terminal, light and dark, from what it prints about the sandbox.

`python docs/make_pictures.py` writes `docs/pictures/*.svg`, and with `--check` says which of them no
longer shows what the command prints. It needs the extras `cli` and `sandbox`.
"""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from cartesia_calls.sandbox import Sandbox

PICTURES = Path(__file__).parent / "pictures"
COMMANDS = ("cartesia-calls show ac_finished --logs",)
WIDTH = 96

# Foreground, background, and black, red, green, yellow, blue, magenta, cyan, white, plain and bright.
_LIGHT = "1f2328 ffffff 1f2328 b3261e 1a7f37 8a5a00 0550ae 8250df 0b6e75 6e7781"
_DARK = "e6edf3 0d1117 484f58 ff7b72 56d364 e3b341 79c0ff d2a8ff 56d4dd b1bac4"


def main() -> int:
    """Write the pictures, or compare what they show.

    Returns:
        1 if a picture shows something else.
    """
    printed, stale = session(), False
    for name, colours in (("light", _LIGHT), ("dark", _DARK)):
        picture, path = draw(printed, theme_of(colours)), PICTURES / f"terminal-{name}.svg"
        if "--check" not in sys.argv:
            path.write_text(picture, encoding="utf-8")
        elif words_of(picture) != words_of(path.read_text(encoding="utf-8")):
            sys.stderr.write(f"{path} shows another output; run: python docs/make_pictures.py\n")
            stale = True
    return int(stale)


def words_of(picture: str) -> list[str]:
    """Return the words in a picture; versions of rich may place them otherwise."""
    return re.sub(r"<style>.*?</style>|<[^>]*>", " ", picture, flags=re.DOTALL).split()


class _Then:
    """A clock that stands still, so that the pictures change only with the command."""

    def now(self) -> datetime:
        """Return the moment at which the pictures are drawn."""
        return datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def session() -> str:
    """Return what a terminal shows when the commands are typed."""
    shown: list[str] = []
    with Sandbox(clock=_Then()) as sandbox:
        environment = {
            **os.environ,
            "CARTESIA_BASE_URL": sandbox.url,
            "CARTESIA_API_KEY": sandbox.api_key,
            "COLUMNS": str(WIDTH),
            "PYTHONUTF8": "1",
            "TERM": "xterm-256color",
            "TZ": "UTC",
        }
        environment.pop("NO_COLOR", None)
        for command in COMMANDS:
            words = [sys.executable, "-m", "cartesia_calls", *command.split()[1:]]
            shown.append(f"\x1b[1m$ {command}\x1b[0m\n{_on_a_terminal(words, environment)}")
    return "\n".join(shown)


def _on_a_terminal(words: list[str], environment: dict[str, str]) -> str:
    ours, theirs = pty.openpty()
    with subprocess.Popen(words, env=environment, stdout=theirs):  # noqa: S603 - ours
        os.close(theirs)
        printed = bytearray()
        # Linux reports the end of a terminal's output as an error.
        with suppress(OSError):
            while more := os.read(ours, 4096):
                printed += more
    os.close(ours)
    return printed.decode().replace("\r\n", "\n")


def draw(printed: str, theme: TerminalTheme) -> str:
    """Return the picture of a terminal as SVG."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(printed))
    picture = console.export_svg(title="cartesia-calls", theme=theme, unique_id="terminal")
    # rich names a font on a web server; the reader's own do.
    picture = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)
    picture = picture.replace("rgba(255,255,255,0.35)", "rgba(128,128,128,0.5)")
    picture = picture.replace("Fira Code", "ui-monospace, SFMono-Regular, Menlo, Consolas")
    return "\n".join(line.rstrip() for line in picture.splitlines()) + "\n"


def theme_of(colours: str) -> TerminalTheme:
    """Return the theme of a foreground, a background and eight colours."""
    foreground, background, *eight = (
        (int(colour[:2], 16), int(colour[2:4], 16), int(colour[4:], 16))
        for colour in colours.split()
    )
    return TerminalTheme(background, foreground, eight, eight)


if __name__ == "__main__":
    sys.exit(main())
