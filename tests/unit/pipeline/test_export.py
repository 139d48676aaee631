"""Exports of a real database, read back by the programs they are for."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigError
from core.ports import Store
from core.records import Correction, Flag, Match, Mention, Score, Scored, Selection, Sentiment, Step, Tone
from monitors.archive import Accepted, guess_mapping, read_archive, read_sample
from pipeline import export as exporting
from pipeline.export import COLUMNS, ExportRequest, Format, every_mention, export, export_mentions
from storage import open_store

T0 = datetime(2026, 3, 1, tzinfo=UTC)
FORMULA = '=HYPERLINK("https://evil.example")'


def put(store: Store, *mentions: Mention, brand: str = "Acme") -> None:
    store.commit(
        Step(
            tuple(Scored(one, Score(0.123456, 0.5, 0.376544, version="v1")) for one in mentions),
            tuple(Match(one.id, brand, one.event_at, 0.5, narrative="n1") for one in mentions),
        )
    )


def mention(number: int, text: str = "late again", at: datetime | None = None, **more: Any) -> Mention:
    when = at or T0 + timedelta(minutes=number)
    return Mention("rss/news", f"n{number}", text, when, T0 + timedelta(days=1), author="somebody", **more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = open_store(f"sqlite:///{tmp_path}/firetower.db")
    flags = Flag.SIMULATED | Flag.EDITED
    put(store, mention(1, FORMULA, title='-1, "two"\nlines'), mention(2, "é 😡", flags=flags))
    put(store, mention(3), brand="Globex")
    store.add_correction(Correction(mention(2).id, Sentiment.NEUTRAL, "duty", T0))
    store.close()
    return tmp_path


def written(folder: Path, name: str, **about: str) -> int:
    return export_mentions(ExportRequest(folder, folder / name, **{"form": "", **about}))


def read_csv(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def read_parquet(path: Path) -> list[dict[str, Any]]:
    parquet = pytest.importorskip("pyarrow.parquet", reason="comes with streamlit")
    rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return rows


READERS = {"out.csv": read_csv, "out.jsonl": read_jsonl, "out.parquet": read_parquet}


def test_a_spreadsheet_gets_text_and_no_formula(folder: Path) -> None:
    assert written(folder, "out.csv") == 3
    raw = (folder / "out.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = read_csv(folder / "out.csv")
    assert tuple(rows[0]) == COLUMNS
    assert (rows[0]["text"], rows[0]["title"]) == (f"'{FORMULA}", '\'-1, "two"\nlines')
    assert (rows[1]["text"], rows[1]["label"], rows[1]["flags"]) == ("é 😡", "neutral", "simulated edited")
    assert (rows[0]["time"], rows[0]["negative"], rows[0]["weight"]) == (
        "2026-03-01T00:01:00+00:00",
        "0.1235",
        "0.5",
    )


def test_json_lines_hold_the_text_as_it_is(folder: Path) -> None:
    assert written(folder, "out.jsonl", brand="Acme") == 2
    rows = read_jsonl(folder / "out.jsonl")
    assert [row["text"] for row in rows] == [FORMULA, "é 😡"]
    assert rows[0]["narrative"] == "n1"


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl", "out.parquet"])
def test_every_format_holds_tone_language_and_what_the_model_calls_it(folder: Path, name: str) -> None:
    store = open_store(f"sqlite:///{folder}/firetower.db")
    read = Score(0.4, 0.3, 0.3, tone=Tone(0.25, 0.5, 0.125), language="de")
    late = mention(9, language="en-gb")
    store.commit(Step((Scored(late, read),), (Match(late.id, "Acme", late.event_at),)))
    store.close()
    written(folder, name, brand="Acme")
    rows = READERS[name](folder / name)
    names = ("sentiment", "language", "anger", "offensive", "irony")
    assert [str(rows[-1][column]) for column in names] == ["unsure", "de", "0.125", "0.25", "0.5"]
    assert [rows[0][column] or "" for column in names] == ["neutral", "", "", "", ""]


def test_parquet_has_types(folder: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="comes with streamlit")
    assert written(folder, "out.parquet") == 3
    table = parquet.read_table(folder / "out.parquet")
    assert tuple(table.column_names) == COLUMNS
    assert table["time"].to_pylist() == [T0 + timedelta(minutes=at) for at in (1, 2, 3)]
    assert table["text"].to_pylist()[0] == FORMULA


def test_an_export_can_be_replayed(folder: Path) -> None:
    written(folder, "out.jsonl")
    sample = read_sample(folder / "out.jsonl")
    rows = list(
        read_archive(folder / "out.jsonl", guess_mapping(sample), "archive/out", brand_column="brand")
    )
    accepted = [row.entry for row in rows if isinstance(row, Accepted)]
    assert [entry.mention.event_at for entry in accepted] == [T0 + timedelta(minutes=at) for at in (1, 2, 3)]
    assert [entry.brands for entry in accepted] == [("Acme",), ("Acme",), ("Globex",)]


def test_filters(folder: Path) -> None:
    assert written(folder, "a.jsonl", since="2026-03-01T00:02", until="2026-03-01T01:03+01:00") == 1
    assert written(folder, "b.jsonl", brand="Globex", until="2020-01-01") == 0
    assert (folder / "b.jsonl").read_bytes() == b""
    assert written(folder, "c.txt", form="CSV", brand="Globex") == 1


@pytest.mark.parametrize(
    ("name", "about", "says"),
    [
        ("out.xlsx", {}, "'xlsx' is no format"),
        ("out", {}, "csv, jsonl, parquet"),
        ("out.csv", {"since": "yesterday"}, "--since 'yesterday' is no time"),
        ("firetower.db", {"form": "csv"}, "exists already"),
        ("no/out.csv", {}, "make it first"),
        ("out.csv", {"source": "rss/other"}, "no source is called 'rss/other'; known are "),
    ],
)
def test_wrong_requests_write_nothing(folder: Path, name: str, about: dict[str, str], says: str) -> None:
    before = sorted(folder.iterdir())
    with pytest.raises(ConfigError, match=says):
        written(folder, name, **about)
    assert sorted(folder.iterdir()) == before


def test_a_folder_without_workspace(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no workspace in"):
        written(tmp_path, "out.csv")
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_breaks_off_leaves_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(exporting._WRITERS, Format.CSV, broken)
    with pytest.raises(Exception, match="No space left"):
        written(folder, "out.csv")
    assert list(folder.glob("out*")) == []


@pytest.mark.parametrize("page", [1, 2, 3, 7, 100])
def test_every_mention_comes_once_whatever_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(exporting, "PAGE", page)
    store = open_store(f"memory://{tmp_path}")
    moments = [0, 1, 1, 1, 1, 1, 2, 3, 3, 4]
    put(store, *(mention(number, at=T0 + timedelta(minutes=at)) for number, at in enumerate(moments)))
    put(store, mention(5), brand="Globex")
    found = [row.seq for row in every_mention(store, Selection())]
    assert len(found) == len(set(found)) == 11
    assert export(store, Selection(brand="Acme"), Format.JSONL, tmp_path / "a.jsonl") == 10
