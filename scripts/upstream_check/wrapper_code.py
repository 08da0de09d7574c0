"""Who uses what in the hand-written code, found by reading it.

It resolves names through imports, `self`, annotations and what is returned, which is enough for code
that is fully annotated. Nothing is imported or run.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from math import inf
from pathlib import Path

_PROPERTIES = {"property", "cached_property"}
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Symbol:
    """A name at a module's top level, or a method.

    Attributes:
        module: The module's dotted name below the package; empty for the package itself.
        name: The name; `Class.method` for a method.
    """

    module: str
    name: str

    def method(self, name: str) -> "Symbol":
        """Return a method of this class."""
        return Symbol(self.module, f"{self.name}.{name}")


@dataclass
class _Module:
    """What a module defines, and what it imports from the package."""

    name: str
    is_package: bool
    tree: ast.Module
    imports: dict[str, Symbol] = field(default_factory=dict[str, Symbol])
    functions: dict[str, _Function] = field(default_factory=dict[str, _Function])
    classes: dict[str, ast.ClassDef] = field(default_factory=dict[str, ast.ClassDef])
    constants: dict[str, ast.expr] = field(default_factory=dict[str, ast.expr])


class WrapperCode:
    """The modules of a package, read."""

    def __init__(self, folder: Path, package: str) -> None:
        self._package = package
        self._modules = {module.name: module for module in _read_modules(folder, package)}
        # Bound here so that the cache lives as long as the code it speaks of.
        self.reached_from = cache(self._reached_from)
        self._used_by = cache(self._find_used_by)
        self._attribute = cache(self._find_attribute)

    def constants(self, module: str) -> dict[str, ast.expr]:
        """Return the values that a module gives to names at its top level."""
        return self._modules[module].constants

    def function(self, symbol: Symbol) -> _Function | None:
        """Return a function or method, if it is one of the package."""
        module = self._modules.get(symbol.module)
        return module.functions.get(symbol.name) if module else None

    def functions(self, module: str) -> list[Symbol]:
        """Return all functions and methods of a module."""
        return [Symbol(module, name) for name in self._modules[module].functions]

    def modules(self) -> list[str]:
        """Return the names of all modules."""
        return sorted(self._modules)

    def resolve(self, module: str, name: str) -> Symbol | None:
        """Return what a name stands for in a module, imports followed."""
        known = self._modules.get(module)
        if known is None:
            return None
        if name in known.functions or name in known.classes or name in known.constants:
            return Symbol(module, name)
        imported = known.imports.get(name)
        return self.resolve(imported.module, imported.name) if imported else None

    def public_methods(self, class_: Symbol, prefix: str) -> Iterator[tuple[str, Symbol]]:
        """Yield the public methods of a class, and of what its properties give, as one writes them."""
        for name in self._methods(class_):
            symbol = self._find_method(class_, name)
            if name.startswith("_") or symbol is None:
                continue
            if not self._is_property(symbol):
                yield f"{prefix}.{name}", symbol
            elif (given := self._returned(symbol)) is not None:
                yield from self.public_methods(given, f"{prefix}.{name}")

    def _reached_from(self, start: Symbol) -> frozenset[Symbol]:
        """Return everything of the package that a function uses, directly or through others."""
        found: set[Symbol] = set()
        waiting = [start]
        while waiting:
            symbol = waiting.pop()
            if symbol not in found:
                found.add(symbol)
                waiting += self._used_by(symbol)
        return frozenset(found)

    def _find_used_by(self, symbol: Symbol) -> list[Symbol]:
        function = self.function(symbol)
        if function is None:
            return self._special_methods(symbol)
        types = self._variables(symbol, function)
        used: list[Symbol] = []
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and node.id not in types:
                used += filter(None, [self.resolve(symbol.module, node.id)])
            elif isinstance(node, ast.Attribute):
                owner = self._type_of(node.value, symbol.module, types)
                used += filter(None, [owner and self._find_method(owner, node.attr)])
        return used

    def _special_methods(self, symbol: Symbol) -> list[Symbol]:
        """Who makes an object may iterate over it, enter it, or hand it on as what a protocol names."""
        names = self._methods(symbol)
        return [
            symbol.method(name)
            for name in names
            if name.startswith("__") or name in self._protocol_methods
        ]

    @cached_property
    def _protocol_methods(self) -> frozenset[str]:
        """The methods that are called on objects whose class the caller does not know."""
        return frozenset(
            node.name
            for module in self._modules.values()
            for class_ in module.classes.values()
            if any(_is_name(base, "Protocol") for base in class_.bases)
            for node in class_.body
            if isinstance(node, _Function)
        )

    def _class(self, symbol: Symbol) -> ast.ClassDef | None:
        module = self._modules.get(symbol.module)
        return module.classes.get(symbol.name) if module else None

    def _bases(self, symbol: Symbol) -> Iterator[Symbol]:
        class_ = self._class(symbol)
        for base in class_.bases if class_ else ():
            found = self._annotated(base, symbol.module)
            if found is not None:
                yield found

    def _methods(self, symbol: Symbol) -> list[str]:
        class_ = self._class(symbol)
        own = [node.name for node in class_.body if isinstance(node, _Function)] if class_ else []
        return own + [name for base in self._bases(symbol) for name in self._methods(base)]

    def _find_method(self, class_: Symbol, name: str) -> Symbol | None:
        own = class_.method(name)
        if self.function(own) is not None:
            return own
        inherited = (self._find_method(base, name) for base in self._bases(class_))
        return next(filter(None, inherited), None)

    def _is_property(self, symbol: Symbol) -> bool:
        function = self.function(symbol)
        decorators = function.decorator_list if function else []
        return any(isinstance(d, ast.Name) and d.id in _PROPERTIES for d in decorators)

    def _returned(self, symbol: Symbol) -> Symbol | None:
        function = self.function(symbol)
        return self._annotated(function.returns, symbol.module) if function else None

    def _annotated(self, annotation: ast.expr | None, module: str) -> Symbol | None:
        """Return the class of the package that an annotation names."""
        if isinstance(annotation, ast.Subscript):
            return self._annotated(annotation.value, module)
        if isinstance(annotation, ast.BinOp):
            left = self._annotated(annotation.left, module)
            return left or self._annotated(annotation.right, module)
        if isinstance(annotation, ast.Name):
            symbol = self.resolve(module, annotation.id)
            return symbol if symbol and self._class(symbol) else None
        return None

    def _variables(
        self, symbol: Symbol, function: _Function, before: float = inf
    ) -> dict[str, Symbol]:
        """Return the classes of a function's variables, as far as they can be told.

        Args:
            symbol: The function.
            function: What it is.
            before: Only of variables that have a value before this line.
        """
        types: dict[str, Symbol] = {}
        class_name, dot, _ = symbol.name.partition(".")
        if dot:
            types["self"] = Symbol(symbol.module, class_name)
        for node in ast.walk(function):
            if getattr(node, "lineno", 0) >= before:
                continue
            if isinstance(node, ast.arg) and node.arg != "self":
                found = self._annotated(node.annotation, symbol.module)
                _learn(types, ast.Name(node.arg), found)
            elif isinstance(node, ast.Assign):
                _learn(types, node.targets[0], self._type_of(node.value, symbol.module, types))
            elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                found = self._type_of(node.context_expr, symbol.module, types)
                _learn(types, node.optional_vars, found)
        return types

    def _type_of(self, node: ast.expr, module: str, types: dict[str, Symbol]) -> Symbol | None:
        if isinstance(node, ast.Name):
            return types.get(node.id)
        if isinstance(node, ast.Attribute):
            owner = self._type_of(node.value, module, types)
            return self._attribute(owner, node.attr) if owner else None
        if isinstance(node, ast.Call):
            return self._result_of(node.func, module, types)
        return None

    def _result_of(self, called: ast.expr, module: str, types: dict[str, Symbol]) -> Symbol | None:
        if isinstance(called, ast.Name):
            symbol = self.resolve(module, called.id)
            if symbol is None:
                return None
            return symbol if self._class(symbol) else self._returned(symbol)
        if isinstance(called, ast.Attribute):
            owner = self._type_of(called.value, module, types)
            method = self._find_method(owner, called.attr) if owner else None
            return self._returned(method) if method else None
        return None

    def _find_attribute(self, class_: Symbol, name: str) -> Symbol | None:
        method = self._find_method(class_, name)
        if method is not None:
            return self._returned(method) if self._is_property(method) else None
        for owner in (class_, *self._bases(class_)):
            definition = self._class(owner)
            for statement in definition.body if definition else ():
                if isinstance(statement, ast.AnnAssign) and _is_name(statement.target, name):
                    return self._annotated(statement.annotation, owner.module)
            init = self.function(owner.method("__init__"))
            for node in ast.walk(init) if init else ():
                if isinstance(node, ast.Assign) and _is_own(node.targets[0], name):
                    types = (
                        self._variables(owner.method("__init__"), init, node.lineno) if init else {}
                    )
                    return self._type_of(node.value, owner.module, types)
        return None


def _learn(types: dict[str, Symbol], target: ast.expr, found: Symbol | None) -> None:
    if isinstance(target, ast.Name) and found is not None:
        types.setdefault(target.id, found)


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_own(node: ast.expr, name: str) -> bool:
    """Tell whether a target is `self.name`."""
    return isinstance(node, ast.Attribute) and node.attr == name and _is_name(node.value, "self")


def _read_modules(folder: Path, package: str) -> Iterator[_Module]:
    for path in sorted(folder.rglob("*.py")):
        steps = path.relative_to(folder).with_suffix("").parts
        is_package = steps[-1] == "__init__"
        name = ".".join(steps[:-1] if is_package else steps)
        module = _Module(name, is_package, ast.parse(path.read_text(encoding="utf-8")))
        _fill(module, package)
        yield module


def _fill(module: _Module, package: str) -> None:
    for statement in module.tree.body:
        if isinstance(statement, _Function):
            module.functions[statement.name] = statement
        elif isinstance(statement, ast.ClassDef):
            module.classes[statement.name] = statement
            for inner in statement.body:
                if isinstance(inner, _Function):
                    module.functions[f"{statement.name}.{inner.name}"] = inner
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            module.constants[statement.targets[0].id] = statement.value
    for node in ast.walk(module.tree):  # imports for type checkers and late ones as well
        if isinstance(node, ast.ImportFrom):
            source = _imported_module(node, module, package)
            for alias in node.names if source is not None else ():
                module.imports[alias.asname or alias.name] = Symbol(source or "", alias.name)


def _imported_module(node: ast.ImportFrom, module: _Module, package: str) -> str | None:
    """Return the module of the package that is imported from, None for others."""
    if node.level == 0:
        own, _, rest = (node.module or "").partition(".")
        return rest if own == package else None
    steps = module.name.split(".") if module.name else []
    above = steps[: len(steps) - node.level + (1 if module.is_package else 0)]
    return ".".join([*above, *filter(None, [node.module])])
