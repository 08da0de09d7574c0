"""The parser of a command, options that commands share, their values, and the client they set up."""

from __future__ import annotations

import argparse
import difflib
import os
import re
import shutil
import sys
import textwrap
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, get_args
from urllib.parse import unquote

from cartesia_calls import CartesiaError, ConfigurationError

from ._errors import ExitCode, Failure
from ._terminal import local_time, say

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import TypeVar

    from cartesia_calls import AgentCall, Client, Redactor

    T = TypeVar("T")

Arguments = argparse.Namespace

TIMES = (
    "A TIME is a span back from now (90s, 1h30m, 2d), or a day, a time of day or both: 2026-03-01, "
    "2026-03-01T10:00Z, 'today 09:30', 'yesterday 14:00', 'monday' (the last one), '2026-03-01 "
    "10:00 Europe/Berlin'. Without a zone it is local time."
)
KEY_VARIABLE = "CARTESIA_API_KEY"
STDOUT = "-"
_QUOTES = "\"'`\u201c\u201d\u2018\u2019"
_LONGEST_ID = 1000
_NARROWEST, _WIDEST = 20, 80
_URL = re.compile(r"https?://|[\w-]+(\.[\w-]+)*\.[a-z]{2,}/", re.IGNORECASE)


class CommandParser(argparse.ArgumentParser):
    """Reads the words of one command; the notes stand unchanged below its options."""

    def __init__(self, prog: str, usage: str, about: str, notes: str) -> None:
        self._width = max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns))
        super().__init__(
            prog=prog,
            usage=f"{prog} {usage}".rstrip(),
            description=self._filled(about),
            epilog=notes,
            formatter_class=partial(
                argparse.RawDescriptionHelpFormatter, width=self._width, max_help_position=26
            ),
            allow_abbrev=False,
        )
        self.register("action", None, _Once)
        self._section: Any = self
        self._options = ["--help", "--version"]

    def section(self, title: str, about: str = "") -> None:
        """Begin a new group of options."""
        self._section = self.add_argument_group(title, self._filled(about) or None)

    def flag(self, *names: str, does: str, action: str = "store_true", **settings: int) -> None:
        """Add an option without a value."""
        self._options += names
        self._section.add_argument(*names, action=action, help=does, **settings)

    def value(self, *words: Any, **settings: Any) -> None:  # noqa: ANN401 - as add_argument
        """Add an option: its names, what its value is called, what reads it, and what it does."""
        *names, metavar, read, does = words
        self._options += names
        read = _reader(read)
        self._section.add_argument(*names, metavar=metavar, type=read, help=does, **settings)

    def error(self, message: str) -> NoReturn:
        """Write the usage and what is wrong, and exit with 2."""
        say(self.format_usage().strip())
        say(message, label=f"{self.prog}: error:")
        say(f"Run `{self.prog} --help` to see what can be typed.")
        sys.exit(ExitCode.USAGE)

    def read(self, words: Sequence[str]) -> Arguments:
        """Read the words; exit with 2 if they are wrong. Options and ids may come in any order."""
        for word in words[: [*words, "--"].index("--")]:
            option = word.partition("=")[0]
            if option.startswith("--") and option not in self._options:
                suggestion = did_you_mean(option, self._options)
                self.error(f"there is no option {option}{suggestion}")
        arguments, rest = self.parse_known_intermixed_args(words)
        if rest and rest[0].startswith("-"):
            self.error(f"there is no option {rest[0]}")
        if rest:
            why = (
                "this command takes one id" if "call_id" in arguments else "this command takes none"
            )
            self.error(f"unexpected argument {rest[0]!r}: {why}")
        return arguments

    def _filled(self, text: str) -> str:
        return textwrap.fill(text, self._width - 2, break_on_hyphens=False)


class _Once(argparse.Action):
    """Stores a value; a second one is an error, where argparse silently takes the last."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: Arguments,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        given: set[str] = vars(namespace).setdefault("_given", set())
        if self.dest in given:
            parser.error(f"{option_string} is given twice; give it once")
        given.add(self.dest)
        # An id that is given twice counts once.
        value = [*dict.fromkeys(values)] if isinstance(values, list) else values
        setattr(namespace, self.dest, value)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean …?` if a known word is like this one, else nothing."""
    close = difflib.get_close_matches(word, [*known], n=1)
    return f"; did you mean {close[0]}?" if close else ""


def settings_of(arguments: Arguments) -> dict[str, Any]:
    """Return what a client takes, as options say; a key in quotes is a `ConfigurationError`."""
    names = ("api_key", "base_url", "api_version")
    settings = {name: getattr(arguments, name, None) for name in names}
    key = os.environ.get(KEY_VARIABLE, "")
    if settings["api_key"] is None and key.strip(_QUOTES) != key:
        what = f"The API key ({KEY_VARIABLE}) has quotes around it."
        raise ConfigurationError(what, hint="Set it without quotes.")
    return settings


def open_client(arguments: Arguments) -> Client:
    """Return a client; a missing key or a wrong setting is a `ConfigurationError`."""
    # Here and below: what only some commands need is imported when they are typed.
    from cartesia_calls import Client  # noqa: PLC0415

    return Client(**settings_of(arguments))


def add_call_ids(parser: CommandParser, name: str = "call_ids", count: str | None = "+") -> None:
    """Add the ids of one or more calls, or of as many as `count` says."""
    read, ids = _reader(call_id), "such as ac_123, or a URL"
    parser.add_argument(name, metavar="CALL_ID", nargs=count, type=read, help=ids)


def add_status(parser: CommandParser) -> None:
    """Add `--status`."""
    from cartesia_calls import AgentCallStatus, read_status  # noqa: PLC0415 - see above

    known = _Suggestions(get_args(AgentCallStatus))
    only = f"only calls with this status: {', '.join(known)}; may be given again"
    parser.value("--status", "S", read_status, only, action="append", choices=known)


def add_times(parser: CommandParser, what: str) -> None:
    """Add `--since` and `--until`; `TIMES` says what they take."""
    parser.value("--since", "TIME", moment, f"only {what} at TIME or later")
    parser.value("--until", "TIME", moment, f"only {what} before TIME")


def check_times(arguments: Arguments) -> None:
    """Raise `Failure` if a command has `--since` and `--until`, and they are not in this order."""
    since, until = (getattr(arguments, name, None) for name in ("since", "until"))
    if since and until and since >= until:
        shown = [local_time(time).isoformat(" ", "seconds") for time in (since, until)]
        raise Failure(
            f"--since {shown[0]} is not earlier than --until {shown[1]}.",
            "Swap them. 6h is earlier than 5h: both are times back from now.",
        )


def add_file(parser: CommandParser, what: str, default: str | None = None) -> None:
    """Add `--output` and `--force`."""
    parser.value("-o", "--output", "FILE", path, f"{what}; - is stdout", default=default)
    parser.flag("--force", does="overwrite an existing file")


@contextmanager
def writing(name: str) -> Generator[None]:
    """Raise `Failure` if the block fails to write the file of this name."""
    try:
        yield
    except CartesiaError:  # of which a timeout is an OSError too
        raise
    except OSError as error:
        if error.errno is None:  # of `whole_file`, which refuses the name and says what to do
            what = str(error).replace("allow overwriting", "overwrite it with --force")
            raise Failure(what) from error
        what = f"{name[:80]} was not written: {error.strerror}."
        to_do = "Name another place with -o, or make room and permit writing there."
        raise Failure(what, to_do, ExitCode.LOCAL_FAILURE) from error


def add_redaction(parser: CommandParser) -> None:
    """Add `--redact` and `--redact-pattern`; `redactor_of` reads them."""
    replaced = "replace secrets, phone numbers, e-mail addresses and card numbers with placeholders"
    parser.flag(
        "--redact", does=f"{replaced}; this lowers the risk of sharing, but is no guarantee"
    )
    also = "redact what matches, too; may be given again"
    parser.value("--redact-pattern", "REGEX", pattern, also, action="append")


def redactor_of(arguments: Arguments, call: AgentCall | Mapping[str, Any]) -> Redactor | None:
    """Return what redacts a call's data, its phone numbers in any spelling, if an option requires it."""
    if not (arguments.redact or arguments.redact_pattern):
        return None
    from cartesia_calls import Redactor  # noqa: PLC0415 - only with the option

    return Redactor(call, patterns=arguments.redact_pattern or ())


def _reader(read: Callable[[str], T]) -> Callable[[str], T]:
    """Return what reads a word as `read` does, of whose errors argparse then shows the text."""

    def checked(text: str) -> T:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error).strip()) from error

    return checked


class _Suggestions(tuple[str, ...]):
    """Values that a shell completes; any other is accepted too."""

    __slots__ = ()

    def __contains__(self, value: object) -> bool:
        return True


def _an_id(kind: str, prefix: str, in_path: str) -> Callable[[str], str]:
    """Return what reads an id, or finds it in a URL."""
    of_kind = re.compile(rf"(?<![\w-]){prefix}[\w-]+")
    in_url = re.compile(rf"/{in_path}/([^/?#]+)")

    def read(text: str) -> str:
        text = text.strip()
        if _URL.match(text):
            url = unquote(text)
            if found := of_kind.findall(url) or in_url.findall(url):
                return str(found[-1])
            raise ValueError(
                f"there is no {kind} in the URL {text!r}; pass the id, such as {prefix}123"
            )
        if text in {"", ".", ".."} or len(text) > _LONGEST_ID or not text.isprintable():
            raise ValueError(f"{text[:40]!r} is no {kind}; pass one such as {prefix}123")
        return text

    return read


call_id = _an_id("call id", "ac_", "calls?")
agent_id = _an_id("agent id", "agent_", "agents?")
batch_id = _an_id("batch id", "batch_", "(?:call-)?batch(?:es)?")


def number(
    what: str, least: float, most: float, kind: type[float] = float
) -> Callable[[str], float]:
    """Return what reads a number from `least` to `most`."""

    def read(text: str) -> float:
        with suppress(ValueError):
            if least <= (found := kind(text)) <= most:
                return found
        raise ValueError(f"{text!r} is not {what} from {least:.12g} to {most:.12g}")

    return read


log_offset = number("a number of seconds", -1e9, 1e9)


def count(least: int, most: int = 10**9) -> Callable[[str], float]:
    """Return what reads a whole number from `least` to `most`."""
    return number("a whole number", least, most, int)


def moment(text: str) -> datetime:
    """Read a time as `read_moment` does."""
    from cartesia_calls import read_moment  # noqa: PLC0415 - see above

    return read_moment(text, name="")


def pattern(text: str) -> re.Pattern[str]:
    """Read a regular expression."""
    try:
        return re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(
            f"{text!r} is no regular expression: {error}; write \\ before ( [ . * + ? to mean them"
        ) from error


def path(text: str) -> str:
    """Read the name of a file or a folder; `~` is the home, even if a shell leaves it."""
    if not text:
        raise ValueError("the name is empty")
    return str(Path(text).expanduser()) if text.startswith("~") else text


def one_of(*known: str) -> Callable[[str], str]:
    """Return what reads one of the known words, in upper or lower case."""
    by_name = {word.upper(): word for word in known}

    def read(text: str) -> str:
        if text.upper() in by_name:
            return by_name[text.upper()]
        suggestion = did_you_mean(text, known) or did_you_mean(text.upper(), known)
        raise ValueError(f"{text!r} is not one of {', '.join(known)}{suggestion}")

    return read


def words(*known: str) -> Callable[[str], tuple[str, ...]]:
    """Return what reads one or more of the known words, with commas between them."""
    one = one_of(*known)
    return lambda text: tuple(one(word.strip()) for word in text.split(","))
