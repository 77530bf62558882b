"""Who asks, where, and at what time: of places that answer about equally well, the right one comes first."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from bot.store.areas import Area
from bot.store.engine import Store
from bot.store.knowledge import Resource
from knowledge import entries
from knowledge.library import Library
from tests.town import KEY, START, copy_of

QUESTION = "えんぴつ画の教室に行きたい"
HERE, THERE = (34.75, 134.84), (34.80, 134.90)
NOON, MIDNIGHT = START.replace(hour=12), START.replace(hour=23, minute=30)


@pytest.fixture
def base(sqlite_template, tmp_path) -> Iterator[tuple[Store, Library]]:
    store = Store(copy_of(sqlite_template, tmp_path), [KEY])
    yield store, Library(store)
    store.close()


def opens(base, *places: dict) -> Library:
    """Classes alike but for what is told of each."""
    store, library = base
    with store.turn() as session:
        for number, facts in enumerate(places):
            entries.keep(
                session,
                Resource,
                f"class-{number}",
                {"name": f"えんぴつ画の教室{'いろは'[number]}", "description": "えんぴつで絵をかきます。",
                 "category": "居場所・サロン", "status": "published", **facts},
                now=START,
            )  # fmt: skip
    return library


def order(library: Library, question: str = QUESTION, *, now: datetime = NOON, **asker) -> list[str]:
    hits = library.search(question, now=now, **asker).hits
    return [hit.entry.id for hit in hits if hit.entry.id.startswith("class-")]


def test_what_is_in_the_residents_area_comes_before_the_citys_and_other_areas(base):
    with base[0].reading() as session:
        first, second = session.query(Area).filter_by(layer=2).order_by(Area.position).limit(2)
        here, there = first.name, second.name
    library = opens(base, {"areas": [there]}, {"areas": ["全市"]}, {"areas": [here]})
    assert order(library, areas=[here]) == ["class-2", "class-1", "class-0"]
    assert order(library, areas=[there])[0] == "class-0"


def test_what_is_near_a_sent_place_comes_first_and_tells_how_far_it_is(base):
    places = [{"latitude": latitude, "longitude": longitude} for latitude, longitude in (THERE, HERE)]
    library = opens(base, *places)
    near_here = {"latitude": HERE[0] + 0.001, "longitude": HERE[1]}
    assert order(library, **near_here) == ["class-1", "class-0"]
    assert order(library, latitude=THERE[0], longitude=THERE[1]) == ["class-0", "class-1"]
    hits = library.search(QUESTION, now=NOON, **near_here).hits
    assert next(hit.kilometres for hit in hits if hit.entry.id == "class-1") == pytest.approx(0.11, abs=0.01)


def test_what_is_open_now_comes_first(base):
    library = opens(base, {"hours": "毎日 9:00～11:00"}, {"hours": "毎日 11:00～13:00"})
    assert order(library, now=NOON.replace(hour=10)) == ["class-0", "class-1"]
    assert order(library, now=NOON) == ["class-1", "class-0"]


def test_what_is_for_people_like_them_comes_first(base):
    library = opens(base, {"audience": "高齢者"}, {"audience": "小学生"})
    assert order(library, "小学生の娘がえんぴつ画の教室に行きたい") == ["class-1", "class-0"]
    assert order(library, "祖母がえんぴつ画の教室に行きたい") == ["class-0", "class-1"]


def test_none_of_this_lifts_what_does_not_answer(base):
    library = opens(base, {"latitude": HERE[0], "longitude": HERE[1], "hours": "毎日 24時間"})
    found = library.search("電気代が払えへん", now=MIDNIGHT, latitude=HERE[0], longitude=HERE[1])
    assert found.hits[0].entry.id in ("kurashi", "kurashi-support")


def test_at_night_a_line_that_is_always_there_comes_before_an_office_that_is_closed(base):
    library = base[1]
    for question in ("つらくて誰かに電話で話を聞いてほしい", "子どものことで電話で相談したい"):
        assert library.search(question, now=MIDNIGHT).hits[0].entry.always_open, question


def test_who_asks_for_a_place_by_its_name_gets_that_place_first(base):
    library = opens(base, {"name": "おひさま会館", "kana": "おひさまかいかん"})
    for question in ("おひさま会館", "おひさま会館の電話番号", "おひさまかいかんはどこですか", "おひさまかいかん"):
        assert library.is_named(question)
        found = library.search(question, now=NOON)
        assert (found.outcome, found.hits[0].entry.id) == ("sure", "class-0"), question
    assert not library.is_named("公民館はどこ")
    assert not library.is_named("社協の電話番号")
