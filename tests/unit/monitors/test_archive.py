import csv
import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigError
from core.records import Entry, Rejected
from monitors.archive import (
    Accepted,
    Damaged,
    Mapping,
    explain_mapping,
    guess_mapping,
    override,
    read_archive,
    read_sample,
)
from monitors.archive_csv import CsvRecords
from monitors.archive_lines import MAX_LINE, Line

NOW = datetime(2026, 5, 1, tzinfo=UTC)
HEAD = b"id,created_at,text\n"
ROWS = [f"{number},2026-01-0{number}T10:00:00Z,text {number}\n".encode() for number in range(1, 6)]

Found = list[Accepted | Rejected]


def write(folder: Path, data: bytes, name: str = "archive.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def read(path: Path, **options: str) -> Found:
    mapping = guess_mapping(read_sample(path))
    return list(read_archive(path, mapping, "archive", now=NOW, **(options or {"brand": "Acme"})))  # type: ignore[arg-type]  # only text options are used here


def entries(found: Found) -> list[Entry]:
    return [row.entry for row in found if isinstance(row, Accepted)]


def ids(found: Found) -> list[str]:
    return [entry.mention.native_id for entry in entries(found)]


def bad(found: Found) -> list[tuple[str, str]]:
    return [(row.where, row.reason) for row in found if isinstance(row, Rejected)]


# -- real archives ------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "options", "rows", "mentions", "matches"),
    [
        ("airline_2015/Tweets.csv.gz", {"brand_column": "airline"}, 14_640, 14_485, 14_485),
        ("stocknet_2014/tweets.jsonl.gz", {"brand_column": "ticker"}, 51_142, 41_877, 51_108),
        ("spotify_2017/support_tweets.csv.gz", {"brand": "Spotify"}, 11_567, 11_567, 11_567),
    ],
)
def test_real_archives_are_read_whole_with_guessed_columns(
    shared: Path, file: str, options: dict[str, str], rows: int, mentions: int, matches: int
) -> None:
    found = read(shared / "data" / file, **options)
    all_entries = entries(found)
    assert (len(found), bad(found)) == (rows, [])
    assert len({entry.mention.id for entry in all_entries}) == mentions
    assert len({(entry.mention.id, brand) for entry in all_entries for brand in entry.brands}) == matches


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("airline_2015/Tweets.csv.gz", Mapping("tweet_id", "text", "tweet_created", "name")),
        ("stocknet_2014/tweets.jsonl.gz", Mapping("id", "text", "ts", "user")),
        ("spotify_2017/support_tweets.csv.gz", Mapping("tweet_id", "text", "created_at", "author_id")),
        ("news_stories_2014/headlines.csv", Mapping("ID", "", "TIMESTAMP", title="TITLE", url="URL")),
        ("review_bombs/reviews.csv", Mapping("id", "text", "date")),
    ],
)
def test_columns_of_real_archives_are_guessed(shared: Path, file: str, expected: Mapping) -> None:
    assert guess_mapping(read_sample(shared / "data" / file)) == expected


def test_a_real_archive_that_ends_in_the_middle_of_a_line(shared: Path) -> None:
    found = read(shared / "data" / "news_stories_2014" / "headlines.csv")
    assert (len(found), bad(found)) == (6367, [("6368", "has 3 fields instead of 8")])


# -- one broken thing in the middle costs only itself --------------------------


@pytest.mark.parametrize(
    ("broken", "reasons"),
    [
        (b"9,2026-01-09\n", ["has 2 fields instead of 3"]),
        (b"9,2026-01-09,a,b\n", ["has 4 fields instead of 3"]),
        (b"nonsense\n", ["has 1 fields instead of 3"]),
        (b"9,2026-01-09T10:00:00Z,caf\xe9\n", ["holds a byte that is not UTF-8"]),
        (b"9,2026-01-09T10:00:00Z,a\0b\n", ["holds a NUL byte"]),
        (b'9,2026-01-09T10:00:00Z,"open\n', ["a quote is opened and never closed"]),
        (b'9,2026-01-09T10:00:00Z,"closed"early\n', ["text after a closing quote"]),
        (b"9,,text\n", ["has no time"]),
        (b"9,soon,text\n", ["has no time that can be read ('soon')"]),
        (b"9,1970-01-01,text\n", ["is dated 1970-01-01, before 1990: a placeholder, not a time"]),
        (b"9,2099-01-01,text\n", ["is dated 2099-01-01, in the future"]),
        (b"9,2026-01-09T10:00:00Z,\n", ["has no text"]),
        (b"9,2026-01-09T10:00:00Z," + b"x" * (MAX_LINE + 10) + b"\n", ["longer than 4 MB"]),
        (b"\n   \n", []),
    ],
)
def test_a_broken_line_is_set_aside_and_the_rest_is_read(
    tmp_path: Path, broken: bytes, reasons: list[str]
) -> None:
    found = read(write(tmp_path, HEAD + b"".join(ROWS[:3]) + broken + b"".join(ROWS[3:])))
    assert ids(found) == ["1", "2", "3", "4", "5"]
    assert bad(found) == [("5", reason) for reason in reasons]


def test_an_open_quote_before_quoted_rows_swallows_none_of_them(tmp_path: Path) -> None:
    quoted = [row.replace(b"text", b'"a, ""text""').replace(b"\n", b'"\n') for row in ROWS]
    found = read(write(tmp_path, HEAD + b'9,2026-01-09T10:00:00Z,"open\n' + b"".join(quoted)))
    assert ids(found) == ["1", "2", "3", "4", "5"]
    assert [where for where, _ in bad(found)] == ["2"]
    assert entries(found)[0].mention.text == 'a, "text" 1'


def test_an_open_quote_in_the_first_of_several_long_fields(tmp_path: Path) -> None:
    found = read(
        write(tmp_path, b"text,created_at,id\n" + b'"open,2026-01-09,9\n' + b'"a\nb",2026-01-08,8\n' * 3)
    )
    assert ids(found) == ["8", "8", "8"]
    assert [where for where, _ in bad(found)] == ["2"]


def test_a_quoted_line_break_is_no_broken_line(tmp_path: Path) -> None:
    row = b'9,2026-01-09T10:00:00Z,"one\n\ntwo, ""three""\r\nfour"\n'
    found = read(write(tmp_path, HEAD + ROWS[0] + row + ROWS[1]))
    assert bad(found) == []
    assert entries(found)[1].mention.text == 'one two, "three" four'
    assert [row.line for row in found if isinstance(row, Accepted)] == [2, 3, 7]


@pytest.mark.parametrize("quote", [b"", b'"'])
def test_a_field_of_a_megabyte_is_read_and_shortened(tmp_path: Path, quote: bytes) -> None:
    row = b"9,2026-01-09T10:00:00Z," + quote + b"word " * 200_000 + quote + b"\n"
    found = read(write(tmp_path, HEAD + ROWS[0] + row + ROWS[1]))
    assert ids(found) == ["1", "9", "2"]
    assert entries(found)[1].mention.text.endswith("…")


def test_a_quote_in_the_middle_of_a_plain_field_is_a_letter(tmp_path: Path) -> None:
    found = read(write(tmp_path, HEAD + b'9,2026-01-09T10:00:00Z,a 5" screen\n'))
    assert entries(found)[0].mention.text == 'a 5" screen'


def test_a_compressed_file_that_breaks_off_keeps_what_was_read(tmp_path: Path) -> None:
    rows = b"".join(f"{number},2026-01-01T10:00:00Z,text {number**7}\n".encode() for number in range(5000))
    packed = gzip.compress(HEAD + rows, mtime=0)
    found = read(write(tmp_path, packed[: len(packed) // 2]))
    assert 1000 < len(entries(found)) < 5000
    assert "breaks off" in bad(found)[-1][1]
    assert isinstance(found[-1], Damaged)


@pytest.mark.parametrize("line", ["{", '{"id": 1', "[1]", "7", "null", "[" * 50_000, '{"id": NaN', "\udce9"])
def test_a_broken_json_line_is_set_aside(tmp_path: Path, line: str) -> None:
    good = [json.dumps({"id": number, "ts": 1_760_000_000 + number, "text": "x"}) for number in (1, 2)]
    data = "\n".join([good[0], line, good[1]]).encode("utf-8", "surrogateescape")
    found = read(write(tmp_path, data, "a.jsonl"))
    assert ids(found) == ["1", "2"]
    assert [where for where, _ in bad(found)] == ["2"]


# -- what becomes of a row -----------------------------------------------------


def test_a_row_becomes_a_mention(tmp_path: Path) -> None:
    data = (
        b"tweet_id;created_at;full_text;user;url;lang\n"
        b'570306133677760513;2015-02-24 11:35:52 -0800;"AT&amp;T is <b>down</b>";ann;https://x.example/1;en\n'
    )
    (entry,) = entries(read(write(tmp_path, data)))
    mention = entry.mention
    assert entry.brands == ("Acme",)
    assert (mention.source, mention.native_id) == ("archive", "570306133677760513")
    assert (mention.text, mention.author, mention.language) == ("AT&T is down", "ann", "en")
    assert mention.event_at == mention.seen_at == datetime(2015, 2, 24, 19, 35, 52, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "expected"),
    [("848.0", "848"), ("848.5", "848.5"), ("t1_x", "t1_x"), (" 7 ", "7"), ("x" * 9, "x" * 9)],
)
def test_ids_are_kept_as_they_are_but_for_a_tables_decimals(
    tmp_path: Path, given: str, expected: str
) -> None:
    found = read(write(tmp_path, HEAD + f"{given},2026-01-01,a\n".encode()))
    assert ids(found) == [expected]


def test_large_ids_in_json_are_not_rounded(tmp_path: Path) -> None:
    data = b'{"id": 570306133677760513, "ts": "2026-01-01", "text": "a"}\n'
    assert ids(read(write(tmp_path, data))) == ["570306133677760513"]


def test_ids_that_a_spreadsheet_rounded_are_no_identity(tmp_path: Path) -> None:
    rows = b"".join(b"5.70306E+17,2026-01-01,text %d\n" % number for number in range(3))
    found = read(write(tmp_path, HEAD + rows))
    assert len(set(ids(found))) == 3


def test_equal_texts_under_different_ids_stay_apart(tmp_path: Path) -> None:
    found = read(write(tmp_path, HEAD + b"1,2026-01-01,same\n2,2026-01-01,same\n"))
    assert ids(found) == ["1", "2"]


def test_without_ids_equal_rows_stay_apart_and_reading_again_gives_the_same(tmp_path: Path) -> None:
    path = write(tmp_path, b"created_at,text\n" + b"2026-01-01,same\n" * 3 + b"2026-01-02,other\n")
    first, second = ids(read(path)), ids(read(path))
    assert first == second
    assert len(set(first)) == 4


def test_an_id_column_that_never_changes_is_no_id(tmp_path: Path) -> None:
    found = read(write(tmp_path, HEAD + b"".join(b"0,2026-01-01,text %d\n" % number for number in range(9))))
    assert len(set(ids(found))) == 9


def test_brands_come_from_a_column_or_a_matcher(tmp_path: Path) -> None:
    path = write(tmp_path, b"id,date,text,company\n1,2026-01-01,about acme,Acme\n2,2026-01-02,nothing,\n")
    by_column = read(path, brand_column="company")
    assert (entries(by_column)[0].brands, bad(by_column)) == (
        ("Acme",),
        [("3", "names no brand in column 'company'")],
    )
    mapping = guess_mapping(read_sample(path))
    matched = read_archive(
        path, mapping, "a", matcher=lambda text: ("Acme",) if "acme" in text else (), now=NOW
    )
    assert [entry.brands for entry in entries(list(matched))] == [("Acme",), ()]
    assert entries(list(read_archive(path, mapping, "a", now=NOW)))[0].brands == ("Acme",)


# -- columns ---------------------------------------------------------------------


def test_columns_without_telling_names_are_found_by_their_values(tmp_path: Path) -> None:
    data = b"a,b,c\n7,2026-01-01 10:00,quite a few words here\n8,2026-01-02 10:00,and some more words\n"
    mapping = guess_mapping(read_sample(write(tmp_path, data)))
    assert mapping == Mapping(time="b", text="c")


def test_a_name_that_its_values_belie_is_not_believed(tmp_path: Path) -> None:
    data = b"id,time,when,text\n1,fast,2026-01-01,hello there\n2,slow,2026-01-02,hello there\n"
    assert guess_mapping(read_sample(write(tmp_path, data))).time == "when"


def test_columns_are_shown_with_an_example(tmp_path: Path) -> None:
    sample = read_sample(write(tmp_path, b"id,date,text\n1,2026-01-01 10:00,hello there\n"))
    lines = explain_mapping(guess_mapping(sample), sample)
    assert lines[2] == "time     <- date  e.g. 2026-01-01 10:00 = 2026-01-01T10:00:00Z (no zone: read as UTC)"
    assert lines[3] == "author   <- (none)"


def test_columns_can_be_overridden() -> None:
    mapping = override(
        Mapping(text="body"), ["text=summary", "id = key", "time="], ["body", "summary", "key"]
    )
    assert mapping == Mapping(id="key", text="summary")


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("text", "write field=column"),
        ("txt=body", r"unknown field 'txt'; did you mean 'text'\?"),
        ("text=bodi", r"no column 'bodi'; did you mean 'body'\?"),
    ],
)
def test_a_wrong_override_is_told(pair: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        override(Mapping(), [pair], ["body"])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"id,text\n", "has a header and no rows"),
        (b"id,text\n1\n", "should be CSV with a header, or JSON lines .line 2: has 1 fields"),
        (b"<!DOCTYPE html>\n<html></html>\n", "is a web page"),
        (gzip.compress(HEAD + ROWS[0], mtime=0)[:10], "the gzip file breaks off or is damaged"),
        ("id,date,text\n1,2026-01-01,x\n".encode("utf-16-le"), "UTF-16; save it as UTF-8"),
        (gzip.compress("id,date,text\n".encode("utf-16-be"), mtime=0), "UTF-16; save it as UTF-8"),
        (b"id,text\n1,hello there\n", "looks like a time; say --map time=COLUMN .its columns are id, text"),
        (b"id,date\n1,2026-01-01\n", "looks like text; say --map text=COLUMN"),
        (b'[{"id": 1}]', "one JSON list"),
        (b'"id,text\n1,x\n', "the first line should name the columns"),
        ("id,date,text\n1,2026-01-01,x\n".encode("utf-16"), "UTF-16; save it as UTF-8"),
        (b"PK\x03\x04" + bytes(range(256)) * 20, "ZIP file or a workbook; unpack it first"),
    ],
)
def test_what_is_no_archive_is_told(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read(write(tmp_path, data))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        read_sample(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("options", "message"),
    [({"brand": ""}, "whose mentions"), ({"brand_column": "firm"}, "no column 'firm'")],
)
def test_rows_need_a_brand(tmp_path: Path, options: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read(write(tmp_path, HEAD + ROWS[0]), **options)


# -- the splitter against the csv module's own writing -----------------------------


def split(text: str) -> list[list[str]]:
    lines = [Line(number, line) for number, line in enumerate(text.splitlines(keepends=True), start=1)]
    return [record[1] for record in CsvRecords(iter(lines)) if not isinstance(record, Rejected)]


FIELD = st.text(alphabet='abc,"\n ;é', min_size=1).filter(lambda value: value.strip())


@given(st.lists(st.tuples(FIELD, FIELD, FIELD), max_size=8))
def test_whatever_the_csv_module_writes_is_read_alike(rows: list[tuple[str, str, str]]) -> None:
    handle = io.StringIO()
    csv.writer(handle).writerows([("a", "b", "c"), *rows])
    assert split(handle.getvalue()) == [list(row) for row in rows]
