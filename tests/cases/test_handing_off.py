"""A resident asks for a person; a person takes over, answers, and gives the thread back."""

import pytest

from bot.services import staff
from bot.services.cases import ownership, refusals
from bot.store.cases import Case, CaseNote
from bot.store.staff import AuditEntry
from tests.consultation import asks_for_a_person, says, the_case
from tests.desk import figure, signed_in, token


def test_a_person_takes_over_answers_and_gives_back(town, desk):
    hana = town.resident("ハナ", area="氷丘")
    hana.says("母の物忘れがひどい")
    hana.says("人に相談したい")
    hana.taps("はじめる")
    hana.sees("「介護・お年より」のご相談として、受けつけました。きょう12時までに")
    assert "介護" not in hana.phone.shown[-1].message["altText"]  # nor does it stand on a lock screen
    hana.says("夜中に何度も起きます")
    hana.sees_nothing_new()
    tanaka, case = signed_in(desk, "counsellor"), the_case(town)
    assert figure(tanaka.get("/admin/"), "担当を待っている相談") == 1
    page = tanaka.get(f"/admin/cases/{case.id}").text
    assert "母の物忘れがひどい" in page and "夜中に何度も起きます" in page and "氷丘中学校区" in page
    says(tanaka, case.id, "田中です。くわしく聞かせてください")
    hana.sees("田中です")
    hana.says("ありがとうございます")
    hana.sees_nothing_new()
    form = {"csrf_token": token(tanaka.get(f"/admin/cases/{case.id}"))}
    tanaka.post(f"/admin/cases/{case.id}/note", data={**form, "words": "包括と相談ずみ"})
    tanaka.post(f"/admin/cases/{case.id}/close", data={**form, "outcome": "つながった"})
    hana.sees("おわりにします")
    hana.says("電気代が払えへん")
    hana.sees("くらしサポート相談窓口")
    with town.store.reading() as session:
        closed = session.query(Case).one()
        assert (closed.state, closed.outcome) == ("closed", "つながった")
        assert session.query(CaseNote).one().words == "包括と相談ずみ"
        deeds = {entry.deed for entry in session.query(AuditEntry)}
        assert deeds >= {"see_case", "take_case", "answer_case", "close_case"}


def test_back_to_the_bot_keeps_the_case_open(any_town):
    hana = any_town.resident("ハナ")
    asks_for_a_person(hana)
    hana.says("ボットに戻る")
    hana.sees("職員への相談は、そのまま")
    with any_town.store.reading() as session:
        assert session.query(Case).one().state == "waiting"


def test_nobody_is_handed_on_without_saying_yes(town):
    hana = town.resident("ハナ")
    hana.says("人に相談したい")
    hana.taps("いまはやめる")
    hana.sees("いつでも声をかけて")
    with town.store.reading() as session:
        assert session.query(Case).count() == 0


def test_at_night_the_lines_that_are_open_come_along(town):
    town.clock.moves_to("23:30")
    hana = town.resident("ハナ")
    hana.says("人に相談したい")
    assert "0120279338" in hana.could_dial()


def test_two_staff_who_answer_at_once_both_see_it(town, desk):
    hana = town.resident("ハナ")
    asks_for_a_person(hana)
    case = the_case(town)
    tanaka, sato = signed_in(desk, "counsellor"), signed_in(desk, "supervisor")
    seen_by_sato = sato.get(f"/admin/cases/{case.id}")
    says(tanaka, case.id, "田中です")
    hana.sees("田中です")
    form = {"csrf_token": token(seen_by_sato), "words": "佐藤です", "seen": "0"}
    answer = sato.post(f"/admin/cases/{case.id}/say", data=form, follow_redirects=True)
    assert "counsellor&lt;/b&gt;さんがお返事しました" in answer.text
    assert ">佐藤です</textarea>" in answer.text  # nothing typed is lost
    hana_saw = [words for words in hana.all_answers if "佐藤です" in words]
    assert hana_saw == []


def test_only_one_can_take_a_case(any_town):
    hana = any_town.resident("ハナ")
    asks_for_a_person(hana)
    now = any_town.clock.now()
    with any_town.store.turn() as session:
        case = session.query(Case).one()
        ownership.take(session, case, staff_id=1, now=now)
    with any_town.store.turn() as session, pytest.raises(refusals.AlreadyTaken) as taken:
        ownership.take(session, session.query(Case).one(), staff_id=2, now=now)
    assert taken.value.by == 1


def test_a_resident_who_blocked_us_is_shown_as_unreachable(town, desk):
    hana = town.resident("ハナ")
    asks_for_a_person(hana)
    hana.blocks()
    tanaka, case = signed_in(desk, "counsellor"), the_case(town)
    assert "ブロックしたか" in tanaka.get(f"/admin/cases/{case.id}").text
    answer = says(tanaka, case.id, "お元気ですか")
    assert "連絡がつきません" in answer.text and "お元気ですか" in answer.text


def test_a_case_is_handed_to_a_colleague_with_a_reason(town, desk):
    asks_for_a_person(town.resident("ハナ"))
    tanaka, case = signed_in(desk, "counsellor"), the_case(town)
    with town.store.reading() as session:
        colleague = staff.find(session, "supervisor@example.com")
    form = {"csrf_token": token(tanaka.get(f"/admin/cases/{case.id}")), "to": str(colleague.id)}
    without = tanaka.post(f"/admin/cases/{case.id}/hand-on", data=form, follow_redirects=True)
    assert "理由を書いて" in without.text
    tanaka.post(f"/admin/cases/{case.id}/hand-on", data={**form, "reason": "成年後見にくわしいため"})
    assert the_case(town).owner_id == colleague.id
