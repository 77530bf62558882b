"""Somebody in danger gets the right numbers at once, whatever else is going on."""

import pytest

from bot.services import threads
from bot.store.residents import Thread


def test_a_cry_is_answered_with_warm_words_and_numbers(any_town):
    hana = any_town.resident("ハナ")
    hana.says("もう死にたい")
    hana.sees("ひとりで抱えないで")
    assert hana.could_dial()[0] == "119"
    assert "0120279338" in hana.could_dial()


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("隣の家の子どもが毎日叩かれてるみたい", "189"),
        ("夫に殴られています", "0120279889"),
        ("父が倒れて意識がない", "119"),
        ("台所が燃えてる", "119"),
        ("包丁を持って暴れてる", "110"),
        ("三日何も食べてない", "0794279382"),
        ("認知症の母が昨日から帰ってこない", "110"),
        ("赤ちゃんの首を絞めてしまいそう", "189"),
        ("無理やり触られました", "#8891"),
        ("あいつを殺してやりたい", "110"),
        ("もうしにたい", "0120279338"),
        ("消えてしまいたい", "0120279338"),
    ],
)
def test_each_danger_has_its_own_numbers(town, said, number):
    hana = town.resident("ハナ")
    hana.says(said)
    town.settles()
    assert number in hana.could_dial()


@pytest.mark.parametrize(
    "said", ["死ぬほど暑い", "腹減って死にそう", "笑い死ぬかと思った", "いのちの電話の番号は?", "必死で働いてます"]
)
def test_figures_of_speech_alarm_nobody(town, said):
    hana = town.resident("ハナ")
    hana.says(said)
    assert "命がいちばん" not in "\n".join(hana.answers)


def test_when_unsure_the_bot_asks_gently(town):
    hana = town.resident("ハナ")
    hana.says("もう限界かも")
    hana.sees("死にたい、消えたいと思うほど")
    hana.taps("はい、つらいです")
    assert "0120279338" in hana.could_dial()


def test_whoever_fears_for_another_hears_how_to_help_and_where_to_call(town):
    hana = town.resident("ハナ")
    hana.says("友だちが死にたいと言っています")
    hana.sees("ひとりにしないで")
    assert hana.could_dial()[:2] == ["119", "110"] and "0120279338" in hana.could_dial()
    assert "とてもつらいのですね" not in "\n".join(hana.answers)


def test_after_a_no_what_was_asked_is_answered(town):
    hana = town.resident("ハナ")
    hana.says("電気代が払えなくて、もう限界です")
    hana.sees("死にたい、消えたいと思うほど")
    hana.taps("いいえ、そこまでは")
    hana.sees("くらしサポート相談窓口")


def test_danger_is_heard_in_the_middle_of_another_question(town):
    hana = town.newcomer("ハナ")
    hana.follows()
    hana.says("死にたい")
    assert "0120279338" in hana.could_dial()
    hana.says("氷丘")
    hana.sees("氷丘中学校区ですね")


def person_answers(town) -> None:
    with town.store.turn() as session:
        (thread,) = session.query(Thread).all()
        threads.give_to_person(thread)


def test_while_a_person_answers_the_bot_is_silent_except_for_danger(any_town):
    hana = any_town.resident("ハナ")
    person_answers(any_town)
    hana.says("電気代が払えへん")
    hana.sees_nothing_new()
    hana.sends_sticker()
    hana.sees_nothing_new()
    hana.says("死にたい")
    hana.sees("ひとりで抱えないで")
    hana.says("ボットに戻る")
    hana.sees("こんなことができます")
    hana.says("電気代が払えへん")
    hana.sees("くらしサポート相談窓口")


def test_a_reply_to_a_person_s_thread_cannot_leave_the_bot():
    from bot.conversation import Reply, Text

    for owner, reply, may in [
        ("bot", Reply(Text("a")), True),
        ("person", Reply(Text("a")), False),
        ("person", Reply(Text("a"), is_safety=True), True),
        ("nobody", Reply(Text("a"), is_safety=True), False),
    ]:
        assert threads.may_bot_speak(Thread(key="k", owner=owner), reply) is may
