"""From the bot to people."""

from datetime import date

from bot.conversation import Card, Cards, Row, Text
from bot.services.council import Council
from handlers.copy import _
from handlers.copy.common import office_actions, quiet_alt
from knowledge.search.words import normalise

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


def consent() -> Text:
    return Text(
        _(
            "このトークで、職員とやりとりもできます。\n書いたことを読むのは社協の職員だけです。これまでのやりとりも職員が読みます。はじめますか。"
        )
    )


def begin() -> str:
    return _("はじめる")


def not_now() -> str:
    return _("いまはやめる")


def choose() -> Text:
    return Text(_("「はじめる」か「いまはやめる」をえらんでください。"))


def whenever_you_like() -> Text:
    return Text(_("わかりました。相談したくなったら、いつでも声をかけてください。"))


def ask_topic() -> Text:
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


def received(promised_on: date) -> Text:
    day = f"{promised_on.month}月{promised_on.day}日（{DAYS[promised_on.weekday()]}）"
    return Text(
        _(
            "受けつけました。{day}のうちに、職員がここでお返事します。\nそれまでに伝えたいことを、つづけて書いてください。"
        ).format(day=day)
        + "\n"
        + _("命があぶないときは、119か110へ電話してください。ボットに戻るときは「ボットに戻る」と書いてください。")
    )


def bot_is_back(*, is_open: bool) -> Text:
    words = _("ボットがお答えします。ここでは、こんなことができます。\n・困りごとを書くと、相談できる所をさがします")
    return Text(words + ("\n" + _("職員への相談は、そのまま受けつけています。") if is_open else ""))


def staff_was_told() -> str:
    return _("職員にも知らせました。すぐに読めないこともあります。いそぐときは、下の番号へ電話してください。")


def on_call_code(said: str) -> str:
    """The code in 「当番登録 ABCD2345」, or nothing."""
    word, _space, code = normalise(said).upper().partition(" ")
    return code.strip() if word == "当番登録" else ""


def on_call_linked() -> Text:
    return Text(_("当番として登録しました。いそぎの知らせが見られていないとき、ここに届きます。"))


def on_call_unknown() -> Text:
    return Text(_("その番号は使えません。職員の画面で、番号を確かめてください。"))
