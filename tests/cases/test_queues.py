"""A case goes where its topic and area belong; who is on duty and least loaded has it; nobody is left lying."""

from datetime import timedelta

import pytest

from bot.services import queues, transfers
from bot.services.cases import opening
from bot.services.queues import Form, Wait
from bot.store.areas import Area
from bot.store.cases import Case, CaseNote, Mention
from bot.store.queues import Queue
from bot.store.residents import Resident, Thread
from tests.desk import signed_in, token
from tests.town import START


def queue(number: int, topics: list[str], areas: list[int]) -> Queue:
    return Queue(id=number, name=str(number), topics=topics, area_ids=areas)


EVERY = [queue(1, [], []), queue(2, ["care"], []), queue(3, [], [7]), queue(4, ["care", "money"], [7])]


@pytest.mark.parametrize(
    ("topic", "areas", "chosen"),
    [
        ("care", [7, 1], 4),  # topic and area
        ("care", [8, 1], 2),  # topic before area
        ("children", [7, 1], 3),
        ("children", [], 1),  # whatever nobody names
        ("", [], 1),
    ],
)
def test_the_most_specific_queue_wins(topic, areas, chosen):
    found = queues.choose(EVERY, topic, areas)
    assert found is not None and found.id == chosen


@pytest.mark.parametrize(("minutes", "state"), [(0, "calm"), (35, "calm"), (36, "soon"), (59, "soon"), (60, "late")])
def test_waiting_is_measured_against_the_target(minutes, state):
    assert Wait(minutes, 60).state == state


@pytest.mark.parametrize(
    ("on_duty", "waited", "lies"),
    [(True, 239, False), (True, 240, True), (False, 59, False), (False, 60, True)],
)
def test_a_silent_owner_has_longer_than_an_absent_one(on_duty, waited, lies):
    held = Case(state="taken", owner_id=5, unanswered_since=START, taken_at=START - timedelta(days=1), danger="")
    there = {5} if on_duty else set()
    every = Queue(name="", target_minutes=60, return_minutes=240)
    assert transfers.is_left_lying(held, every, there, waited=waited) is lies


def a_case(session, name: str, topic: str, *, area: Area | None = None, now=START) -> Case:
    resident = Resident(line_id=f"U{name}", line_id_hash=name, created_at=now, language="ja", area=area)
    session.add(resident)
    session.flush()
    thread = Thread(key=name, owner="bot", resident=resident)
    session.add(thread)
    return opening.begin_talk(session, resident, thread, topic=topic, now=now)


def test_cases_are_shared_out_and_come_back_when_their_owner_is_silent(any_town):
    town, now = any_town, START
    with town.store.turn() as session:
        hioka = session.query(Area).filter_by(name="氷丘中学校区").one()
        care = queues.save(
            session,
            None,
            Form("高齢の窓口", topics=["care"], area_ids=[hioka.id], assigns="automatic", members={1, 2, 3}),
            staff_id=9,
            now=now,
        )
        with pytest.raises(queues.NameTaken):
            queues.save(session, None, Form("高齢の窓口"), staff_id=9, now=now)
        with pytest.raises(queues.MustStay):
            queues.remove(session, queues.catch_all(session), staff_id=9, now=now)
        waiting = a_case(session, "a", "care", area=hioka)
        assert (waiting.queue_id, waiting.state) == (care.id, "waiting")  # nobody is on duty yet
        elsewhere = a_case(session, "b", "care")
        assert elsewhere.queue_id == queues.catch_all(session).id
        queues.go_on_duty(session, 1, now=now)
        queues.go_on_duty(session, 2, now=now)
        queues.go_on_duty(session, 8, now=now)  # of another queue
    with town.store.turn() as session:
        assert transfers.must_tend(session, now=now) and transfers.tend(session, now=now) == 1
        owners = [a_case(session, name, "care", area=hioka).owner_id for name in "cde"]
        first = session.get(Case, waiting.id)
        assert sorted([first.owner_id, *owners]) == [1, 1, 2, 2]
        assert session.get(Case, elsewhere.id).state == "waiting"
        silent = session.query(Case).filter_by(owner_id=1).first()
    later = START + timedelta(minutes=239)  # 13:59, the office is open
    with town.store.turn() as session:
        assert transfers.tend(session, now=later) == 0
    later = START + timedelta(minutes=241)
    with town.store.turn() as session:
        queues.go_off_duty(session, 2, now=later)
        assert transfers.tend(session, now=later) >= 4
        back = session.get(Case, silent.id)
        assert back.state == "waiting"  # 1 alone is on duty, and was silent
        assert not session.query(Case).filter_by(owner_id=2).count()
        assert session.query(CaseNote).filter_by(kind="return", staff_id=None).count() == 4
        assert session.query(Mention).filter_by(staff_id=2).count() == 2
    with town.store.reading() as session:
        assert queues.on_duty(session, now=later + timedelta(hours=9)) == set()  # the switch was forgotten


def test_supervisors_keep_the_queues_and_anybody_takes_the_next_case(town, desk):
    with town.store.turn() as session:
        a_case(session, "a", "care")
        second = a_case(session, "b", "money", now=START - timedelta(minutes=50))
        urgent = a_case(session, "c", "")
        urgent.danger = "suicide_or_self_harm"
    boss, tanaka = signed_in(desk, "supervisor"), signed_in(desk, "counsellor")
    form = {"csrf_token": token(boss.get("/admin/queues/new"))}
    answer = boss.post("/admin/queues/save", data={**form, "name": "", "target": "30"})
    assert answer.status_code == 400 and "名前を書いて" in answer.text
    new = {**form, "name": "お金の窓口", "topic": ["money", "nonsense"], "target": "30", "member": ["1", "2", "77"]}
    page = boss.post("/admin/queues/save", data=new, follow_redirects=True).text
    assert "お金の窓口" in page and "30分" in page and "お金・くらし" in page
    with town.store.reading() as session:
        made = session.query(Queue).filter_by(name="お金の窓口").one()
        assert (made.topics, queues.members(session, made.id)) == (["money"], {1, 2})
    assert tanaka.get(f"/admin/queues/{made.id}").status_code == 403
    listed = tanaka.get("/admin/cases/?queue=all").text
    assert listed.index("いそぎ：死にたい") < listed.index("お金・くらし") < listed.index("介護・お年より")
    assert "50分待ち（目標まであと10分）" in listed
    taken = {"csrf_token": token(tanaka.get("/admin/cases/"))}
    assert tanaka.post("/admin/cases/next", data=taken).headers["Location"].endswith(f"/{urgent.id}")
    assert tanaka.post("/admin/cases/next", data=taken).headers["Location"].endswith(f"/{second.id}") is False
    on_duty = tanaka.post(
        "/admin/cases/duty", data={**taken, "on": "yes", "back": "/admin/cases/"}, follow_redirects=True
    )
    assert "受付中：&lt;b&gt;counsellor" in on_duty.text
    evil = tanaka.post("/admin/cases/duty", data={**taken, "back": "https://evil.example/"})
    assert evil.headers["Location"] == "/admin/cases/"
