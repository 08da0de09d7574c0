"""What a check found, written down: for a terminal, as Markdown, as JSON."""

import json
import re
from collections.abc import Iterator

from _yaml_text import JsonObject, JsonValue

from .changes import Change
from .findings import Finding, Findings
from .impact import Impact
from .policy import Verdict

_LONGEST_VALUE = 160
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_IMPACTS = (
    ("methods", "methods"),
    ("errors", "errors"),
    ("command", "options"),
    ("sandbox", "routes"),
    ("generated", "modules"),
)
_MEANINGS = {
    Verdict.BREAKING: "Breaking drift",
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
        "exit_code": int(findings.verdict),
        "is_smaller_check": findings.redocly is not None,
        "redocly": findings.redocly or "ran",
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
    counts = ", ".join(f"{findings.count(v)} {v.word}" for v in reversed(Verdict))
    compared = ", ".join(findings.sources)
    return f"{meaning}: {findings.spec} compared with {compared} ({counts})"


def _circumstances(findings: Findings) -> Iterator[str]:
    if findings.redocly is not None:
        yield (
            f"This is the smaller check: Redocly did not look as well ({findings.redocly}); "
            "our own comparison of the operations did."
        )
    for line in findings.unchecked:
        yield f"Not checked: {line}"


def _groups(findings: Findings) -> Iterator[tuple[str, list[Finding]]]:
    ours = [finding for finding in findings.found if finding.impact.is_on_us]
    others = [finding for finding in findings.found if not finding.impact.is_on_us]
    if ours:
        yield "What we wrap", ours
    if others:
        yield "Nothing that we wrap", others


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
