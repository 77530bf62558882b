"""Danger opens an urgent case; until somebody looks, those on call are told on their own LINE, again and again."""

import re

from bot.services import queues
from bot.store.cases import Case
from tests.consultation import asks_for_a_person
from tests.desk import signed_in, token


def on_call_person(town, desk, name: str = "当番"):
    """Somebody added at the desk, who has written their code from their own LINE."""
    boss = signed_in(desk, "supervisor")
    boss.post("/admin/cases/on-call", data={"csrf_token": token(boss.get("/admin/cases/on-call")), "name": name})
    code = re.search(r"当番登録 ([0-9A-Z]{8})", boss.get("/admin/cases/on-call").text).group(1)
    person = town.resident(name)
    person.says(f"当番登録 {code}")
    person.sees("当番として登録しました")
    return person


def test_danger_stands_at_the_top_until_somebody_has_looked(town, desk):
    hana = town.resident("ハナ")
    hana.says("もう死にたい")
    hana.sees("職員にも知らせました")
    tanaka = signed_in(desk, "counsellor")
    assert "いそぎの相談が1件、まだ見られていません" in tanaka.get("/admin/").text
    waiting = tanaka.get("/admin/cases/").text
    assert "死にたい・自分を傷つける" in waiting and "目標まであと" not in waiting  # no target calms anybody
    with town.store.reading() as session:
        case = session.query(Case).one()
        assert (case.danger, case.opened_because) == ("suicide_or_self_harm", "danger")
    page = tanaka.get(f"/admin/cases/{case.id}")
    tanaka.post(f"/admin/cases/{case.id}/look", data={"csrf_token": token(page)})
    assert "まだ見られていません" not in tanaka.get("/admin/").text


def test_those_on_call_are_told_until_somebody_takes_it(town, desk):
    person = on_call_person(town, desk)
    with town.store.turn() as session:
        queues.go_on_duty(session, 1, now=town.clock.now())
    hana = town.resident("ハナ")
    hana.says("もう死にたい")
    for times in (1, 2):  # the moment it comes in, although somebody is on duty; then again
        town.sweeps()
        town.sweeps()
        town.delivers_everything()
        told = [words for words in person.all_answers if "いそぎの相談" in words]
        assert len(told) == times
        assert "死にたい" not in told[-1] and "ハナ" not in told[-1]
        town.clock.moves_on(minutes=5, seconds=1)
    with town.store.reading() as session:
        case = session.query(Case).one()
    tanaka = signed_in(desk, "counsellor")
    page = tanaka.get(f"/admin/cases/{case.id}")
    tanaka.post(f"/admin/cases/{case.id}/take", data={"csrf_token": token(page)})
    town.clock.moves_on(minutes=20)
    town.sweeps()
    town.delivers_everything()
    assert len([words for words in person.all_answers if "いそぎの相談" in words]) == 2


def test_those_on_call_hear_of_every_handoff_the_moment_it_happens_and_the_supervisor_of_a_late_promise(town, desk):
    eager, calm, boss = (on_call_person(town, desk, name) for name in ("早番", "夜番", "主任"))
    desk_of = signed_in(desk, "supervisor")
    page = desk_of.get("/admin/cases/on-call")
    for number, hears in ((1, {"hears_handoffs": "yes"}), (3, {"is_supervisor": "yes"})):
        desk_of.post(f"/admin/cases/on-call/{number}/hears", data={"csrf_token": token(page), **hears})

    def heard(words: str) -> list[int]:
        town.sweeps()
        town.sweeps()
        town.delivers_everything()
        return [sum(words in said for said in one.all_answers) for one in (eager, calm, boss)]

    asks_for_a_person(town.newcomer("太郎").follows())  # the very first words
    assert heard("新しい相談が入りました") == [1, 0, 0]
    town.newcomer("ハナ").follows().says("もう死にたい")
    assert heard("いそぎの相談を") == [1, 1, 1]
    assert heard("新しい相談が入りました") == [1, 0, 0]
    town.clock.moves_to("11:35")
    assert heard("約束の時刻が近い") == [0, 0, 1]


def test_a_second_cry_sounds_the_alarm_anew(town, desk):
    hana = town.resident("ハナ")
    hana.says("もう死にたい")
    tanaka = signed_in(desk, "counsellor")
    with town.store.reading() as session:
        case = session.query(Case).one()
    page = tanaka.get(f"/admin/cases/{case.id}")
    tanaka.post(f"/admin/cases/{case.id}/take", data={"csrf_token": token(page)})
    assert "まだ見られていません" not in tanaka.get("/admin/").text
    hana.says("いま橋の上にいます、飛び降りたい")
    assert "いそぎの相談が1件" in tanaka.get("/admin/").text


def test_an_anonymous_report_of_danger_opens_no_case_that_names_its_sender(town):
    hana = town.resident("ハナ")
    hana.says("匿名で知らせたい")
    hana.taps("ここで書く")
    hana.taps("とばす")
    hana.taps("とばす")
    hana.says("となりの子が毎晩父親に殴られています")
    with town.store.reading() as session:
        assert session.query(Case).count() == 0


def test_a_wrong_code_links_nobody(town):
    hana = town.resident("ハナ")
    hana.says("当番登録 ABCD2345")
    hana.sees("その番号は使えません")


def test_nobody_believes_in_somebody_on_call_whom_no_alert_reaches(town, desk):
    boss = signed_in(desk, "supervisor")
    address = "/admin/cases/on-call"
    form = {"csrf_token": token(boss.get(address)), "name": "夜番"}
    wrong = boss.post(address, data={**form, "email": "夜番のメール"})
    assert "アドレスを確かめて" in wrong.text and 'value="夜番"' in wrong.text  # nothing is lost
    added = boss.post(address, data=form, follow_redirects=True).text
    assert "当番にふやしました" in added and "いま、知らせが届く当番がいません" in added
    number = re.search(r"on-call/(\d+)/try", added).group(1)
    tried = boss.post(f"{address}/{number}/try", data=form, follow_redirects=True).text
    assert "まだ何も届きません" in tried and "送りました" not in tried
    on_call_person(town, desk, "昼番")
    assert "いま、知らせが届く当番がいません" not in boss.get(address).text
