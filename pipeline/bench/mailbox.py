"""A local SMTP server that notes when which page arrived."""

import time
from email import message_from_bytes, policy
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """Takes every message; `arrived` has the time of the first one about each brand."""

    def __init__(self, port: int, brands: list[str]) -> None:
        self.arrived: dict[str, float] = {}
        """Seconds of `time.monotonic`."""
        self._brands = brands
        self._controller = Controller(self, hostname="127.0.0.1", port=port)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Note the brand that the subject names."""
        now = time.monotonic()
        subject = str(message_from_bytes(envelope.content, policy=policy.default)["subject"])
        for brand in self._brands:
            if f"{brand}:" in subject:
                self.arrived.setdefault(brand, now)
        return "250 OK"

    def __enter__(self) -> "Mailbox":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()
