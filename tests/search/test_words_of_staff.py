"""Staff teach the search everyday words, and see what residents looked for."""

import pytest

from bot.store.engine import Store
from bot.store.knowledge import SynonymPair
from knowledge import asked
from knowledge.library import Library
from knowledge.search import synonyms
from tests.town import KEY, START


def test_a_word_that_staff_add_is_heard_and_a_dropped_one_stays_dropped(any_town):
    library = any_town.parts.library
    assert library.search("ぺけぽんのこと", now=START).outcome == "unknown"
    with any_town.store.turn() as session:
        pair = synonyms.add(session, everyday="ぺけぽん", means="車いす 貸出", now=START, staff_id=7)
        assert synonyms.add(session, everyday="ペケポン", means="車いす 貸出", now=START).id != 0
        assert pair in synonyms.listed(session, looking_for="ペケ")
    library.refresh(at_once=True)
    assert library.search("ぺけぽんのこと", now=START).hits[0].entry.id == "kurumaisu"
    with any_town.store.turn() as session:
        for row in synonyms.listed(session, looking_for="ぺけぽん"):
            synonyms.drop(session, row, now=START, staff_id=7)
        seeded = next(row for row in synonyms.listed(session) if row.everyday == "生保")
        synonyms.drop(session, seeded, now=START, staff_id=7)
    Library(any_town.store).refresh(at_once=True)  # a process that starts brings the release's words, not dropped ones
    with any_town.store.reading() as session:
        assert not [row for row in synonyms.listed(session) if row.everyday in ("生保", "ぺけぽん")]
        assert session.query(SynonymPair).filter_by(everyday="生保").one().dropped_by == 7


@pytest.mark.parametrize(
    ("everyday", "means", "field", "why"),
    [
        ("", "介護", "everyday", "missing"),
        ("包括", "  ", "means", "missing"),
        ("あ", "介護", "everyday", "short"),
        ("あ" * 101, "介護", "everyday", "long"),
    ],
)
def test_a_pair_that_cannot_be_used_says_what_is_wrong(town, everyday, means, field, why):
    with town.store.turn() as session, pytest.raises(synonyms.NotASynonym) as wrong:
        synonyms.add(session, everyday=everyday, means=means, now=START)
    assert (wrong.value.field, wrong.value.why) == (field, why)


def test_two_processes_count_what_was_looked_for_and_lose_nothing(any_town):
    from concurrent.futures import ThreadPoolExecutor

    stores = [Store(any_town.settings.database_url, [KEY]) for _ in range(2)]

    def look(store: Store) -> None:
        for _ in range(15):
            with store.turn() as session:
                asked.note_looked_for(session, "子育て", area_id=3, on=START.date())
                asked.note_looked_for(session, "", area_id=None, on=START.date())
                asked.note_verdict(session, "answer/futoko", helped=False, on=START.date())

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(look, stores))
    with any_town.store.reading() as session:
        day = START.date()
        assert asked.looked_for(session, since=day, until=day) == {("子育て", 3): 30, ("", 0): 30}
        assert asked.verdicts(session, since=day) == {"answer/futoko": (0, 30)}
    for store in stores:
        store.close()
