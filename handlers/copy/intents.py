"""Asking which of two things was meant."""

from bot.conversation import Text
from handlers.copy import _


def which_one() -> Text:
    return Text(_("どちらのことでしょうか。"))


def names() -> dict[str, str]:
    return {
        "person": _("人に相談する"),
        "worry": _("匿名で知らせる"),
        "worry_answer": _("知らせたことへの返事を読む"),
        "checkin": _("見守りメッセージ"),
        "places": _("居場所・行事"),
        "treasure": _("地域の宝物を教える"),
        "settings": _("設定"),
        "help": _("できること"),
        "area": _("お住まいをえらぶ"),
        "erase": _("データを消す"),
        "privacy": _("書いたことの扱い"),
    }
