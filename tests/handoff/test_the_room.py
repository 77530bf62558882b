"""The consultation room: words go from the resident's page to the desk and back, and never through LINE."""

import io
import json
import sqlite3
from pathlib import Path

import pytest
from PIL import Image

from bot.conversation import Text
from bot.services import room
from bot.services.cases import answering, closing, finding, refusals
from bot.store.cases import Case
from bot.store.consents import Consent
from bot.store.room import RoomPhoto
from bot.store.talk import Delivery, Utterance
from tests.consultation import Room, asks_for_a_person, comes_in, door, offers, photo_of, the_case
from tests.desk import signed_in, token

SECRET = "夫が退職金をぜんぶ使いました"
ANSWER = "よく話してくださいました"


def staff_say(town, words: str, **more) -> Delivery | None:
    with town.store.turn() as session:
        case = session.get_one(Case, the_case(town).id)
        said = answering.say(session, case, [Text(words)], staff_id=1, now=town.clock.now(), **more)
    town.bell.ring_for_deliveries([said.thread_key] if said else [])
    town.delivers_everything()
    return said


def all_that_passed_line(town) -> str:
    return json.dumps(
        [one.message for phone in town.line.residents.values() for one in phone.shown], ensure_ascii=False
    )


def files_of(town) -> list[Path]:
    """The database as it lies on the disk, with its log."""
    base = Path(town.store.engine.url.database)
    return [path for path in (base, base.with_name(base.name + "-wal")) if path.exists()]


def test_words_of_a_consultation_never_pass_through_line(town, desk):
    offers(town, "room")
    hana = town.resident("ハナ")
    hana.says("人に相談したい")
    assert "おわって1年たつと消します" in hana.sees("読むのは社協の職員だけです")
    hana.taps("はじめる")
    hana.taps("お金・くらし")
    hana.sees("きょう12時までにお返事します")
    assert "ボットに戻る" in hana.choices
    here = comes_in(town, hana)
    assert here.looked.status_code == 200 and here.entered.status_code == 303
    assert "きょう12時までにお返事します" in here.page().text
    assert here.writes(SECRET).status_code == 303
    tanaka, case = signed_in(desk, "counsellor"), the_case(town)
    page = tanaka.get(f"/admin/cases/{case.id}")
    assert SECRET in page.text
    answer = tanaka.post(f"/admin/cases/{case.id}/say", data={"csrf_token": token(page), "words": ANSWER, "seen": "0"})
    assert answer.status_code == 302
    hana.sees("返事が届きました")
    assert here.reads() == [SECRET, ANSWER]
    assert SECRET not in all_that_passed_line(town) and ANSWER not in all_that_passed_line(town)
    with town.store.reading() as session:
        assert session.query(Consent).one().version
        assert all(SECRET not in json.dumps(row.messages) for row in session.query(Delivery))
    raw = b"".join(
        sqlite3.connect(town.store.engine.url.database).iterdump().__iter__().__next__().encode() for _ in [0]
    )
    assert SECRET.encode() not in raw


def test_headers_cookie_and_page_keep_it_private(town):
    offers(town, "room")
    hana = town.resident("ハナ")
    asks_for_a_person(hana)
    here = comes_in(town, hana)
    cookie = here.entered.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/room" in cookie
    for answer in (here.looked, here.page(), town.app.test_client().get("/room/")):
        assert answer.headers["Referrer-Policy"] == "no-referrer" and answer.headers["Cache-Control"] == "no-store"
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "script-src 'self';" in policy and "unsafe" not in policy
        assert "style=" not in answer.text and "onclick" not in answer.text
    assert 'href="tel:119"' in here.page().text and 'href="tel:0120279338"' in here.page().text  # always at hand


def test_a_link_lets_one_device_in_once_and_not_for_long(town):
    offers(town, "room")
    hana = town.resident("ハナ")
    asks_for_a_person(hana)
    first = door(hana)
    here = Room(town, first)
    assert here.page().status_code == 200
    assert here.browser.get(first).status_code == 302  # this device is in: its own old link leads in
    thief = Room(town, first)
    assert (thief.looked.status_code, thief.entered.status_code) == (410, 410)
    assert "ひらけないとき" in thief.looked.text and thief.page().status_code == 200
    assert thief.reads() == []

    hana.taps("ひらけないとき")
    other = comes_in(town, hana)  # her tablet
    assert other.page().status_code == 200
    put_out = here.writes("まだここにいます")
    assert put_out.status_code == 403 and "ほかのスマホ" in put_out.text and "まだここにいます" in put_out.text
    assert here.browser.get("/room/now").status_code == 403

    hana.taps("ひらけないとき")
    late = door(hana)
    town.clock.moves_on(minutes=31)
    assert Room(town, late).entered.status_code == 410
    assert other.page().status_code == 200
    town.clock.moves_on(hours=11)
    assert other.writes("まだ起きています").status_code == 303
    town.clock.moves_on(hours=11)  # using it is being there
    lies_open = other.field("token")
    town.clock.moves_on(hours=13)
    closed = other.writes("つづきです")
    assert closed.status_code == 403 and "しばらく使われなかった" in closed.text and "つづきです" in closed.text
    cry = other.writes("もう死にたいです", token=lies_open)  # on the page that lay open all night
    assert cry.status_code == 403 and 'href="tel:0120279338"' in cry.text and "まだ起きています" not in cry.text
    assert the_case(town).danger == "suicide_or_self_harm"
    hana.taps("ひらけないとき")
    assert "まだ起きています" in comes_in(town, hana).page().text


def test_nobody_reads_or_writes_in_somebody_elses_room(town):
    offers(town, "room")
    hana, taro = town.resident("ハナ"), town.resident("太郎")
    asks_for_a_person(hana)
    asks_for_a_person(taro)
    hers, his = comes_in(town, hana), comes_in(town, taro)
    hers.writes("", photo=photo_of())
    with town.store.reading() as session:
        photo = session.query(RoomPhoto).one()
    assert hers.browser.get(f"/room/photo/{photo.id}").status_code == 200
    assert his.browser.get(f"/room/photo/{photo.id}").status_code == 404
    stolen = {"token": his.field("token"), "form": "x", "words": "のっとり"}
    assert hers.browser.post("/room/", data=stolen).status_code == 403
    assert hers.browser.post("/room/", data={"form": "x", "words": "よその頁から"}).status_code == 403
    assert hers.reads() == [] or "のっとり" not in hers.reads()


def test_a_form_that_arrives_twice_stands_once_and_nothing_is_lost(town):
    offers(town, "room")
    hana = town.resident("ハナ")
    asks_for_a_person(hana)
    one, form = comes_in(town, hana), "the-same-form"
    assert one.writes("夜に眠れません", form=form).status_code == 303
    assert one.writes("夜に眠れません", form=form).status_code == 303  # the answer to the first was lost on the way
    assert one.writes("夜に眠れません。母のことで", form=form).status_code == 303  # Back was pressed, more was written
    assert one.writes("夜に眠れません").status_code == 303  # another form: said again, on purpose
    assert one.reads() == ["夜に眠れません", "夜に眠れません。母のことで", "夜に眠れません"]
    tab = {"X-Room": "script"}  # a second tab of the same browser
    data = {"token": one.field("token"), "form": "tab-2", "words": "二つめの画面から"}
    fresh = one.browser.post("/room/", data=data, headers=tab)
    assert fresh.status_code == 200 and fresh.text not in ("", "tab-2")
    assert one.reads()[-1] == "二つめの画面から"
    for wrong, told, status in (
        ({"words": " \n"}, "何も書かれていません", 400),
        ({"words": "あ" * 4001}, "2回に分けて", 400),
        ({"words": "見てください", "photo": (io.BytesIO(b"%PDF-1.7 not a photo"), "a.jpg")}, "カメラで撮った写真", 415),
    ):
        answer = one.writes(**wrong)
        assert answer.status_code == status and told in answer.text
        assert wrong["words"][:20].strip() in answer.text
    assert len(one.reads()) == 4


def test_new_words_are_told_by_a_version(town):
    offers(town, "room")
    hana = town.resident("ハナ")
    asks_for_a_person(hana)
    here = comes_in(town, hana)
    fresh = here.browser.get("/room/now?have=nothing")
    version = fresh.text.split('data-version="')[1].split('"')[0]
    assert here.browser.get(f"/room/now?have={version}").status_code == 204
    staff_say(town, "<script>alert(1)</script>")
    fresh = here.browser.get(f"/room/now?have={version}")
    assert "&lt;script&gt;alert(1)" in fresh.text
    assert "にお返事します" not in fresh.text  # the promise is kept


def test_a_photo_keeps_the_picture_and_nothing_else(town):
    offers(town, "room")
    hana = town.resident("ハナ")
    asks_for_a_person(hana)
    here = comes_in(town, hana)
    place = Image.Exif()
    place[0x010F] = "SecretCamera"
    place[0x0112] = 6  # lies on its side
    place.get_ifd(0x8825)[1] = "N"
    assert here.writes("これです", photo=photo_of((400, 300), exif=place, comment=b"SecretComment")).status_code == 303
    assert here.writes("", photo=photo_of((30, 30), "PNG")).status_code == 303
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    bomb.seek(0)
    assert here.writes("", photo=(bomb, "bomb.png")).status_code == 413
    gif = photo_of(kind="GIF")
    assert here.writes("", photo=gif).status_code == 415
    cut = io.BytesIO(photo_of((400, 300))[0].getvalue()[:300])
    assert here.writes("", photo=(cut, "cut.jpg")).status_code == 415
    with town.store.reading() as session:
        kept = session.query(RoomPhoto).order_by(RoomPhoto.id).all()
        assert [(one.width, one.height) for one in kept] == [(300, 400), (30, 30)]
        assert b"Secret" not in kept[0].jpeg and not Image.open(io.BytesIO(kept[0].jpeg)).getexif()
        stored = sqlite3.connect(town.store.engine.url.database).execute("select jpeg from room_photo").fetchall()
    assert all(b"JFIF" not in jpeg for (jpeg,) in stored)  # encrypted where it rests


def test_danger_in_the_room_is_answered_there_at_once(town):
    offers(town, "room")
    hana = town.resident("ハナ")
    asks_for_a_person(hana)
    here = comes_in(town, hana)
    here.writes("もう死にたいです")
    page = here.page().text
    assert "話してくださって" in page and 'href="tel:0120279338"' in page
    assert here.reads()[0] == "もう死にたいです"
    case = the_case(town)
    assert (case.danger, case.looked_at) == ("suicide_or_self_harm", None)
    assert "死にたい" not in all_that_passed_line(town)


def test_line_beside_the_room(town):
    offers(town, "room")
    hana = town.resident("ハナ")
    asks_for_a_person(hana)
    here = comes_in(town, hana)
    hana.says("ここに書いていいですか")
    hana.sees("お返事は相談ルームに届きます")
    hana.says("ボットに戻る")
    hana.sees("ボットがお答えします")
    hana.says("電気代が払えへん")
    hana.sees("くらしサポート相談窓口")
    here.writes("介護の費用のことです")
    staff_say(town, "読みました")
    hana.sees("返事が届きました")
    hana.says("車いすを借りたい")
    assert hana.answers  # on LINE the bot stays at hand
    with town.store.reading() as session:
        said = finding.conversation(session, session.query(Case).one())
    words = [one.words for one in said if one.words and one.speaker != "bot"]
    told = ["ボットに戻る", "電気代が払えへん", "介護の費用のことです", "読みました", "車いすを借りたい"]
    assert words[-5:] == told
    hana.says("人に相談したい")
    hana.sees("職員が読みます")


def test_closing_asks_and_a_new_word_opens_the_same_case_again(town, desk):
    offers(town, "room", room_idle_hours=168)
    hana = town.resident("ハナ")
    asks_for_a_person(hana)
    here, case = comes_in(town, hana), the_case(town)
    here.writes("聞いてください")
    staff_say(town, "聞きました")
    tanaka = signed_in(desk, "counsellor")
    form = {"csrf_token": token(tanaka.get(f"/admin/cases/{case.id}")), "outcome": "すんだ", "kind": "answered"}
    tanaka.post(f"/admin/cases/{case.id}/close", data=form)
    hana.sees("役に立ちましたか")
    hana.taps("役に立った")
    assert "14日のあいだ" in hana.sees("教えてくださって")
    assert the_case(town).was_useful is True
    assert "この相談はおわりました" in here.page().text
    here.writes("車いすのことも聞きたいです")
    again = the_case(town)
    assert (again.id, again.state) == (case.id, "waiting") or again.owner_id is not None
    assert again.promised_by is not None and again.was_useful is None
    assert here.reads()[-1] == "車いすのことも聞きたいです"
    staff_say(town, "どうぞ")
    with town.store.turn() as session:
        closing.close(
            session, session.query(Case).one(), outcome="すんだ", farewell=[], staff_id=1, now=town.clock.now()
        )
    town.clock.moves_on(days=6)
    assert here.page().status_code == 200
    town.clock.moves_on(days=6)
    here.page()
    town.clock.moves_on(days=3)
    late = here.writes("おそくなりました")
    assert late.status_code == 409 and "おそくなりました" in late.text
    cry = here.writes("もう死にたいです")
    assert 'href="tel:0120279338"' in cry.text  # danger is heard in a room long closed, too
    new = the_case(town)
    assert new.id != case.id and (new.danger, new.looked_at) == ("suicide_or_self_harm", None)
    with town.store.reading() as session:
        assert session.query(Utterance).filter_by(speaker="resident", case_id=case.id).count() == 2


def test_a_resident_who_blocked_line_still_reads_in_the_room(town):
    offers(town, "room")
    hana, taro = town.resident("ハナ"), town.resident("太郎")
    asks_for_a_person(hana)
    here = comes_in(town, hana)
    hana.blocks()
    assert here.writes("ここで読みます").status_code == 303
    assert staff_say(town, "わかりました") is None  # nothing is sent into the void
    assert here.reads() == ["ここで読みます", "わかりました"]
    asks_for_a_person(taro)
    taro.blocks()
    with pytest.raises(refusals.CannotBeReached):
        staff_say(town, "届かない")
    with town.store.reading() as session:
        assert room.said(session, the_case(town)) == []
