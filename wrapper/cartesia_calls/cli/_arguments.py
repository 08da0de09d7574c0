"""argparse with better manners: no abbreviations, suggestions, and a short usage with an error."""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import textwrap
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from ._exit_codes import ExitCode
from ._option_types import call_id, did_you_mean
from ._terminal import Screen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WIDEST = 80
_OPTION = re.compile(r"--?[a-z][a-z-]*")


class Options(Protocol):
    """What takes options: a parser, or a group of one."""

    def add_argument(self, *names: str, **settings: Any) -> argparse.Action:  # noqa: ANN401 - argparse's
        """Add an option."""
        ...

    def add_mutually_exclusive_group(self, *, required: bool = False) -> Options:
        """Add options of which one may be given."""
        ...


class CommandParser(argparse.ArgumentParser):
    """Reads one command's words.

    Args:
        prog: The command.
        words: What is typed after it.
        about: What it does.
        notes: What stands below its options, unchanged.
    """

    def __init__(self, prog: str, *, words: str, about: str, notes: str) -> None:
        self._width = min(_WIDEST, shutil.get_terminal_size().columns)
        super().__init__(
            prog=prog,
            usage=f"{prog} {words}",
            description=self._filled(about),
            epilog=notes,
            formatter_class=partial(
                argparse.RawDescriptionHelpFormatter, width=self._width, max_help_position=26
            ),
            allow_abbrev=False,
        )
        self.register("action", None, _Once)

    def group(self, title: str, about: str = "") -> Options:
        """Return a new group of options."""
        return self.add_argument_group(title, self._filled(about) or None)

    def options(self) -> list[str]:
        """Return all options of this command, as its help has them."""
        lines = [line for line in self.format_help().splitlines() if line.startswith("  -")]
        return [option for line in lines for option in _OPTION.findall(line.strip().split("  ")[0])]

    def error(self, message: str) -> NoReturn:
        """Write the usage and what is wrong, and exit with 2."""
        screen = Screen.of(sys.stderr)
        lines = [
            self.format_usage().rstrip(),
            *screen.hang(f"{self.prog}: error:", message, style="error"),
            *screen.hang("", f"Run `{self.prog} --help` to see what can be typed."),
        ]
        self.exit(ExitCode.USAGE, "\n".join(lines) + "\n")

    def _filled(self, text: str) -> str:
        return textwrap.fill(text, self._width - 2, break_on_hyphens=False)


class _Once(argparse.Action):
    """Stores a value; a second one is an error, where argparse silently takes the last."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        given: set[str] = vars(namespace).setdefault("_given", set())
        if self.dest in given:
            parser.error(f"{option_string} is given twice; give it once")
        given.add(self.dest)
        setattr(namespace, self.dest, values)


class Suggestions(tuple[str, ...]):
    """Values that a shell completes; any other is taken too."""

    __slots__ = ()

    def __contains__(self, value: object) -> bool:
        """Tell whether a value is taken: each is."""
        return True


def parse(
    parser: CommandParser, commands: Mapping[str, CommandParser], words: Sequence[str]
) -> argparse.Namespace:
    """Read a command line; where it is wrong, exit with 2."""
    first = _command_in(words)
    if first is not None and first not in commands:
        suggestion = did_you_mean(first, commands) or f"; use one of {', '.join(commands)}"
        parser.error(f"there is no command {first!r}{suggestion}")
    arguments, rest = parser.parse_known_args(words)
    command = commands.get(arguments.command, parser)
    for word in rest:
        _take(word, arguments, command)
    arguments.verbose += vars(arguments).pop("more_verbose", 0)
    return arguments


def _command_in(words: Sequence[str]) -> str | None:
    """Return the word in a command's place, None where there is none."""
    rest = iter(words)
    for word in rest:
        if word in {"--base-url", "--api-version"}:
            next(rest, None)
        elif not word.startswith("-"):
            return word
    return None


def _take(word: str, arguments: argparse.Namespace, command: CommandParser) -> None:
    """Take an id that stands behind an option; refuse all else that argparse leaves."""
    option = word.partition("=")[0]
    if option.startswith("-"):
        known = command.options()
        longer = [one for one in known if option != "--" and one.startswith(option)]
        suggestion = did_you_mean(longer[0], known) if longer else did_you_mean(option, known)
        command.error(f"there is no option {option}{suggestion}")
    if "call_ids" not in arguments:
        why = "this command takes one id" if "call_id" in arguments else "nothing is expected here"
        command.error(f"unexpected argument {word!r}: {why}")
    try:
        arguments.call_ids.append(call_id(word))
    except argparse.ArgumentTypeError as error:
        command.error(str(error))
