"""The page 見守り: enrolling, the printed card, contacts, tasks, lists; who may."""

import re

from bot.services.checkins import templates
from bot.store.checkins import CheckinContact, CheckinPlan
from bot.store.tasks import Task
from tests.checkins.people import join, open_tasks
from tests.checkins.test_contacts import contact, falls_silent
from tests.desk import signed_in, token

ENROL = {
    "name": "山本キク",
    "phone": "079-424-4318",
    "every": "weekdays",
    "weekday": ["0", "2", "4"],
    "window_from": "09:00",
    "window_to": "10:00",
    "consent": "yes",
}


def post(browser, address: str, page: str, **data):
    return browser.post(address, data={"csrf_token": token(browser.get(page)), **data}, follow_redirects=True)


def test_somebody_enrolled_on_paper_joins_with_the_number_on_the_card(town, desk, clock):
    tanaka = signed_in(desk, "counsellor")
    assert (
        "同意を確かめて" in post(tanaka, "/admin/checkins/new", "/admin/checkins/new", **{**ENROL, "consent": ""}).text
    )
    wrong = post(tanaka, "/admin/checkins/new", "/admin/checkins/new", **{**ENROL, "window_to": "08:00"})
    assert wrong.status_code == 400 and "山本キク" in wrong.text
    shown = post(tanaka, "/admin/checkins/new", "/admin/checkins/new", **ENROL)
    assert "LINEにまだつながっていません" in shown.text and "月・水・金" in shown.text
    with town.store.reading() as session:
        plan = session.query(CheckinPlan).one()
    town.sweeper.read_quota()  # LINE tells the account's name
    card = tanaka.get(f"/admin/checkins/{plan.id}/card").text
    code = re.search(r"見守り (\d{6})", card).group(1)
    assert "data:image/svg+xml" in card
    kiku = town.resident("キク")
    kiku.says("見守り 000000" if code != "000000" else "見守り 111111")
    kiku.sees("見つかりませんでした")
    kiku.says(code)
    kiku.sees("つながりました")
    kiku.says(f"見守り {code}")
    kiku.sees("もうはじまっています")
    clock.moves_to("09:00")  # Wednesday
    town.makes_rounds()
    kiku.sees("お変わりありませんか")
    kiku.taps("元気です")
    assert "もうLINEにつながっています" in tanaka.get(f"/admin/checkins/{plan.id}/card").text
    page = tanaka.get(f"/admin/checkins/{plan.id}").text
    assert "元気です" in page and "LINEにつながりました" in page
    assert "山本キク" in tanaka.get("/admin/checkins/print").text
    assert "山本キク" in tanaka.get("/admin/checkins/people.csv").get_data(as_text=True)


def test_staff_take_and_finish_what_is_to_be_done(town, desk, clock):
    join(town, "ハナ", "9〜11時", phone="079-424-4318")
    clock.moves_to("09:00")
    town.makes_rounds()
    for hour in ("11:01", "12:02"):
        clock.moves_to(hour)
        town.makes_rounds()
    tanaka, boss = signed_in(desk, "counsellor"), signed_in(desk, "supervisor")
    page = tanaka.get("/admin/checkins/").text
    assert "電話する" in page and "ハナさん" in page and "0794244318" in page
    with town.store.reading() as session:
        task = session.query(Task).filter_by(kind="phone").one()
        plan_id = session.query(CheckinPlan).one().id
    address = f"/admin/checkins/{plan_id}"
    assert "あなたが引き受けました" in post(tanaka, f"/admin/checkins/tasks/{task.id}/accept", address).text
    assert "先に引き受けました" in post(boss, f"/admin/checkins/tasks/{task.id}/accept", address).text
    assert "えらんでください" in post(tanaka, f"/admin/checkins/tasks/{task.id}/done", address, result="x").text
    done = post(tanaka, f"/admin/checkins/tasks/{task.id}/done", address, result="well", outcome="畑にいた")
    assert "記録しました" in done.text and "畑にいた" in done.text
    assert open_tasks(town) == []
    again = post(boss, f"/admin/checkins/tasks/{task.id}/done", address, result="well")
    assert "もうおわっています" in again.text


def test_contacts_pauses_changes_templates_and_bad_input(town, desk, clock):
    join(town, "ハナ", "9〜11時")
    tanaka, boss = signed_in(desk, "counsellor"), signed_in(desk, "supervisor")
    with town.store.reading() as session:
        plan_id = session.query(CheckinPlan).one().id
    address = f"/admin/checkins/{plan_id}"
    added = post(
        tanaka, f"{address}/contacts", address, name="娘", phone="0794244318", relation="family", may_hear_alarms="yes"
    )
    assert "まだ確かめていません" in added.text
    with town.store.reading() as session:
        contact = session.query(CheckinContact).one().id
    assert "電話で確かめました" in post(tanaka, f"/admin/checkins/contacts/{contact}/confirm", address).text
    assert "1年のうち" in post(tanaka, f"{address}/pause", address, until="2020-01-01").text
    assert "お休み中" in post(tanaka, f"{address}/pause", address, until="2026-12-01", reason="入院").text
    clock.moves_to("09:00")
    town.makes_rounds()
    assert "見守り中" in post(tanaka, f"{address}/resume", address).text
    assert (
        "日のえらび方"
        in post(tanaka, f"{address}/days", address, every="99", window_from="09:00", window_to="10:00").text
    )
    assert (
        "2日に1回" in post(tanaka, f"{address}/days", address, every="2", window_from="10:00", window_to="11:00").text
    )
    assert "月-日" in post(tanaka, f"{address}/describe", address, birthday="13-45").text
    described = post(
        tanaka, f"{address}/describe", address, birthday="2-29", personal_line="畑のトマトはいかがですか。", name="花子"
    )
    assert "花子" in described.text
    steps = {"name": "ふつう", "template_id": "1", "quiet_from": "21:00", "quiet_to": "07:00", "contacts_at_once": "3"}
    nobody = post(
        boss,
        "/admin/checkins/templates",
        "/admin/checkins/templates",
        **steps,
        **{"ask_again.on": "yes", "ask_again.after": "30"},
    )
    assert "だれも行かない見守り" in nobody.text
    good = {"phone.on": "yes", "phone.after": "30", "phone.on_holidays": "yes"}
    assert "保存しました" in post(boss, "/admin/checkins/templates", "/admin/checkins/templates", **steps, **good).text
    assert (
        tanaka.post("/admin/checkins/templates", data={"csrf_token": token(tanaka.get(address)), **steps}).status_code
        == 403
    )
    only_asked = {"ask_again.on": "yes", "ask_again.after": "30"}
    own = {"visit.on": "yes", "visit.after": "20", "visit.on_holidays": "yes"}
    assert "だれも行かない見守り" in post(boss, f"{address}/stages", address, **only_asked).text
    assert "この方だけの段階にしました" in post(boss, f"{address}/stages", address, **own).text
    with town.store.reading() as session:
        plan = session.query(CheckinPlan).one()
        assert [(step.stage, step.after) for step in templates.steps_of(plan)] == [("visit", 20)]
    assert "もどしました" in post(boss, f"{address}/stages", address, step="template").text
    with town.store.reading() as session:
        assert [step.stage for step in templates.steps_of(session.query(CheckinPlan).one())] == ["phone"]
    post(tanaka, f"{address}/stop", address)
    assert "おわり" in tanaka.get(address).text


def test_staff_begin_a_case_with_somebody_they_watch_over(town, desk):
    hana = join(town, "ハナ", "9〜11時")
    with town.store.reading() as session:
        plan_id = session.query(CheckinPlan).one().id
    tanaka, address = signed_in(desk, "counsellor"), f"/admin/checkins/{plan_id}"
    case = post(tanaka, f"{address}/case", address)
    assert "相談をはじめました" in case.text and "さみしさ・こころ" in case.text
    assert "声をかけました" in case.text and f'href="{address}"' in case.text  # and back to how she answers
    town.delivers_everything()
    hana.sees("職員が、お話ししたいことがあります")
    assert "開いている相談を見る" in tanaka.get(address).text
    hana.taps("職員と話す")
    hana.taps("はじめる")
    assert "待ち" in tanaka.get("/admin/cases/?queue=all").text  # taken up: it waits for words of staff
    hana.blocks()
    assert "いまLINEでは連絡がつきません" in post(tanaka, f"{address}/case", address).text


def test_a_stopped_clock_is_seen_within_two_minutes(town, desk, clock):
    tanaka = signed_in(desk, "counsellor")
    town.sweeper.beat()
    town.sweeper.make_rounds()
    from bot.work import signs_of_life

    for part in ("worker", "web"):
        signs_of_life.beat(town.store, part, now=clock.now())
    assert "見守りが止まっています" not in tanaka.get("/admin/").text
    assert tanaka.get("/readyz").status_code == 200
    clock.moves_on(seconds=91)
    assert "見守りが止まっています" in tanaka.get("/admin/").text
    assert "見守りが止まっています" in tanaka.get("/admin/checkins/now").text
    gone = tanaka.get("/readyz")
    assert gone.status_code == 503 and gone.json["signs"]["check-ins"]["ok"] is False


def test_staff_see_who_is_on_the_way_and_must_say_how_it_was(town, desk, clock):
    hana = join(town, "ハナさん", "9〜11時")
    daughter = contact(town, hana, "さくらさん")
    falls_silent(town, clock, until="13:03")
    assert "さくらさんさん" not in daughter.all_answers[-1] and "ハナさんさん" not in daughter.all_answers[-1]
    tanaka = signed_in(desk, "counsellor")
    assert "まだ返事がありません" in tanaka.get("/admin/checkins/1").text
    daughter.taps("行きます")
    daughter.says("いま電車です")  # and the buttons are still there
    page = tanaka.get("/admin/checkins/1").text
    assert "さくらさんに知らせました" in page and "「行きます」" in page
    assert '<option value="">えらんでください</option>' in page  # nobody ends an alarm by pressing 「記録する」 alone
    daughter.taps("会えませんでした")
    assert "会えませんでした" in tanaka.get("/admin/checkins/1").text


def test_a_card_tried_on_somebody_elses_line_is_taken_off_again(town, desk, clock):
    tanaka = signed_in(desk, "counsellor")
    post(tanaka, "/admin/checkins/new", "/admin/checkins/new", **ENROL)
    with town.store.reading() as session:
        first = session.query(CheckinPlan).one().code
    helper, kiku = town.resident("民生委員"), town.resident("キク")
    helper.says(f"見守り {first}")
    helper.sees("山本キクさんに")
    helper.taps("山本キクさんではありません")
    helper.sees("このLINEには、おたずねしません")
    page = tanaka.get("/admin/checkins/1").text
    assert "LINEにまだつながっていません" in page and "カードの番号でLINEにつながったか確かめる" in page
    with town.store.reading() as session:
        second = session.query(CheckinPlan).one().code
    kiku.says(f"見守り {second}")
    kiku.sees("つながりました")
    clock.moves_to("09:00")
    town.makes_rounds()
    kiku.sees("お変わりありませんか")
    assert not [words for words in helper.all_answers if "お変わりありませんか。\n" in words][1:]
    assert "新しいカード" in post(tanaka, "/admin/checkins/1/unlink", "/admin/checkins/1").text


def test_what_the_forms_of_a_plan_cannot_keep_stands_in_them_again(town, desk):
    tanaka, boss = signed_in(desk, "counsellor"), signed_in(desk, "supervisor")
    post(tanaka, "/admin/checkins/new", "/admin/checkins/new", **ENROL)
    address = "/admin/checkins/1"
    kept = post(tanaka, f"{address}/describe", address, name="山本きく", note="耳が遠い", birthday="3月").text
    assert "誕生日は" in kept and 'value="山本きく"' in kept and "耳が遠い</textarea>" in kept and 'value="3月"' in kept
    kept = post(tanaka, f"{address}/days", address, every="2", window_from="10:00", window_to="09:00").text
    assert "おわりより前に" in kept and 'value="2" selected' in kept
    kept = post(tanaka, f"{address}/pause", address, until="2020-01-01", reason="入院").text
    assert "お休みの日は" in kept and 'value="入院"' in kept
    kept = post(tanaka, f"{address}/contacts", address, name=" ", phone="079-000-0000", relation="friend").text
    assert "名前を書いて" in kept and 'value="079-000-0000"' in kept and 'value="friend" selected' in kept
    kept = post(boss, f"{address}/stages", address, **{"phone.on": "yes", "phone.after": "99999"}).text
    assert "待つ時間は" in kept and 'value="99999"' in kept
    times = {"quiet_from": "20:00", "quiet_to": "07:00", "contacts_at_once": "2"}
    kept = post(boss, "/admin/checkins/templates", address, name="冬", **times).text
    assert 'value="冬"' in kept and 'value="07:00"' in kept
    assert "連絡先をふやす" in tanaka.get(address).text
    post(tanaka, f"{address}/stop", address)
    assert "連絡先をふやす" not in tanaka.get(address).text  # nobody is asked any more


def test_what_was_ticked_for_a_disaster_stays_ticked_until_it_is_sent(town, desk):
    tanaka = signed_in(desk, "counsellor")
    address = "/admin/checkins/disasters/"
    area = re.search(r'name="area" value="(\d+)"', tanaka.get(address).text).group(1)
    kept = post(tanaka, address, address, area=area).text
    assert "まだ何も送っていません" in kept and f'name="area" value="{area}" checked' in kept
