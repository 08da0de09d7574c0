"""Which modules of the generated layer stand for which part of the spec."""

import ast
import re
from functools import cached_property
from pathlib import Path

_NOT_IN_NAMES = re.compile(r"[^a-z0-9]")


def plain(name: str) -> str:
    """Return a name as the spec and Python have it in common: `agents_get-call`, `AgentsGetCall`."""
    return _NOT_IN_NAMES.sub("", name.lower())


class GeneratedCode:
    """The generated package, read.

    Args:
        folder: The package's folder, such as `generated/cartesia_api`.
        root: What module paths are told relative to.
    """

    def __init__(self, folder: Path, root: Path) -> None:
        self._folder = folder
        self._root = root

    def operation_module(self, operation_id: str) -> str | None:
        """Return the module of an operation, None if there is none."""
        return self._operations.get(plain(operation_id))

    def models(self, start: str, *, is_whole_name: bool) -> list[str]:
        """Return the modules of the models whose plain name is that, or starts so."""
        return sorted(
            path
            for name, path in self._models.items()
            if (name == start if is_whole_name else name.startswith(start))
        )

    @cached_property
    def _operations(self) -> dict[str, str]:
        files = sorted((self._folder / "api").rglob("*.py"))
        return {plain(file.stem): self._shown(file) for file in files if file.stem != "__init__"}

    @cached_property
    def _models(self) -> dict[str, str]:
        text = (self._folder / "models" / "__init__.py").read_text(encoding="utf-8")
        return {
            plain(alias.name): self._shown(self._folder / "models" / f"{node.module}.py")
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }

    def _shown(self, file: Path) -> str:
        return file.relative_to(self._root).as_posix()
