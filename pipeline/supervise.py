"""Roles that restart themselves: only a bug in here ends the process."""

import asyncio
from collections.abc import Awaitable, Callable

from core.telemetry import get_logger

FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0
HEALTHY_AFTER = 120.0
"""Seconds of work after which an earlier failure is forgiven."""

Role = Callable[[], Awaitable[None]]


class Supervisor:
    """Runs roles side by side and remembers, in words, how each one is."""

    def __init__(self) -> None:
        self.states: dict[str, str] = {}
        self._log = get_logger("supervisor")

    async def run(self, roles: dict[str, Role]) -> None:
        """Run until cancelled."""
        async with asyncio.TaskGroup() as group:
            for name, role in roles.items():
                group.create_task(self.keep(name, role), name=name)

    async def keep(self, name: str, role: Role) -> None:
        """Run one role for ever: a failure or an end is logged once and followed by a new start."""
        loop = asyncio.get_running_loop()
        wait = FIRST_WAIT
        while True:
            started = loop.time()
            self.states[name] = "running"
            trouble = await _trouble(role)
            self.states[name] = f"restarting: {trouble}"
            if loop.time() - started > HEALTHY_AFTER:
                wait = FIRST_WAIT
            self._log.error("role stopped", role=name, trouble=trouble, again_in_seconds=wait)
            await asyncio.sleep(wait)
            wait = min(LONGEST_WAIT, wait * 2)


async def _trouble(role: Role) -> str:
    """Run a role to its end and say in words what ended it."""
    try:
        await role()
    except Exception as error:  # whatever it is, the other roles go on and this one starts again
        return "; ".join(f"{type(leaf).__name__}: {leaf}" for leaf in _leaves(error))
    return "it ended by itself"


def _leaves(error: BaseException) -> list[BaseException]:
    if not isinstance(error, BaseExceptionGroup):
        return [error]
    return [leaf for part in error.exceptions for leaf in _leaves(part)]
