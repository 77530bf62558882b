"""`/worry`: without signing in, without cookies, without JavaScript."""

import html
import re

import pytest

from bot.services import worries
from bot.store.worries import WorryReport

SEEN = "隣の家のごみがたまり、住んでいる人を見かけません"


@pytest.fixture
def page(town):
    return town.app.test_client()


def token(answer) -> str:
    return re.search(r'name="token" value="([^"]+)"', answer.text).group(1)


def tells(page, **more: str):
    return page.post("/worry/", data={"token": token(page.get("/worry/")), "seen": SEEN, "kind": "house", **more})


def code_in(answer) -> str:
    return re.search(r'class="code">([0-9A-Z-]{24})<', answer.text).group(1)


def test_a_report_by_page_is_answered_by_page(town, page):
    answer = tells(page, since="この一週間", urgent="no")
    assert answer.status_code == 200
    code = code_in(answer)
    with town.store.turn() as session:
        (report,) = worries.waiting(session)
        assert (report.seen, report.kind, report.is_urgent) == (SEEN, "house", False)
        worries.answer(session, report, "<b>見に行きました</b>", staff_id=1, now=town.clock.now())
    read = page.post("/worry/answer", data={"code": code})
    assert "&lt;b&gt;見に行きました&lt;/b&gt;" in read.text
    more = page.post("/worry/answer", data={"code": code.lower(), "more": "ありがとうございました"})
    assert "つづきを受けつけました" in more.text
    with town.store.reading() as session:
        (report,) = worries.waiting(session)
        assert [word.words for word in worries.talk(session, report)][1] == "ありがとうございました"


def test_the_page_sets_no_cookie_and_loads_nothing_from_elsewhere(page):
    for answer in (page.get("/worry/"), tells(page), page.get("/worry/answer")):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "<script" not in answer.text
        assert not re.search(r'(src|href)="https?:', answer.text)


def test_what_was_typed_comes_back_when_something_is_wrong(page):
    for data, told, status in [
        ({"token": "old", "seen": SEEN}, "画面が古く", 400),
        ({"seen": "🙂"}, "見たこと、気になること", 400),
        ({"seen": "あ" * 5001}, "長すぎて", 400),
    ]:
        answer = page.post("/worry/", data={"token": token(page.get("/worry/")), **data})
        assert answer.status_code == status
        assert told in answer.text
        assert html.escape(data["seen"][:20]) in answer.text


def test_a_huge_form_is_refused_kindly(page):
    answer = page.post("/worry/", data={"token": "x", "seen": "あ" * 200_000})
    assert answer.status_code == 413


def test_danger_shows_numbers_and_goes_in_as_urgent(town, page):
    answer = tells(page, seen="隣の家で子どもが毎晩殴られています")
    assert 'href="tel:189"' in answer.text
    with town.store.reading() as session:
        assert session.query(WorryReport).one().is_urgent


def test_a_name_is_warned_of_first(town, page):
    words = "私は田中花子です。隣が心配です"
    asked = tells(page, seen=words)
    assert "わかってしまうかもしれません" in asked.text
    data = {"token": token(asked), "seen": words, "names": "without"}
    assert page.post("/worry/", data=data).status_code == 200
    with town.store.reading() as session:
        assert "田中花子" not in session.query(WorryReport).one().seen


def test_a_form_sent_twice_files_one_report(town, page):
    data = {"token": token(page.get("/worry/")), "seen": SEEN}
    assert page.post("/worry/", data=data).status_code == 200
    again = page.post("/worry/", data=data)
    assert "もう受けつけています" in again.text
    with town.store.reading() as session:
        assert session.query(WorryReport).count() == 1


def test_wrong_codes_are_slowed_down_and_tell_nothing(page):
    right = code_in(tells(page))
    half_right = right[:5] + "0000-0000-0000-0000"
    answers = [page.post("/worry/answer", data={"code": code}) for code in (half_right, "ABCD" * 5, "x")]
    assert {answer.status_code for answer in answers} == {404}
    assert f'value="{half_right}"' in answers[0].text  # twenty signs need not be typed again
    assert len({re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}) == 1
    for _ in range(7):
        page.post("/worry/answer", data={"code": "ABCD" * 5})
    assert page.post("/worry/answer", data={"code": right}).status_code == 429


def test_abuse_is_limited_by_day(town, page):
    statuses = [tells(page).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    town.clock.moves_on(days=1)
    assert tells(page).status_code == 200


def test_a_code_works_from_two_devices(town, page):
    code = code_in(tells(page))
    other = town.app.test_client()
    assert "たしかに受けつけています" in other.post("/worry/answer", data={"code": code}).text
    assert "たしかに受けつけています" in page.post("/worry/answer", data={"code": code}).text


def test_what_is_added_is_warned_of_names_and_heard_for_danger(town, page):
    code = code_in(tells(page))
    asked = page.post("/worry/answer", data={"code": code, "more": "わたしは田中花子です。父が倒れて返事がありません"})
    assert "まだ送っていません" in asked.text and "田中花子" in asked.text
    added = page.post(
        "/worry/answer",
        data={"code": code, "more": "わたしは田中花子です。父が倒れて返事がありません", "names": "without"},
    )
    assert "つづきを受けつけました" in added.text and 'href="tel:119"' in added.text
    page.post("/worry/answer", data={"code": code, "more": "おなじことば"})
    page.post("/worry/answer", data={"code": code, "more": "おなじことば"})
    with town.store.reading() as session:
        (report,) = worries.waiting(session)
        assert report.is_urgent
        said = [word.words for word in worries.talk(session, report)]
    assert len(said) == 2 and "田中花子" not in said[0]


def test_danger_in_any_field_shows_numbers(page):
    answer = tells(page, since="さっきから子どもがぐったりして動かない")
    assert 'href="tel:119"' in answer.text


def test_too_long_an_addition_comes_back_whole(page):
    code = code_in(tells(page))
    answer = page.post("/worry/answer", data={"code": code, "more": "あ" * 5001})
    assert "長すぎて" in answer.text and "あ" * 5001 in answer.text
