"""Answers to 「無事ですか」."""

from bot.conversation import Text
from handlers.copy import _


def good_that_you_are_safe() -> Text:
    return Text(_("無事と分かって、安心しました。身の安全をいちばんにしてください。"))


def help_was_asked_for() -> Text:
    return Text(
        _(
            "職員に伝えました。すぐに行けないこともあります。命があぶないときは、119に電話してください。\nどこで、どんな助けがほしいか、ここに書いてください。"
        )
    )
