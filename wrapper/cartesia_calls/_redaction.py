"""Secrets and personal data, replaced by placeholders before logs and records are shared.

It lowers the risk and is no guarantee: what has no known form, such as a name or an address, stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, cast, overload

from . import _turns
from ._timeline import Timeline, TimelineEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cartesia_calls import AgentCall

    Call = AgentCall | Mapping[str, object]
    Pattern = str | re.Pattern[str]

_PLACEHOLDER = re.compile(r"‹[a-z]+ \d+›")
_NAME = (
    r"(?:token(?!s|i[sz]|_?(?:type|count|usage|limit))|secret|passw(?:or)?d|passphrase|credential"
    r"|cookie|signature|authorization|(?:api|private|access|session|signing|auth|encryption)[_-]?key"
    r"|\b(?:auth|jwt|pwd|otp|cvv|cvc|ssn|iban)\b)"
)
_NAME_HINTS = (
    *("token", "secret", "passw", "passphrase", "credential", "cookie", "signature", "auth", "key"),
    *("jwt", "pwd", "otp", "cvv", "cvc", "ssn", "iban"),
)
_NAMES_A_SECRET = re.compile(_NAME, re.IGNORECASE)
_NAMES_A_PHONE = re.compile(
    r"phone|mobile|msisdn|(?:^|[_-])(?:to|from|caller|called|callee|ani|dnis)(?:$|[_-])",
    re.IGNORECASE,
)
_Q = r"\\*[\"']"  # a quote, with the backslashes of JSON in JSON
_AFTER_NAME = rf"[\w-]{{0,40}}(?:{_Q}\]?\s*(?:[:=]|,(?=\s*b))|\s*[:=])\s*"
# Kind, texts of which a line in lower case holds one (else the search is skipped), and the pattern.
_RULES = tuple(
    (kind, hints, re.compile(pattern, re.IGNORECASE))
    for kind, hints, pattern in (
        ("environment", ("environ(",), r"environ\(\{(?P<secret>.*(?=\}\))|.*)"),
        ("key", ("private key",), r"(?P<secret>-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----.*)"),
        (
            "token",
            ("authorization",),
            (
                rf"authorization(?:{_Q})?\s*[:=,]\s*(?:b?{_Q})?"
                r"(?:(?:Basic|Bearer|Token|ApiKey|Negotiate)\s+)?"
                r"(?P<secret>Digest .*|[^\s\"'\\,})\]‹]+)"
            ),
        ),
        ("token", ("bearer",), r"\bbearer\s+(?P<secret>(?=\S*\d|\S{20})[\w.~+/-]{6,}=*)"),
        ("token", ("eyj",), r"\b(?-i:(?P<secret>eyJ[\w-]{8,}(?:\.[\w-]+)*))"),
        (
            "key",
            ("sk_", "sk-", "gh", "hf_", "xox", "akia", "aiza"),
            (
                r"(?<![^\W_])(?-i:(?P<secret>sk[_-][\w-]{6,}|gh[pousr]_\w{20,}|github_pat_\w{20,}"
                r"|hf_\w{20,}|xox[a-z]-[\w-]{10,}|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}))"
            ),
        ),
        ("secret", ("://",), r"://[^\s/:@]{0,64}:(?P<secret>[^\s/@‹]{1,256})@"),
        (
            "secret",
            _NAME_HINTS,
            rf"{_NAME}{_AFTER_NAME}b?(?P<quote>{_Q})(?P<secret>(?:[^\\]|\\.)+?)(?:(?P=quote)|$)",
        ),
        (
            "secret",
            _NAME_HINTS,
            # After a colon, one plain word is prose: `invalid token: expired`.
            (
                rf"{_NAME}[\w-]{{0,40}}(?:{_Q})?\s*(?:=|:(?!\s*[a-z]+(?:\W|$)))\s*"
                r"(?P<secret>[^\s\"'\\,;&(){}\[\]‹<]{4,})"
            ),
        ),
        (
            "phone",
            ("+", "%2b"),
            (
                r"(?P<secret>(?:(?<!\w)\+|%2B)"
                r"(?:[1-9]\d{6,14}|[1-9]\d{0,3}(?:[ ().\-/]{1,3}\d{2,5}){2,5}))(?!\d)"
            ),
        ),
        (
            "email",
            ("@",),
            r"(?<![\w.+%-])(?P<secret>[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})",
        ),
    )
)
_CARD = re.compile(
    r"(?<![\w.])(?P<secret>[2-6]\d{3}[ -]?\d{4}[ -]?\d{4}[ -]?\d{1,7}"
    r"|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})(?!\w)"
)
_FEWEST_CARD_DIGITS = 13
_NO_DIGITS = re.compile(r"[^0-9]+")
_SAFE = re.compile(
    r"none|null|true|false|\d{1,5}|<(?:function|bound method|class|module|built-in)\b.*",
    re.IGNORECASE,
)
_WORDS = (
    ("zero", "oh"),
    *(
        ("one",),
        ("two",),
        ("three",),
        ("four",),
        ("five",),
        ("six",),
        ("seven",),
        ("eight",),
        ("nine",),
    ),
)
_BETWEEN = r"(?:\(0\)|[\s().,\-/\u2010\u2011]){0,3}"
_FEWEST_DIGITS = 7
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_LOGURU_VALUE = re.compile(r"(?P<column>\s+(?:│\s+)*)└ (?P<value>.+)")
_DEEPEST = 100


class Redactor:
    """Replaces secrets and personal data; the same one always by the same placeholder.

    Use one for a call. It finds bearer tokens, JWTs, keys such as `sk_…`, Authorization values, values
    whose names look secret (also those that loguru shows in tracebacks), environments, passwords in
    URLs, phone numbers in E.164, the call's own numbers in any spelling, e-mail addresses and card
    numbers. A placeholder names the kind, such as `‹phone 1›`.

    Args:
        call: The call, or its record as JSON. Its own phone numbers are taken from it.
        patterns: Further regular expressions; what one matches becomes `‹redacted 1›`.

    Raises:
        ValueError: A pattern is not a regular expression.
    """

    def __init__(
        self,
        call: Call | None = None,
        *,
        patterns: Iterable[Pattern] = (),
    ) -> None:
        self._placeholders: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._own: dict[str, re.Pattern[str]] = {}
        self._patterns = [_compiled(pattern) for pattern in patterns]
        self._code = ""
        if call is not None:
            self._learn(_turns.record_of(call))

    def text(self, text: str) -> str:
        """Return a text, of one line or more, without secrets."""
        return "\n".join(self.lines(text.split("\n")))

    def lines(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield each line without secrets, as it comes; give it the lines of a log in order."""
        for line in lines:
            plain = _COLOUR.sub("", line) if "\x1b" in line else line
            if found := _LOGURU_VALUE.fullmatch(plain):
                yield self._loguru_value(found)
            else:
                self._code = plain
                yield self._line(line)

    def record(self, call: Call) -> dict[str, Any]:
        """Return a call's record as JSON without secrets."""
        record = _turns.record_of(call)
        self._learn(record)
        return cast("dict[str, Any]", self.value(record))

    def timeline(self, timeline: Timeline) -> Timeline:
        """Return a timeline without secrets."""
        entries = tuple(
            replace(entry, **{name: self.value(getattr(entry, name)) for name in _SHOWN})
            for entry in timeline.entries
        )
        return replace(timeline, entries=entries)

    def value(self, value: object) -> object:
        """Return any value of JSON without secrets; whole values go whose names look secret."""
        return self._walk(value, is_secret=False, depth=0)

    def _walk(self, value: object, *, is_secret: bool, depth: int) -> object:
        if depth > _DEEPEST:
            return self._placeholder("redacted", repr(type(value)))
        if isinstance(value, dict):
            found = cast("dict[str, object]", value)
            return {
                self.text(name): self._walk(
                    one, is_secret=is_secret or _is_secret(name), depth=depth + 1
                )
                for name, one in found.items()
            }
        if isinstance(value, list | tuple):
            items = cast("list[object]", value)
            walked = (self._walk(one, is_secret=is_secret, depth=depth + 1) for one in items)
            if all(isinstance(one, str) for one in items) and not is_secret:
                walked = self.lines(cast("list[str]", items))
            return tuple(walked) if isinstance(value, tuple) else list(walked)
        if value is None or isinstance(value, bool):
            return value
        text = value if isinstance(value, str) else str(value)
        if is_secret and text and not _SAFE.fullmatch(text) and not _PLACEHOLDER.search(text):
            return self._placeholder("secret", text)
        redacted = self.text(text)
        return value if redacted == text else redacted

    def _line(self, line: str) -> str:
        lowered, digits = line.lower(), _NO_DIGITS.sub("", line)
        for own, pattern in self._own.items():
            if _may_hold(own, digits, lowered):
                line = pattern.sub(lambda _, own=own: self._placeholder("phone", own), line)
        for kind, hints, pattern in _RULES:
            if any(hint in lowered for hint in hints):
                line = pattern.sub(lambda found, kind=kind: self._replaced(found, kind), line)
        if len(digits) >= _FEWEST_CARD_DIGITS:
            line = _CARD.sub(lambda found: self._replaced(found, "card"), line)
        for pattern in self._patterns:
            line = pattern.sub(
                lambda found: self._placeholder("redacted", found[0]) if found[0] else "", line
            )
        return line

    def _replaced(self, found: re.Match[str], kind: str) -> str:
        secret = found["secret"]
        if _SAFE.fullmatch(secret) or _PLACEHOLDER.search(secret):
            return found[0]
        if kind == "card" and not _passes_luhn(secret):
            return found[0]
        start, end = (place - found.start() for place in found.span("secret"))
        return f"{found[0][:start]}{self._placeholder(kind, secret)}{found[0][end:]}"

    def _loguru_value(self, found: re.Match[str]) -> str:
        """Redact a value that loguru shows below the code: its name stands above, in its column."""
        column = len(found["column"])
        name = re.match(r"\w+", self._code[column:])
        value = found["value"]
        secret = re.sub(r"^b?([\"'])(.*)\1$", r"\2", value)
        if (
            not name
            or not _is_secret(name[0])
            or _SAFE.fullmatch(value)
            or _PLACEHOLDER.search(value)
        ):
            return self._line(found[0])
        return found[0][: -len(value)] + value.replace(secret, self._placeholder("secret", secret))

    def _placeholder(self, kind: str, secret: str) -> str:
        if kind in {"phone", "card"}:
            secret = re.sub(r"\D", "", secret)
        elif kind == "email":
            secret = secret.lower()
        if secret not in self._placeholders:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._placeholders[secret] = f"‹{kind} {self._counts[kind]}›"
        return self._placeholders[secret]

    def _learn(self, record: Mapping[str, object]) -> None:
        for number in _phones_in(record, is_phone=False):
            digits = re.sub(r"\D", "", number)
            if len(digits) >= _FEWEST_DIGITS:
                self._own.setdefault(digits, _spellings(digits))


@overload
def redact(value: str, *, call: Call | None = ..., patterns: Iterable[Pattern] = ...) -> str: ...
@overload
def redact(
    value: Timeline, *, call: Call | None = ..., patterns: Iterable[Pattern] = ...
) -> Timeline: ...
@overload
def redact(
    value: Call, *, call: Call | None = ..., patterns: Iterable[Pattern] = ...
) -> dict[str, Any]: ...
@overload
def redact(
    value: Iterable[str], *, call: Call | None = ..., patterns: Iterable[Pattern] = ...
) -> list[str]: ...
def redact(
    value: str | Timeline | Call | Iterable[str],
    *,
    call: Call | None = None,
    patterns: Iterable[Pattern] = (),
) -> object:
    """Return a text, the lines of a log, a call's record or a timeline without secrets.

    It lowers the risk of sharing and is no guarantee. Use one `Redactor` for all that belongs to a
    call, so that the same secret gets the same placeholder everywhere.

    Args:
        value: What to redact. A call comes back as its record in JSON, lines come back as a list.
        call: The call that it belongs to, for the call's own phone numbers.
        patterns: Further regular expressions to redact.

    Raises:
        ValueError: A pattern is not a regular expression.
    """
    redactor = Redactor(call, patterns=patterns)
    if isinstance(value, str):
        return redactor.text(value)
    if isinstance(value, Timeline):
        return redactor.timeline(value)
    if isinstance(value, Mapping) or hasattr(value, "to_dict"):
        return redactor.record(cast("AgentCall", value))
    return list(redactor.lines(cast("Iterable[str]", value)))


_SHOWN = [
    part.name
    for part in fields(TimelineEntry)
    if part.name in {"text", "role", "name", "value", "result", "lines", "end_reason"}
]


def _compiled(pattern: Pattern) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(
            f"the pattern {pattern!r} is not a regular expression ({error}); correct it"
        ) from error


def _is_secret(name: str) -> bool:
    return bool(_NAMES_A_SECRET.search(name))


def _phones_in(value: object, *, is_phone: bool, depth: int = 0) -> Iterator[str]:
    """Yield the values of a record whose names say that they are phone numbers."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for name, one in cast("dict[str, object]", value).items():
            yield from _phones_in(one, is_phone=bool(_NAMES_A_PHONE.search(name)), depth=depth + 1)
    elif isinstance(value, list):
        for one in cast("list[object]", value):
            yield from _phones_in(one, is_phone=is_phone, depth=depth + 1)
    elif is_phone and isinstance(value, str):
        yield from re.findall(r"^(?:tel:|sips?:)?(\+?\d[\d ().\-/]{5,22}\d)(?:@.*)?$", value)


def _may_hold(number: str, digits: str, lowered: str) -> bool:
    """Return quickly whether a line may hold a number, in digits or in words."""
    least = number[-_FEWEST_DIGITS:]
    return least in digits or all(
        any(word in lowered for word in _WORDS[int(digit)]) for digit in least
    )


def _spellings(digits: str) -> re.Pattern[str]:
    """Return a pattern for a number with or without its country code, spaced or in English words."""
    spelled = [f"(?:{digit}|{'|'.join(_WORDS[int(digit)])})" for digit in digits]
    country = min(3, len(digits) - _FEWEST_DIGITS)
    optional = "".join(f"(?:{one}{_BETWEEN})?" for one in spelled[:country])
    rest = _BETWEEN.join(spelled[country:])
    return re.compile(rf"(?<!\d)(?:\+|%2B|00|\(?0)?{optional}{rest}(?!\d)", re.IGNORECASE)


def _passes_luhn(text: str) -> bool:
    digits = [int(digit) for digit in reversed(text) if digit.isdigit()]
    doubled = sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return doubled % 10 == 0
