"""A robust random cut forest (Guha, Mishra, Roy & Schrijvers 2016, ICML) of numbers.

Written here because the package rrcf 0.4.4 needs pkg_resources, which setuptools no longer has. A tree splits
its points at uniform random places until each stands alone. Where a point is inserted or taken out, the tree
is distributed as if it had been built with the new set of points. A point is unusual when taking it out
would lift many others: the largest ratio of a sibling's size to its own side's on the way up.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(slots=True)
class _Node:
    """A leaf of `size` equal points, or a cut: what is at or below `cut` stands left."""

    low: float
    high: float
    size: int
    cut: float = 0.0
    left: _Node | None = None
    right: _Node | None = None

    def children(self) -> tuple[_Node, _Node] | None:
        """Return both sides, None of a leaf."""
        return (self.left, self.right) if self.left and self.right else None

    def refresh(self) -> None:
        """Take size and range from both sides."""
        if sides := self.children():
            left, right = sides
            self.low, self.high, self.size = left.low, right.high, left.size + right.size


class CutTree:
    """One tree of the forest."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._root: _Node | None = None

    def insert(self, point: float) -> None:
        """Add a point."""
        self._root = self._inserted(self._root, point) if self._root else _Node(point, point, 1)

    def _inserted(self, node: _Node, point: float) -> _Node:
        low, high = min(node.low, point), max(node.high, point)
        if low == high:
            node.size += 1
            return node
        # `random` may be 0 but not 1, so that a cut always leaves something on its right
        cut = low + (high - low) * self._random.random()
        if cut < node.low:
            return _joined(cut, _Node(point, point, 1), node)
        if cut >= node.high:
            return _joined(cut, node, _Node(point, point, 1))
        return self._descended(node, point)

    def _descended(self, node: _Node, point: float) -> _Node:
        left, right = node.children() or (node, node)
        if point <= node.cut:
            node.left = self._inserted(left, point)
        else:
            node.right = self._inserted(right, point)
        node.refresh()
        return node

    def forget(self, point: float) -> None:
        """Take out a point that was inserted."""
        self._root = _without(self._root, point)

    def displacement(self, point: float) -> float:
        """Return the collusive displacement of an inserted point: 0 where it is the only one."""
        node, largest = self._root, 0.0
        while node and (sides := node.children()):
            near, far = sides if point <= node.cut else sides[::-1]
            largest = max(largest, far.size / near.size)
            node = near
        return largest


def _joined(cut: float, left: _Node, right: _Node) -> _Node:
    return _Node(left.low, right.high, left.size + right.size, cut, left, right)


def _without(node: _Node | None, point: float) -> _Node | None:
    """Return what remains of a tree; a cut that has lost a side gives way to the other."""
    if node is None:
        return None
    if (sides := node.children()) is None:
        node.size -= 1
        return node if node.size else None
    left, right = sides
    if point <= node.cut:
        node.left = _without(left, point)
    else:
        node.right = _without(right, point)
    node.refresh()
    return node if node.children() else node.left or node.right
