"""What of ours depends on a part of the spec, found from the code."""

import argparse
import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

from _spec_document import Operation, SpecDocument
from _yaml_text import canonical
from cartesia_calls.cli._parser import build_parser

from .changes import Change
from .differences import Place
from .error_classes import errors_of
from .generated_code import GeneratedCode, plain
from .wrapper_code import Symbol, WrapperCode

_CLIENTS = ("Client", "AsyncClient")


@dataclass(frozen=True)
class Impact:
    """What depends on what a change is about.

    Attributes:
        modules: Files of the generated layer.
        methods: Public methods, as one writes them: `client.calls.logs`.
        errors: Names of exceptions that may appear, disappear or change.
        options: The command's commands, each with the options that have to do with it.
        routes: The sandbox's routes.
    """

    modules: tuple[str, ...]
    methods: tuple[str, ...]
    errors: tuple[str, ...]
    options: tuple[str, ...]
    routes: tuple[str, ...]

    @property
    def is_on_us(self) -> bool:
        """Whether anything that we wrap depends on it."""
        return bool(self.methods or self.routes)


class ImpactMap:
    """Finds what depends on the operations of the vendored spec.

    Args:
        spec: The vendored spec.
        root: The repository.
    """

    def __init__(self, spec: SpecDocument, root: Path) -> None:
        self._spec = spec
        self._wrapper = WrapperCode(root / "wrapper" / "cartesia_calls", "cartesia_calls")
        self._generated = GeneratedCode(root / "generated" / "cartesia_api", root)

    @cached_property
    def wrapped(self) -> dict[str, Symbol]:
        """The constants that stand for operations, by operationId."""
        found: dict[str, Symbol] = {}
        for name, value in self._wrapper.constants("_operations").items():
            if isinstance(value, ast.Call) and ast.unparse(value.func) == "Operation":
                for keyword in value.keywords:
                    if keyword.arg == "operation_id":
                        found[ast.literal_eval(keyword.value)] = Symbol("_operations", name)
        return found

    def of(self, change: Change) -> Impact:
        """Return what depends on what a change is about."""
        places = change.places
        if all(not place.operation for place in places):
            return Impact((), (), (), (), ())
        ids = {place.operation_id for place in places}
        ours = ids & self.wrapped.keys()
        errors = {
            name
            for place in places
            if place.operation_id in ours & self._operations.keys()
            for name in errors_of(change.kind, place, self._operations[place.operation_id])
        }
        return Impact(
            tuple(sorted(self._modules(change, ids))),
            tuple(sorted({name for id_ in ours for name in self._methods[id_]})),
            tuple(sorted(errors)),
            tuple(sorted({line for id_ in ours for line in self._options[id_]})),
            tuple(sorted(self._routes[id_] for id_ in ids & self._routes.keys())),
        )

    @cached_property
    def _operations(self) -> dict[str, Operation]:
        return {operation.operation_id: operation for operation in self._spec.operations()}

    @cached_property
    def _methods(self) -> dict[str, list[str]]:
        """The public methods that use an operation, by operationId."""
        methods = [
            pair
            for name in _CLIENTS
            if (client := self._wrapper.resolve("", name)) is not None
            for pair in self._wrapper.public_methods(client, "client")
        ]
        return {
            operation_id: sorted({name for name, method in methods if self._uses(method, constant)})
            for operation_id, constant in self.wrapped.items()
        }

    def _uses(self, user: Symbol, constant: Symbol) -> bool:
        return constant in self._wrapper.reached_from(user)

    @cached_property
    def _options(self) -> dict[str, list[str]]:
        """The commands that use an operation, with the options that those of their functions read."""
        commands = _commands()
        return {
            operation_id: [
                line
                for name, parser in commands.items()
                if (line := self._command_line(name, parser, constant))
            ]
            for operation_id, constant in self.wrapped.items()
        }

    def _command_line(
        self, name: str, parser: argparse.ArgumentParser, constant: Symbol
    ) -> str | None:
        module = f"cli._{name}"
        if module not in self._wrapper.modules():
            return None
        run = Symbol(module, "run")
        users = [
            symbol
            for symbol in self._wrapper.functions(module)
            if symbol in self._wrapper.reached_from(run) and self._uses(symbol, constant)
        ]
        if run not in users:
            return None
        read = {dest for user in users for dest in self._read_options(user)}
        return " ".join(
            [name, *(_shown(action) for action in _actions(parser) if action.dest in read)]
        )

    def _read_options(self, symbol: Symbol) -> Iterable[str]:
        function = self._wrapper.function(symbol)
        for node in ast.walk(function) if function else ():
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "arguments":
                yield node.attr

    @cached_property
    def _routes(self) -> dict[str, str]:
        """The sandbox's routes by operationId: the keys of what `endpoints` returns."""
        endpoints = self._wrapper.function(Symbol("sandbox._operations", "Operations.endpoints"))
        constants = self._wrapper.constants("sandbox._operations")
        found: dict[str, str] = {}
        for node in ast.walk(endpoints) if endpoints else ():
            for key in node.keys if isinstance(node, ast.Dict) else ():
                value = constants.get(key.id) if isinstance(key, ast.Name) else key
                operation_id = str(ast.literal_eval(value)) if value is not None else ""
                if operation_id in self._operations:
                    found[operation_id] = self._operations[operation_id].title
        return found

    def _modules(self, change: Change, operation_ids: set[str]) -> set[str]:
        found = {self._generated.operation_module(id_) for id_ in operation_ids} - {None}
        match (change.before_pointer or "").split("/"):
            case ["#", "components", "schemas", name, *rest]:
                found |= set(self._models_of_schema(name))
                if rest[:1] == ["properties"]:
                    inner = plain(name + rest[1])
                    found |= set(self._generated.models(inner, is_whole_name=False))
            case _:
                for place in change.places:
                    found |= set(self._inline_models(place))
        return {module for module in found if module is not None}

    def _models_of_schema(self, name: str) -> list[str]:
        """Return the model of a schema, or those of its users where it is a plain type of theirs."""
        own = self._generated.models(plain(name), is_whole_name=True)
        reference = f'"#/components/schemas/{name}"'
        users = [
            key[1]
            for key, definition in self._spec.components.items()
            if key[0] == "schemas" and reference in canonical(definition)
        ]
        return own or [
            module
            for user in users
            for module in self._generated.models(plain(user), is_whole_name=True)
        ]

    def _inline_models(self, place: Place) -> list[str]:
        """Return the models that are named after an operation, or a parameter of it."""
        operation = plain(place.operation_id)
        carrier = plain(place.carrier.partition(" ")[2])
        if place.carrier.startswith(("header ", "query ", "path ", "cookie ")):
            shared = self._generated.models(carrier, is_whole_name=True)
            return shared + self._generated.models(operation + carrier, is_whole_name=True)
        response = f"{operation}response{plain(place.status)}"
        return self._generated.models(response, is_whole_name=False) if place.status else []


def _commands() -> dict[str, argparse.ArgumentParser]:
    for action in _actions(build_parser()):
        choices: object = action.choices
        if isinstance(choices, dict):
            return cast("dict[str, argparse.ArgumentParser]", choices)
    return {}


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return parser._actions  # noqa: SLF001 - argparse has no public way to them  # pyright: ignore[reportPrivateUsage]


def _shown(action: argparse.Action) -> str:
    return action.option_strings[-1] if action.option_strings else str(action.metavar)
