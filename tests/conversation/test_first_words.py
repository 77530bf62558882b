"""Meeting, greeting, choosing where one lives, leaving and coming back."""

import pytest


def test_a_newcomer_is_welcomed_told_about_privacy_and_asked_for_the_area(any_town):
    hana = any_town.newcomer("ハナ")
    hana.follows()
    hana.sees("加古川市社会福祉協議会の「ささえあい」です")
    hana.sees("相談にお答えするためだけに使います")
    hana.sees("中学校区をえらんで")
    hana.taps("氷丘")
    hana.sees("氷丘中学校区ですね")


@pytest.mark.parametrize("typed", ["ひおか", "ヒオカ", "氷丘中", "氷丘中学校区", "6"])
def test_the_area_can_be_typed_in_any_spelling(town, typed):
    hana = town.newcomer("ハナ")
    hana.follows()
    hana.says(typed)
    hana.sees("氷丘中学校区ですね")


def test_more_areas_are_a_tap_away(town):
    hana = town.newcomer("ハナ")
    hana.follows()
    hana.taps("ほかの校区")
    hana.taps("志方")
    hana.sees("志方中学校区ですね")


def test_somebody_with_a_worry_need_not_choose_an_area_first(town):
    hana = town.newcomer("ハナ")
    hana.follows()
    hana.says("電気代が払えなくて困っています")
    hana.sees("くらしサポート相談窓口")


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("こんにちは", "ふだんの言葉で書いてください"),
        ("おおきに", "どういたしまして"),
        ("使い方を教えて", "こんなことができます"),
        ("人と話したい", "079-424-4318"),
        ("社協の電話番号は?", "079-424-4318"),
        ("設定", "お住まい"),
        ("誰が読むの", "相談にお答えするためだけ"),
        ("見守りメッセージ", "お変わりありませんか"),
        ("匿名で知らせたい", "お名前を言わずに"),
        ("Can you speak English please?", "119"),
        ("今日はいい天気ですね", "うれしい"),
    ],
)
def test_everyday_sentences_get_their_answer(town, said, heard):
    hana = town.resident("ハナ")
    hana.says(said)
    hana.sees(heard)


def test_stickers_and_photos_get_a_kind_word_and_the_menu(town):
    hana = town.resident("ハナ")
    hana.sends_sticker().sees("スタンプをありがとう")
    for kind in ("image", "video", "audio", "file"):
        hana.sends(kind).sees("言葉で書いて")
    assert "人に相談する" in hana.choices


def test_who_blocks_hears_nothing_and_is_welcomed_back(town):
    hana = town.resident("ハナ", area="氷丘")
    hana.blocks()
    hana.sees_nothing_new()
    hana.follows()
    hana.sees("おかえりなさい")
    assert len(hana.answers) == 1


def test_unsent_words_are_erased(town):
    from bot.store.talk import InboxEvent, Utterance

    hana = town.resident("ハナ")
    hana.says("母の名前は山田花子です")
    hana.unsends("母の名前は山田花子です")
    with town.store.reading() as session:
        assert all("山田" not in (one.words or "") for one in session.query(Utterance))
        assert all(one.event is None for one in session.query(InboxEvent) if one.state != "waiting")


def test_my_words_are_erased_when_i_ask_for_it_twice(town):
    from bot.store.talk import Utterance

    hana = town.resident("ハナ", area="氷丘")
    hana.says("電気代が払えへん")
    hana.says("データを消して")
    hana.says("はい")
    hana.sees("消しました")
    with town.store.reading() as session:
        words = [one.words or "" for one in session.query(Utterance)]
    assert not any("電気代" in said for said in words)


def test_a_button_of_an_old_talk_is_answered_kindly(town):
    hana = town.newcomer("ハナ")
    hana.follows()
    old = next(action for action in hana.buttons if action["label"] == "氷丘")
    hana.taps("あとで")
    hana.phone.acts(old)
    town.settles()
    hana.sees("前のお話のもの")


def test_the_menu_works_inside_every_question(town):
    hana = town.newcomer("ハナ")
    hana.follows()
    hana.says("メニュー")
    hana.sees("こんなことができます")


def test_a_group_is_told_once_and_left(town):
    source = {"type": "group", "groupId": "C" + "1" * 32, "userId": "U" + "2" * 32}
    for text in ("やあ", "もしもし"):
        message = {"type": "text", "id": "9", "text": text, "quoteToken": "q"}
        town.line.deliver([town.line.prepare_event(source, {"type": "message", "message": message})])
        town.settles()
    assert town.line.left_groups == [source["groupId"]]
    assert len(town.line.group_messages) == 1
