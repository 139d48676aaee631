"""The last 14 days of one figure as a histogram that can go back, and leaves out what is not everyday."""

from math import expm1, log1p

REFERENCE = 4032
"""Calm bins that are remembered: 14 days."""
GUARD = 288
"""The last day is held back, as in EARS C2, so that a rise is not measured against itself."""
ROOM = REFERENCE + GUARD + 624
"""Positions kept, so that a re-score may go back two days and an hour."""
_CELLS = 256
_PER_UNIT = 20.0
"""Cells per unit of log: 5 % resolution in counts."""


class Sliding:
    """A histogram of calm bins, the last day held back.

    `linear` figures (sums of log-likelihood ratios) are stored on a logarithmic grid, too.
    """

    __slots__ = (
        "_cells",
        "_counts",
        "_edges",
        "_entered",
        "_middles",
        "_withdrawn",
        "count",
        "held",
        "linear",
    )

    def __init__(self, linear: bool) -> None:
        self.linear = linear
        self.count = 0
        self.held = 0
        self._withdrawn = 0
        self._cells = bytearray(ROOM)
        self._entered = bytearray(ROOM)
        self._counts = [0] * _CELLS
        self._edges = self._grid(0.0)
        self._middles = self._grid(0.5)
        self._middles[0] = 0.0

    def _grid(self, shift: float) -> list[float]:
        logs = [(cell + shift) / _PER_UNIT for cell in range(_CELLS)]
        return [expm1(value) for value in logs] if self.linear else logs

    def _store(self, value: float) -> None:
        """Add one calm bin, forget the one 14 days before."""
        cell = min(_CELLS - 1, int(_PER_UNIT * (log1p(value) if self.linear else value)))
        place = self.count % ROOM
        self._cells[place], self._entered[place] = cell, 0
        self.count += 1
        self._slide(self.count - GUARD)

    def withdraw(self) -> None:
        """Let nothing of the day that is held back enter: it has led to a storm."""
        self._withdrawn = self.count

    def _slide(self, end: int) -> None:
        """Move the end of the reference on, over position `end - 1`."""
        if end > self._withdrawn:
            self._entered[(end - 1) % ROOM] = 1
            self._move(end - 1, 1)
        if end > REFERENCE:
            self._move(end - 1 - REFERENCE, -1)

    def _slide_back(self, end: int) -> None:
        """Undo `_slide`."""
        if end > 0:
            self._move(end - 1, -1)
            self._entered[(end - 1) % ROOM] = 0
        if end > REFERENCE:
            self._move(end - 1 - REFERENCE, 1)

    def _move(self, position: int, sign: int) -> None:
        """Let a value enter the reference (1) or leave it (-1); one that was withdrawn does neither."""
        entered = self._entered[position % ROOM]
        self._counts[self._cells[position % ROOM]] += sign * entered
        self.held += sign * entered

    def rollback(self, count: int) -> None:
        """Go back to the time when `count` values had been learned."""
        while self.count > count:
            self._slide_back(self.count - GUARD)
            self.count -= 1

    def reload(self, cells: bytes, count: int) -> None:
        """Take back the cells of a dump."""
        self._cells, self._entered = bytearray(cells[:ROOM]), bytearray(cells[ROOM:])
        self.count = count
        self.held, self._counts = 0, [0] * _CELLS
        end = count - GUARD
        for place in range(max(0, end - REFERENCE), end):
            self._move(place, 1)

    def cells(self, oldest: int) -> bytes:
        """Return stored cells and which of them entered; what no rollback to `oldest` can need is zeroed."""
        kept = bytearray(2 * ROOM)
        for position in range(max(0, oldest - GUARD - REFERENCE), self.count):
            place = position % ROOM
            kept[place], kept[ROOM + place] = self._cells[place], self._entered[place]
        return bytes(kept)
