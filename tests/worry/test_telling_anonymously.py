"""A neighbour tells what worries them, and nobody can find out who it was."""

import re
from datetime import date

import pytest

from bot.line import rich_menu
from bot.services import receipts, worries
from bot.simulator.troubles import Trouble
from bot.store.residents import Thread
from bot.store.talk import Delivery, Utterance
from bot.store.worries import WorryReport, WorryWord
from handlers.copy import worry as say

SEEN = "向かいの家のおじいさんを一週間見ていません"


def comes_to_the_summary(person) -> None:
    """The walk in the chat, up to the question whether to send it."""
    person.says("匿名で知らせたい")
    person.taps("ここで書く")
    person.taps("お年より")
    person.taps("氷丘")
    person.says(SEEN)
    person.taps("この一週間")
    person.taps("いいえ")
    person.sees("これで知らせます")


def tells(person) -> str:
    """The whole walk. Returns the receipt code."""
    comes_to_the_summary(person)
    person.taps("知らせる")
    return re.search(r"([0-9A-Z]{4}-){4}[0-9A-Z]{4}", person.sees("ひかえの番号\n")).group()


def test_a_report_reaches_the_desk_and_is_answered_with_the_code(any_town):
    hana = any_town.resident("ハナ")
    code = tells(hana)
    with any_town.store.turn() as session:
        (report,) = worries.waiting(session)
        assert (report.kind, report.area.name, report.seen, report.since) == (
            "older_person",
            "氷丘中学校区",
            SEEN,
            "この一週間",
        )
        assert report.answer_due_on == date(2026, 11, 27)
        worries.answer(session, report, "様子を見に行きました。お元気でした。", staff_id=1, now=any_town.clock.now())
    hana.says("返事は来ましたか")
    hana.says(code.lower().replace("-", " "))
    hana.sees("お元気でした")
    hana.taps("つづきを書く")
    hana.says("ありがとう。けさ会えました")
    hana.sees("つづきを受けつけました")
    with any_town.store.reading() as session:
        (report,) = worries.waiting(session)
        assert [word.speaker for word in worries.talk(session, report)] == ["staff", "reporter"]


def test_the_page_is_offered_first_and_says_why(town):
    hana = town.resident("ハナ")
    hana.says("匿名で知らせたい")
    hana.sees("LINEに残りません")
    assert hana.choices[0] == "ページを開いて書く"


def test_every_step_can_be_skipped_gone_back_and_left(town):
    hana = town.resident("ハナ")
    hana.says("匿名で知らせたい")
    hana.taps("ここで書く")
    hana.taps("とばす")
    hana.taps("もどる")
    hana.sees("どんなことが心配ですか")
    hana.taps("子ども")
    hana.taps("とばす")
    hana.says("夜に小さい子が一人で外にいます")
    hana.taps("とばす")
    hana.taps("とばす")
    hana.sees("これで知らせます")
    hana.taps("やめる")
    hana.sees("やめました")
    with town.store.reading() as session:
        assert session.query(WorryReport).count() == 0
        assert session.query(Thread).one().memory is None


def test_the_menu_touched_in_the_middle_loses_nothing_that_was_told(town):
    rich_menu.set_up(town.parts.gateway)
    hana = town.resident("ハナ")
    hana.taps("匿名で知らせる")
    hana.taps("ここで書く")
    hana.taps("お年より")
    hana.taps("氷丘")
    hana.says(SEEN)
    hana.taps("匿名で知らせる")
    hana.sees("書きかけのものが、のこっています")
    hana.taps("この一週間")
    hana.taps("いいえ")
    hana.sees(SEEN)  # in the summary
    hana.taps("やめる")
    hana.taps("匿名で知らせる")
    hana.sees("お名前を言わずに知らせられます")


def test_danger_shows_the_numbers_and_goes_in_as_urgent(town):
    hana = town.resident("ハナ")
    hana.says("匿名で知らせたい")
    hana.taps("ここで書く")
    hana.taps("子ども")
    hana.taps("氷丘")
    hana.says("となりの子が毎晩父親に殴られています")
    assert "189" in hana.could_dial()
    hana.sees("いつごろから")
    hana.taps("とばす")
    hana.taps("とばす")
    hana.sees("いそぎです")
    hana.taps("知らせる")
    hana.sees("まっさきに")
    with town.store.reading() as session:
        (report,) = worries.waiting(session)
        assert report.is_urgent


def test_a_name_or_number_is_warned_of_and_left_out(town):
    hana = town.resident("ハナ")
    hana.says("匿名で知らせたい")
    hana.taps("ここで書く")
    hana.taps("とばす")
    hana.taps("とばす")
    hana.says("私は田中花子です。電話は079-000-0000。隣の家から声がします")
    hana.sees("お名前や電話番号")
    hana.taps("はぶいて知らせる")
    hana.taps("とばす")
    hana.taps("とばす")
    summary = hana.sees("これで知らせます")
    assert "079-000-0000" not in summary and "田中花子" not in summary
    assert "隣の家から声がします" in summary


@pytest.mark.parametrize("said", ["🙂🙂", "。。。"])
def test_a_report_without_words_is_asked_for_words(town, said):
    hana = town.resident("ハナ")
    hana.says("匿名で知らせたい")
    hana.taps("ここで書く")
    hana.taps("とばす")
    hana.taps("とばす")
    hana.says(said)
    hana.sees("ことばで書いてください")
    hana.sends_sticker()
    hana.sees("ことばで書いてください")


def test_every_question_can_be_skipped_but_something_must_be_told(town):
    hana = town.resident("ハナ")
    hana.says("匿名で知らせたい")
    hana.taps("ここで書く")
    hana.taps("とばす")
    hana.taps("とばす")
    hana.taps("とばす")  # neither kind nor place is known
    hana.sees("ことばで書いてください")
    hana.taps("もどる")
    hana.taps("氷丘")
    hana.taps("とばす")
    hana.taps("とばす")
    hana.taps("とばす")
    assert "ことばは書いていません" in hana.sees("これで知らせます")
    hana.taps("知らせる")
    hana.sees("ひかえの番号\n")


def test_one_tap_asks_for_the_answer_and_the_code_stays_on_the_phone(any_town):
    hana = any_town.resident("ハナ")
    code = tells(hana)
    hana.taps("返事は来ましたか")
    hana.sees("返事はまだです")
    with any_town.store.turn() as session:
        (report,) = worries.waiting(session)
        worries.answer(session, report, "様子を見に行きました", staff_id=1, now=any_town.clock.now())
    sister = any_town.resident("妹")  # the same code, from another phone
    sister.says(code)
    sister.sees("様子を見に行きました")
    any_town.settles()
    with any_town.store.reading() as session:
        assert {(thread.step, thread.memory) for thread in session.query(Thread)} == {(None, None)}
        kept = " ".join(words for (words,) in session.query(Utterance.words) if words)
        assert code not in kept and "様子を見に" not in kept
        assert session.query(Delivery).filter(Delivery.is_passing).count() == 0


def test_a_name_in_what_is_added_is_warned_of_too(town):
    hana = town.resident("ハナ")
    tells(hana)
    hana.taps("返事は来ましたか")
    hana.taps("つづきを書く")
    hana.says("わたしは田中花子です。けさ灯りがつきました")
    hana.sees("お名前や電話番号")
    hana.taps("はぶいて知らせる")
    hana.sees("つづきを受けつけました")
    with town.store.reading() as session:
        (word,) = session.query(WorryWord)
        assert "田中花子" not in word.words and "けさ灯りがつきました" in word.words
        assert session.query(Thread).one().memory is None


def test_danger_in_what_is_added_shows_the_numbers_and_is_urgent(town):
    hana = town.resident("ハナ")
    tells(hana)
    hana.taps("返事は来ましたか")
    hana.taps("つづきを書く")
    hana.says("いま見に行ったら、おじいさんが倒れて返事がありません")
    assert "119" in hana.could_dial()
    hana.sees("つづきを受けつけました")
    with town.store.reading() as session:
        (report,) = worries.waiting(session)
        assert report.is_urgent and not report.is_looked_at


def test_a_button_a_day_old_says_so_and_sends_nothing(town):
    hana = town.resident("ハナ")
    comes_to_the_summary(hana)
    town.clock.moves_on(hours=25)
    hana.taps("知らせる")
    assert hana.answers and "ひかえの番号" not in hana.answers[-1]
    with town.store.reading() as session:
        assert session.query(WorryReport).count() == 0


def test_a_very_long_and_a_rude_report_are_kept_whole(town):
    hana = town.resident("ハナ")
    long = "毎晩どなり声がする。" * 499 + "あほ、ぼけ!"
    hana.says("匿名で知らせたい")
    hana.taps("ここで書く")
    hana.taps("とばす")
    hana.taps("とばす")
    hana.says(long)
    hana.taps("とばす")
    hana.taps("とばす")
    hana.taps("知らせる")
    hana.sees("ひかえの番号\n")
    with town.store.reading() as session:
        assert session.query(WorryReport).one().seen == long


def test_line_away_between_two_questions_only_delays_them(town):
    hana = town.resident("ハナ")
    hana.says("匿名で知らせたい")
    hana.taps("ここで書く")
    town.line.troubles.begin(Trouble("500", times=2))
    hana.taps("お年より")
    town.delivers_everything()
    hana.sees("どのあたり")
    hana.taps("とばす")
    hana.says(SEEN)
    hana.sees("いつごろから")


def test_a_code_is_read_and_not_written_down_while_staff_are_talking(town):
    from tests.desk import hire_everyone

    hire_everyone(town)
    hana = town.resident("ハナ")
    code = tells(hana)
    with town.store.turn() as session:
        thread = session.query(Thread).one()
        thread.owner = "person"
    card = next(one for one in reversed(hana.phone.shown) if code in one.words)
    assert card
    hana.taps("返事は来ましたか")
    hana.sees("たしかに受けつけています")
    assert "つづきを書く" not in hana.choices


def test_wrong_codes_tell_nothing_and_are_slowed_down(town):
    hana = town.resident("ハナ")
    code = tells(hana)
    half_right = receipts.read(code)[:4] + "0" * 16
    hana.says("返事は来ましたか")
    for wrong in (half_right, "ABCD-EFGH-JKMN-PQRS-TVWX", "こんにちは"):
        hana.says(wrong)
        hana.sees("見つかりませんでした")
    for _ in range(7):
        hana.says("ABCD-EFGH-JKMN-PQRS-TVWX")
    hana.says(code)
    hana.sees("きょうはここまで")


def test_many_reports_in_a_day_are_asked_to_wait(town):
    hana = town.resident("ハナ")
    for _ in range(5):
        tells(hana)
    hana.says("匿名で知らせたい")
    hana.sees("つづきは、あす")


def test_the_second_tap_on_send_files_nothing_more(town):
    hana = town.resident("ハナ")
    comes_to_the_summary(hana)
    send = next(action for action in hana.phone.actions() if action["label"] == "知らせる")
    hana.phone.acts(send)
    hana.phone.acts(send)
    town.settles()
    with town.store.reading() as session:
        assert session.query(WorryReport).count() == 1


def test_line_away_in_the_middle_loses_nothing(town):
    hana = town.resident("ハナ")
    comes_to_the_summary(hana)
    town.line.troubles.begin(Trouble("500", times=3))
    hana.taps("知らせる")
    town.delivers_everything()
    hana.sees("ひかえの番号\n")
    with town.store.reading() as session:
        assert session.query(WorryReport).count() == 1
        assert session.query(Delivery).filter(Delivery.is_passing).count() == 0


def test_nothing_said_in_the_flow_is_kept_in_the_conversation(any_town):
    hana = any_town.resident("ハナ")
    tells(hana)
    any_town.settles()
    with any_town.store.reading() as session:
        kept = " ".join(words for (words,) in session.query(Utterance.words) if words)
        assert "匿名" not in kept and SEEN not in kept and "ひかえ" not in kept
        assert session.query(Delivery).filter(Delivery.is_passing).count() == 0
        assert session.query(WorryWord).count() == 0


def test_what_was_begun_and_left_is_forgotten_after_a_day(any_town):
    hana = any_town.resident("ハナ")
    comes_to_the_summary(hana)
    any_town.clock.moves_on(hours=23)
    any_town.sweeper.erase()
    with any_town.store.reading() as session:
        assert session.query(Thread).one().memory is not None
    any_town.clock.moves_on(hours=2)
    any_town.sweeper.erase()
    with any_town.store.reading() as session:
        assert session.query(Thread).one().memory is None


def test_the_chat_and_the_pages_name_the_same_kinds():
    assert {name: say.kind(name) for name in worries.KINDS} == worries.KINDS


def test_a_lock_screen_shows_neither_the_worry_nor_the_code(town):
    hana = town.resident("ハナ")
    code = tells(hana)
    hana.says("返事は来ましたか")
    hana.says(code)
    hana.sees("返事はまだです")
    locked = [lock_screen(one.message) for one in hana.phone.shown if one.by == "bot"]
    assert locked
    assert not any(SEEN[:6] in words or code in words or "お年より" in words for words in locked)


def lock_screen(message: dict) -> str:
    """What stands on a locked phone: the words of a text, the alt text of anything else."""
    return str(message.get("text") or message.get("altText") or "")
