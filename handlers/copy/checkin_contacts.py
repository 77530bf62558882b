"""Contacts: naming them, and what they are asked and told."""

from bot.conversation import Card, Cards, Tap, Text
from bot.services.council import Council
from handlers.copy import _
from handlers.copy.common import quiet_alt


def ask_contact() -> Text:
    return Text(
        _("お返事がないとき、ようすを見てもらう人を決めておけます。ご家族、民生委員、ご近所の人など、5人までです。")
    )


def add_contact() -> str:
    return _("連絡先を決める")


def no_contact() -> str:
    return _("決めずにはじめる")


def enough_contacts() -> str:
    return _("これで十分")


def one_more_contact() -> str:
    return _("もう1人決める")


def ask_contact_name() -> Text:
    return Text(_("その人のお名前を書いてください。"))


def ask_contact_relation() -> Text:
    return Text(_("どんな間がらですか。"))


def relation(name: str) -> str:
    return {
        "family": _("家族・親せき"),
        "welfare_volunteer": _("民生委員"),
        "neighbour": _("ご近所"),
        "friend": _("友だち"),
        "other": _("そのほか"),
    }[name]


def ask_contact_phone() -> Text:
    return Text(_("その人の電話番号を書いてください。LINEだけで連絡するときは「なし」をどうぞ。"))


def none() -> str:
    return _("なし")


def ask_what_may_be_told(name: str) -> Text:
    return Text(_("{name}さんに、何を伝えてよいですか。").format(name=name))


def only_alarms() -> str:
    return _("返事がないときだけ")


def responses_too() -> str:
    return _("毎回の返事も")


def invitation(council: Council, name: str, person: str, code: str) -> Text:
    """To be passed on to the contact as it is."""
    return Text(
        _(
            "【{name}さんへ】{person}さんの見守りの連絡先になっていただけますか。LINEで{council}の「ささえあい」を友だちに追加して、「連絡先 {code}」と送ってください。"
        ).format(name=name, person=person or _("わたし"), code=code, council=council.name or _("社会福祉協議会"))
    )


def pass_it_on() -> Text:
    return Text(
        _(
            "下の文を、その人に送ってください。（長おしして「転送」）その人が「はい」と答えたら、連絡先になります。LINEを使わない人には、職員がお電話で確かめます。"
        )
    )


def most_contacts() -> Text:
    return Text(_("連絡先は5人までです。"))


def would_you_look_after(name: str) -> Text:
    person = _("{name}さん").format(name=name) if name else _("見守りメッセージを受けている方")
    return Text(
        _(
            "{person}が、あなたを見守りの連絡先にしたいそうです。\nお返事がないときだけ、ここに「ようすを見てください」とお知らせします。むりなときは「今は無理」とお答えになれば大丈夫です。引き受けてもらえますか。"
        ).format(person=person)
    )


def i_will() -> str:
    return _("はい、引き受けます")


def i_cannot() -> str:
    return _("今回はやめます")


def thank_you_contact() -> Text:
    return Text(_("ありがとうございます。連絡先になりました。お知らせは、このトークに届きます。"))


def that_is_all_right() -> Text:
    return Text(_("わかりました。教えてくださって、ありがとうございます。"))


def no_such_invitation() -> Text:
    return Text(_("その番号は、もう使えません。たのんだ人か、社協に確かめてください。"))


def thank_you_for_going(ask_id: int) -> Cards:
    """A card, because its buttons stay: whoever comes back an hour later still finds them."""
    card = Card(
        title=_("ありがとうございます"),
        body=_("ほかの人には、お願いしないでおきます。会えたら、どうだったかを下のボタンで教えてください。"),
        actions=(
            Tap(_("元気でした"), "contact.well", str(ask_id)),
            Tap(_("助けが必要です"), "contact.help", str(ask_id)),
            Tap(_("会えませんでした"), "contact.not_met", str(ask_id)),
        ),
        footnote=_("たおれている、返事がないなど、いそぐときは119に電話してください。"),
    )
    return Cards((card,), quiet_alt())


def somebody_else_then() -> Text:
    return Text(_("わかりました。ほかの人にお願いします。"))


def thank_you_for_making_sure() -> Text:
    return Text(_("ありがとうございます。元気だと分かって、安心しました。"))


def help_comes(council: Council) -> Text:
    return Text(
        _("知らせてくださって、ありがとうございます。職員にすぐ伝えました。命があぶないときは、119に電話してください。")
    )


def staff_go_on() -> Text:
    return Text(_("ありがとうございます。職員が、つぎの手をうちます。"))


def it_is_over_already() -> Text:
    return Text(
        _("ありがとうございます。このお願いは、もうおわっています。気になることがあれば、社協にお電話ください。")
    )


def no_such_ask() -> Text:
    return Text(
        _(
            "このお願いは、もう使えません。気になることがあれば、社協にお電話ください。いそぐときは119に電話してください。"
        )
    )


def really_leave(names: list[str]) -> Text:
    persons = "、".join(_("{name}さん").format(name=name) for name in names if name) or _("見守りの方")
    return Text(
        _("{persons}の連絡先をやめますか。やめると、お返事がないときのお知らせは届きません。").format(persons=persons)
    )


def left() -> Text:
    return Text(_("連絡先をやめました。いままで、ありがとうございました。"))


def stays_contact() -> Text:
    return Text(_("わかりました。これからもよろしくお願いします。"))
