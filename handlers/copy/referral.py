"""A week after somebody was led to another agency."""

from bot.conversation import Action, Card, Cards, Tap, Text
from handlers.copy import _
from handlers.copy.common import quiet_alt


def did_it_connect() -> Cards:
    card = Card(
        title=_("つながりましたか"),
        body=_("先日、職員がご案内した相談先と、その後お話はできましたか。\n下のボタンで教えてください。"),
    )
    return Cards((card,), quiet_alt())


def answers(referral_id: int) -> tuple[Action, ...]:
    return tuple(
        Tap(label, "referral.answer", f"{referral_id}.{value}")
        for label, value in (
            (_("つながった"), "yes"),
            (_("まだ話していない"), "not_yet"),
            (_("うまくいかなかった"), "no"),
        )
    )


def glad() -> Text:
    return Text(_("よかったです。教えてくださって、ありがとうございます。"))


def we_ask_again() -> Text:
    return Text(_("わかりました。連絡しにくいときは、職員がお手伝いします。ここに書いてください。"))


def staff_was_told() -> Text:
    return Text(_("教えてくださって、ありがとうございます。職員に伝えました。ほかの方法を、いっしょに考えます。"))


def no_longer() -> Text:
    return Text(_("このボタンは、もう使えません。何かあれば、そのまま書いてください。"))
