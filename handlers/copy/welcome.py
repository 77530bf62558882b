"""The first words, and what we do with what people write."""

from bot.conversation import Text
from bot.services.council import Council
from handlers.copy import _


def nice_to_meet_you(council: Council) -> Text:
    name = council.name or _("社会福祉協議会")
    return Text(
        _("はじめまして。{name}の「ささえあい」です。").format(name=name)
        + "\n"
        + _("困りごとを書くと、相談できる所をさがします。人と話したいときの窓口もご案内します。")
    )


def good_to_see_you_again() -> Text:
    return Text(_("おかえりなさい。また話しかけてくださって、うれしいです。"))


def privacy(council: Council) -> Text:
    return Text(
        _("・書いたことは、相談にお答えするためだけに使います")
        + "\n"
        + _("・名前や住所は書かなくて大丈夫です。LINEの会社のサーバーも通ります")
        + "\n"
        + _("・「データを消して」と書けば、消します")
    )
