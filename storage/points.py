"""From a signal to what the charts need of it."""

from dataclasses import fields

from core.records import Signal, SignalPoint

NAMES = tuple(part.name for part in fields(SignalPoint))
"""Fields of a point; a signal has them all."""


def as_point(signal: Signal) -> SignalPoint:
    """Return the point of a signal."""
    return SignalPoint(**{name: getattr(signal, name) for name in NAMES})
