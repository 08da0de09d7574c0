"""Secrets and personal data, replaced by placeholders before logs and records are shared.

It lowers the risk and is no guarantee: what has no known form, such as a name or an address, stays.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

from ._log_lines import without_colours
from ._timeline import Timeline
from ._turns import record_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cartesia_calls import AgentCall, TimelineEntry

_PLACEHOLDER = re.compile(r"‹[a-z]+ \d+›")
_NAME = (
    r"(?:token(?!s|i[sz]|_?(?:type|count|usage|limit))|secret|passw(?:or)?d|passphrase|credential"
    r"|cookie|signature|authorization|(?:api|private|access|session|signing|auth|encryption)[_-]?key"
    r"|\b(?:auth|jwt|pwd|otp|cvv|cvc|ssn|iban)\b)"
)
_NAME_HINTS = (
    *("token", "secret", "pass", "credential", "cookie", "signature", "auth", "key"),
    *("jwt", "pwd", "otp", "cvv", "cvc", "ssn", "iban"),
)
_NAMES_A_SECRET = re.compile(_NAME, re.IGNORECASE)
_NAMES_A_PHONE = re.compile(
    r"phone|mobile|msisdn|(?:^|[_-])(?:to|from|caller|called|callee|ani|dnis)(?:$|[_-])",
    re.IGNORECASE,
)
_Q = r"\\*[\"']"  # a quote, with the backslashes of JSON in JSON
_AFTER_NAME = (
    rf"[\w-]{{0,40}}(?:{_Q}\]?\s*(?:[:=]|,(?=\s*b))|\s*[:=]|\s+is(?=\s+{_Q}[^\s\"']*\d))\s*"
)
# A plain word, not the beginning of a password such as `p@ssw0rd`.
_PROSE = r"\s*[a-z]+(?![@#$%^&*+~!]\w)(?:\W|$)"
# Base64 of `user:password`. What the colon becomes depends on its place: the first, second or third of
# three bytes.
_BASE64 = "[A-Za-z0-9+/]"
_CREDENTIALS = (
    rf"(?-i:(?![A-Z]?[a-z]+\b)"
    rf"(?=(?:{_BASE64}{{4}})*(?:O[g-v]|{_BASE64}[DTjz][o-r]|{_BASE64}{{2}}[AEIMQUYcgkosw048]6))"
    rf"(?:{_BASE64}{{4}})+(?:{_BASE64}{{2}}==|{_BASE64}{{3}}=|{_BASE64}{{4}})(?![\w+/=]))"
)
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
                r"(?P<secret>Digest .*|‹\w+ \d+›|[^\s\"'\\,})\]‹]+)"
            ),
        ),
        ("secret", ("cookie:",), r"cookie:\s*(?P<secret>[\w.-]+=.*)"),
        ("token", ("basic",), rf"\bbasic\s+(?P<secret>{_CREDENTIALS})"),
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
            (
                rf"{_NAME}{_AFTER_NAME}b?(?P<quote>{_Q})(?!(?P=quote))"
                r"(?P<secret>(?:[^\\]|\\.)+?)(?:(?P=quote)|$)"
            ),
        ),
        (
            "secret",
            _NAME_HINTS,
            # Prose is `invalid token: expired`, `the password is wrong`, `the token is 3600 s old`, and
            # `__signature__ is python3`. In `token=abc&page=2` the secret ends before the `&`.
            (
                rf"{_NAME}[\w-]{{0,40}}(?:{_Q})?\s*"
                rf"(?:(?P<equals>=)|:(?!{_PROSE})|(?<!__ )\bis\b:?(?=\s*\S*\d)"
                r"(?!\s*\d{1,4}\s+[a-z]))\s*"
                r"(?P<secret>(?:(?(equals)(?!&))[^\s\"'\\,;(){}\[\]‹<]){3,})"
            ),
        ),
        (
            "phone",
            ("+", "%2b"),
            (
                # E.164, or with separators between digits; a decimal number such as +12.3456789 is none.
                r"(?P<secret>(?:(?<!\w)\+|%2B)(?:[1-9]\d{6,14}(?!\d)|(?!\d+\.\d+(?![\d.]))"
                r"[1-9](?:[\s().\-/\u2010\u2011]{0,3}\d){6,14}))(?!\d)"
            ),
        ),
        (
            "email",
            ("@",),
            r"(?<![\w.+%-])(?P<secret>[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})",
        ),
        (
            "card",
            tuple("23456"),
            (
                r"(?<![\w.])(?P<secret>[2-6]\d{3}[ -]?\d{4}[ -]?\d{4}[ -]?\d{1,7}"
                r"|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})(?!\w)"
            ),
        ),
    )
)
# A further line of a private key, and its last one.
_KEY_LINE = re.compile(r"\s*(?:[\w+/]+={0,2}|-+END [A-Z ]+-+)\s*")
_NO_DIGITS = re.compile(r"[^0-9]+")
_SAFE = re.compile(
    r"none|null|true|false|<(?:function|bound method|class|module|built-in)\b.*",
    re.IGNORECASE,
)
_WORDS = ("zero|oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_BETWEEN = r"(?:\(0\)|[\s().,\-/\u2010\u2011]){0,3}"
_FEWEST_DIGITS = 7
_PHONE = re.compile(r"(?:tel:|sips?:)?(\+?\d[\d ().\-/]{5,22}\d)(?:@.*)?")
_LOGURU_VALUE = re.compile(r"(?P<column>\s+(?:│\s+)*)└ (?P<value>.+)")
_DEEPEST = 200

_T = TypeVar("_T")


class Redactor:
    """Replaces secrets and personal data; the same one always by the same placeholder.

    Use one for a call. It finds bearer tokens, basic credentials, JWTs, keys such as `sk_…`, Authorization
    values, values whose names look secret (also those that loguru shows in tracebacks), environments and
    passwords in URLs. It also finds phone numbers in E.164, the call's own numbers in any spelling, e-mail addresses
    and card numbers. A placeholder names the kind, such as `‹phone 1›`.

    Args:
        call: The call, or its record as JSON. Its own phone numbers are taken from it.
        patterns: Further regular expressions; what one matches becomes `‹redacted 1›`.

    Raises:
        ValueError: A pattern is not a regular expression.
    """

    def __init__(
        self,
        call: AgentCall | Mapping[str, Any] | None = None,
        *,
        patterns: Iterable[str | re.Pattern[str]] = (),
    ) -> None:
        self._placeholders: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._own: dict[str, re.Pattern[str]] = {}
        self._patterns = [_compiled(pattern) for pattern in patterns]
        self._code = ""
        if call is not None:
            self._own = {digits: _spellings(digits) for digits in _phones_in(record_of(call))}

    def lines(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield each line without secrets, as it comes; pass the lines of a log in their order."""
        is_in_key = False
        for line in lines:
            plain = without_colours(line)
            is_in_key = is_in_key and bool(_KEY_LINE.fullmatch(plain))
            if is_in_key:
                is_in_key = "-END" not in plain
                yield self._placeholder("key", plain)
                continue
            is_in_key = "PRIVATE KEY-----" in plain and "-END" not in plain
            if found := _LOGURU_VALUE.fullmatch(plain):
                yield self._loguru_value(found)
            else:
                self._code = plain
                yield self._line(line)

    @overload
    def redact(self, value: AgentCall) -> dict[str, Any]: ...
    @overload
    def redact(self, value: _T) -> _T: ...
    def redact(self, value: object) -> object:
        """Return a text, a list of lines, a record, any other JSON or a timeline without secrets.

        A call comes back as its record in JSON. Values whose names look secret are replaced whole.

        Raises:
            TypeError: It is none of these.
        """
        if isinstance(value, Timeline):
            entries = tuple(self._entry(entry) for entry in value.entries)
            return replace(value, entries=entries)
        found = cast("AgentCall", value).to_dict() if hasattr(value, "to_dict") else value
        return self._walk(found, is_secret=False, depth=0)

    def _entry(self, entry: TimelineEntry) -> TimelineEntry:
        return replace(
            entry,
            text=self.redact(entry.text),
            name=self.redact(entry.name),
            value=self.redact(entry.value),
            result=self.redact(entry.result),
            lines=tuple(self.lines(entry.lines)),
            end_reason=self.redact(entry.end_reason),
        )

    def _walk(self, value: object, *, is_secret: bool, depth: int) -> object:
        if value is None or isinstance(value, bool):
            return value
        if depth > _DEEPEST:
            return self._placeholder("redacted", f"nested {depth} deep")
        if isinstance(value, dict):
            return {
                self._text(name): self._walk(
                    one,
                    is_secret=is_secret or bool(_NAMES_A_SECRET.search(name)),
                    depth=depth + 1,
                )
                for name, one in cast("dict[str, object]", value).items()
            }
        if isinstance(value, list | tuple):
            items = cast("list[object]", value)
            return [self._walk(one, is_secret=is_secret, depth=depth + 1) for one in items]
        if not isinstance(value, str | int | float):
            raise TypeError(
                f"{type(value).__name__} is no text, list of lines, record or timeline; pass one of these"
            )
        text = str(value)
        if is_secret and not _is_harmless(text):
            return self._placeholder("secret", text)
        redacted = self._text(text)
        return value if redacted == text else redacted

    def _text(self, text: str) -> str:
        return "\n".join(self.lines(text.split("\n")))

    def _line(self, line: str) -> str:
        lowered, digits = line.lower(), _NO_DIGITS.sub("", line)
        for own, pattern in self._own.items():
            if _may_hold(own, digits, lowered) and pattern.search(line):
                line = pattern.sub(self._placeholder("phone", own), line)
        for kind, hints, pattern in _RULES:
            if any(hint in lowered for hint in hints):
                line = pattern.sub(partial(self._replaced, kind), line)
        for pattern in self._patterns:
            line = pattern.sub(partial(self._replaced, "redacted"), line)
        return line

    def _replaced(self, kind: str, found: re.Match[str]) -> str:
        group = 0 if kind == "redacted" else "secret"
        secret = found[group]
        is_card = kind != "card" or _passes_luhn(secret)
        if not secret or (kind != "redacted" and _is_harmless(secret)) or not is_card:
            return found[0]
        start, end = (place - found.start() for place in found.span(group))
        return f"{found[0][:start]}{self._placeholder(kind, secret)}{found[0][end:]}"

    def _loguru_value(self, found: re.Match[str]) -> str:
        """Redact a value that loguru shows below the code: its name stands above, in its column."""
        value = found["value"]
        name = re.match(r"\w+", self._code[len(found["column"]) :])
        if not name or not _NAMES_A_SECRET.search(name[0]) or _is_harmless(value):
            return self._line(found[0])
        secret = re.sub(r"^b?([\"'])(.*)\1$", r"\2", value)
        return found[0][: -len(value)] + value.replace(secret, self._placeholder("secret", secret))

    def _placeholder(self, kind: str, secret: str) -> str:
        if kind in {"phone", "card"}:
            secret = _NO_DIGITS.sub("", secret)
        elif kind == "email":
            secret = secret.lower()
        if secret not in self._placeholders:
            self._counts[kind] += 1
            self._placeholders[secret] = f"‹{kind} {self._counts[kind]}›"
        return self._placeholders[secret]


@overload
def redact(
    value: AgentCall,
    *,
    call: AgentCall | Mapping[str, Any] | None = None,
    patterns: Iterable[str | re.Pattern[str]] = (),
) -> dict[str, Any]: ...
@overload
def redact(
    value: _T,
    *,
    call: AgentCall | Mapping[str, Any] | None = None,
    patterns: Iterable[str | re.Pattern[str]] = (),
) -> _T: ...
def redact(
    value: object,
    *,
    call: AgentCall | Mapping[str, Any] | None = None,
    patterns: Iterable[str | re.Pattern[str]] = (),
) -> object:
    """Return a text, a list of lines, a call's record or a timeline without secrets.

    It lowers the risk of sharing and is no guarantee. Use one `Redactor` for all that belongs to a
    call, so that the same secret gets the same placeholder everywhere.

    Args:
        value: What to redact. A call comes back as its record in JSON.
        call: The call that it belongs to, for the call's own phone numbers. A record is its own.
        patterns: Further regular expressions to redact.

    Raises:
        TypeError: The value is none of these.
        ValueError: A pattern is not a regular expression.
    """
    if call is None and _is_record(value):
        call = cast("AgentCall", value)
    return Redactor(call, patterns=patterns).redact(value)


def _is_record(value: object) -> bool:
    return isinstance(value, dict) or hasattr(value, "to_dict")


def _compiled(pattern: str | re.Pattern[str]) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(
            f"the pattern {pattern!r} is not a regular expression ({error}); correct it"
        ) from error


def _is_harmless(value: str) -> bool:
    return not value or bool(_SAFE.fullmatch(value) or _PLACEHOLDER.search(value))


def _phones_in(record: Mapping[str, object]) -> Iterator[str]:
    """Yield the digits of the values in a record whose names say that they are phone numbers."""
    pending: list[tuple[str, object]] = [("", record)]
    while pending:
        name, value = pending.pop()
        if isinstance(value, dict):
            pending += cast("dict[str, object]", value).items()
        elif isinstance(value, list):
            pending += [(name, one) for one in cast("list[object]", value)]
        elif _NAMES_A_PHONE.search(name) and (found := _PHONE.fullmatch(str(value))):
            yield _NO_DIGITS.sub("", found[1])


def _may_hold(number: str, digits: str, lowered: str) -> bool:
    """Return quickly whether a line may hold a number, in digits or in words."""
    least = number[-_FEWEST_DIGITS:]
    return least in digits or all(
        any(word in lowered for word in _WORDS[int(digit)].split("|")) for digit in least
    )


def _spellings(digits: str) -> re.Pattern[str]:
    """Return a pattern for a number with or without its country code, spaced or in English words."""
    spelled = [f"(?:{digit}|{_WORDS[int(digit)]})" for digit in digits]
    country = min(3, len(digits) - _FEWEST_DIGITS)
    optional = "".join(f"(?:{one}{_BETWEEN})?" for one in spelled[:country])
    rest = _BETWEEN.join(spelled[country:])
    return re.compile(rf"(?<!\d)(?:\+|%2B|00|\(?0)?{optional}{rest}(?!\d)", re.IGNORECASE)


def _passes_luhn(text: str) -> bool:
    digits = [int(digit) for digit in reversed(text) if digit.isdigit()]
    doubled = sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return doubled % 10 == 0
