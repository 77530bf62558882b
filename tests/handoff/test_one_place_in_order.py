"""Whatever arrives during handoff, transfer, closing or reopening lands in exactly one place, in order."""

import re
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from bot.conversation import Text
from bot.services import room
from bot.services.cases import answering, closing, finding, hearing, opening
from bot.store.cases import Case
from bot.store.residents import Resident
from bot.store.room import RoomDevice
from bot.store.talk import Delivery, Utterance
from bot.work.worker import Worker
from tests.consultation import asks_for_a_person, door, offers, the_case
from tests.desk import signed_in, token


def words_in(town, case_id: int) -> list[str]:
    """What stands in this case, by the resident and by staff."""
    with town.store.reading() as session:
        said = finding.conversation(session, session.get_one(Case, case_id))
        return [one.words or "" for one in said if one.speaker != "bot" and one.case_id == case_id]


def staff_say(town, *many: str) -> None:
    with town.store.turn() as session:
        for words in many:
            answering.say(session, the_case_in(session), [Text(words)], staff_id=1, now=town.clock.now())


def the_case_in(session) -> Case:
    return session.scalars(select(Case).where(Case.state != "closed")).one()


def test_every_word_lands_in_one_case_in_order(town, desk):
    hana = town.resident("ハナ")
    hana.says("母の物忘れがひどい")  # with the bot
    asks_for_a_person(hana)
    hana.says("一つめです")
    staff_say(town, "田中です")
    first = the_case(town)
    boss, page = signed_in(desk, "supervisor"), None
    page = boss.get(f"/admin/cases/{first.id}")
    hana.says("替わるあいだの言葉です")
    form = {
        "csrf_token": token(page),
        "to": re.search(r'value="(queue-\d+)"', page.text).group(1),
        "reason": "交代",
    }
    boss.post(f"/admin/cases/{first.id}/hand-on", data=form)
    staff_say(town, "佐藤です、かわりました")

    town.worker.stop()  # what she writes now waits while the case is being closed
    hana.phone.says("閉じるあいだの言葉です")
    with town.store.turn() as session:
        closing.close(
            session, the_case_in(session), outcome="すんだ", farewell=[Text("おわりにします")], staff_id=1,
            now=town.clock.now(),
        )  # fmt: skip
    town.worker = Worker(town.parts, town.bell, threads=2)
    town.worker.start()
    town.sweeps()
    assert the_case(town).state != "closed"  # it was written to the person: it opened the case again
    told = [
        "一つめです",
        "田中です",
        "替わるあいだの言葉です",
        "佐藤です、かわりました",
        "閉じるあいだの言葉です",
    ]
    assert words_in(town, first.id) == told

    with town.store.turn() as session:
        closing.close(session, the_case_in(session), outcome="すんだ", farewell=[], staff_id=1, now=town.clock.now())
    town.clock.moves_on(minutes=1)
    hana.says("電気代が払えへん")  # to the bot
    hana.sees("くらしサポート相談窓口")
    hana.says("人に相談したい")
    hana.taps("前の相談のつづき")
    hana.sees("ご相談を受けつけています")
    hana.says("つづきです")
    assert words_in(town, first.id) == [*told, "つづきです"]
    town.clock.moves_on(days=1)
    with town.store.turn() as session:
        closing.close(session, the_case_in(session), outcome="すんだ", farewell=[], staff_id=1, now=town.clock.now())
    town.clock.moves_on(days=20)
    hana.says("人に相談したい")
    assert "前の相談のつづき" not in hana.choices  # too long ago
    hana.taps("はじめる")
    if "そのほか" in hana.choices:
        hana.taps("そのほか")
    hana.says("べつの相談です")
    second = the_case(town)
    assert second.id != first.id and words_in(town, second.id) == ["べつの相談です"]
    assert words_in(town, first.id) == [*told, "つづきです"]
    with town.store.reading() as session:
        said = [one.words for one in session.query(Utterance) if one.words and one.speaker != "bot"]
    assert len([words for words in said if words in told]) == len(told)  # nothing stands twice


def test_what_staff_say_in_a_row_goes_out_in_one_push(town):
    hana = town.resident("ハナ")
    asks_for_a_person(hana)
    town.clock.moves_on(minutes=5)  # no reply token lives any more
    staff_say(town, "田中です", "読みました")
    staff_say(town, "あすお電話します")
    town.delivers_everything()
    with town.store.reading() as session:
        sent = [one for one in session.query(Delivery) if one.sent_by == "push"]
        assert [one.message_count for one in sent] == [3]
    assert hana.all_answers[-3:] == ["田中です", "読みました", "あすお電話します"]
    hana.says("ありがとうございます、たすかります")
    staff_say(town, "はい、また")  # within the minute: her own message carries it, free of charge
    town.sweeps()
    hana.sees("はい、また")
    with town.store.reading() as session:
        newest = session.scalars(select(Delivery).order_by(Delivery.id.desc()).limit(1)).one()
        assert (newest.sent_by, newest.reply_token) == ("reply", None)
    staff_say(town, *(f"{number}つめ" for number in range(7)))
    town.delivers_everything()
    assert hana.all_answers[-7:] == [f"{number}つめ" for number in range(7)]  # five and two


def test_staff_may_begin_and_nobody_is_handed_on_before_saying_yes(town):
    hana = town.resident("ハナ")
    with town.store.turn() as session:
        resident = session.query(Resident).one()
        opened, _ = opening.invite(session, resident, staff_id=1, now=town.clock.now())
        assert (opened.state, opened.owner_id, opened.opened_because) == ("taken", 1, "staff")
    town.sweeps()
    hana.sees("職員が、お話ししたいことがあります")
    hana.says("電気代が払えへん")
    hana.sees("くらしサポート")  # nothing was agreed yet: the bot answers
    hana.taps("職員と話す") if "職員と話す" in hana.choices else hana.says("人に相談したい")
    hana.taps("はじめる")
    hana.sees("受けつけました")
    assert the_case(town).agreed_at is not None and the_case(town).opened_because == "staff"


def test_topic_is_guessed_and_corrected_with_one_tap(town):
    offers(town, "room", "line")
    hana = town.resident("ハナ")
    hana.says("電気代が払えへん")
    hana.says("人に相談したい")
    assert hana.choices[:2] == ["相談ルームではじめる", "このトークではじめる"]  # the room stands first
    hana.taps("このトークではじめる")
    hana.sees("「お金・くらし」のご相談として")
    hana.taps("べつのことがらです")
    hana.taps("介護・お年より")
    hana.sees("「介護・お年より」のご相談に直しました")
    case = the_case(town)
    assert (case.topic, case.way) == ("care", "line")
    hana.says("よろしくお願いします")
    hana.sees_nothing_new()


def test_two_devices_and_two_sendings_at_the_same_moment(any_town):
    offers(any_town, "room")
    hana = any_town.resident("ハナ")
    asks_for_a_person(hana)
    link, now = door(hana).rsplit("/", 1)[1], any_town.clock.now()

    def enters(_device: int) -> bool:
        try:
            with any_town.store.turn() as session:
                room.enter(session, link, now=now)
        except room.LinkIsOver:
            return False
        return True

    def writes(_try: int) -> bool:
        with any_town.store.turn() as session:
            case = session.scalars(select(Case)).one()
            return hearing.hear_in_room(session, case, "同じ言葉です", form="one-form", now=now) is not None

    with ThreadPoolExecutor(4) as four:
        assert sorted(four.map(enters, range(4))) == [False, False, False, True]
        assert sorted(four.map(writes, range(4))) == [False, False, False, True]
    with any_town.store.reading() as session:
        assert [one.words for one in session.query(Utterance).filter_by(place="room")] == ["同じ言葉です"]
        assert session.query(RoomDevice).filter_by(ended_at=None).count() == 1
