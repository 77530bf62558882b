"""Settings: looked at before they count, effective at once, on record; and no edit of a sentence can break it."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from admin import opening_hours
from bot.services import audit, consultation, council, desk_rules, keeping, wording
from bot.services.wording import NotAllowed
from bot.store.staff import AuditEntry
from bot.store.talk import Utterance
from handlers.copy import catalogue, checkin_joining, crisis, handoff
from knowledge import hours
from tests.desk import signed_in, token
from tests.running.test_texts import sentences_in


def the_settings(town) -> set[str]:
    with town.store.reading() as session:
        return {one.record_id for one in session.query(AuditEntry).filter_by(deed="change_setting")}


def test_opening_hours_are_seen_before_they_count(town, desk):
    boss = signed_in(desk, "supervisor")
    page = boss.get("/admin/settings/hours/office")
    form = {"csrf_token": token(page), "year_end": "yes"}
    for day in range(5):
        form |= {f"opens-{day}": "08:30", f"closes-{day}": "17:15"}
    form |= {"opens-5": "09:00", "closes-5": "12:00"}
    trial = boss.post("/admin/settings/hours/office", data=form)
    text = "月・火・水・木・金 8:30～17:15、土 9:00～12:00（祝日・年末年始を除く）"
    assert text in trial.text and "17時15分まで" in trial.text and "まだ変えていません" in trial.text
    with town.store.reading() as session:
        before = council.about(session).hours
    assert before != text
    boss.post("/admin/settings/hours/office", data={"csrf_token": form["csrf_token"], "text": text, "step": "keep"})
    with town.store.reading() as session:
        assert council.about(session).hours == text
    assert "office_hours" in the_settings(town)
    assert 'value="08:30"' in boss.get("/admin/settings/hours/office").text

    half = boss.post("/admin/settings/hours/office", data={**form, "closes-2": ""})
    assert half.status_code == 400 and "水曜日の時間を確かめてください" in half.text
    unreadable = boss.post("/admin/settings/hours/desk", data={**form, "text": "だいたい朝から", "step": "keep"})
    assert unreadable.status_code == 400
    with town.store.reading() as session:
        assert consultation.rules(session).desk_hours == ""


@pytest.mark.parametrize(
    "form",
    [
        {"opens-0": "09:00", "closes-0": "17:00"},
        {"opens-6": "00:00", "closes-6": "09:30", "opens-7": "10:00", "closes-7": "12:00", "year_end": "yes"},
        {f"{name}-{day}": at for day in range(8) for name, at in (("opens", "08:00"), ("closes", "20:00"))},
    ],
)
def test_what_the_simple_form_writes_is_read_as_it_was_meant(form):
    text = opening_hours.notation(form)
    lines = opening_hours.lines(text)
    assert lines is not None and hours.read(text).closed_at_year_end is ("year_end" in form)
    for day, (_, opens, closes) in enumerate(lines):
        assert (opens, closes) == (form.get(f"opens-{day}", ""), form.get(f"closes-{day}", ""))


def test_hours_that_say_more_than_the_form_are_left_to_the_text(town, desk):
    assert opening_hours.lines("火～土 9:00～12:00・13:00～16:00") is None
    with town.store.turn() as session:
        council.set_facts(session, {"hours": "火～土 9:00～12:00・13:00～16:00"}, now=town.clock.now())
    page = signed_in(desk, "supervisor").get("/admin/settings/hours/office").text
    assert "文で入れる" in page and "かんたんな入れ方" not in page


def test_a_closed_day_moves_the_promise(town, desk):
    boss = signed_in(desk, "supervisor")
    form = {"csrf_token": token(boss.get("/admin/settings/closed-days"))}
    boss.post("/admin/settings/closed-days", data={**form, "first": "2026-11-24", "last": "2026-11-25"})
    assert "11月25日" in boss.get("/admin/settings/closed-days").text
    hana = town.resident("ハナ")
    hana.says("人に相談する")
    with town.store.reading() as session:
        assert len(consultation.rules(session).closed_on) == 2
    past = boss.post("/admin/settings/closed-days", data={**form, "first": "2026-11-01"}, follow_redirects=True)
    assert "きょうからあとの日" in past.text
    boss.post("/admin/settings/closed-days/2026-11-25/remove", data=form)
    assert boss.post("/admin/settings/closed-days/someday/remove", data=form).status_code == 404
    assert "11月25日" not in boss.get("/admin/settings/closed-days").text


def test_a_number_is_kept_only_with_its_source(town, desk):
    boss = signed_in(desk, "administrator")
    form = {"csrf_token": token(boss.get("/admin/settings/council"))}
    with town.store.reading() as session:
        before = council.about(session).phone
    nowhere = boss.post("/admin/settings/council", data={**form, "phone": "0120-000-001"})
    assert nowhere.status_code == 400 and "どこで確かめたか" in nowhere.text and "0120-000-001" in nowhere.text
    no_number = boss.post("/admin/settings/council", data={**form, "phone": "うちの番号", "source": "ちらし"})
    assert no_number.status_code == 400
    with town.store.reading() as session:
        assert council.about(session).phone == before
    boss.post("/admin/settings/council", data={**form, "phone": "０１２０ー０００ー００１", "source": "社協のちらし"})
    with town.store.reading() as session:
        assert council.about(session).phone == "0120-000-001"
        assert council.sources(session)["phone"].confirmed_on == "2026-11-24"
    assert "社協のちらし" in boss.get("/admin/settings/council").text
    assert "council.phone" in the_settings(town)


def test_rules_and_topics_take_effect_at_once(town, desk):
    boss = signed_in(desk, "supervisor")
    page = boss.get("/admin/settings/rules")
    form = {"csrf_token": token(page), "first_way": "line", "way": ["room"]}
    for value, name in re.findall(r'type="number"[^>]*value="(\d+)"[^>]*?name="(\w+)"', page.text):
        form[name] = value
    assert len(form) > 10
    assert "まだ変えていません" in boss.post("/admin/settings/rules", data={**form, "idle_minutes": "10"}).text
    boss.post("/admin/settings/rules", data={**form, "idle_minutes": "10", "step": "keep"})
    too_few = boss.post("/admin/settings/rules", data={**form, "idle_minutes": "1", "step": "keep"})
    assert too_few.status_code == 400 and "5から240分まで" in too_few.text
    with town.store.reading() as session:
        assert desk_rules.rules(session).idle_minutes == 10
        assert consultation.rules(session).ways == ("line", "room")
    assert {"rules.idle_minutes", "rules.ways"} <= the_settings(town)


def test_staff_word_order_and_add_topics_and_residents_choose_among_them(town, desk):
    boss, page = signed_in(desk, "supervisor"), "/admin/settings/topics"
    form = {"csrf_token": token(boss.get(page)), "name": ["care", "money", "other", "new"]}
    form |= {"words-care": "介護・認知症", "order-care": "2", "offered-care": "yes"}
    form |= {"words-money": "お金・くらし", "words-other": "そのほか", "order-other": "9"}
    form |= {"words-new": "外国から来た方", "order-new": "1"}
    same = boss.post(page, data={**form, "words-new": "介護・認知症"})
    assert same.status_code == 400 and "二つあります" in same.text and 'value="介護・認知症"' in same.text
    trial = boss.post(page, data=form).text
    assert "まだ変えていません" in trial and "外国から来た方" in trial
    hana = town.resident("ハナ")
    hana.says("人に相談したい")
    hana.taps("はじめる")
    assert "介護・お年より" in hana.choices  # only looked at
    boss.post(page, data={**form, "step": "keep"})
    hana.says("やめる")
    hana.says("人に相談したい")
    hana.taps("はじめる")
    assert hana.choices[:3] == ["外国から来た方", "介護・認知症", "そのほか"] and "お金・くらし" not in hana.choices
    hana.taps("外国から来た方")
    boss.post("/admin/queues/save", data={**form, "name": "多文化の窓口", "topic": "own-1", "queue": ""})
    assert "外国から来た方" in boss.get("/admin/cases/?queue=all").text
    assert "外国から来た方" in boss.get("/admin/queues/").text
    assert "外国から来た方" in boss.get("/admin/overview/").text
    assert "お金・くらし" in boss.get(page).text  # kept, so that it can be offered again
    assert "topics" in the_settings(town)


def test_staff_word_a_sentence_and_residents_read_it(town, desk):
    boss = signed_in(desk, "supervisor")
    greeting = next(one for one in catalogue.sentences() if one.words.startswith("おかえりなさい"))
    listed = boss.get("/admin/settings/texts?q=おかえり").text
    assert "おかえりなさい" in listed and "設定です" not in listed
    address = f"/admin/settings/texts/{greeting.id}"
    form = {"csrf_token": token(boss.get(address))}
    trial = boss.post(address, data={**form, "words": "また会えましたね。<b>うれしいです。</b>"})
    assert "まだ変えていません" in trial.text and "&lt;b&gt;" in trial.text
    hana = town.resident("ハナ")
    hana.blocks().follows()
    hana.sees("おかえりなさい")
    boss.post(address, data={**form, "words": "また会えましたね。うれしいです。", "step": "keep"})
    hana.blocks().follows()
    hana.sees("また会えましたね")
    assert "変えています" in boss.get("/admin/settings/texts?only=changed").text
    boss.post(f"{address}/reset", data=form)
    hana.blocks().follows()
    hana.sees("おかえりなさい")
    with town.store.reading() as session:
        assert {"change_text", "reset_text"} <= {entry.deed for entry in session.query(AuditEntry)}
        assert audit.first_broken(session) is None


@pytest.mark.parametrize(
    ("sentence", "words", "why"),
    [
        ("{count}つあります。", "たくさんあります。", "places"),
        ("{count}つあります。", "{count}つと{name}があります。", "places"),
        ("{count}つあります。", "{count:>9}つあります。", "places"),
        ("{count}つあります。", "{count}つ}あります。", "places"),
        ("{count}つあります。", "{count.__class__}つあります。", "places"),
        ("お電話ください。", "　 ", "empty"),
        ("お電話ください。", "０１２０ー１１１ー２２２へ、お電話ください。", "number"),
        ("お電話ください。", "https://example.com を見てください。", "address"),
        ("お電話ください。", "ね" * 200, "long"),
    ],
)
def test_words_that_would_break_a_sentence_are_refused(sentence, words, why):
    with pytest.raises(NotAllowed) as refused:
        wording.check(sentence, words)
    assert refused.value.why == why


def test_danger_agreements_and_buttons_are_not_to_be_reworded(town, desk):
    known = {one.words for one in catalogue.sentences()}
    assert len(known) > 80 and all("。" in one for one in known)
    dangerous = sentences_in(Path(crisis.__file__))
    assert len(dangerous) > 10 and known.isdisjoint(dangerous)
    agreed = handoff.consent(365, is_room=True).words + checkin_joining.ask_consent().words
    assert not [one for one in known if one in agreed]
    assert signed_in(desk, "supervisor").get("/admin/settings/texts/0123").status_code == 404


def what_is_kept(town) -> str:
    with town.store.reading() as session:
        return "".join(words or "" for words in session.scalars(select(Utterance.words)))


def test_staff_set_how_long_things_are_kept_and_see_it_before_it_counts(town, desk):
    town.resident("ハナ").says("母の名前は山田花子です")
    boss, page = signed_in(desk, "supervisor"), "/admin/settings/keeping"
    form = {name: low for name, (low, _high) in keeping.LIMITS.items()} | {"csrf_token": token(boss.get(page))}
    assert "LINEから届いた知らせの番号" in boss.post(page, data={**form, "inbox": "1"}).text
    trial = boss.post(page, data=form).text
    assert "365日 から 30日 へ" in trial and "もとにもどせません" in trial
    town.clock.moves_on(days=31)
    town.sweeper.erase()
    assert "山田花子" in what_is_kept(town)
    boss = signed_in(desk, "supervisor")  # nobody used the screen for a month
    boss.post(page, data={**form, "csrf_token": token(boss.get(page)), "step": "keep"})
    town.sweeper.erase()
    assert "山田花子" not in what_is_kept(town)
    assert 'value="30"' in boss.get(page).text
