"""One's own check-ins: how they stand; pausing, changing, stopping."""

from collections.abc import Sequence
from datetime import date

from bot.conversation import Card, Cards, Row, Tap, Text
from bot.store.checkins import CheckinContact, CheckinPlan
from handlers.copy import _
from handlers.copy.checkin import day_name
from handlers.copy.checkin_joining import days_of, hours
from handlers.copy.common import quiet_alt


def your_plan(plan: CheckinPlan, next_on: date | None, contacts: Sequence[CheckinContact], group: str) -> Cards:
    rows = [
        Row(_("日"), days_of(plan)),
        Row(_("時間"), hours(plan.window_from, plan.window_to)),
        Row(_("つぎ"), day_name(next_on) if next_on else _("お休み中")),
        Row(_("合言葉"), plan.shared_word or _("まだありません")),
    ]
    for one in contacts:
        state = "" if one.confirmed_at else _("（お返事待ち）")
        rows.append(Row(_("連絡先"), f"{one.name}{state}"))
    if group:
        rows.append(Row(_("つながり"), group))
    card = Card(title=_("あなたの見守りメッセージ"), rows=tuple(rows))
    return Cards((card,), quiet_alt())


def plan_choices(plan: CheckinPlan, *, has_group: bool) -> tuple[Tap, ...]:
    pause_ = (
        Tap(_("お休みをおわる"), "checkin.resume") if plan.state == "paused" else Tap(_("お休みする"), "checkin.pause")
    )
    group = Tap(_("つながりをぬける"), "checkin.leave_group") if has_group else Tap(_("つながり"), "checkin.group")
    return (
        pause_,
        Tap(_("日や時間を変える"), "checkin.change"),
        Tap(_("連絡先を決める"), "checkin.contact"),
        group,
        Tap(_("やめる"), "checkin.stop"),
    )


def ask_until_when() -> Text:
    return Text(_("いつまでお休みにしますか。"))


def until_choices() -> tuple[tuple[int, str], ...]:
    return ((3, _("3日")), (7, _("1週間")), (30, _("1か月")))


def pick_day() -> str:
    return _("日にちを選ぶ")


def that_day_is_over() -> Text:
    return Text(_("その日はもう過ぎています。1年より先の日もえらべません。もう一度えらんでください。"))


def is_this_right(until: date) -> Text:
    return Text(_("{day}までお休みにします。よろしいですか。").format(day=day_name(until)))


def paused(until: date, next_on: date) -> Text:
    return Text(
        _("{day}までお休みにしました。{next}からまたおたずねします。").format(
            day=day_name(until), next=day_name(next_on)
        )
    )


def resumed(next_on: date) -> Text:
    return Text(_("お休みをおわりました。つぎは{day}におたずねします。").format(day=day_name(next_on)))


def changed(plan: CheckinPlan, next_on: date) -> Text:
    return Text(
        _("変えました。{days}、{hours}です。つぎは{day}です。").format(
            days=days_of(plan), hours=hours(plan.window_from, plan.window_to), day=day_name(next_on)
        )
    )


def really_stop() -> Text:
    return Text(_("見守りメッセージをやめます。お返事がなくても、だれも気づけなくなります。よろしいですか。"))


def yes() -> str:
    return _("はい")


def no() -> str:
    return _("いいえ")


def unchanged() -> Text:
    return Text(_("わかりました。そのままつづけます。"))


def stopped() -> Text:
    return Text(_("やめました。いままで、ありがとうございました。またいつでもはじめられます。"))


def no_plan() -> Text:
    return Text(_("見守りメッセージは、まだはじまっていません。「見守りメッセージ」からはじめられます。"))
