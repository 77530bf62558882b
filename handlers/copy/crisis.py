"""Words for somebody in danger: warm, short, without questions that must be answered."""

from collections.abc import Sequence
from datetime import datetime

from bot.conversation import Card, Cards, Dial, Row, Text
from bot.services.council import Council
from bot.store.knowledge import Resource
from handlers.copy import _
from handlers.copy.common import office_line, quiet_alt
from handlers.copy.handoff import DAYS
from knowledge import hours


def kind_words(kind: str, *, staff_words: str = "") -> Text:
    words = {
        "suicide_or_self_harm": _("話してくださって、ありがとうございます。とてもつらいのですね。\nあなたも、あなたの大切な人も、命がいちばんです。今すぐ声を聞いてくれる人がいます。ひとりで抱えないでください。"),
        "another": _("知らせてくださって、ありがとうございます。その方のことが、とても心配ですね。\n「死にたいほどつらいの」と、たずねてもだいじょうぶです。しからず、はげまさず、そのまま聞いてください。できるだけ、ひとりにしないでください。\nいまにもあぶないとき、連絡がとれないときは、119か110へ電話してください。どう話せばよいか、あなたも下の番号に相談できます。"),
        "medical_emergency": _("すぐに119へ電話してください。救急車が来るまで、電話の人の言うとおりにしてください。"),
        "fire_or_gas": _("まず外に逃げてください。火やスイッチにはさわらず、安全な所から119へ電話してください。"),
        "violence_now": _("まず安全な所へ逃げてください。すぐに110へ電話してください。声を出せないときも、つないだままで大丈夫です。"),
        "child_abuse": _("教えてくださって、ありがとうございます。子どもの安全がいちばん大切です。まちがっていてもかまいません。あなたが話したことは秘密にされます。"),
        "elder_abuse": _("教えてくださって、ありがとうございます。まず体の安全がいちばん大切です。危ないときは、すぐ110へ電話してください。"),
        "domestic_violence": _("話してくださって、ありがとうございます。あなたは悪くありません。危ないときは110へ。相談できる所があります。"),
        "sexual_violence": _("話してくださって、ありがとうございます。あなたは悪くありません。ひとりで抱えなくて大丈夫です。"),
        "no_food_or_lifeline": _("よく話してくださいました。食べることと暮らしを守る方法を、いっしょに考える所があります。"),
        "missing_person": _("すぐに110へ電話してください。早いほど見つかりやすくなります。服や行きそうな所を伝えてください。"),
        "desperate_parent": _("よく話してくださいました。それほど、がんばってこられたのですね。まず、お子さんを安全な所に寝かせて、少し離れて息をしてください。すぐ話を聞いてくれる人がいます。"),
        "danger_to_others": _("命があぶない人がいるときは、すぐに110か119へ電話してください。あなたも安全な所にいてください。気持ちがおさえられないときも、話を聞いてくれる人がいます。"),
    }  # fmt: skip
    return Text(words[kind] + ("\n" + staff_words if staff_words else ""))


def staff_was_told(opens: datetime | None, now: datetime) -> str:
    """Whether somebody is there now. `opens`: when the desk opens next (now or before: it is open); None: not known."""
    told = _("職員にも知らせました。")
    if opens is not None and opens <= now:
        told += _("いま窓口は開いていますが、すぐに読めないこともあります。")
    elif opens is not None:
        told += _("いま窓口は閉まっていて、職員がここを読むのは{when}になることがあります。").format(
            when=_when(opens, now)
        )
    else:
        told += _("すぐに読めないこともあります。")
    return told + _("いそぐときは、下の番号へ電話してください。")


def _when(opens: datetime, now: datetime) -> str:
    days = (opens.date() - now.date()).days
    day = {0: _("きょう"), 1: _("あす")}.get(days) or f"{opens.month}月{opens.day}日（{DAYS[opens.weekday()]}）の"
    return _("{day}{hour}時ごろ").format(day=day, hour=opens.hour)


def ask_gently(kind: str) -> Text:
    """One question instead of an alarm: about oneself where it sounds so, else whether somebody is in danger now."""
    if kind == "suicide_or_self_harm":
        return Text(
            _(
                "つらいなかで書いてくださって、ありがとうございます。\nもしかして、死にたい、消えたいと思うほどつらいですか。"
            )
        )
    return Text(_("教えてくださって、ありがとうございます。\nいま、あなたやだれかの命や体があぶないようすですか。"))


def yes_it_is(kind: str) -> str:
    return _("はい、つらいです") if kind == "suicide_or_self_harm" else _("はい、心配です")


def no_but() -> str:
    return _("いいえ、そこまでは")


def to_a_person() -> str:
    return _("人につなぐ")


def glad_to_listen(about: str, council: Council) -> Text:
    words = _(
        "わかりました。ようすが変わったら、いつでも書いてください。心配なことは、名前を言わずに知らせることもできます。"
    )
    if about in ("", "suicide_or_self_harm"):
        words = _(
            "教えてくださって、ありがとうございます。つらくなったら、いつでも書いてください。人と話したいときは、こちらです。"
        )
    return Text(words + "\n" + office_line(council))


def cards(rows: Sequence[Resource], now: datetime, order: Sequence[str]) -> Cards:
    """One card for each line; those that can be reached now come first, emergency numbers before all."""

    def rank(row: Resource) -> tuple[bool, bool, int]:
        read = hours.read(row.hours)
        is_closed = read is not None and not read.is_open(now)
        return (row.category != "緊急" or order.index(row.id) > 1, is_closed, order.index(row.id))

    return Cards(tuple(_card(row, now) for row in sorted(rows, key=rank)), quiet_alt())


def emergency_only() -> Cards:
    """Where no knowledge base was loaded: the two numbers that hold everywhere in Japan."""
    actions = (Dial(_("119（救急・火事）"), "119"), Dial(_("110（警察）"), "110"))
    return Cards((Card(title=_("いますぐ助けがいるとき"), actions=actions, tone="urgent"),), quiet_alt())


def _card(row: Resource, now: datetime) -> Card:
    read = hours.read(row.hours)
    rows = [Row(_("電話"), "、".join(row.phones))]
    if read is not None:
        rows.append(Row(_("きょう"), read.today_words(now), "good" if read.is_open(now) else "muted"))
    elif row.hours:
        rows.append(Row(_("時間"), row.hours))
    if row.cost:
        rows.append(Row(_("料金"), row.cost))
    return Card(
        title=row.name,
        body=row.description,
        rows=tuple(rows),
        actions=tuple(Dial(_("{number} に電話する").format(number=number), number) for number in row.phones[:1]),
        tone="urgent" if row.category == "緊急" else "plain",
    )
