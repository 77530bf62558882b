"""Joining the check-ins: what they are, which days and hours, the card that was printed."""

from datetime import date

from bot.conversation import Card, Cards, Choice, Text
from bot.services.council import Council
from bot.store.checkins import CheckinPlan
from handlers.copy import _
from handlers.copy.checkin import day_name
from handlers.copy.common import office_actions, quiet_alt

DAYS = "月火水木金土日"


def what_it_is(council: Council) -> Cards:
    card = Card(
        title=_("見守りメッセージ"),
        body=_(
            "えらんだ日と時間に「お変わりありませんか」とおたずねします。「元気です」を1回おすだけです。\nお返事がないときは、もう一度おたずねし、それでもなければ職員がお電話し、おうちをたずねることもあります。"
        ),
        actions=office_actions(council),
    )
    return Cards((card,), quiet_alt())


def ask_consent() -> Text:
    return Text(
        _(
            "はじめる前に、おやくそくです。\n・お返事のようすと電話番号は、社協の職員だけが見ます\n・お返事がないときだけ、あなたが決めた連絡先に「ようすを見てください」と伝えます\n・相談の中身は、連絡先には伝えません\n・いつでも休んだり、やめたりできます\n・119番の代わりにはなりません\nはじめますか。"
        )
    )


def begin() -> str:
    return _("はじめる")


def have_a_card() -> str:
    return _("カードの番号がある")


def not_now() -> str:
    return _("いまはやめる")


def choose() -> Text:
    return Text(_("下のボタンからえらんでください。"))


def whenever_you_like() -> Text:
    return Text(_("わかりました。はじめたくなったら「見守りメッセージ」をおしてください。"))


def ask_days() -> Text:
    return Text(_("いつおたずねしましょうか。"))


def every_day() -> str:
    return _("毎日")


def chosen_weekdays() -> str:
    return _("曜日をえらぶ")


def every_days(count: int) -> str:
    return _("週に1回") if count == 7 else _("{count}日に1回").format(count=count)


def ask_weekdays(chosen: str) -> Text:
    if not chosen:
        return Text(_("曜日を1つずつえらんで、おわったら「これでよい」をおしてください。"))
    names = "・".join(DAYS[int(one)] for one in sorted(chosen))
    return Text(_("いま：{names}\nほかにもえらぶか、「これでよい」をおしてください。").format(names=names))


def weekday(number: int) -> str:
    return _("{day}曜").format(day=DAYS[number])


def that_is_all() -> str:
    return _("これでよい")


def ask_time() -> Text:
    return Text(_("何時ごろがよいですか。えらんだ時間のはじめに、お送りします。"))


def hours(begins: int, ends: int) -> str:
    return _("{begins}〜{ends}時").format(begins=begins // 60, ends=ends // 60)


def ask_name() -> Text:
    return Text(_("何とお呼びすればよいですか。お電話や、連絡先にお伝えするときに使います。"))


def ask_phone() -> Text:
    return Text(
        _("お返事がないときにお電話する番号を書いてください。ここに書きたくないときは「あとで職員に伝える」をどうぞ。")
    )


def tell_staff_later() -> str:
    return _("あとで職員に伝える")


def that_is_no_phone_number() -> Text:
    return Text(_("番号の数字が足りないようです。市外局番から書いてください。（例：0から始まる10けたか11けた）"))


def joined(plan: CheckinPlan, first: date) -> Text:
    return Text(
        _("{days}、{hours}におたずねします。はじめは{day}です。").format(
            days=days_of(plan), hours=hours(plan.window_from, plan.window_to), day=day_name(first)
        )
        + "\n"
        + _("職員がお電話するときの合言葉は「{word}」です。").format(word=plan.shared_word or "")
    )


def days_of(plan: CheckinPlan) -> str:
    if plan.weekdays:
        return "・".join(DAYS[int(one)] for one in plan.weekdays) + _("曜日")
    return every_day() if plan.every == 1 else every_days(plan.every)


def ask_card_code() -> Text:
    return Text(_("カードに書いてある6けたの番号を書いてください。"))


def linked(plan: CheckinPlan, next_on: date) -> Text:
    return Text(
        _("つながりました。{person}に、{days}、{hours}におたずねします。つぎは{day}です。").format(
            person=_("{name}さん").format(name=plan.name) if plan.name else _("あなた"),
            days=days_of(plan),
            hours=hours(plan.window_from, plan.window_to),
            day=day_name(next_on),
        )
    )


def not_me(name: str) -> str:
    return _("{name}さんではありません").format(name=name[:9]) if name else _("カードの本人ではありません")


def unlinked() -> Text:
    return Text(
        _("わかりました。このLINEには、おたずねしません。カードの番号が新しくなるので、職員からご本人に連絡します。")
    )


def no_such_card() -> Text:
    return Text(_("その番号は見つかりませんでした。カードの番号を確かめて、もう一度書いてください。"))


def too_many_tries() -> Text:
    return Text(_("きょうは何度も番号がちがいました。あしたもう一度ためすか、社協にお電話ください。"))


def has_a_plan_already() -> Text:
    return Text(_("この LINE の見守りメッセージは、もうはじまっています。"))


def window_choices() -> tuple[Choice, ...]:
    return tuple(
        Choice(f"{begins * 60}-{(begins + 2) * 60}", hours(begins * 60, (begins + 2) * 60))
        for begins in range(7, 21, 2)
    )
