"""Open pages hear of what happens: at once, only ids, from where they were cut off, and only those who may."""

import contextlib
import json
import threading
import time

import urllib3

from admin.live import MOST_PAGES
from bot.services import changes
from tests.consultation import asks_for_a_person, the_case
from tests.desk import signed_in


class Listener:
    """A browser's EventSource."""

    def __init__(self, town, client, *, page: str = "1", after: int | None = None) -> None:
        cookie = "; ".join(f"{one.key}={one.value}" for one in client._cookies.values())
        headers = {"Cookie": cookie, **({"Last-Event-ID": str(after)} if after is not None else {})}
        pool = urllib3.PoolManager(retries=False)
        self.answer = pool.request(
            "GET", f"{town.url}/admin/live?page={page}", headers=headers, preload_content=False, redirect=False
        )
        self.heard: list[tuple[int, str]] = []
        self.last = 0
        if self.answer.status == 200:
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with contextlib.suppress(AttributeError, urllib3.exceptions.HTTPError):  # the line was cut
            for chunk in self.answer.stream():
                for line in chunk.decode().splitlines():
                    if line.startswith("id: "):
                        self.last = int(line[4:])
                    if line.startswith("data: "):
                        self.heard += [(number, why) for number, why in json.loads(line[6:])]

    def hears(self, number: int, why: str) -> None:
        until = time.monotonic() + 20
        while (number, why) not in self.heard:
            assert time.monotonic() < until, self.heard
            time.sleep(0.02)

    def leaves(self) -> None:
        self.answer.close()


def test_a_page_hears_what_happens_and_catches_up_after_a_cut(town, desk):
    tanaka = signed_in(desk, "counsellor")
    page = Listener(town, tanaka)
    hana = town.resident("ハナ")
    hana.says("もう死にたい")
    case = the_case(town)
    page.hears(case.id, "danger")
    hana.says("だれか聞いて")
    page.hears(case.id, "said")
    page.leaves()
    seen = page.last
    hana.blocks()
    again = Listener(town, tanaka, after=seen)
    again.hears(case.id, "left")
    assert (case.id, "danger") not in again.heard
    twin = Listener(town, tanaka, after=seen)  # the same page opened anew: the old line is let go
    twin.hears(case.id, "left")
    assert set(town.app.extensions["live"]._boxes) == {f"{_number(town, 'counsellor')} 1"}
    twin.leaves()


def test_talk_with_the_bot_alone_concerns_no_page(town):
    hana = town.resident("ハナ")
    hana.says("電気代が払えへん")
    with town.store.reading() as session:
        assert changes.after(session, 0) == []


def test_only_those_who_may_see_cases_listen_and_not_too_many(town, desk):
    assert Listener(town, signed_in(desk, "viewer")).answer.status == 403
    assert Listener(town, desk()).answer.status == 302
    hub = town.app.extensions["live"]
    boxes = [hub.enter(f"page {number}", None) for number in range(MOST_PAGES)]
    refused = Listener(town, signed_in(desk, "counsellor"))
    assert refused.answer.status == 503 and refused.answer.headers["Retry-After"]
    for number, box in enumerate(boxes):
        hub.leave(f"page {number}", box)


def test_old_changes_are_forgotten_and_no_number_comes_twice(any_town):
    with any_town.store.turn() as session:
        changes.tell(session, 1, "said", now=any_town.clock.now())
    any_town.clock.moves_on(hours=2)
    any_town.sweeper.erase()
    with any_town.store.turn() as session:
        assert changes.newest(session) == 0
        changes.tell(session, 1, "said", now=any_town.clock.now())
    with any_town.store.reading() as session:
        assert changes.newest(session) == 2


def test_handing_over_alerts_pages_for_somebody_who_said_nothing_before(town, desk):
    page = Listener(town, signed_in(desk, "supervisor"))
    asks_for_a_person(town.resident("ハナ"))
    page.hears(the_case(town).id, "opened")
    page.leaves()


def _number(town, role: str) -> int:
    from bot.services import staff

    with town.store.reading() as session:
        return staff.find(session, f"{role}@example.com").id
