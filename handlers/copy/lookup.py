"""Places to get help, as cards."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.conversation import Action, Card, Cards, Dial, Open, Row, Tap, Text
from bot.services.council import Council
from bot.store.knowledge import Answer, Resource
from handlers.copy import _, speaking
from handlers.copy.common import office_line, quiet_alt
from knowledge import hours

STALE_AFTER_DAYS = 365
MAP = "https://www.google.com/maps/search/?api=1&query={query}"


def here_it_is(count: int) -> Text:
    return Text(
        _("こちらに相談できます。")
        if count == 1
        else _("相談できる所が{count}つあります。横に動かして見られます。").format(count=count)
    )


def might_be() -> Text:
    return Text(_("もしかして、次のどれかでしょうか。近いものをえらんでください。"))


def no_one_of_these() -> str:
    return _("どれもちがう")


def found_nothing(council: Council) -> Text:
    return Text(
        _("すみません、ぴったりの所が見つかりませんでした。")
        + "\n"
        + _("人に聞くのがいちばん早いかもしれません。")
        + "\n"
        + office_line(council)
    )


def ask_the_office(council: Council) -> Text:
    """The best match is not confirmed yet, so people are led to those who know."""
    words = (
        _("くわしい連絡先は、いま確かめているところです。まず、こちらに聞いてください。") + "\n" + office_line(council)
    )
    if council.city_hall_phone:
        words += f"\n{council.city_hall_name}　{council.city_hall_phone}"
    return Text(words)


def sorry_not_this() -> Text:
    return Text(_("ちがいましたね。すみません。ほかの所を見てみます。"))


def shall_a_person_help(council: Council) -> Text:
    return Text(_("お役に立てず、すみません。人と話してみませんか。") + "\n" + office_line(council))


def not_there_any_more() -> Text:
    return Text(_("すみません、いまはご案内できなくなりました。ほかの言葉で聞いてみてください。"))


def no_more() -> Text:
    return Text(_("これで全部です。ほかの言葉でも聞いてみてください。"))


def glad_it_helped() -> Text:
    return Text(_("よかったです。ありがとうございます。"))


def helped() -> str:
    return _("役に立った")


def not_this() -> str:
    return _("ちがう")


def show_more() -> str:
    return _("ほかを見る")


def more_words() -> tuple[str, ...]:
    """「ほかを見る」, and what people write in its place."""
    return (
        show_more(),
        _("ほか"),
        _("ほかには"),
        _("ほかにある"),
        _("もっと"),
        _("もっと見る"),
        _("もっと見せて"),
        _("つぎ"),
        _("次"),
    )


def ask_category() -> Text:
    return Text(_("どんなことですか。えらぶか、ふだんの言葉で書いてください。"))


def cards(
    shown: Sequence[Resource | Answer],
    *,
    now: datetime,
    kilometres: Sequence[float | None] = (),
    linked: Sequence[Resource] = (),
    council: Council,
) -> Cards:
    """A card each. `linked` are resources that answers name and that have no card of their own here."""
    distances = list(kilometres) or [None] * len(shown)
    linked = [*(one for one in shown if isinstance(one, Resource)), *linked]
    made = [
        resource_card(one, now=now, kilometres=distance)
        if isinstance(one, Resource)
        else answer_card(one, now.date(), linked)
        for one, distance in zip(shown, distances, strict=True)
    ]
    return Cards(tuple(made), quiet_alt())


def cards_in(language: str, shown: Sequence[Resource], *, now: datetime, council: Council) -> Cards:
    """The same cards in a resident's language, for staff to send."""
    with speaking(language):
        return cards(shown, now=now, council=council)


def resource_card(resource: Resource, *, now: datetime, kilometres: float | None = None) -> Card:
    rows = []
    if resource.paused_message:
        rows.append(Row(_("お知らせ"), resource.paused_message, "warn"))
    today = hours.today(resource.hours, resource.special_days or (), now)
    if today is not None and not resource.paused_message:
        words, is_open = today
        rows.append(Row(_("きょう"), words, "good" if is_open else "muted"))
    if resource.hours:
        rows.append(Row(_("時間"), resource.hours))
    if resource.ends_on:
        last = resource.ends_on
        rows.append(Row(_("いつまで"), _("{month}月{day}日まで").format(month=last.month, day=last.day)))
    if resource.phones:
        rows.append(Row(_("電話"), "、".join(resource.phones)))
    if resource.languages:
        rows.append(Row(_("ことば"), resource.languages.replace(";", "、")))
    if resource.accessibility:
        rows.append(Row(_("設備"), resource.accessibility.replace(";", "、")))
    if resource.cost:
        rows.append(Row(_("料金"), resource.cost))
    if resource.eligibility:
        rows.append(Row(_("対象"), resource.eligibility))
    if resource.address or kilometres is not None:
        away = "" if kilometres is None else f"（{distance_words(kilometres)}）"
        rows.append(Row(_("場所"), f"{resource.address}{away}"))
    return Card(
        title=resource.name,
        note=resource.category,
        body=resource.description,
        rows=tuple(rows),
        actions=_actions(resource),
        footnote=_verified(resource.verified_on, now.date(), resource.credit),
    )


def answer_card(answer: Answer, today: date, linked: Sequence[Resource] = ()) -> Card:
    return Card(
        title=answer.question,
        note=_("よくある質問"),
        body=answer.answer,
        rows=(Row(_("お知らせ"), answer.paused_message, "warn"),) if answer.paused_message else (),
        actions=tuple(
            Dial(_("{name}に電話").format(name=one.name), one.phones[0])
            for one in {one.id: one for one in linked}.values()
            if one.id in answer.resources[:2] and one.phones
        ),
        footnote=_verified(answer.verified_on, today, answer.credit),
    )


def distance_words(kilometres: float) -> str:
    if kilometres < 1:
        return _("約{metres}m").format(metres=max(100, round(kilometres * 10) * 100))
    return _("約{kilometres}km").format(kilometres=round(kilometres, 1))


def _actions(resource: Resource) -> tuple[Action, ...]:
    actions: list[Action] = [
        Dial(_("電話する") if len(resource.phones) == 1 else number, number) for number in resource.phones[:2]
    ]
    if resource.address:
        where = f"{resource.latitude},{resource.longitude}" if resource.latitude is not None else resource.address
        actions.append(Open(_("地図を見る"), MAP.format(query=where)))
    if resource.url.startswith(("http://", "https://")):
        actions.append(Open(_("ホームページ"), resource.url))
    return tuple(actions)


def _verified(on: date | None, today: date, credit: str) -> str:
    parts = []
    if on is not None:
        parts.append(_("{year}年{month}月に確認").format(year=on.year, month=on.month))
        if (today - on).days > STALE_AFTER_DAYS:
            parts.append(_("古い情報かもしれません。先に電話で確かめてください"))
    if credit:
        parts.append(credit)
    return "・".join(parts)


def choose(shown: Sequence[Resource | Answer]) -> tuple[Action, ...]:
    """One button for each possible meaning."""
    return tuple(
        Tap(one.name if isinstance(one, Resource) else one.question, "lookup.show", f"{one.__tablename__}/{one.id}")
        for one in shown
    )
