"""What every store promises of edits and of forgetting."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.ports import Log, Store
from core.records import (
    PAGE_STATE,
    Correction,
    Entry,
    EventKind,
    Flag,
    IncidentEvent,
    Job,
    Mention,
    Merge,
    Narrative,
    Notification,
    Selection,
    Sentiment,
    Signal,
    Snapshot,
    Stage,
    Step,
)
from tests.contract.filling import NEGATIVE, T0, incident, match, mention, page, put, step


def emptied(one: Mention) -> Mention:
    return replace(one, title="", text="", url="", author="", flags=one.flags | Flag.DELETED)


# -- edits ------------------------------------------------------------------------


def test_an_edit_replaces_the_words(store: Store) -> None:
    one = mention(1)
    put(store, [one, mention(2)])
    edited = replace(one, title="Now", text="all is \x00well")
    assert store.revise([edited, mention(9)]) == 1
    expected = replace(edited, text="all is �well", flags=Flag.EDITED)
    assert [row.mention for row in store.mention(one.id)] == [expected]
    assert [row.mention for row in store.mentions(9, Selection(search="well"))] == [expected]
    assert [row.mention for row in store.mentions(9, Selection(search="late"))] == [mention(2)]


def test_an_edit_that_changes_nothing_is_none(store: Store) -> None:
    put(store, [mention(1)])
    assert store.revise([mention(1), replace(mention(1), author="bob", url="")]) == 0
    assert store.mentions(9)[0].mention == mention(1)


def test_an_edit_changes_no_sums(store: Store) -> None:
    put(store, [mention(1)])
    before = (store.totals(), store.known([mention(1).id]))
    store.revise([replace(mention(1), text="thank you")])
    assert (store.totals(), store.known([mention(1).id])) == before


def test_what_is_forgotten_cannot_be_edited_back(store: Store) -> None:
    put(store, [mention(1)])
    store.forget([mention(1).id])
    assert store.revise([mention(1)]) == 0
    assert store.mentions(9)[0].mention == emptied(mention(1))


# -- forgetting ---------------------------------------------------------------------


def test_words_go_and_counts_stay(store: Store) -> None:
    one, two = mention(1), mention(2)
    put(store, [one, two], narrative="a")
    before = (store.totals(), store.rollups(T0, T0 + timedelta(hours=1)), store.count_mentions())
    assert store.forget([one.id]) == 1
    assert store.forget([one.id]) == 0
    assert (store.totals(), store.rollups(T0, T0 + timedelta(hours=1)), store.count_mentions()) == before
    assert [row.mention for row in store.mention(one.id)] == [emptied(one)]
    assert store.embeddings([one.id, two.id]) == {two.id: NEGATIVE.embedding}
    assert store.known([one.id])[one.id] == replace(NEGATIVE, embedding=b"")


@pytest.mark.parametrize("word", ["late", "again", "Delays", "ann", '"late again 1"'])
def test_no_word_finds_what_is_forgotten(store: Store, word: str) -> None:
    put(store, [mention(1), mention(2)])
    store.forget([mention(1).id])
    assert mention(1).id not in {row.mention.id for row in store.mentions(9, Selection(search=word))}
    store.forget([mention(2).id])
    assert store.mentions(9, Selection(search=word)) == []


def test_a_repeated_step_does_not_bring_the_words_back(store: Store) -> None:
    put(store, [mention(1)])
    store.forget([mention(1).id])
    put(store, [mention(1)])
    assert store.mentions(9)[0].mention == emptied(mention(1))
    assert store.embeddings([mention(1).id]) == {}


def test_a_deletion_that_comes_first_empties_what_comes_later(store: Store) -> None:
    one, two = mention(1), mention(2)
    assert store.forget([one.id]) == 0
    put(store, [one, two])
    assert [row.mention for row in store.mentions(9)] == [two, emptied(one)]
    assert store.embeddings([one.id, two.id]) == {two.id: NEGATIVE.embedding}
    assert store.mentions(9, Selection(search="late")) == store.mentions(1)


def quotes(record: object) -> list[tuple[str, str, str]]:
    explanation = record.explanation  # type: ignore[attr-defined] # incidents and notifications have one
    return [(one.author, one.text, one.url) for one in (*explanation.quotes, *explanation.first)]


def words(one: Mention) -> tuple[str, str, str]:
    return (one.author, one.text, one.url)


def test_quotes_in_incidents_and_pages_are_forgotten(store: Store) -> None:
    one, two = mention(1), mention(2, author="bob")
    put(store, [one, two])
    store.commit(Step(incidents=(incident("i1", one, two),), notifications=(page("n1", "i1", one, two),)))
    store.commit(Step(incidents=(incident("i2", two),), notifications=(page("n2", "i2", two),)))
    store.forget([one.id])
    nothing = ("", "", "")
    for record in (store.incident("i1"), store.incidents()[0], store.notification("n1"), store.outbox()[0]):
        assert quotes(record) == [nothing, words(two), nothing]
    for record in (store.incident("i2"), store.notification("n2")):
        assert quotes(record) == [words(two), words(two)]
    found = store.incident("i1")
    assert found is not None
    assert [one.mention_id for one in found.explanation.quotes] == [one.id, two.id]


def test_a_quote_that_only_a_page_has_is_forgotten(store: Store) -> None:
    put(store, [mention(1), mention(2)])
    store.commit(Step(incidents=(incident("i1", mention(2)),), notifications=(page("n1", "i1", mention(1)),)))
    store.forget([mention(1).id])
    assert quotes(store.notification("n1")) == [("", "", "")] * 2
    assert quotes(store.incident("i1")) == [words(mention(2))] * 2


def test_detection_that_remembers_a_quote_does_not_bring_it_back(store: Store) -> None:
    one, coming = mention(1), mention(2)
    put(store, [one])
    store.commit(Step(incidents=(incident("i1", one),)))
    store.forget([one.id, coming.id])
    new = step([coming])
    store.commit(
        replace(new, incidents=(incident("i1", one, coming),), notifications=(page("n1", "i1", one, coming),))
    )
    for record in (store.incident("i1"), store.notification("n1")):
        assert quotes(record) == [("", "", "")] * 3


def test_nothing_else_of_an_incident_changes(store: Store) -> None:
    one = mention(1)
    put(store, [one])
    event = IncidentEvent("i1", T0, EventKind.STAGE, "smouldering")
    store.commit(Step(incidents=(incident("i1", one),), events=(event,)))
    before = store.incident("i1")
    store.forget([one.id])
    after = store.incident("i1")
    assert before is not None
    assert after is not None
    assert replace(after, explanation=before.explanation) == before
    assert replace(after.explanation, quotes=(), first=()) == replace(before.explanation, quotes=(), first=())
    assert store.events("i1") == [event]


def test_results_of_jobs_that_show_it_go(store: Store) -> None:
    one, two = mention(1), mention(2)
    put(store, [one, two])
    for name, result in (("j1", f'["{one.id}", "late"]'), ("j2", f'["{two.id}"]'), ("j3", "")):
        store.add_job(Job(name, "query_preview", {"query": one.id}, T0))
        if result:
            store.finish_job(name, "done", result)
    store.forget([one.id])
    assert store.job("j1") is None
    assert [job.id for job in store.jobs()] == ["j3", "j2"]


def test_many_are_forgotten(store: Store) -> None:
    mentions = [mention(number) for number in range(450)]
    put(store, mentions[:300])
    assert store.forget(one.id for one in mentions) == 300
    put(store, mentions[300:])
    assert {row.mention.text for row in store.mentions(999)} == {""}
    assert store.count_mentions() == 450


def test_nothing_to_forget(store: Store) -> None:
    assert store.forget([]) == 0


# -- an author --------------------------------------------------------------------------


def test_an_author_is_erased_in_all_sources_or_in_one(store: Store) -> None:
    news, app = mention(1), mention(2, source="app/store")
    other, similar = mention(3, author="bob"), mention(4, author="Ann")
    put(store, [news, app, other, similar])
    assert store.erase_author("ann", "app/store") == 1
    assert [row.mention for row in store.mentions(9)] == [similar, other, emptied(app), news]
    assert store.erase_author("ann") == 1
    assert [row.mention for row in store.mentions(9)] == [similar, other, emptied(app), emptied(news)]
    assert (store.erase_author("ann"), store.erase_author("")) == (0, 0)


def test_what_has_no_author_is_nobodys(store: Store) -> None:
    put(store, [mention(1, author="")])
    assert store.erase_author("") == 0
    assert store.mentions(9)[0].mention.text == "late again 1"


def test_an_author_with_many_mentions(store: Store) -> None:
    put(store, [mention(number) for number in range(350)])
    assert store.erase_author("ann") == 350
    assert store.mentions(999, Selection(search="late")) == []


def test_what_waits_in_the_log_is_erased_too(store: Store, log: Log) -> None:
    waiting, both, other = mention(1), mention(2), mention(3, author="bob")
    put(store, [both])
    log.append("rss/news", [Entry(one, ("Acme",)) for one in (waiting, both, other)], "c")
    taken = [entry.mention for _, entry in log.read(9)]
    assert store.erase_author("ann", "rss/other") == 0
    assert store.erase_author("ann") == 2
    assert [entry.mention for _, entry in log.read(9)] == [emptied(waiting), emptied(both), other]
    put(store, taken)  # what was being scored meanwhile
    assert [row.mention for row in store.mentions(9)] == [other, emptied(both), emptied(waiting)]


# -- by age --------------------------------------------------------------------------------


def test_the_oldest_are_pruned_first(store: Store) -> None:
    put(store, [mention(number) for number in (3, 1, 4, 2, 5)])
    before = mention(5).event_at
    assert store.prune(before, limit=3) == 3
    assert [row.mention.text for row in store.mentions(9)] == ["late again 5", "late again 4", "", "", ""]
    assert [store.prune(before, limit=3), store.prune(before, limit=3)] == [1, 0]
    assert store.mentions(9)[0].mention == mention(5)
    assert store.totals()[0].mentions == 5


def test_a_state_that_is_kept_with_a_page_goes_with_the_mentions_of_its_time(store: Store) -> None:
    old, new = page("old", "i"), replace(page("new", "i"), created_at=T0 + timedelta(days=2))
    states = [Snapshot(f"{PAGE_STATE}{each.id}", 0, 1, 7, b"s") for each in (old, new)]
    other = Snapshot("detector/Acme", 0, 1, 7, b"d")
    store.commit(Step(notifications=(old, new), snapshots=(*states, other)))
    assert store.prune(T0 + timedelta(days=1)) == 0
    kept = [store.snapshot(each.key) is not None for each in (*states, other)]
    assert kept == [False, True, True]


# -- a brand ---------------------------------------------------------------------------------


def drill(store: Store) -> None:
    both, only = mention(1), mention(2)
    put(store, [both, only], brand="DRILL", narrative="d")
    put(store, [both, mention(3)], narrative="a")
    state = Signal("DRILL", T0, Stage.FIRESTORM)
    told = Narrative("d", "DRILL", "late bags", T0, T0)
    store.commit(
        Step(
            signals=(state,),
            states=(state, replace(state, brand="Acme")),
            narratives=(told, replace(told, id="a", brand="Acme")),
            merges=(Merge("x", "d", "DRILL", T0), Merge("y", "a", "Acme", T0)),
            snapshots=(
                Snapshot("detector/DRILL", 0, 1, 0, b"x"),
                Snapshot("detector/Acme", 0, 1, 0, b"y"),
                Snapshot("forecast/DRILL", 0, 1, 0, b"z"),
            ),
            incidents=(replace(incident("i1", only), brand="DRILL", drill=True),),
            notifications=(replace(page("n1", "i1", only), brand="DRILL", drill=True),),
        )
    )
    store.add_correction(Correction(only.id, Sentiment.NEUTRAL, "duty", T0))
    store.add_correction(Correction(both.id, Sentiment.NEUTRAL, "duty", T0))


def test_a_drill_leaves_its_incident_and_nothing_else(store: Store) -> None:
    drill(store)
    store.drop_brand("DRILL")
    assert [row.brand for row in store.mentions(9)] == ["Acme", "Acme"]
    assert (store.count_mentions(), [total.brand for total in store.totals()]) == (2, ["Acme"])
    assert store.mention(mention(2).id) == []
    assert store.mentions(9, Selection(search='"late again 2"')) == []
    assert [signal.brand for signal in store.states()] == ["Acme"]
    assert store.signals("DRILL", T0, T0) == []
    assert [one.id for one in store.narratives()] == ["a"]
    assert (store.merges("d"), [merge.narrative_id for merge in store.merges("a")]) == ([], ["y"])
    hour = T0 + timedelta(hours=1)
    assert [one.narrative_id for one in store.narrative_bins(["a", "d"], T0, hour)] == ["a"]
    assert store.snapshot("detector/DRILL") is None
    assert store.snapshot("detector/Acme") is not None
    assert store.snapshot("forecast/DRILL") is None
    assert [correction.mention_id for _, correction in store.corrections()] == [mention(1).id]
    assert [found.id for found in store.incidents()] == ["i1"]
    assert [found.id for found in store.notifications()] == ["n1"]


def test_a_second_drill_starts_from_nothing(store: Store) -> None:
    drill(store)
    store.drop_brand("DRILL")
    store.drop_brand("DRILL")
    newest = store.matches_since("Acme", 0, 9)[-1].seq
    put(store, [mention(number) for number in range(300)], brand="DRILL")
    assert len(store.mentions(999, Selection(brand="DRILL"))) == 300
    assert store.matches_since("DRILL", 0, 1)[0].seq > newest
    store.drop_brand("DRILL")
    assert store.count_mentions() == 2


def test_a_number_of_a_dropped_match_is_not_given_again(store: Store) -> None:
    put(store, [mention(1)])
    put(store, [mention(2)], brand="DRILL")
    last = store.matches_since("DRILL", 0, 1)[0].seq
    store.drop_brand("DRILL")
    store.commit(Step(matches=(match(mention(1), "Globex"),)))
    assert store.matches_since("Globex", 0, 1)[0].seq > last


def test_pages_need_no_incident(store: Store) -> None:
    orphan: Notification = page("n1", "nobody", mention(1))
    store.commit(Step(notifications=(orphan,)))
    store.forget([mention(1).id])
    assert quotes(store.notification("n1")) == [("", "", "")] * 2
