"""A promise about to lapse climbs; one that lapsed is renewed with an apology. Calls come with a shared word."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from bot.conversation import Text
from bot.services import callbacks
from bot.services.cases import answering
from bot.store.callbacks import Callback
from bot.store.cases import Case
from bot.store.tasks import Task
from tests.consultation import asks_for_a_person, comes_in, offers
from tests.desk import signed_in, token
from tests.town import TOKYO


def tasks_of(town, kind: str) -> list[tuple[str, bool]]:
    with town.store.reading() as session:
        return [(task.state, task.is_urgent) for task in session.query(Task).filter_by(kind=kind).order_by(Task.id)]


def test_a_promise_climbs_before_it_lapses_and_is_renewed_when_it_has(town):
    hana = town.resident("ハナ")
    asks_for_a_person(hana)
    hana.sees("きょう12時まで")
    town.clock.moves_to("11:15")
    town.sweeps()
    assert tasks_of(town, "promise") == []
    town.clock.moves_to("11:35")
    town.sweeps()
    town.sweeps()
    assert tasks_of(town, "promise") == [("open", True)]
    hana.sees("きょう12時まで")  # nothing was said yet
    town.clock.moves_to("12:01")
    hana.says("まだでしょうか")
    hana.sees_nothing_new()
    town.sweeps()
    hana.sees("お待たせして、すみません")
    assert "きょう14時までに" in hana.answers[-1]
    town.sweeps()
    assert len(hana.answers) == 1  # said once
    town.clock.moves_to("13:40")
    town.sweeps()
    assert tasks_of(town, "promise") == [("dropped", True), ("open", True)]
    with town.store.turn() as session:
        case = session.query(Case).one()
        answering.say(session, case, [Text("おまたせしました")], staff_id=1, now=town.clock.now())
    assert tasks_of(town, "promise")[-1] == ("dropped", True)  # answered: the need is over
    town.clock.moves_to("16:00")
    town.sweeps()
    assert not [words for words in hana.all_answers[-1:] if "お待たせ" in words]


def test_nobody_who_was_promised_nothing_hears_an_apology(town):
    hana, taro = town.resident("ハナ"), town.resident("太郎")
    hana.says("もう死にたい")  # opens a case that she did not ask for
    asks_for_a_person(taro)
    taro.blocks()
    for hour in ("11:40", "12:10", "14:30", "17:10"):
        town.clock.moves_to(hour)
        town.sweeps()
    assert not [words for words in (*hana.all_answers, *taro.all_answers) if "お待たせ" in words]
    with town.store.reading() as session:
        assert {case.promises for case in session.query(Case)} == {3}  # then it stays with people


def test_a_call_back_is_booked_in_the_chat_and_known_by_its_word(town, desk):
    hana = town.resident("ハナ")
    hana.says("人に相談したい")
    hana.taps("電話をもらう")
    hana.sees("いつがよいですか")
    assert hana.choices[:2] == ["11月24日（火）", "11月25日（水）"]
    hana.taps("11月25日（水）")
    assert "17:00" not in hana.choices and "10:00" in hana.choices
    hana.taps("10:00")
    hana.says("わかりません12")
    hana.sees("電話番号を読みとれませんでした")
    hana.says("０７９ー４２４ー４３１８")
    card = hana.sees("お電話の約束をしました")
    word = re.search(r"合言葉\n(\S+・\S+)", card).group(1)
    assert "079-424-4318" in card and "10:00" in card
    hana.says("よろしくお願いします")
    hana.sees_nothing_new()  # from here on people read it
    assert tasks_of(town, "callback") == [("open", False)]

    tanaka = signed_in(desk, "counsellor")
    page = tanaka.get("/admin/calls/")
    assert word in page.text and "079-424-4318" in page.text
    town.clock.moves_to(datetime(2026, 11, 25, 9, 51, tzinfo=TOKYO))
    town.sweeps()
    assert word in hana.sees("まもなくお電話します")
    with town.store.reading() as session:
        call, case = session.query(Callback).one(), session.query(Case).one()
    tanaka = signed_in(desk, "counsellor")
    form = {"csrf_token": token(tanaka.get("/admin/calls/"))}
    told = tanaka.post(f"/admin/calls/{case.id}/announce", data=form, follow_redirects=True)
    assert word in told.text
    tanaka.post(f"/admin/calls/{call.id}/finish", data={**form, "was": "missed"})
    hana.sees("つながりませんでした")
    assert tasks_of(town, "callback") == [("done", False)]
    again = tanaka.post(f"/admin/calls/{call.id}/finish", data={**form, "was": "reached"}, follow_redirects=True)
    assert "もうすんでいます" in again.text
    hana.taps("べつの時間にする")
    hana.says("やっぱりいいです、書きます")  # no answer to the question: it is for people
    hana.sees_nothing_new()


def test_the_room_takes_the_time_and_the_number(town):
    offers(town, "room", closed_days=("2026-11-25",), callback_places=1)
    hana, taro = town.resident("ハナ"), town.resident("太郎")
    rooms = []
    for person in (hana, taro):
        asks_for_a_person(person)
        rooms.append(comes_in(town, person))
    hers, his = rooms
    page = hers.page().text
    assert "11月24日（火） 13:00" in page and "11月25日" not in page and "11月26日（木） 9:00" in page
    at = re.search(r'value="(2026-11-26T09:00[^"]+)"', page).group(1)
    form = {"token": hers.field("token"), "at": at}
    wrong = hers.browser.post("/room/call", data={**form, "phone": "0120-111-222"})
    assert wrong.status_code == 400 and "電話番号を読みとれません" in wrong.text and "0120-111-222" in wrong.text
    assert hers.browser.post("/room/call", data={**form, "phone": "0794244318"}).status_code == 303
    assert "合言葉" in hers.page().text and "お電話の約束" in hers.page().text
    taken = his.browser.post("/room/call", data={"token": his.field("token"), "at": at, "phone": "0794244318"})
    assert taken.status_code == 409 and "さきにうまって" in taken.text
    for odd in ("", "tomorrow", "2026-11-26T09:00", "2026-11-26T03:00+09:00", "2026-11-25T10:00+09:00"):
        data = {"token": his.field("token"), "at": odd, "phone": "0794244318"}
        assert his.browser.post("/room/call", data=data).status_code == 409
    hers.browser.post("/room/call", data={"token": hers.field("token"), "do": "cancel"})
    data = {"token": his.field("token"), "at": at, "phone": "0794244318"}
    assert his.browser.post("/room/call", data=data).status_code == 303
    assert not [words for words in hana.all_answers if "0794244318" in words]  # LINE never carried her number


def test_two_who_choose_the_last_place_at_once(any_town):
    offers(any_town, "line", callback_places=1)
    people = [any_town.resident(name) for name in ("ハナ", "太郎", "次郎")]
    for person in people:
        asks_for_a_person(person)
    with any_town.store.reading() as session:
        at = callbacks.free(session, now=any_town.clock.now())[3].starts_at
        numbers = [case.id for case in session.query(Case)]

    def books(number: int) -> bool:
        try:
            with any_town.store.turn() as session:
                case = session.get_one(Case, number)
                callbacks.book(session, case, at, phone="0794244318", now=any_town.clock.now())
        except callbacks.SlotTaken:
            return False
        return True

    with ThreadPoolExecutor(3) as three:
        assert sorted(three.map(books, numbers)) == [False, False, True]
    with any_town.store.reading() as session:
        assert session.query(Callback).filter_by(state="booked").count() == 1


@pytest.mark.parametrize("typed", ["119", "0120-279-338", "電話は持っていません", "079-424", "12345678901", ""])
def test_what_is_no_number_to_call_is_not_taken(typed):
    with pytest.raises(callbacks.NotANumber):
        callbacks.number(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("079-424-4318", "079-424-4318"),
        ("０７９（４２４）４３１８", "079-424-4318"),
        ("+81 79 424 4318", "079-424-4318"),
    ],
)
def test_a_number_is_read_as_people_write_it(typed, kept):
    assert callbacks.number(typed) == kept
