"""States of the last two days, one an hour, to go back to when a closed bin changes."""

from models.packing import State


class Checkpoints:
    """Where each state stood, the oldest first: what `held` has is what is saved."""

    def __init__(self) -> None:
        self.held: list[tuple[int, State]] = []

    @property
    def oldest(self) -> int:
        """Where the first of them stands; raises `IndexError` before there is one."""
        return self.held[0][0]

    def begin(self, start: int, state: State) -> None:
        """Forget all others."""
        self.held = [(start, state)]

    def add(self, start: int, state: State, oldest: int) -> bool:
        """Take one more, if none stands there; return whether some went: `oldest` needs them no more."""
        if not self.held or self.held[-1][0] != start:
            self.held.append((start, state))
        before = len(self.held)
        while len(self.held) > 1 and self.held[1][0] <= oldest:
            self.held.pop(0)
        return len(self.held) < before

    def back_to(self, touched: int) -> tuple[int, State]:
        """Return the last one at or before `touched`, and forget those after it.

        A newborn brand may be touched before its birth: its first one stands there from then on.
        """
        while len(self.held) > 1 and self.held[-1][0] > touched:
            self.held.pop()
        start, state = self.held[-1]
        self.held[-1] = (min(start, touched), state)
        return self.held[-1]
