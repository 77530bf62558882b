"""Staff read, answer, visit and close worry reports; nobody can count their way to a person."""

from datetime import date

from bot.services import receipts, working_days, worries
from bot.store.staff import AuditEntry
from bot.store.worries import WorryReport
from tests.desk import figure, signed_in, token


def filed(town, seen: str = "見たこと", **more):
    with town.store.turn() as session:
        draft = worries.Draft(form_key=worries.new_form_key(), seen=seen, **more)
        return worries.file(session, draft, now=town.clock.now())


def the_report(town) -> WorryReport:
    with town.store.reading() as session:
        return session.query(WorryReport).one()


def test_a_report_is_read_answered_visited_and_closed(town, desk):
    filed(town, "<b>隣の人</b>が心配", kind="loneliness", is_urgent=True)
    tanaka, report = signed_in(desk, "counsellor"), the_report(town)
    assert "いそぎの知らせが1件" in tanaka.get("/admin/").text
    page = tanaka.get("/admin/worries/")
    assert "ひとりぼっち" in page.text and "いそぎ" in page.text
    page = tanaka.get(f"/admin/worries/{report.id}")
    assert "&lt;b&gt;隣の人&lt;/b&gt;" in page.text
    form = {"csrf_token": token(page)}
    tanaka.post(f"/admin/worries/{report.id}/answer", data={**form, "words": "見に行きます"})
    tanaka.post(f"/admin/worries/{report.id}/visits", data={**form, "visitor": "田中", "planned_on": "2026-11-25"})
    page = tanaka.get(f"/admin/worries/{report.id}")
    assert "見に行きます" in page.text and "11月25日（水）" in page.text
    with town.store.reading() as session:
        (visit,) = worries.visits(session, report)
    found = {**form, "found": "お元気でした", "next_step": "サロンをすすめる"}
    tanaka.post(f"/admin/worries/visits/{visit.id}", data=found)
    assert "サロンをすすめる" in tanaka.get(f"/admin/worries/{report.id}").text
    tanaka.post(f"/admin/worries/{report.id}/close", data={**form, "outcome": "見守りにつないだ"})
    assert "いまはありません" in tanaka.get("/admin/worries/").text
    assert "見守りにつないだ" in tanaka.get(f"/admin/worries/{report.id}").text
    with town.store.reading() as session:
        deeds = {entry.deed for entry in session.query(AuditEntry)}
    assert deeds >= {"see_worry", "answer_worry", "plan_visit", "record_visit", "close_worry"}


def test_a_caller_tells_the_code_and_hears_the_answer(town, desk):
    receipt = filed(town)
    tanaka = signed_in(desk, "counsellor")
    page = tanaka.get("/admin/worries/")
    form = {"csrf_token": token(page)}
    answer = tanaka.post("/admin/worries/code", data={**form, "code": receipt.code}, follow_redirects=True)
    assert "電話や窓口で聞いたこと" in answer.text
    report = the_report(town)
    tanaka.post(f"/admin/worries/{report.id}/caller", data={**form, "words": "けさは灯りがついていた"})
    assert "けさは灯りがついていた" in tanaka.get(f"/admin/worries/{report.id}").text
    assert not the_report(town).is_urgent
    tanaka.post(f"/admin/worries/{report.id}/caller", data={**form, "words": "いま倒れていて返事がありません"})
    assert the_report(town).is_urgent
    wrong = tanaka.post("/admin/worries/code", data={**form, "code": "ABCD" * 5}, follow_redirects=True)
    assert "その番号の知らせはありません" in wrong.text


def test_two_reports_about_one_household_are_linked(town, desk):
    filed(town, "一つめ")
    filed(town, "二つめ")
    tanaka = signed_in(desk, "counsellor")
    with town.store.reading() as session:
        one, other = session.query(WorryReport).all()
    page = tanaka.get(f"/admin/worries/{one.id}")
    tanaka.post(f"/admin/worries/{one.id}/link", data={"csrf_token": token(page), "other": other.id})
    assert f"/admin/worries/{other.id}" in tanaka.get(f"/admin/worries/{one.id}").text


def test_small_numbers_are_hidden(town, desk):
    for _ in range(2):
        filed(town, kind="child")
    for _ in range(4):
        filed(town, kind="money")
    page = signed_in(desk, "viewer").get("/admin/worries/figures")
    assert "少数" in page.text and ">4<" in page.text and ">2<" not in page.text and ">6<" not in page.text


def test_empty_forms_are_told_what_is_missing(town, desk):
    filed(town)
    tanaka, report = signed_in(desk, "counsellor"), the_report(town)
    form = {"csrf_token": token(tanaka.get(f"/admin/worries/{report.id}"))}
    missing = {"answer": "返事のことば", "caller": "聞いたことば", "close": "どうなったか", "visits": "訪問の日"}
    for path, told in {**missing, "link": "えらんで"}.items():
        answer = tanaka.post(f"/admin/worries/{report.id}/{path}", data=form, follow_redirects=True)
        assert told in answer.text


def test_the_promised_day_knows_weekends_holidays_and_new_year():
    assert working_days.after(date(2026, 11, 24), 3) == date(2026, 11, 27)
    assert working_days.after(date(2026, 11, 20), 3) == date(2026, 11, 26)  # 23 November is a holiday
    assert working_days.after(date(2026, 12, 28), 1) == date(2027, 1, 4)


def test_a_promise_due_today_is_shown_and_a_working_day_before(town, desk):
    filed(town)
    assert figure(signed_in(desk, "counsellor").get("/admin/"), "つぎの開所日までに返事をする知らせ") == 0
    town.clock.moves_on(days=2)
    assert figure(signed_in(desk, "counsellor").get("/admin/"), "つぎの開所日までに返事をする知らせ") == 1
    town.clock.moves_on(days=1)
    assert figure(signed_in(desk, "counsellor").get("/admin/"), "きょうまでに返事をする知らせ") == 1
    assert "匿名の知らせ" not in signed_in(desk, "viewer").get("/admin/").text


def test_words_of_closed_reports_are_erased_after_a_year_and_counted_still(any_town):
    filed(any_town, kind="money")
    with any_town.store.turn() as session:
        report = session.query(WorryReport).one()
        worries.answer(session, report, "返事", staff_id=1, now=any_town.clock.now())
        worries.close(session, report, outcome="つないだ", staff_id=1, now=any_town.clock.now())
    any_town.clock.moves_on(days=364)
    any_town.sweeper.erase()
    with any_town.store.reading() as session:
        assert session.query(WorryReport).one().seen == "見たこと"
    any_town.clock.moves_on(days=2)
    any_town.sweeper.erase()
    with any_town.store.reading() as session:
        report = session.query(WorryReport).one()
        assert (report.seen, report.outcome, report.kind) == (None, None, "money")
        assert worries.talk(session, report) == []
        assert session.query(AuditEntry).filter_by(deed="erase_old_worries").one().details == {"count": 1}


def test_codes_are_read_as_people_write_them():
    code = receipts.new()
    for written in (code, code.lower(), code.replace("-", " "), f"  {code} ", code.replace("0", "O").replace("1", "l")):
        assert receipts.read(written) == code.replace("-", "")
    assert receipts.read("wwww-hhhh-0000-ーーーー") == ""
    assert receipts.read("ｗｗｗｗ-hhhh-0000-aaaa-wwww") == "WWWWHHHH0000AAAAWWWW"  # no sign is taken for laughter
    for wrong in ("", "1234", code + "A", "こんにちは"):
        assert receipts.read(wrong) == ""
    assert receipts.opens(code, receipts.seal(code))
    assert not receipts.opens(code, None)
