"""Groups and rooms: the bot only talks one-to-one."""

from bot.conversation import Text
from handlers.copy import _


def only_one_to_one() -> Text:
    return Text(
        _(
            "ささえあいは、おひとりずつお話をうかがっています。ここでは失礼しますね。友だちに追加して、話しかけてください。"
        )
    )
