"""The findings of a check, for a terminal, as Markdown or as JSON."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict

from _yaml_text import JsonObject, JsonValue

from .changes import Change
from .check import Findings
from .policy import Verdict

_LONGEST_VALUE = 160
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_MEANINGS = {
    Verdict.BREAKING: "Breaking drift",
    Verdict.KNOWN_BETTER: "Known better now",
    Verdict.ALLOWED: "Drift that the provider's rules allow",
    Verdict.PROSE: "No drift",
}


def as_text(findings: Findings) -> str:
    """Return the report for a terminal."""
    lines = [_headline(findings), *_circumstances(findings)]
    for title, group in _groups(findings):
        lines += ["", title]
        for change in group:
            lines.append(f"  {change.judgement.verdict.word.upper():<8}  {_what(change)}")
            lines += [f"            {name}: {text}" for name, text in _details(change)]
    return "\n".join(_printable(line) for line in lines) + "\n"


def as_markdown(findings: Findings) -> str:
    """Return the report for an issue or a pull request."""
    lines = [f"# {_headline(findings)}", "", *_circumstances(findings)]
    for title, group in _groups(findings):
        lines += ["", f"## {title}"]
        for change in group:
            lines += ["", f"- **{change.judgement.verdict.word}**: {_code(_what(change))}"]
            lines += [f"  - {name}: {_code(text)}" for name, text in _details(change)]
    return "\n".join(_printable(line) for line in lines) + "\n"


def as_json(findings: Findings) -> str:
    """Return the report for programs: one object."""
    report: JsonObject = {
        "spec": findings.spec,
        "sources": list(findings.sources),
        "unchecked": list(findings.unchecked),
        "overlay": list(findings.overlay),
        "verdict": findings.verdict.word if findings.found else "none",
        "exit_code": findings.verdict.exit_code,
        "counts": {verdict.word: findings.count(verdict) for verdict in Verdict},
        "changes": [_as_object(change) for change in findings.found],
    }
    return json.dumps(report, indent=2) + "\n"


def _as_object(change: Change) -> JsonObject:
    difference, judgement, impact = change.difference, change.judgement, change.impact
    return {
        "what": _what(change),
        "kind": difference.kind.value,
        "subject": difference.subject,
        "verdict": judgement.verdict.word,
        "rule": judgement.rule.value,
        "why": judgement.rule.why,
        "pointer": change.pointer,
        "before_pointer": difference.before_pointer,
        "after_pointer": difference.after_pointer,
        "before": difference.before,
        "after": difference.after,
        "places": [
            {
                "operation": place.operation,
                "operation_id": place.operation_id,
                "location": str(place),
            }
            for place in change.places
        ],
        "touches_what_we_wrap": impact.is_on_us,
        "impact": {name: list(ours) for name, ours in asdict(impact).items()},
    }


def _headline(findings: Findings) -> str:
    meaning = _MEANINGS[findings.verdict]
    counts = ", ".join(
        f"{findings.count(verdict)} {verdict.word}"
        for verdict in reversed(Verdict)
        if verdict is not Verdict.KNOWN_BETTER or findings.count(verdict)
    )
    compared = ", ".join(findings.sources)
    return f"{meaning}: {findings.spec} compared with {compared} ({counts})"


def _circumstances(findings: Findings) -> Iterator[str]:
    yield from (f"Not checked: {line}" for line in findings.unchecked)
    yield from findings.overlay


def _groups(findings: Findings) -> Iterator[tuple[str, list[Change]]]:
    groups: dict[str, list[Change]] = {}
    for change in findings.found:
        if change.judgement.verdict is Verdict.KNOWN_BETTER:
            title = "Known better now"
        else:
            title = "What we wrap" if change.impact.is_on_us else "Nothing that we wrap"
        groups.setdefault(title, []).append(change)
    for title in ("What we wrap", "Nothing that we wrap", "Known better now"):
        if title in groups:
            yield title, groups[title]


def _what(change: Change) -> str:
    difference = change.difference
    before, after = _value(difference.before), _value(difference.after)
    moved = f"{before} -> {after}"
    if difference.before is None or difference.after is None:
        moved = f"+ {after}" if difference.before is None else f"- {before}"
    kind, subject = difference.kind.value, difference.subject
    title = kind if kind.startswith(subject) else f"{subject} {kind}"
    return f"{title}: {moved}"


def _details(change: Change) -> Iterator[tuple[str, str]]:
    for operation in dict.fromkeys(place.operation for place in change.places):
        here = [str(place) for place in change.places if place.operation == operation]
        yield "where", f"{operation or 'the document itself'} > {'; '.join(here)}"
    yield "pointer", change.pointer
    yield "rule", f"{change.judgement.rule.value}. {change.judgement.rule.why}"
    for name, ours in asdict(change.impact).items():
        if ours:
            yield name, ", ".join(ours)


def _value(value: JsonValue) -> str:
    text = json.dumps(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _code(text: str) -> str:
    return f"`{text.replace('`', chr(39))}`"


def _printable(line: str) -> str:
    """Escape control characters, which text from upstream may contain."""
    return _UNPRINTABLE.sub(lambda found: ascii(found.group())[1:-1], line)
