"""What a check found, written down: for a terminal, as Markdown, as JSON."""

import json
import re
from collections.abc import Iterator

from _yaml_text import JsonObject, JsonValue

from .changes import Change
from .check import Finding, Findings
from .ours import Impact
from .policy import Verdict

_LONGEST_VALUE = 160
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_IMPACTS = (
    ("methods", "methods"),
    ("errors", "errors"),
    ("commands", "commands"),
    ("sandbox", "routes"),
)
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
        for finding in group:
            change = finding.change
            judgement = change.judgement
            lines.append(f"  {judgement.verdict.word.upper():<8}  {_what(change)}")
            lines += [f"            {line}" for line in _details(finding)]
    return "\n".join(_printable(line) for line in lines) + "\n"


def as_markdown(findings: Findings) -> str:
    """Return the report for an issue or a pull request."""
    lines = [f"# {_headline(findings)}", "", *_circumstances(findings)]
    for title, group in _groups(findings):
        lines += ["", f"## {title}"]
        for finding in group:
            word = finding.change.judgement.verdict.word
            lines += ["", f"- **{word}**: {_code(_what(finding.change))}"]
            for line in _details(finding):
                name, _, text = line.partition(": ")
                lines.append(f"  - {name}: {_code(text)}")
    return "\n".join(_printable(line) for line in lines) + "\n"


def as_json(findings: Findings) -> str:
    """Return the report for programs: one object."""
    report: JsonObject = {
        "spec": findings.spec,
        "sources": list(findings.sources),
        "unchecked": list(findings.unchecked),
        "verdict": findings.verdict.word if findings.found else "none",
        "exit_code": findings.verdict.exit_code,
        "counts": {verdict.word: findings.count(verdict) for verdict in Verdict},
        "changes": [_as_object(finding) for finding in findings.found],
    }
    return json.dumps(report, indent=2) + "\n"


def _as_object(finding: Finding) -> JsonObject:
    change = finding.change
    judgement = change.judgement
    return {
        "what": _what(change),
        "kind": change.kind.value,
        "subject": change.subject,
        "verdict": judgement.verdict.word,
        "rule": judgement.rule.value,
        "why": judgement.rule.why,
        "pointer": change.pointer,
        "before_pointer": change.before_pointer,
        "after_pointer": change.after_pointer,
        "before": change.before,
        "after": change.after,
        "places": [
            {
                "operation": place.operation,
                "operation_id": place.operation_id,
                "location": str(place),
            }
            for place in change.places
        ],
        "touches_what_we_wrap": finding.impact.is_on_us,
        "impact": {name: list(_names(finding.impact, field)) for name, field in _IMPACTS},
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


def _groups(findings: Findings) -> Iterator[tuple[str, list[Finding]]]:
    groups: dict[str, list[Finding]] = {}
    for finding in findings.found:
        if finding.change.judgement.verdict is Verdict.KNOWN_BETTER:
            title = "Known better now"
        else:
            title = "What we wrap" if finding.impact.is_on_us else "Nothing that we wrap"
        groups.setdefault(title, []).append(finding)
    for title in ("What we wrap", "Nothing that we wrap", "Known better now"):
        if title in groups:
            yield title, groups[title]


def _what(change: Change) -> str:
    before, after = _value(change.before), _value(change.after)
    if change.before is None:
        moved = f"+ {after}"
    elif change.after is None:
        moved = f"- {before}"
    else:
        moved = f"{before} -> {after}"
    kind = change.kind.value
    title = kind if kind.startswith(change.subject) else f"{change.subject} {kind}"
    return f"{title}: {moved}"


def _details(finding: Finding) -> Iterator[str]:
    change = finding.change
    for operation in dict.fromkeys(place.operation for place in change.places):
        here = [str(place) for place in change.places if place.operation == operation]
        yield f"where: {operation or 'the document itself'} > {'; '.join(here)}"
    yield f"pointer: {change.pointer}"
    yield f"rule: {change.judgement.rule.value}. {change.judgement.rule.why}"
    for name, field in _IMPACTS:
        if names := _names(finding.impact, field):
            yield f"{name}: {', '.join(names)}"


def _names(impact: Impact, field: str) -> tuple[str, ...]:
    names: tuple[str, ...] = getattr(impact, field)
    return names


def _value(value: JsonValue) -> str:
    text = json.dumps(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _code(text: str) -> str:
    return f"`{text.replace('`', chr(39))}`"


def _printable(line: str) -> str:
    """Upstream's text may hold what steers a terminal."""
    return _UNPRINTABLE.sub(lambda found: ascii(found.group())[1:-1], line)
