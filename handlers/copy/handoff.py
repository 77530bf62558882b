"""From the bot to people."""

from datetime import date, datetime

from bot.conversation import Card, Cards, Open, Row, Tap, Text
from bot.services.council import Council
from handlers.copy import _
from handlers.copy.common import office_actions, quiet_alt
from knowledge.search.words import as_written, normalise

DAYS = "月火水木金土日"


def telephone(council: Council, is_office_hours_known: bool) -> Cards:
    body = _("お話をうかがう窓口です。どこに相談すればよいか分からないときも、お電話ください。")
    if not is_office_hours_known:
        body += "\n" + _("受付の時間は、お電話で確かめてください。")
    card = Card(
        title=council.name or _("お住まいの市の社会福祉協議会"),
        note=_("人に相談する"),
        body=body,
        rows=(Row(_("電話"), council.phone),) if council.phone else (),
        actions=office_actions(council),
    )
    return Cards((card,), quiet_alt())


CONSENT_VERSION = "2026-11"
"""Names the words of `consent`. Change it with them: it is kept with every yes."""


def consent(keep_days: int, *, is_room: bool) -> Text:
    read_by = _("読むのは社協の職員だけです。これまでのやりとりも読みます。")
    kept = _("相談がおわって{span}たつと消します。").format(span=_span(keep_days))
    where = (
        _("LINEには残らない「相談ルーム」で、職員とやりとりできます。はじめますか。")
        if is_room
        else _("このトークで、職員とやりとりできます。はじめますか。")
    )
    return Text(f"{read_by}\n{kept}\n\n{where}")


def _span(days: int) -> str:
    years, rest = divmod(days, 365)
    return _("{count}年").format(count=years) if years and not rest else _("{count}日").format(count=days)


def begin(way: str, *, is_only_one: bool) -> str:
    if is_only_one:
        return _("はじめる")
    return _("相談ルームではじめる") if way == "room" else _("このトークではじめる")


def go_on_with_last() -> str:
    return _("前の相談のつづき")


def is_yes(said: str) -> bool:
    return normalise(said).strip("。.!！ ") in ("はい", "うん", "お願いします", "おねがいします", "はい、お願いします")


def call_me() -> str:
    return _("電話をもらう")


def not_now() -> str:
    return _("いまはやめる")


def choose() -> Text:
    return Text(_("下のボタンからえらんでください。やめるときは「いまはやめる」です。"))


def whenever_you_like() -> Text:
    return Text(_("わかりました。相談したくなったら、いつでも声をかけてください。"))


def ask_topic(*, is_room: bool) -> Text:
    if is_room:
        return Text(_("どんなことですか。近いものをえらんでください。くわしいことは、相談ルームに書けます。"))
    return Text(_("どんなことですか。近いものをえらぶか、そのまま書いてください。"))


def topic(name: str) -> str:
    return {
        "care": _("介護・お年より"),
        "children": _("子育て・子ども"),
        "money": _("お金・くらし"),
        "disability": _("障害"),
        "loneliness": _("さみしさ・こころ"),
        "other": _("そのほか"),
    }[name]


def by_when(promised: datetime, today: date) -> str:
    """「あす11時まで」: the day as people say it, and the hour."""
    days = (promised.date() - today).days
    day = (
        _("きょう")
        if days == 0
        else _("あす")
        if days == 1
        else f"{promised.month}月{promised.day}日（{DAYS[promised.weekday()]}）の"
    )
    minutes = f"{promised.minute}分" if promised.minute else ""
    return _("{day}{hour}時{minutes}まで").format(day=day, hour=promised.hour, minutes=minutes)


def _quietly(words: str) -> Cards:
    """What names the subject: a card, because a lock screen shows plain words."""
    return Cards((Card(title=_("人に相談する"), body=words),), quiet_alt())


def received(promised: datetime, today: date, guessed: str, *, is_room: bool) -> Text | Cards:
    about = _("「{topic}」のご相談として、").format(topic=guessed) if guessed else ""
    first = about + _("受けつけました。{when}にお返事します。").format(when=by_when(promised, today))
    write = (
        _("くわしいことは、下の相談ルームに書いてください。")
        if is_room
        else _("それまでに伝えたいことを、つづけて書いてください。")
    )
    last = _("命があぶないときは、119か110へ電話してください。ボットに戻るときは「ボットに戻る」と書いてください。")
    words = "\n".join((first, write, last))
    return _quietly(words) if guessed else Text(words)


def still_with_people(promised: datetime | None, today: date) -> Text:
    if promised is None:
        return Text(_("職員が読みます。つづけてどうぞ。ボットに戻るときは「ボットに戻る」と書いてください。"))
    return Text(
        _(
            "ご相談を受けつけています。{when}にお返事します。ボットに戻るときは「ボットに戻る」と書いてください。"
        ).format(when=by_when(promised, today))
    )


def another_topic() -> str:
    return _("べつのことがらです")


def which_topic() -> Text:
    return Text(_("近いものをえらんでください。"))


def topic_is_now(words: str) -> Cards:
    return _quietly(_("「{topic}」のご相談に直しました。").format(topic=words))


def nothing_open() -> Text:
    return Text(_("いま、つづいているご相談はありません。相談したいときは「人に相談する」をおしてください。"))


def room_door(url: str, first: str = "") -> Cards:
    card = Card(
        title=_("相談ルーム"),
        body=first + _("ここに書いたことは、LINEには残りません。"),
        actions=(Open(_("相談ルームをひらく"), url), new_link()),
        footnote=_("このボタンは30分、あなただけが使えます。"),
    )
    return Cards((card,), quiet_alt())


def new_link() -> Tap:
    return Tap(_("ひらけないとき"), "handoff.room")


def a_reply_waits(url: str) -> Cards:
    card = Card(
        title=_("返事が届きました"),
        body=_("相談ルームで読めます。"),
        actions=(Open(_("相談ルームをひらく"), url), new_link()),
    )
    return Cards((card,), quiet_alt())


def only_words_here() -> Text:
    return Text(_("すみません、ここでは写真や音声を職員が見られません。言葉で書いてもらえますか。"))


def better_in_the_room(url: str, *, is_file: bool) -> Cards:
    told = _("職員に伝わりました")
    later = _("お返事は相談ルームに届きます。つづきは、そちらに書いてください。")
    card = Card(
        title=_("写真は相談ルームから送れます") if is_file else told,
        body=_("ここに送られたものは、職員が見られません。") if is_file else later,
        actions=(Open(_("相談ルームをひらく"), url), new_link()),
    )
    return Cards((card,), quiet_alt())


def back_to_bot() -> Tap:
    return Tap(_("ボットに戻る"), "flow.bot")


def sorry_for_waiting(promised: datetime, today: date) -> Text:
    return Text(
        _("お待たせして、すみません。まだお返事できていません。{when}にお返事します。").format(
            when=by_when(promised, today)
        )
        + "\n"
        + _("いそぐときは、お電話ください。命があぶないときは、119か110へ電話してください。")
    )


def invitation(council: Council) -> Text:
    name = council.name or _("社会福祉協議会")
    return Text(
        _("{name}の職員が、お話ししたいことがあります。よければ、下のボタンをおしてください。").format(name=name)
    )


def talk_with_staff() -> str:
    return _("職員と話す")


def was_it_useful() -> Text:
    return Text(_("ご相談は、役に立ちましたか。"))


def useful_choices(case: str) -> tuple[Tap, ...]:
    return (
        Tap(_("役に立った"), "handoff.useful", f"{case}:yes"),
        Tap(_("あまり"), "handoff.useful", f"{case}:no"),
        go_on_button(),
    )


def go_on_button() -> Tap:
    return Tap(_("つづきを相談する"), "handoff.again")


def thanks_for_telling(days: int, *, is_useful: bool) -> Text:
    thanks = _("教えてくださって、ありがとうございます。")
    if not is_useful:
        thanks += _("もっとよくします。")
    if not days:
        return Text(thanks + _("また困ったら「人に相談する」をおしてください。"))
    return Text(
        thanks + "\n" + _("{days}日のあいだは「つづきを相談する」で、前のつづきから話せます。").format(days=days)
    )


def bot_is_back(*, is_open: bool) -> Text:
    words = _("ボットがお答えします。ここでは、こんなことができます。\n・困りごとを書くと、相談できる所をさがします")
    return Text(words + ("\n" + _("職員への相談は、そのまま受けつけています。") if is_open else ""))


def on_call_code(said: str) -> str:
    """The code in 「当番登録 ABCD2345」, or nothing."""
    word, _space, code = as_written(said).upper().partition(" ")
    return code.strip() if word == "当番登録" else ""


def on_call_linked() -> Text:
    return Text(_("当番として登録しました。いそぎの知らせが見られていないとき、ここに届きます。"))


def on_call_unknown() -> Text:
    return Text(_("その番号は使えません。職員の画面で、番号を確かめてください。"))
