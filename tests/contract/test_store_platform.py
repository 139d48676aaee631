"""What every store says of the platform: each mention once, whatever the number of its brands."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.ports import Store
from core.records import Flag, Match, Mention, Score, Scored, Step, Tallied, in_parts
from core.tally import LATEST
from storage import open_store

T0 = datetime(2026, 3, 1, 12, 0, 30, 123456, tzinfo=UTC)
START = 1_772_366_400
"""The bin of `T0`."""
LATE = timedelta(seconds=1)


def _said(
    number: int, *brands: str, at: datetime = T0, lag: timedelta = LATE, flags: Flag = Flag.NONE
) -> Step:
    mention = Mention("rss", str(number), "late again", at, at + lag, flags=flags)
    matches = (Match(mention.id, brand, at, 0.5, mention.id, 1) for brand in brands)
    return Step(scored=(Scored(mention, Score(0.75, 0.25, 0.0, b"")),), matches=tuple(matches))


Sums = tuple[int, tuple[str, ...], int, int]


def _all(store: Store, last: int | None = None) -> Counter[Sums]:
    """Return bin, brands, mentions and negatives, those of the same brands and bin together."""
    sums: dict[tuple[int, tuple[str, ...]], list[Tallied]] = {}
    for each in store.tallied(T0 - timedelta(days=9), None, last):
        sums.setdefault((each.start, each.brands), []).append(each)
    return Counter(
        (start, brands, sum(one.mentions for one in found), sum(one.negatives for one in found))
        for (start, brands), found in sums.items()
    )


def test_a_mention_of_several_brands_counts_once_for_the_first_by_name(store: Store) -> None:
    for number, brands in enumerate([("Acme",), ("Acme",), ("Bolt", "Acme"), ("Bolt",)]):
        store.commit(_said(number, *brands))
    half, less = in_parts(0.5), in_parts(0.375)
    assert _all(store) == Counter(
        [
            (START, ("Acme",), 2 * half, 2 * less),
            (START, ("Acme", "Bolt"), half, less),
            (START, ("Bolt",), half, less),
        ]
    )


def test_what_is_about_a_namesake_counts_for_the_next_brand_or_for_none(store: Store) -> None:
    both, alone = _said(1, "Acme", "Bolt"), _said(2, "Acme")
    for each in (both, alone):
        first, *rest = each.matches
        store.commit(replace(each, matches=(replace(first, not_us=True), *rest)))
    assert _all(store) == Counter([(START, ("Bolt", "Acme"), in_parts(0.5), in_parts(0.375))])


def test_history_drills_and_what_came_days_late_are_not_heard(store: Store) -> None:
    store.commit(_said(1, "Acme", flags=Flag.BACKFILL))
    store.commit(_said(2, "Acme", "Bolt", flags=Flag.DRILL | Flag.SIMULATED))
    store.commit(_said(3, "Acme", lag=LATEST + LATE))
    assert not _all(store)
    store.commit(_said(4, "Acme", lag=LATEST, flags=Flag.SIMULATED))
    assert len(_all(store)) == 1


def test_a_stretch_of_time_and_what_had_been_counted_by_then(store: Store) -> None:
    for number in range(4):
        store.commit(_said(number, "Acme", at=T0 + timedelta(minutes=5 * number)))
    before = store.last_match()
    until = T0 + timedelta(minutes=10)
    assert [each.start for each in store.tallied(T0 + timedelta(minutes=5), until, None)] == [START + 300]
    store.commit(_said(0, "Bolt"))
    assert _all(store)[START, ("Acme", "Bolt"), in_parts(0.5), in_parts(0.375)] == 1
    assert _all(store, before)[START, ("Acme",), in_parts(0.5), in_parts(0.375)] == 1
    assert store.earliest_match(before - 1) == T0
    assert store.earliest_match(before - 2) == T0
    assert store.earliest_match(before + 1) is None


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(values=st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0, width=32)), min_size=1, max_size=5))
def test_sums_are_exact_to_the_last_part(store_url: str, values: list[tuple[float, float]]) -> None:
    store = open_store(store_url)
    since = T0 + timedelta(minutes=5 * store.last_match() + 5)
    for number, (weight, negative) in enumerate(values):
        step = _said(store.last_match() + 1000 * number, "Acme", at=since)
        (scored,), (match,) = step.scored, step.matches
        score = Score(negative, 1.0 - negative, 0.0, b"")
        store.commit(
            replace(
                step,
                scored=(replace(scored, score=score),),
                matches=(replace(match, weight=weight),),
            )
        )
    found = store.tallied(since, since + timedelta(minutes=5), None)
    assert sum(each.mentions for each in found) == sum(in_parts(weight) for weight, _ in values)
    assert sum(each.negatives for each in found) == sum(in_parts(w * n) for w, n in values)
    store.close()
