"""Pages of HTML about one call or many, each a single file that opens anywhere and requests nothing.

    from cartesia_calls.report import call_page

    page = call_page(client.calls.get("ac_123"), client.calls.logs("ac_123"))

It needs the extra `report`. Redact what you pass, if the page is for others: `call_page(redactor.redact(call),
redactor.lines(logs.logs))`.
"""

from __future__ import annotations

from ._exported import exported_calls, is_redacted
from ._pages import call_page, calls_page, stats_text

__all__ = ["call_page", "calls_page", "exported_calls", "is_redacted", "stats_text"]
