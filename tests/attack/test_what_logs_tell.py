"""Logs carry ids, states and durations: never a word, a name, a number or a LINE id, also when something breaks."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import structlog
from sqlalchemy.exc import IntegrityError

from bot import logs
from bot.simulator.troubles import Trouble
from bot.store.running import CouncilSetting
from tests.consultation import asks_for_a_person, comes_in, offers
from tests.desk import hire_everyone, signed_in
from tests.town import KEY

NAME, WORDS, NUMBER, STREET = "山田花子", "ゆうべ薬を数えました", "090-1234-5678", "氷丘三丁目"


@pytest.fixture
def logged() -> Iterator[Callable[[], str]]:
    """All that was logged, as production writes it and down to the smallest detail."""
    structlog_then, root = structlog.get_config(), logging.getLogger()
    handlers_then, level_then = list(root.handlers), root.level
    logs.set_up("DEBUG", "json")
    told = io.StringIO()
    root.handlers[0].setStream(told)  # type: ignore[attr-defined]
    yield told.getvalue
    structlog.configure(**structlog_then)
    root.handlers[:] = handlers_then
    root.setLevel(level_then)


def test_a_line_says_when_with_its_time_zone_and_libraries_that_load_say_nothing(logged):
    logging.getLogger("alembic.runtime.plugins").info("setup plugin alembic.autogenerate.schemas")
    logging.getLogger("bot.anything").info("running")
    (line,) = logged().splitlines()
    assert datetime.fromisoformat(json.loads(line)["timestamp"]).tzinfo is not None


def nobody_is_in(text: str, *more: str) -> None:
    for private in (NAME, WORDS, NUMBER, STREET, KEY, *more):
        for form in (private, private.encode("unicode_escape").decode()):
            assert form not in text, private


def test_whatever_a_resident_sends_stands_in_no_log(any_town, logged):
    offers(any_town, "room")
    hana = any_town.resident(NAME, area="氷丘")
    for words in (f"母の名前は{NAME}で電話は{NUMBER}です", f"もう死にたい。{WORDS}"):
        hana.says(words)
    hana.sends_sticker()
    hana.phone.sends_location(34.75, 134.84, STREET)
    for kind in ("image", "audio", "video", "file"):
        hana.phone.sends_file_like(kind, b"0", fileName=f"{NAME}.txt", fileSize=1, duration=1000)
    any_town.settles()
    asks_for_a_person(hana)
    hana.says(f"夫は{NAME}です")
    inside = comes_in(any_town, hana)
    inside.writes(f"{STREET}の{NAME}です")
    any_town.app.test_client().post("/worry/", data={"words": f"{STREET}の{NAME}さんが{WORDS}", "kind": "other"})
    any_town.line.troubles.begin(Trouble("500", "/message/"))
    hana.phone.says(f"{NAME}です")
    any_town.settles()
    any_town.line.troubles.end_all()
    assert "line call" in logged()
    nobody_is_in(logged(), hana.phone.user_id)


def test_what_staff_look_for_and_write_stands_in_no_log(town, logged):
    hire_everyone(town)
    hana = town.resident(NAME)
    asks_for_a_person(hana)
    hana.says(WORDS)
    tanaka = signed_in(town.app.test_client, "administrator")
    for page in ("/admin/", "/admin/cases", "/admin/cases/1", "/admin/people", "/admin/record"):
        assert tanaka.get(page, query_string={"q": NAME, "words": NAME}).status_code < 500
    assert "webhook" in logged() or "library" in logged()
    nobody_is_in(logged(), hana.phone.user_id, "administrator@")


def test_what_could_not_be_stored_stands_in_no_traceback(town, logged):
    with pytest.raises(IntegrityError) as stumbled, town.store.turn() as session:
        session.add(CouncilSetting(name=NAME, value={"phone": NUMBER}, changed_at=None))
    logging.getLogger("story").error("a turn failed", exc_info=stumbled.value)
    assert "NOT NULL constraint failed" in logged()
    nobody_is_in(logged())
