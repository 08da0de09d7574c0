"""Hypothesis strategies, made from the spec's schemas, for any response that the spec allows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from spec_schemas import Schema, other_fields, vendored_schemas

# The values that a JSON document can hold.
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False)
)
JSON_VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
_OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def _written(moment: datetime, form: str) -> str:
    text = moment.isoformat()
    if moment.tzinfo is UTC:
        text = text.replace("+00:00", "Z")
    return {"plain": text, "lower": text.lower(), "space": text.replace("T", " ")}[form]


MOMENTS = st.builds(
    _written,
    st.datetimes(timezones=_OFFSETS | st.just(UTC)),
    st.sampled_from(["plain", "lower", "space"]),
)


_FORMATS = {
    "date-time": MOMENTS,
    "date": st.dates().map(str),
    "uuid": st.uuids().map(str),
}


def values_of(schema: Schema) -> st.SearchStrategy[Any]:
    """Return a strategy for the JSON values that a schema of the vendored spec allows."""
    schemas = vendored_schemas()
    values = st.one_of([_values_of_form(form) for form in schemas.alternatives(schema)])
    return st.none() | values if schemas.is_nullable(schema) else values


def _values_of_form(form: Schema) -> st.SearchStrategy[Any]:
    if "const" in form:
        return st.just(form["const"])
    if "enum" in form:
        return st.sampled_from(form["enum"])
    kind = form.get("type", "object" if "properties" in form else None)
    if kind == "object":
        return st.deferred(lambda: _objects(form))
    if kind == "array":
        return st.deferred(lambda: st.lists(values_of(form.get("items", {})), max_size=3))
    if kind == "string" and form.get("format") in _FORMATS:
        return _FORMATS[form["format"]]
    return {
        "string": st.text(),
        "boolean": st.booleans(),
        "integer": st.integers(),
        "number": st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    }.get(kind, JSON_VALUES)


def _joined(known: Mapping[str, Any], unknown: Mapping[str, Any]) -> dict[str, Any]:
    return {**unknown, **known}


def _objects(schema: Schema) -> st.SearchStrategy[Mapping[str, Any]]:
    properties = schema.get("properties", {})
    required = set(schema.get("required", []))
    named = st.fixed_dictionaries(
        {name: values_of(one) for name, one in properties.items() if name in required},
        optional={name: values_of(one) for name, one in properties.items() if name not in required},
    )
    others = other_fields(schema)
    names = st.text().filter(lambda name: name not in properties)
    more = st.dictionaries(names, values_of(others) if others else JSON_VALUES, max_size=2)
    return st.builds(_joined, named, more)
