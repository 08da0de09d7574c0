"""No code of the product runs text as code, unpickles, or passes a command line to a shell."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(
    file
    for folder in ("wrapper", "generated", "scripts")
    for file in (ROOT / folder).rglob("*.py")
    if "templates" not in file.parts
)
CALLS = {"eval", "exec", "compile", "__import__"}
MODULES = {"pickle", "cPickle", "dill", "marshal", "shelve"}
# Its `shell` names the shell whose completions it writes.
NAMES_A_SHELL = "shtab.complete"
SHELLS = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"}


def _forbidden(source: str) -> list[str]:
    """Return a description of each forbidden call of a module."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            found += [f"calls {name}"] if name in CALLS | SHELLS else []
            found += [
                f"calls {name} with shell={ast.unparse(keyword.value)}"
                for keyword in node.keywords
                if keyword.arg == "shell"
                and name != NAMES_A_SHELL
                and ast.unparse(keyword.value) != "False"
            ]
        elif isinstance(node, ast.Import):
            names = {alias.name.partition(".")[0] for alias in node.names}
            found += [f"imports {name}" for name in sorted(names & MODULES)]
        elif isinstance(node, ast.ImportFrom) and (node.module or "") in MODULES:
            found.append(f"imports {node.module}")
    return found


def test_no_module_makes_a_forbidden_call() -> None:
    assert len(FILES) > 50
    found = {str(file.relative_to(ROOT)): _forbidden(file.read_text("utf-8")) for file in FILES}
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize(
    "source",
    [
        "eval('1')",
        "exec(text)",
        "import pickle",
        "import os, pickle as p",
        "from pickle import loads",
        "import subprocess\nsubprocess.run('ls', shell=True)",
        "run('ls', shell=flag)",
        "import os\nos.system('ls')",
    ],
)
def test_forbidden_calls_are_found(source: str) -> None:
    assert _forbidden(source)


@pytest.mark.parametrize(
    "source", ["model.eval", "re.compile('x')", "subprocess.run(['ls'])", "run(x, shell=False)"]
)
def test_allowed_calls_are_not_reported(source: str) -> None:
    assert _forbidden(source) == []


def test_the_security_rules_of_the_linter_are_on_for_all_code_but_tests() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lint = project["tool"]["ruff"]["lint"]
    assert lint["select"] == ["ALL"]
    ignored = list(lint["ignore"])
    for files, rules in lint["per-file-ignores"].items():
        ignored += rules if files not in {"tests/**", "examples/test_*.py"} else []
    assert [rule for rule in ignored if re.fullmatch(r"S\d*", rule)] == []
