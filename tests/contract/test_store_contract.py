"""What every store promises to detection and to the board."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Conflict
from core.ports import Store
from core.records import (
    BrandTotal,
    Flag,
    Match,
    Mention,
    MentionRow,
    Rollup,
    Score,
    Scored,
    Selection,
    Signal,
    SignalPoint,
    Snapshot,
    Stage,
    Step,
)
from storage import open_store

T0 = datetime(2026, 3, 1, 12, 0, 30, 123456, tzinfo=UTC)
MINUTE = int(T0.timestamp()) // 60 * 60


def mention(number: int, text: str = "late again", title: str = "", author: str = "ann") -> Mention:
    at = T0 + timedelta(seconds=number)
    return Mention(
        source=f"rss/{number % 2}",
        native_id=f"n{number}",
        text=text,
        event_at=at,
        seen_at=at + timedelta(seconds=2),
        title=title,
        url=f"https://example.org/{number}",
        author=author,
        language="en",
        kind="article",
        flags=Flag.SIMULATED | Flag.UNDATED,
    )


def scored(found: Mention, negative: float = 0.5) -> Scored:
    return Scored(found, Score(negative, 0.75 - negative, 0.25, b"\x00\xff", "v1"))


def match(found: Mention, brand: str = "Acme", weight: float = 0.5) -> Match:
    return Match(found.id, brand, found.event_at, weight, cluster=found.id, copy_number=2)


def step(mentions: Iterable[Mention], *brands: str, negative: float = 0.5) -> Step:
    """Return a step that stores `mentions` and counts each for each brand."""
    mentions = tuple(mentions)
    pairs = [match(found, brand) for brand in brands or ("Acme",) for found in mentions]
    return Step(scored=tuple(scored(found, negative) for found in mentions), matches=tuple(pairs))


def signal(brand: str = "Acme", minutes: int = 0, seen: float = 7.0) -> Signal:
    at = T0 + timedelta(minutes=minutes)
    return Signal(brand, at, Stage.CALM, seen=seen, expected=18.0, low=6.0, high=34.0, coverage=0.9)


def names(rows: Iterable[MentionRow]) -> list[str]:
    return [row.mention.native_id for row in rows]


def all_rollups(store: Store) -> list[Rollup]:
    return store.rollups(T0 - timedelta(days=50_000), T0 + timedelta(days=1))


# -- commit -----------------------------------------------------------------


def test_an_empty_store_knows_nothing(store: Store) -> None:
    assert store.known(["x"]) == {}
    assert store.unmatched([("x", "Acme")]) == {("x", "Acme")}
    assert (store.count_mentions(), store.totals(), store.states()) == (0, [], [])
    assert (store.mentions(10), store.mention("x"), store.snapshot("x")) == ([], [], None)
    store.commit(Step())
    assert store.count_mentions() == 0


def test_gives_a_mention_back_as_it_was(store: Store) -> None:
    found = mention(1, title="Delays", text="late again")
    store.commit(step([found]))
    (row,) = store.mentions(10)
    assert row.mention == found
    assert row.score == scored(found).score
    assert (row.brand, row.weight, row.copy_number) == ("Acme", 0.5, 2)
    assert store.mention(found.id) == [row]


def test_knows_what_is_stored_and_what_is_counted(store: Store) -> None:
    one, two = mention(1), mention(2)
    store.commit(step([one]))
    assert store.known([one.id, two.id]) == {one.id: scored(one).score}
    pairs = [(one.id, "Acme"), (one.id, "Globex"), (two.id, "Acme")]
    assert store.unmatched(pairs) == set(pairs[1:])


def test_adds_to_the_minutes(store: Store) -> None:
    store.commit(step([mention(0), mention(2), mention(40)], negative=0.5))
    assert all_rollups(store) == [
        Rollup("Acme", "rss/0", MINUTE, 2, 1.0, 0.5, 0.5, 1.0, 0.5),
        Rollup("Acme", "rss/0", MINUTE + 60, 1, 0.5, 0.25, 0.25, 0.5, 0.25),
    ]
    store.commit(step([mention(4)], negative=0.25))
    assert all_rollups(store)[0] == Rollup("Acme", "rss/0", MINUTE, 3, 1.25, 1.0, 0.75, 1.5, 0.625)


def test_a_repeated_step_changes_nothing(store: Store) -> None:
    first = step(map(mention, range(5)), "Acme", "Globex")
    store.commit(first)
    before = (all_rollups(store), store.totals(), store.count_mentions(), store.mentions(99))
    store.commit(first)
    store.commit(replace(first, matches=first.matches * 2, scored=first.scored * 2))
    assert (all_rollups(store), store.totals(), store.count_mentions(), store.mentions(99)) == before


def test_one_mention_counts_for_two_brands_in_two_commits(store: Store) -> None:
    found = mention(1)
    store.commit(step([found], "Acme", negative=0.5))
    store.commit(Step(matches=(match(found, "Globex"),)))
    assert store.count_mentions() == 1
    assert [row.brand for row in store.mention(found.id)] == ["Acme", "Globex"]
    assert store.totals() == [BrandTotal("Acme", 1, 0.5), BrandTotal("Globex", 1, 0.5)]


def test_the_first_score_is_the_one_that_counts(store: Store) -> None:
    found = mention(1)
    store.commit(step([found], "Acme", negative=0.5))
    store.commit(step([found], "Globex", negative=0.125))
    assert store.totals() == [BrandTotal("Acme", 1, 0.5), BrandTotal("Globex", 1, 0.5)]
    assert store.known([found.id])[found.id].negative == 0.5


def test_refuses_a_match_without_its_mention_and_writes_nothing(store: Store) -> None:
    good = step([mention(1)])
    with pytest.raises(ValueError, match="no stored mention"):
        store.commit(replace(good, matches=(*good.matches, match(mention(2)))))
    assert (store.count_mentions(), store.totals()) == (0, [])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    batches=st.lists(
        st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["Acme", "Globex"])), max_size=8), max_size=6
    )
)
def test_counts_each_pair_once_however_it_is_delivered(
    store_url: str, batches: list[list[tuple[int, str]]]
) -> None:
    store = open_store(store_url)
    base = store.count_mentions() + 100  # each example works on mentions of its own
    for batch in batches:
        found = [(mention(base + number), brand) for number, brand in batch]
        matches = tuple(match(one, brand) for one, brand in found)
        store.commit(Step(scored=tuple(scored(one) for one, _ in found), matches=matches))
        base_rows = store.mentions(10_000)
        assert len(base_rows) == sum(row.mentions for row in all_rollups(store))
        assert sum(row.weight for row in base_rows) == sum(row.independent for row in all_rollups(store))
    wanted = {(f"n{base + number}", brand) for batch in batches for number, brand in batch}
    stored = {(row.mention.native_id, row.brand) for row in store.mentions(10_000)}
    assert wanted <= stored
    store.close()


# -- snapshots ---------------------------------------------------------------


def test_a_snapshot_moves_its_revision(store: Store) -> None:
    store.commit(Step(snapshots=(Snapshot("share/Acme", 0, 3, 41, b"\x00one"),)))
    assert store.snapshot("share/Acme") == Snapshot("share/Acme", 1, 3, 41, b"\x00one")
    store.commit(Step(snapshots=(Snapshot("share/Acme", 1, 4, 42, b"two"),)))
    assert store.snapshot("share/Acme") == Snapshot("share/Acme", 2, 4, 42, b"two")
    assert store.snapshot("share/Globex") is None


@pytest.mark.parametrize("revision", [0, 2, 7])
def test_a_conflict_writes_nothing_of_the_step(store: Store, revision: int) -> None:
    store.commit(Step(snapshots=(Snapshot("detector/Acme", 0, 1, 0, b"mine"),)))
    late = step([mention(1)])
    other = Snapshot("detector/Globex", 0, 1, 0, b"new")
    lost = Snapshot("detector/Acme", revision, 1, 0, b"lost")
    with pytest.raises(Conflict, match=f"revision {revision}"):
        store.commit(replace(late, snapshots=(other, lost), states=(signal(),), signals=(signal(),)))
    assert store.snapshot("detector/Globex") is None
    assert store.snapshot("detector/Acme") == Snapshot("detector/Acme", 1, 1, 0, b"mine")
    assert (store.count_mentions(), all_rollups(store), store.states()) == (0, [], [])
    assert store.signals("Acme", T0, T0) == []


def test_a_conflict_on_a_snapshot_that_is_not_there(store: Store) -> None:
    with pytest.raises(Conflict):
        store.commit(Step(snapshots=(Snapshot("detector/Acme", 3, 1, 0, b""),)))


def test_a_detector_snapshot_is_placed_after_the_matches_of_its_own_step(store: Store) -> None:
    first = step(map(mention, range(3)), "Acme")
    store.commit(replace(first, snapshots=(Snapshot("detector/Acme", 0, 1, 0, b""),)))
    store.commit(step([mention(7)], "Globex"))
    second = step([mention(1), mention(9)], "Acme")
    store.commit(replace(second, snapshots=(Snapshot("detector/Acme", 1, 1, 0, b""),)))
    saved = store.snapshot("detector/Acme")
    assert saved is not None
    assert store.matches_since("Acme", saved.position, 10) == []
    assert names(store.matches_since("Acme", saved.position - 1, 10)) == ["n9"]


def test_what_counts_elsewhere_leaves_out_what_names_the_brand_as_well(store: Store) -> None:
    store.commit(step(map(mention, [1, 2]), "Acme"))
    store.commit(step(map(mention, [2, 4, 3]), "Bolt"))
    found = store.elsewhere_since("Acme", "Bolt", 0, 10)
    assert [each.event_at for each in found] == [mention(4).event_at, mention(3).event_at]
    first = found[0]
    (row,) = [row for row in store.matches_since("Bolt", 0, 10) if row.seq == first.seq]
    assert (first.brand, first.weight, first.negative) == ("Bolt", row.weight, row.felt.negative)
    assert (first.seen_at, first.backfill) == (row.mention.seen_at, False)
    assert store.elsewhere_since("Acme", "Bolt", first.seq, 10) == found[1:]
    assert store.elsewhere_since("Acme", "Bolt", 0, 1) == found[:1]
    assert [len(store.elsewhere_since("Bolt", name, 0, 10)) for name in ("Acme", "Bolt", "")] == [1, 0, 0]


def test_the_last_match_has_the_highest_number_also_when_it_is_set_apart(store: Store) -> None:
    assert store.last_match() == 0
    store.commit(step(map(mention, range(3)), "Acme"))
    before = store.last_match()
    assert before == store.matches_since("Acme", 0, 10)[-1].seq
    apart = step([mention(8)], "Globex")
    store.commit(replace(apart, matches=tuple(replace(each, not_us=True) for each in apart.matches)))
    assert store.last_match() > before


def test_matches_come_in_the_order_they_were_counted(store: Store) -> None:
    store.commit(step(map(mention, [5, 1, 3]), "Acme"))
    store.commit(step(map(mention, [4, 2]), "Acme", "Globex"))
    rows = store.matches_since("Acme", 0, 10)
    assert names(rows) == ["n5", "n1", "n3", "n4", "n2"]
    assert names(store.matches_since("Acme", rows[1].seq, 2)) == ["n3", "n4"]
    assert [row.seq for row in rows] == sorted(row.seq for row in rows)


# -- lines and minutes ---------------------------------------------------------


def test_states_are_replaced_and_kept_whole(store: Store) -> None:
    store.commit(Step(states=(signal("Globex"), signal("Acme"))))
    newer = replace(signal("Acme", 5), stage=Stage.SPREADING, conditions=("many sources",))
    store.commit(Step(states=(newer,)))
    assert store.states() == [newer, signal("Globex")]


def test_signals_are_points_from_since_to_until(store: Store) -> None:
    points = [signal("Acme", minutes) for minutes in (10, 0, 5)]
    store.commit(Step(signals=(*points, signal("Globex", 5))))
    assert store.signals("Acme", T0, T0 + timedelta(minutes=5)) == [
        SignalPoint(T0 + timedelta(minutes=at), Stage.CALM, 7, 18, 6, 34, 0, 0, 0, 0, 0.9) for at in (0, 5)
    ]
    store.commit(Step(signals=(replace(signal("Acme", 0, seen=99.0), observable=3),)))
    assert [point.observable for point in store.signals("Acme", T0, T0 + timedelta(minutes=5))] == [3, None]
    assert [point.seen for point in store.signals("Acme", T0, T0)] == [99.0]


def test_infinities_are_kept(store: Store) -> None:
    endless = replace(signal(), high=float("inf"), threshold=float("inf"))
    store.commit(Step(signals=(endless,), states=(endless,)))
    assert store.states() == [endless]
    assert store.signals("Acme", T0, T0)[0].high == float("inf")


def test_rollups_by_time_and_brand(store: Store) -> None:
    store.commit(step(map(mention, [0, 90, 180]), "Acme", "Globex"))
    start = datetime.fromtimestamp(MINUTE, UTC)
    chosen = store.rollups(start, start + timedelta(minutes=2), "Globex")
    assert [(row.brand, row.minute) for row in chosen] == [("Globex", MINUTE)]
    both = store.rollups(start, start + timedelta(minutes=3))
    assert [(row.minute - MINUTE, row.brand) for row in both] == [
        (0, "Acme"),
        (0, "Globex"),
        (120, "Acme"),
        (120, "Globex"),
    ]


def test_imported_history_fills_gaps_only(store: Store) -> None:
    store.commit(step([mention(0)]))
    store.commit(Step(signals=(signal(minutes=0, seen=1.0),)))
    past = Rollup("Acme", "rss/0", MINUTE - 60, 4, 1.0, 1.0, 2.0, 3.0, 0.75)
    same = Rollup("Acme", "rss/0", MINUTE, 400, 1.0, 1.0, 2.0, 3.0, 0.75)
    for _ in range(2):
        store.import_rollups([past, same], [signal(minutes=-5, seen=2.0), signal(minutes=0, seen=9.0)])
    assert [row.mentions for row in all_rollups(store)] == [4, 1]
    assert [point.seen for point in store.signals("Acme", T0 - timedelta(hours=1), T0)] == [2.0, 1.0]
    assert store.totals() == [BrandTotal("Acme", 5, 1.5 / 5)]
    assert (store.count_mentions(), store.states()) == (1, [])


def test_a_brand_without_mentions_has_no_share(store: Store) -> None:
    store.import_rollups([Rollup("Acme", "rss/0", MINUTE)], [])
    assert store.totals() == [BrandTotal("Acme", 0, None)]


# -- odd input -------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "\ud83d alone",
        "nul \x00 here",
        "😡 so late",
        "x" * 1_000_000,
        "",
        "عربي 日本語",
        "'; drop table mention",
    ],
    ids=["surrogate", "nul", "emoji", "megabyte", "empty", "scripts", "quote"],
)
def test_keeps_any_text(store: Store, text: str) -> None:
    found = mention(1, text=text, title=text[:50], author=text[:50])
    store.commit(step([found]))
    (row,) = store.mentions(1)
    kept = text.replace("\ud83d", "�").replace("\x00", "�")
    assert (row.mention.text, row.mention.title, row.mention.author) == (kept, kept[:50], kept[:50])
    assert store.unmatched([(found.id, "Acme")]) == set()


@pytest.mark.parametrize(("hostile", "kept"), [("\ud83d alone", "� alone"), ("nul \x00", "nul �")])
def test_a_hostile_text_changes_none_of_those_it_came_with(store: Store, hostile: str, kept: str) -> None:
    texts = ["plain", "naïve 😡", hostile, "", "日本語"]
    store.commit(step([mention(number, text=text) for number, text in enumerate(texts)]))
    rows = store.mentions(9, Selection(), oldest_first=True)
    assert [row.mention.text for row in rows] == [kept if text == hostile else text for text in texts]


@pytest.mark.parametrize("odd", ["\ud83d", "x\x00", "'x'", '"]'])
def test_an_odd_id_is_an_unknown_one(store: Store, odd: str) -> None:
    found = mention(1)
    store.commit(step([found]))
    assert store.known([odd, found.id]).keys() == {found.id}
    assert store.unmatched([(odd, "Acme"), (found.id, "Acme")]) == {(odd, "Acme")}


def test_each_of_many_mentions_keeps_its_own_embedding(store: Store) -> None:
    some = [mention(number) for number in range(150)]
    own = {
        one.id: Score(0.5, 0.25, 0.25, b"sign", "v1", bytes([number]) if number % 3 else b"")
        for number, one in enumerate(some)
    }
    store.commit(Step(scored=tuple(Scored(one, own[one.id]) for one in some)))
    assert store.known(one.id for one in some) == own
    assert store.known([]) == {}


@pytest.mark.parametrize(
    "at",
    [
        datetime(1901, 12, 13, 20, 45, 51, 999999, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 1, tzinfo=UTC),
    ],
)
def test_times_before_1970(store: Store, at: datetime) -> None:
    found = replace(mention(1), event_at=at, seen_at=at)
    store.commit(step([found]))
    assert store.mentions(1)[0].mention == found
    (row,) = all_rollups(store)
    assert 0 <= at.timestamp() - row.minute < 60
    assert row.minute % 60 == 0


def test_a_time_without_zone_is_refused(store: Store) -> None:
    naive = replace(mention(1), event_at=T0.replace(tzinfo=None))
    with pytest.raises(Exception, match="offset-naive"):
        store.commit(step([naive]))
    assert store.count_mentions() == 0


# -- lists -----------------------------------------------------------------------


def test_mentions_newest_first_with_ties_in_order(store: Store) -> None:
    twin = replace(mention(7), native_id="twin", event_at=mention(3).event_at)
    store.commit(step([mention(1), mention(3), twin, mention(2)]))
    assert names(store.mentions(10)) == ["twin", "n3", "n2", "n1"]
    assert names(store.mentions(10, oldest_first=True)) == ["n1", "n2", "n3", "twin"]
    assert names(store.mentions(2)) == ["twin", "n3"]


def test_mentions_are_filtered(store: Store) -> None:
    store.commit(step([mention(1), mention(2)], "Acme", negative=0.75))
    store.commit(step([mention(3), mention(4)], "Globex", negative=0.25))
    assert names(store.mentions(10, Selection(brand="Acme"))) == ["n2", "n1"]
    assert names(store.mentions(10, Selection(min_negative=0.5))) == ["n2", "n1"]
    between = store.mentions(10, Selection(since=mention(2).event_at, until=mention(4).event_at))
    assert names(between) == ["n3", "n2"]
    assert names(store.mentions(10, Selection(brand="Acme", since=mention(2).event_at))) == ["n2"]
    assert store.mentions(10, Selection(brand="Initech")) == []
