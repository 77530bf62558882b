"""Telling a worry anonymously: short, calm, and clear about what is known and what is not."""

from collections.abc import Sequence
from datetime import date

from bot.conversation import Card, Cards, Row, Tap, Text
from bot.services.council import Council
from handlers.copy import _
from handlers.copy.common import office_line, quiet_alt

MOST_CARDS = 10


def how() -> Text:
    return Text(
        _(
            "お名前を言わずに知らせられます。だれが知らせたかは、職員にもわかりません。\nウェブのページに書くと、書いたことばがLINEに残りません。そちらがおすすめです。\n命があぶないときは、すぐ119か110へ電話してください。"
        )
    )


def open_page() -> str:
    return _("ページを開いて書く")


def write_here() -> str:
    return _("ここで書く")


def read_answer() -> str:
    return _("返事は来ましたか")


def page_or_here() -> Text:
    return Text(_("ページを開いて書くか、「ここで書く」をえらんでください。"))


def enough_for_today(council: Council) -> Text:
    return Text(
        _("きょうはたくさん知らせていただきました。つづきは、あすお願いします。お急ぎのときは、お電話ください。")
        + "\n"
        + office_line(council)
    )


def ask_kind() -> Text:
    return Text(_("どんなことが心配ですか。"))


def kind(name: str) -> str:
    return {
        "child": _("子ども"),
        "older_person": _("お年より"),
        "disability": _("障害のある方"),
        "money": _("お金・くらし"),
        "loneliness": _("ひとりぼっち"),
        "house": _("家・ごみ"),
        "other": _("そのほか"),
    }[name]


def skip() -> str:
    return _("とばす")


def more_areas() -> str:
    return _("ほかの校区")


def choose_below() -> Text:
    return Text(_("下のボタンからえらんでください。"))


def ask_place() -> Text:
    return Text(_("どのあたりのことですか。番地は書かなくてかまいません。"))


def ask_seen() -> Text:
    return Text(
        _("見たこと、気になることを、一つのメッセージで書いてください。あなたのお名前や電話番号は書かないでください。")
    )


def no_words() -> str:
    """What stands in a report whose reporter told only the kind or the place."""
    return _("（ことばは書いていません）")


def please_in_words() -> Text:
    return Text(_("ことばで書いてください。短くてかまいません。"))


def names_somebody() -> Text:
    return Text(
        _(
            "お名前や電話番号、メールアドレスが入っているようです。あなたがだれか、わかってしまうかもしれません。どうしますか。"
        )
    )


def leave_out() -> str:
    return _("はぶいて知らせる")


def keep_it() -> str:
    return _("このまま知らせる")


def ask_since() -> Text:
    return Text(_("いつごろからですか。"))


def since_choices() -> tuple[str, ...]:
    return (_("きょう"), _("この一週間"), _("一か月くらい"), _("もっと前から"))


def ask_urgent() -> Text:
    return Text(_("いますぐ助けがいりますか。命があぶないときは、まず119か110へ電話してください。"))


def yes() -> str:
    return _("はい")


def no() -> str:
    return _("いいえ")


def summary(kind_name: str, area: str, seen: str, since: str, is_urgent: bool) -> Cards:
    """A card, because the first words of a plain message stand on the lock screen."""
    rows = [
        Row(_("心配なこと"), kind(kind_name)),
        Row(_("ところ"), area or _("書いていません")),
        Row(_("いつから"), since or _("書いていません")),
    ]
    if is_urgent:
        rows.append(Row(_("いそぎ"), _("いそぎです"), "warn"))
    return Cards((Card(title=_("これで知らせます。よろしいですか。"), body=seen, rows=tuple(rows)),), quiet_alt())


def send() -> str:
    return _("知らせる")


def stop() -> str:
    return _("知らせない")


def nothing_sent() -> Text:
    return Text(_("わかりました。何も知らせていません。書いたことも消しました。"))


def sent_before() -> Text:
    return Text(_("これは、もう受けつけています。"))


def received(due: date, is_urgent: bool) -> Text:
    words = _("知らせてくださって、ありがとうございます。受けつけました。")
    if is_urgent:
        words += "\n" + _("いそぎの知らせとして、職員がまっさきに読みます。")
    return Text(
        words
        + "\n"
        + _("{month}月{day}日までに、さいしょの返事を用意します。返事は、次のひかえの番号で読めます。").format(
            month=due.month, day=due.day
        )
    )


def code(code_: str) -> Cards:
    """A card, so that the code does not stand on the lock screen. Its button asks for the answer with one tap: the code
    lies in the button, on the resident's phone, and nowhere here."""
    note = _(
        "この番号は、いちどしか出ません。紙に書きとめてください。「返事は来ましたか」を押すと、いつでも返事を読めます。番号を書きとめたら、このメッセージは消してかまいません。"
    )
    ask = Tap(read_answer(), "worry.receipt", code_, shows_label=False)
    return Cards((Card(title=_("ひかえの番号"), body=code_, actions=(ask,), footnote=note),), quiet_alt())


def ask_code() -> Text:
    return Text(_("ひかえの番号を書いてください。4文字ずつ、5つに分かれた番号です。大文字でも小文字でもかまいません。"))


def wrong_code() -> Text:
    return Text(_("その番号では見つかりませんでした。もう一度、番号を確かめて書いてください。"))


def too_many_codes(council: Council) -> Text:
    return Text(
        _(
            "番号のまちがいがつづいたため、きょうはここまでにします。お電話や窓口でも、番号を言えば返事をお聞きになれます。"
        )
        + "\n"
        + office_line(council)
    )


def talk(said: Sequence[tuple[str, str, date]], due: date | None) -> Cards:
    """What was said, the newest first, one card each."""
    who = {"reporter": _("あなた"), "staff": _("職員")}
    cards = [Card(title=who[speaker], note=f"{on.month}/{on.day}", body=words) for speaker, words, on in reversed(said)]
    promise = (
        _("{month}月{day}日までに返事を用意します。").format(month=due.month, day=due.day) if due is not None else ""
    )
    if not any(speaker == "staff" for speaker, _words, _on in said):
        cards.insert(0, Card(title=_("たしかに受けつけています"), body=_("返事はまだです。") + promise))
    elif promise:
        cards.append(Card(title=_("つづきを受けつけています"), body=promise))
    return Cards(tuple(cards[:MOST_CARDS]), quiet_alt())


def write_more() -> str:
    return _("つづきを書く")


def ask_more() -> Text:
    return Text(_("つづきを、一つのメッセージで書いてください。お名前や電話番号は書かないでください。"))


def added(due: date) -> Text:
    return Text(
        _("つづきを受けつけました。{month}月{day}日までに返事を用意します。").format(month=due.month, day=due.day)
    )
