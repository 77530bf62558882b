"""Warm words that promise nothing."""

from bot.conversation import Text
from handlers.copy import _


def glad_to_chat() -> Text:
    return Text(
        _("話しかけてくださって、うれしいです。困っていることや知りたいことがあれば、ふだんの言葉で書いてください。")
    )


def see_you() -> Text:
    return Text(_("はい、またいつでも話しかけてください。"))
