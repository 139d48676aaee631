"""A database as the first release wrote it: its schema, and rows in its own columns."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine

from core.codec import dumps
from core.records import Delivery, DeliveryStatus, Entry, Job
from storage.sql import migrate
from tests.contract.filling import T0, incident, mention, page

FIRST = "0001"
MICROSECONDS = int(T0.timestamp()) * 1_000_000
PROBABILITIES = ((0.75, 0.125, 0.125), (0.25, 0.5, 0.25), (0.125, 0.125, 0.75), (0.5, 0.0, 0.5))
"""Of mentions 0 to 3: negative, neutral, positive, and a tie."""


def bring(path: Path, schema: str) -> None:
    """Bring the file to a former schema."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        migrate.run_to(connection, schema)
    engine.dispose()


def fill_former(path: Path) -> None:
    """Make a file of the first schema: four mentions, a point, a page, deliveries, a job, a waiting entry."""
    bring(path, FIRST)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("PRAGMA journal_mode=WAL")
        for number, probabilities in enumerate(PROBABILITIES):
            _mention(file, number, probabilities)
        file.execute("INSERT INTO counter VALUES ('mentions', 4)")
        point = ("Acme", MICROSECONDS, "calm", *(0.0,) * 8, 0.75)
        file.execute(f"INSERT INTO signal VALUES ({', '.join('?' * len(point))})", point)
        _papers(file)


def _mention(file: sqlite3.Connection, number: int, probabilities: tuple[float, ...]) -> None:
    one = mention(number, source=f"rss/{number % 2}")
    at = MICROSECONDS + number * 60_000_000
    words = (one.title, one.text, one.url, one.author)
    row = (one.id, one.source, one.native_id, *words, "en", "post", 0, at, at, *probabilities, b"sign", "v1")
    marks = ", ".join("?" * len(row))
    file.execute(
        "INSERT INTO mention (id, source, native_id, title, text, url, author, language, kind, flags, "
        f"event_at, seen_at, p_negative, p_neutral, p_positive, signature, version) VALUES ({marks})",
        row,
    )
    file.execute(
        "INSERT INTO match (mention_id, brand, event_at, weight, cluster, copy_number) VALUES (?,?,?,?,?,?)",
        (one.id, "Acme", at, 0.5, "", 1),
    )
    negative, neutral, positive = probabilities
    file.execute(
        "INSERT INTO rollup VALUES ('Acme', ?, ?, 1, ?, ?, ?, 0.5, ?)",
        (at // 1_000_000, one.source, negative, neutral, positive, negative / 2),
    )


def _papers(file: sqlite3.Connection) -> None:
    found, told = incident("i1", mention(0)), page("n1", "i1", mention(1))
    payload = json.loads(dumps(found))
    payload["explanation"]["signal"]["growth"] = {"per_hour": float("nan"), "low": 0.0, "high": float("inf")}
    file.execute(
        "INSERT INTO incident VALUES ('i1', 'Acme', ?, NULL, ?)", (MICROSECONDS, json.dumps(payload))
    )
    file.execute(
        "INSERT INTO notification (id, incident_id, created_at, outcome, payload) VALUES (?,?,?,?,?)",
        ("n1", "i1", MICROSECONDS, "pending", dumps(told)),
    )
    for delivery in (
        Delivery("n1", "mail", DeliveryStatus.SENT, 1, T0.replace(microsecond=123456)),
        Delivery("n1", "chat", DeliveryStatus.RESERVED),
    ):
        file.execute(
            "INSERT INTO delivery (id, notification_id, payload) VALUES (?,?,?)",
            (delivery.id, "n1", dumps(delivery)),
        )
    job = Job("j1", "drill", {}, T0)
    file.execute("INSERT INTO job VALUES (1, 'j1', ?, 'waiting', ?)", (MICROSECONDS, dumps(job)))
    entry = Entry(mention(9), ("Acme",))
    file.execute("INSERT INTO log VALUES (1, 'key', ?)", (dumps(entry),))
