"""The PyInstaller hook of this package, so that a frozen app contains all of it.

PyInstaller finds the folder by the entry point `pyinstaller40`.
"""

from pathlib import Path


def hook_folders() -> list[str]:
    """Return the folders with hooks for PyInstaller."""
    return [str(Path(__file__).parent)]
