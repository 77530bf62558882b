"""Contacts agree first, are asked in order, see only what was allowed; friends watch over each other."""

from bot.services.checkins import contacts
from bot.store.checkins import CheckinAsk, CheckinContact, CheckinRound
from handlers.copy import handoff as say_handoff
from tests.checkins.people import join, open_tasks
from tests.town import Resident, Town


def name_contact(person: Resident, name: str, *, hears: str = "返事がないときだけ") -> str:
    """The person names a contact in the chat. The invitation's code."""
    person.says("見守りの連絡先を変えたい")
    person.says(name)
    person.taps("家族・親せき")
    person.taps("なし")
    person.taps(hears)
    invitation = person.sees("連絡先になっていただけますか")
    person.taps("これで十分")
    return invitation.partition("「連絡先 ")[2][:8]


def contact(town: Town, person: Resident, name: str, **how: str) -> Resident:
    code = name_contact(person, name, **how)
    one = town.resident(name)
    one.says(f"連絡先 {code}")
    one.sees("見守りの連絡先にしたい")
    one.taps("はい、引き受けます")
    one.sees("連絡先になりました")
    return one


def falls_silent(town: Town, clock, *, until: str) -> None:
    clock.moves_to("09:00")
    town.makes_rounds()
    for hour in ("11:01", "12:02", "13:03"):
        clock.moves_to(hour)
        town.makes_rounds()
        if hour == until:
            return


def test_contacts_are_asked_in_order_until_one_goes(town, clock):
    hana = join(town, "ハナ", "9〜11時")
    daughter, son = contact(town, hana, "娘"), contact(town, hana, "息子", hears="毎回の返事も")
    name_contact(hana, "まだ答えない人")
    falls_silent(town, clock, until="13:03")
    daughter.sees("ようすを見てもらえますか")
    assert "ハナさん" in daughter.answers[-1]
    assert not [words for words in son.answers if "ようすを見て" in words]
    daughter.taps("今は無理")
    town.makes_rounds()
    son.sees("ようすを見てもらえますか")
    son.taps("行きます")
    son.sees("ほかの人には、お願いしないでおきます")
    clock.moves_on(minutes=90)
    town.makes_rounds()
    assert "visit" not in open_tasks(town)  # somebody is on the way
    son.taps("元気でした")
    son.sees("安心しました")
    town.makes_rounds()
    daughter.sees("ようすが分かりました")
    assert open_tasks(town) == []
    with town.store.reading() as session:
        assert session.query(CheckinRound).one().answer == "contact"
        assert session.query(CheckinAsk).count() == 2
    son.taps("行きます")  # the late tap
    son.sees("もうおわっています")
    clock.moves_to("09:00")
    town.makes_rounds()
    hana.taps("元気です")
    assert "今日の返事がありました" in son.answers[-1]  # allowed by Hana
    assert not [words for words in daughter.all_answers if "今日の返事" in words]  # not allowed


def test_a_contact_without_line_is_telephoned_and_one_who_needs_help_gets_a_case(town, clock):
    hana = join(town, "ハナ", "9〜11時")
    neighbour = contact(town, hana, "となり")
    with town.store.turn() as session:
        one = session.query(CheckinContact).one()
        session.add(
            CheckinContact(
                plan_id=one.plan_id, position=0, name="民生委員", phone="0794244318", relation="welfare_volunteer",
                confirmed_at=one.confirmed_at, confirmed_by=1, added_at=one.added_at,
            )
        )  # fmt: skip
    falls_silent(town, clock, until="13:03")
    assert open_tasks(town) == ["phone", "contact"]
    clock.moves_on(minutes=31)
    town.makes_rounds()
    neighbour.taps("行きます")
    neighbour.taps("助けが必要です")
    neighbour.sees("119")
    assert open_tasks(town) == ["follow_up"]
    stranger = town.resident("他人")
    stranger.says("連絡先 ABCD2345")
    stranger.sees("もう使えません")


def test_friends_who_agreed_hear_of_the_silent_one_first(town, clock):
    hana, kiku = join(town, "ハナ", "9〜11時"), join(town, "キク", "9〜11時")
    hana.says("見守りメッセージ")
    hana.taps("つながり")
    hana.taps("つくる")
    code = hana.sees("番号：").partition("番号：")[2][:6]
    kiku.says("見守りメッセージ")
    kiku.taps("つながり")
    kiku.taps("番号で入る")
    kiku.says(code)
    kiku.sees("1人のつながり")
    kiku.taps("はい")
    kiku.sees("つながりに入りました")
    town.delivers_everything()
    hana.sees("キクさんが、つながりに入りました")
    hana.taps("はい")
    yoshi = join(town, "ヨシ", "9〜11時")
    yoshi.says("見守りメッセージ")
    yoshi.taps("つながり")
    yoshi.taps("番号で入る")
    yoshi.says(code)
    yoshi.taps("はい")
    yoshi.sees("つながりに入りました")
    town.delivers_everything()
    kiku.sees("ヨシさんが、つながりに入りました")
    kiku.taps("はい")  # and ハナ says nothing: neither hears of the other
    clock.moves_to("09:00")
    town.makes_rounds()
    kiku.taps("元気です")
    yoshi.taps("元気です")
    for hour in ("11:01", "11:32"):
        clock.moves_to(hour)
        town.makes_rounds()
    kiku.sees("ハナさんから、まだお返事がありません")
    assert not [words for words in yoshi.all_answers if "ハナさん" in words]
    assert open_tasks(town) == []
    kiku.taps("元気を確認しました")
    kiku.sees("安心しました")
    clock.moves_to("15:00")
    town.makes_rounds()
    assert open_tasks(town) == []


def test_pausing_changing_and_stopping_by_one_sentence(town, clock):
    hana = join(town, "ハナ", "9〜11時")
    hana.says("入院するから見守りを休む")
    hana.taps("1週間")
    hana.sees("12月1日（火）までお休み")
    hana.taps("はい")
    hana.sees("12月2日（水）からまた")
    clock.moves_to("09:00")
    town.makes_rounds()
    hana.says("見守りを再開して")
    hana.sees("お休みをおわりました")
    hana.says("見守りの時間を変更したい")
    hana.taps("曜日をえらぶ")
    hana.taps("月曜")
    hana.taps("木曜")
    hana.taps("これでよい")
    hana.taps("17〜19時")
    hana.sees("月・木曜日")
    clock.moves_to("17:00")  # Wednesday
    town.makes_rounds()
    clock.moves_to("17:00")  # Thursday
    town.makes_rounds()
    assert [words for words in hana.answers if words.startswith("こんにちは")]
    hana.says("見守りをやめたい")
    hana.taps("いいえ")
    hana.sees("そのままつづけます")
    hana.says("見守りをやめたい")
    hana.taps("はい")
    hana.sees("やめました")
    clock.moves_on(days=8)
    town.makes_rounds()
    assert open_tasks(town) == []
    hana.blocks()  # nobody watches over them any more: no alarm
    assert open_tasks(town) == []


def test_a_code_of_letters_that_are_a_laugh_elsewhere_is_read_as_written(town, monkeypatch):
    monkeypatch.setattr(contacts, "SIGNS", "W")  # 「ww」 in prose is a laugh, in a code it is two letters
    contact(town, join(town, "ハナ", "9〜11時"), "娘")
    assert say_handoff.on_call_code("当番登録　ｗWW22Ww") == "WWW22WW"
