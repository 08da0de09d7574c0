"""An answer's headers, as every engine that reads them from bytes hands them on."""

from __future__ import annotations


def add_header(headers: dict[str, str], raw_name: bytes, raw_value: bytes) -> None:
    """Add a header: its name in lower case, its value joined to that of the same name before it."""
    name = raw_name.decode("latin-1").lower()
    try:
        value = raw_value.decode("utf-8")
    except UnicodeDecodeError:
        value = raw_value.decode("latin-1")
    headers[name] = f"{headers[name]}, {value}" if name in headers else value
