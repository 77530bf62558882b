"""Several people on one case: notes with calls, working along, taking over, resting, ready-made replies, cards."""

import re
from datetime import timedelta

import pytest

from bot.services import canned_replies, case_notes, changes, drafts, staff
from bot.simulator.troubles import Trouble
from bot.store.cases import Case
from bot.store.desk import CannedReply, CaseDraft
from bot.store.talk import Delivery, Utterance
from tests.consultation import asks_for_a_person, posts, says, the_case
from tests.desk import signed_in, token


@pytest.mark.parametrize(
    ("words", "called"),
    [
        ("@田中 見てください", [1]),
        ("＠佐藤さん、お願いします", [2]),
        ("@田中一郎 と @佐藤", [3, 2]),
        ("田中さんに電話した", []),
        ("mail a@田 です", []),
    ],
)
def test_an_at_sign_before_a_name_calls(words, called):
    assert case_notes.called(words, {"田中": 1, "佐藤": 2, "田中一郎": 3}) == called


def test_variables_are_filled_and_never_shown_raw():
    assert canned_replies.filled("{担当}です。{なし}", {"担当": "田中"}) == "田中です。"


def test_colleagues_call_each_other_work_along_and_take_over(town, desk):
    hana = town.resident("ハナ")
    asks_for_a_person(hana)
    tanaka, sato, case = signed_in(desk, "counsellor"), signed_in(desk, "supervisor"), the_case(town)
    posts(tanaka, case, "take")
    assert "メモを書いてください" in posts(tanaka, case, "note", words=" ").text
    posts(tanaka, case, "note", words="@<b>supervisor</b> 成年後見の件、教えてください")
    home = sato.get("/admin/").text
    assert "counsellor&lt;/b&gt;さんがメモであなたを呼んでいます" in home and "成年後見" not in home
    page = sato.get(f"/admin/cases/{case.id}").text
    assert "成年後見の件" in page and "いっしょに：&lt;b&gt;supervisor" in page
    assert "呼んでいます" not in sato.get("/admin/").text
    assert "わたしの相談" in sato.get("/admin/cases/").text
    taken = posts(sato, case, "take-over").text
    assert "担当 &lt;b&gt;supervisor&lt;/b&gt;さん（あなた）" in taken
    assert "担当を替えました" in tanaka.get("/admin/").text

    assert "あすより後の日を" in posts(sato, case, "hold", until="きのう", reason="x").text
    assert "あすより後の日" in posts(sato, case, "hold", until="2026-11-24", reason="x").text
    assert "理由を書いて" in posts(sato, case, "hold", until="2026-11-27", reason=" ").text
    posts(sato, case, "hold", until="2026-11-27", reason="入院中")
    assert "保留の相談" in sato.get("/admin/cases/").text
    hana.says("退院しました")
    assert the_case(town).on_hold_until is None  # words of the resident wake it
    posts(sato, case, "hold", until="2026-11-27", reason="もう一度入院")
    town.clock.moves_on(days=3)
    town.sweeps()
    assert the_case(town).on_hold_until is None
    assert "保留にしていた相談の日が来ました" in sato.get("/admin/").text

    for _ in (1, 2):  # closing needs words read; pressing twice closes once
        closed = posts(sato, case, "close", outcome="施設に入られた", kind="visiting", topic="care")
    assert "もうおわって" in closed.text
    page = sato.get(f"/admin/cases/{case.id}").text
    assert "訪問・見守りをつづける" in page and "施設に入られた" in page
    posts(tanaka, case, "reopen")
    assert the_case(town).state == "taken"
    assert "もう開いている相談があります" in posts(tanaka, case, "reopen").text


def test_of_two_colleagues_with_one_name_the_chosen_one_is_called(town, desk):
    asks_for_a_person(town.resident("ハナ"))
    tanaka, case = signed_in(desk, "counsellor"), the_case(town)
    with town.store.turn() as session:
        for name in ("supervisor@example.com", "administrator@example.com"):
            staff.find(session, name).name = "佐藤"
        chosen = staff.find(session, "supervisor@example.com").id
    posts(tanaka, case, "note", words="おねがいします", to=str(chosen))
    called = "メモであなたを呼んでいます"
    assert called in signed_in(desk, "supervisor").get("/admin/").text
    assert called not in signed_in(desk, "administrator").get("/admin/").text
    assert "@佐藤 おねがいします" in tanaka.get(f"/admin/cases/{case.id}").text


def test_an_answer_is_helped_by_drafts_replies_and_cards(town, desk):
    hana = town.resident("ハナ", area="氷丘")
    asks_for_a_person(hana)
    tanaka, case = signed_in(desk, "counsellor"), the_case(town)
    form = {"csrf_token": token(tanaka.get("/admin/replies/"))}
    wrong = tanaka.post("/admin/replies/save", data={**form, "name": "x", "words": "{電話番号}です"})
    assert wrong.status_code == 400 and "{電話番号} は使えません" in wrong.text
    tanaka.post("/admin/replies/samples", data=form)
    tanaka.post(
        "/admin/replies/save", data={**form, "name": "名のる", "words": "{社協}の{担当}です。", "topic": "care"}
    )
    with town.store.reading() as session:
        reply = session.query(CannedReply).filter_by(name="名のる").one()
        assert session.query(CannedReply).count() == len(canned_replies.SAMPLES) + 1
    page = posts(tanaka, case, "insert", words="こんにちは。", reply=str(reply.id)).text
    assert ">こんにちは。\n加古川市社会福祉協議会の&lt;b&gt;counsellor&lt;/b&gt;です。</textarea>" in page

    posts(tanaka, case, "draft", words="書きかけの")
    assert ">書きかけの</textarea>" in tanaka.get(f"/admin/cases/{case.id}").text
    assert "お返事を書いています" in signed_in(desk, "supervisor").get(f"/admin/cases/{case.id}/now").text
    town.settles()
    assert hana.phone.is_typing  # LINE shows that somebody is writing
    says(tanaka, case.id, "書きおわりました", form_key="this form")
    hana.sees("書きおわりました")
    posts(tanaka, case, "draft", words="書きおわりました", form_key="this form")  # the last stroke arrives late
    with town.store.reading() as session:
        assert session.query(CaseDraft).count() == 0

    found = posts(tanaka, case, "find", find="電気代が払えない").text
    offered = re.findall(r'name="card" value="([^"]+)"|value="([^"]+)" id="card-|id="card-([^"]+)"', found)
    assert offered and "くらしサポート相談窓口" in found
    chosen = next(filter(None, offered[0]))
    assert "送る所をえらんで" in posts(tanaka, case, "cards", card="not-there").text
    posts(tanaka, case, "cards", card=chosen)
    town.delivers_everything()
    assert hana.phone.shown[-1].message["type"] == "flex"
    assert "氷丘" not in hana.phone.shown[-1].message.get("altText", "")

    key = re.search(r'name="form_key" value="(\w+)"', tanaka.get(f"/admin/cases/{case.id}").text).group(1)
    for _ in (1, 2):  # an impatient double press
        says(tanaka, case.id, "一度だけ", form_key=key)
    town.delivers_everything()
    assert sum("一度だけ" in words for words in hana.all_answers) == 1


def test_closing_a_crisis_needs_a_second_person(town, desk):
    hana = town.resident("ハナ")
    hana.says("もう死にたい")
    tanaka, sato, case = signed_in(desk, "counsellor"), signed_in(desk, "supervisor"), the_case(town)
    posts(tanaka, case, "take")
    for _ in (1, 2):
        assert "もう一人の職員が確かめてから" in posts(tanaka, case, "close", outcome="おちつかれた").text
    assert the_case(town).state == "taken"
    assert "おわりの確認（いそぎの相談）" in sato.get("/admin/today/").text
    assert "おわりの確認待ち" in sato.get("/admin/cases/?queue=all").text
    posts(sato, case, "keep-open")
    assert "どうなったかをえらんで" in posts(tanaka, case, "close", outcome="おちつかれた", kind="").text
    posts(tanaka, case, "close", outcome="おちつかれた")
    hana.says("やっぱりつらいです")  # new words: what was agreed no longer counts
    assert the_case(town).closing_asked_by is None
    posts(tanaka, case, "close", outcome="電話で話した")
    page = sato.get(f"/admin/cases/{case.id}").text
    assert "電話で話した" in page and "あぶないことが残っていないか" in page
    stale = posts(sato, case, "close", outcome="電話で話した", seen_resident="1")
    assert stale.status_code == 409 and "新しいことばが届きました" in stale.text
    posts(sato, case, "close", outcome="電話で話した")
    closed = the_case(town)
    assert (closed.state, closed.closed_by == closed.second_look_by) == ("closed", False)
    hana.sees("おわりにします")
    assert "まだつづける" not in sato.get(f"/admin/cases/{case.id}").text


def test_staff_see_at_once_that_an_answer_is_not_through_yet(town, desk):
    hana = town.resident("ハナ")
    asks_for_a_person(hana)
    tanaka, case = signed_in(desk, "counsellor"), the_case(town)
    town.clock.moves_on(minutes=5)  # no reply token lives any more
    town.line.troubles.begin(Trouble("500", "/message/push"))
    says(tanaka, case.id, "あす伺います")
    with town.store.reading() as session:
        known = changes.newest(session)
    town.clock.moves_on(seconds=3)
    town.sweeps()
    with town.store.reading() as session:
        assert (case.id, "delivery") in [(one.case_id, one.why) for one in changes.after(session, known)]
    assert "自動で送りなおしています" in tanaka.get(f"/admin/cases/{case.id}/now").text
    town.line.troubles.end_all()
    town.delivers_everything()
    assert "自動で送りなおしています" not in tanaka.get(f"/admin/cases/{case.id}/now").text
    hana.sees("あす伺います")


def test_staff_see_at_the_message_what_line_refused(town, desk):
    hana = town.resident("ハナ")
    asks_for_a_person(hana)
    tanaka, case = signed_in(desk, "counsellor"), the_case(town)
    town.clock.moves_on(minutes=5)  # no reply token lives any more
    town.line.monthly_limit = 0
    says(tanaka, case.id, "月末のお返事")
    town.clock.moves_on(seconds=3)  # what is said in a row goes in one call
    town.sweeps()
    page = tanaka.get(f"/admin/cases/{case.id}/now").text
    assert "LINEで今月送れる数が足りず" in page and "電話してください" in page
    assert "届いていないお返事" in tanaka.get("/admin/cases/?queue=all").text
    town.line.monthly_limit = None
    town.clock.moves_on(minutes=11)
    town.sweeper.read_quota()
    town.sweeps()
    town.delivers_everything()
    assert "届いていないお返事" not in tanaka.get("/admin/cases/?queue=all").text

    with town.store.turn() as session:  # LINE finds something wrong with the words themselves
        said = session.query(Utterance).filter_by(speaker="staff").one()
        refused = session.get(Delivery, said.delivery_id)
        refused.state, refused.refusal = "failed", "400 The request body has 1 error(s)"
        refused.messages = [{"messages": [{"kind": "text", "words": "月末のお返事"}], "choices": []}]
    page = tanaka.get(f"/admin/cases/{case.id}").text
    assert "LINEが受け付けず" in page and "もう一度送る" in page
    home = tanaka.get("/admin/").text  # there, too, it says whose it is and why
    assert f'href="/admin/cases/{case.id}"' in home and "LINEが受け付けず、届いていません" in home
    assert "<summary>設置した人に伝えること</summary>400 The request body" in home  # LINE's own words are not for staff
    posts(tanaka, case, f"again/{refused.id}")
    town.delivers_everything()
    hana.sees("月末のお返事")
    assert (
        tanaka.post(
            f"/admin/cases/{case.id}/again/{refused.id + 99}", data={"csrf_token": token(tanaka.get("/admin/replies/"))}
        ).status_code
        == 404
    )
    hana.blocks()
    page = tanaka.get(f"/admin/cases/{case.id}/now").text
    assert "LINEをブロックしたか" in page and "電話や訪問" in page
    assert "LINEで連絡できません" in tanaka.get("/admin/cases/?queue=all").text


def test_a_draft_counts_as_being_written_for_a_moment_only(any_town):
    with any_town.store.turn() as session:
        from tests.cases.test_queues import a_case

        case, now = a_case(session, "a", "care"), any_town.clock.now()
        assert drafts.save(session, case, "あ", staff_id=1, now=now)
        assert not drafts.save(session, case, "あい", staff_id=1, now=now)
        session.flush()
        assert drafts.being_written_by(session, case, now=now) == [1]
        assert drafts.save(session, case, "あいう", staff_id=1, now=now + timedelta(seconds=21))  # LINE's sign is over
        session.flush()
        assert drafts.being_written_by(session, case, now=now + timedelta(minutes=1)) == []
        drafts.save(session, case, "", staff_id=1, now=now)
        session.flush()
        assert session.query(CaseDraft).count() == 0
        assert session.query(Case).count() == 1


def test_what_a_form_cannot_keep_stands_in_it_again(town, desk):
    asks_for_a_person(town.resident("ハナ"))
    tanaka, case = signed_in(desk, "counsellor"), the_case(town)
    long = "あ" * 4001
    kept = posts(tanaka, case, "say", words=long).text
    assert "長すぎます（いま4,001文字）" in kept and f"{long}</textarea>" in kept
    kept = posts(tanaka, case, "hold", until="", reason="娘さんの返事待ち").text
    assert "日をえらんでください" in kept and 'value="娘さんの返事待ち"' in kept and 'id="hold" open' in kept
    kept = posts(tanaka, case, "hold", until="2027-01-05", reason=" ").text
    assert "理由を書いて" in kept and 'value="2027-01-05"' in kept
    kept = posts(tanaka, case, "hand-on", to="2", reason="").text
    assert "替える理由" in kept and 'value="2" selected' in kept and 'id="hand-on" open' in kept
    kept = posts(tanaka, case, "close", outcome=" ", kind="visiting", topic="care").text
    assert "どうなったかを書いて" in kept and 'value="visiting" selected' in kept
