"""What can go wrong with a target; all else is an error of the client."""

from __future__ import annotations

from cartesia_calls._exceptions import CartesiaError


class TargetError(CartesiaError):
    """The target can't be read or written. What it holds is whole, and the export can go on."""


class TargetBusyError(CartesiaError):
    """Another export is writing to the target."""
