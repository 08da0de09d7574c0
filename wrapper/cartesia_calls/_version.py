"""The one place that knows the version: hatchling and `--version` read it here."""

__version__ = "0.1.0"
