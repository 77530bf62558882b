"""A list that comes in changes nothing residents find, until staff have looked at it."""

from pathlib import Path

from bot.store.knowledge import Resource
from knowledge import entries, exchange
from tests.town import START

LIST = Path(__file__).parent / "samples" / "facilities_2024_utf8bom.csv"


def test_places_of_a_list_are_found_when_staff_publish_them_and_not_before(town):
    hana = town.resident("ハナ")
    hana.says("みなと図書館はどこ")
    before = hana.answers
    with town.store.turn() as session:
        exchange.apply(session, exchange.open_file(LIST, source_url="https://example.jp/"), now=START)
    town.parts.library.refresh(at_once=True)
    hana.says("みなと図書館はどこ")
    assert hana.answers == before
    with town.store.turn() as session:
        library = session.get(Resource, "facility-282999-F001")
        entries.change(session, library, {"category": "子育て"}, seen=library.version, staff_id=7, now=START)
        session.flush()
        entries.confirm(session, library, seen=library.version, staff_id=7, now=START)
        session.flush()
        entries.publish(session, library, seen=library.version, staff_id=7, now=START)
    town.parts.library.refresh(at_once=True)
    hana.says("みなと図書館はどこ")
    assert any("みなと図書館" in words for words in hana.answers)
