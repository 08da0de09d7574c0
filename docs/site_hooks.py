"""What the site has beyond `mkdocs.yml`: pages from outside `docs/`, and the command's options."""

from __future__ import annotations

import io
import os
import re
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

from cartesia_calls.cli import main

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]

# Files of the repository that are pages of the site too: where each is, and where it is shown.
SHOWN = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "benchmarks/results.md": "internals/benchmarks.md",
    "examples/README.md": "examples.md",
}
FIGURES = "benchmarks/figures"

OPTIONS = "<!-- options -->"
_LINK = re.compile(r"(?<=\]\()([^)#\s:]+)(?=[)#])")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the files that are outside `docs/`."""
    figures = {
        f"{FIGURES}/{figure.name}": f"internals/figures/{figure.name}"
        for figure in (ROOT / FIGURES).glob("*.svg")
    }
    for path, shown in {**SHOWN, **figures}.items():
        files.append(File.generated(config, shown, abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Fill in the command's options, and point links at where the site has the file."""
    del config, files
    source = page.file.abs_src_path
    if source is None:
        return markdown

    def shown(link: re.Match[str]) -> str:
        target = os.path.relpath(Path(source).parent / link[0], ROOT)
        if target.startswith("docs/"):
            place = target.removeprefix("docs/")
        elif target.startswith("examples/") and target.endswith(".py"):
            name = Path(target).name
            place = f"examples.md#{name.replace('.', '')}"
        elif target in SHOWN:
            place = SHOWN[target]
        else:
            place = target.replace(FIGURES, "internals/figures")
        return os.path.relpath(place, Path(page.file.src_uri).parent)

    if page.file.src_uri == SHOWN["examples/README.md"]:
        markdown += programs()
    return _LINK.sub(shown, markdown).replace(OPTIONS, options())


def programs() -> str:
    """Return the source of each example, as Markdown."""
    return "".join(
        f"\n## {path.name}\n\n```python\n{path.read_text(encoding='utf-8')}```\n"
        for path in sorted((ROOT / "examples").glob("*.py"))
    )


def options() -> str:
    """Return the help of each command, as Markdown."""
    listed = re.search(r"^commands:\n(.*?)\n\n", help_of(), re.MULTILINE | re.DOTALL)
    commands = re.findall(r"^ +(\w+) {2,}", listed[1], re.MULTILINE) if listed else []
    if not commands:
        raise PluginError(
            "The help of cartesia-calls lists no commands. Correct docs/site_hooks.py."
        )
    return "\n\n".join(f"### {name}\n\n```text\n{help_of(name)}```" for name in commands)


def help_of(*command: str) -> str:
    """Return what `--help` prints."""
    written = io.StringIO()
    with patch.dict(os.environ, COLUMNS="80"), redirect_stdout(written), suppress(SystemExit):
        main([*command, "--help"])
    return written.getvalue()
