"""Check the language of the repository: `nox -s lint` runs this.

    python tests/language/check.py [FILE...]

It searches Markdown, comments, docstrings, strings, and the names of functions, classes and variables for
the phrases of `language.toml`, and runs harper-cli on Markdown, comments and docstrings. Text in backticks
is code. `typos` checks the spelling.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tokenize
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / "language.toml"
# Replaces each character that is not prose, so that no phrase is found across it.
_CODE = "\0"
_FENCED = re.compile(r"^([ >]*)(```+|~~~+).*?^\1\2", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(`+)[^`]+?\1|\]\([^)]*\)|<[^>\n]+>|https?://\S+")
_STRINGS = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}


def main(names: Sequence[str]) -> int:
    """Print every finding, and return 1 if there are any."""
    configuration = tomllib.loads(CONFIGURATION.read_text(encoding="utf-8"))
    files = _files(names, tuple(configuration["excluded"]))
    found = [line for file in files for line in phrases(file, configuration["phrase"])]
    found += grammar(files, configuration["harper"]["ignored"])
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


def phrases(name: str, listed: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield where a file of the repository has a listed phrase, and what to write instead."""
    text = prose(name, (ROOT / name).read_text(encoding="utf-8"))
    for phrase in listed:
        if name.startswith(tuple(phrase.get("allowed", ()))):
            continue
        words = phrase["wrong"].replace(" ", r"\s+")
        for match in re.finditer(rf"\b(?:{words})\b", text, re.IGNORECASE):
            line = text.count("\n", 0, match.start()) + 1
            said = " ".join(match[0].split())
            yield f"{name}:{line}: for {said!r} write: {phrase['write']}"


def prose(name: str, text: str) -> str:
    """Return the text of a file with all code blanked; prose keeps its place."""
    if name.endswith(".py"):
        text = _prose_of_python(text)
    elif name.endswith(".md"):
        text = _FENCED.sub(_blank, text)
    else:
        text = text.replace("#", " ")
    return _INLINE.sub(_blank, text)


def grammar(files: Sequence[str], ignored: Mapping[str, str]) -> Iterator[str]:
    """Yield what harper-cli finds, apart from the rules to ignore."""
    checked = [name for name in files if name.endswith((".md", ".py"))]
    options = ["--quiet", "--no-parallel", "--format=json", f"--ignore={','.join(ignored)}"]
    done = subprocess.run(
        ["harper", "lint", *options, *checked],  # noqa: S607 - of the environment
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if not done.stdout:
        sys.exit(done.stderr.decode())
    for name, report in zip(checked, json.loads(done.stdout), strict=True):
        lines: list[str] = (ROOT / name).read_text(encoding="utf-8").splitlines()
        example = Path(name).stem.removeprefix("_")
        for lint in report["lints"]:
            # The docstring of a command is its help, and ends with examples.
            if "/cli/" in name and lines[int(lint["line"]) - 1].split(" ")[0] == example:
                continue
            said = " ".join(lint["matched_text"].split())
            yield f"{name}:{lint['line']}: {said!r}: {lint['message']} ({lint['rule']})"


def _files(names: Sequence[str], excluded: tuple[str, ...]) -> list[str]:
    if not names:
        command = ["git", "ls-files", "*.md", "*.py", "*.toml", "*.yml"]
        names = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True
        ).stdout.splitlines()
    return [name for name in names if not name.startswith(excluded)]


def _prose_of_python(text: str) -> str:
    kept = [re.sub(r"[^\n]", _CODE, line) for line in text.splitlines(keepends=True)]
    previous = ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        said = token.string
        if token.type == tokenize.COMMENT:
            said = said.replace("#", " ")
        elif previous in {"def", "class"} or token.line.lstrip().startswith(f"{said} = "):
            # The name of a function, a class or a variable.
            said = said.replace("_", " ")
        elif token.type not in _STRINGS or not re.search(r"\S\s+\S", said):
            # A string of one word is a name.
            said = ""
        previous = token.string
        row, column = token.start
        for number, piece in enumerate(said.splitlines(), row - 1):
            line = kept[number]
            kept[number] = line[:column] + piece + line[column + len(piece) :]
            column = 0
    # A comment that is continued in the next line is one text.
    return re.sub(rf"\n{_CODE}+(?=\s)", lambda found: "\n".ljust(len(found[0])), "".join(kept))


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", _CODE, match[0])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
