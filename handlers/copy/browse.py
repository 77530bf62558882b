"""Looking through what there is, without typing a word."""

from bot.conversation import Text
from handlers.copy import _


def more_topics() -> str:
    return _("ほかの分野")


def by_area() -> str:
    return _("地域でさがす")


def which_area() -> Text:
    return Text(_("どの地域でさがしますか。中学校区をえらんでください。"))


def in_area(area: str) -> Text:
    return Text(_("{area}の相談先や集まりです。").format(area=area))


def nearest() -> Text:
    return Text(_("送ってくださった場所の近くです。これから1時間は、近い所を先にご案内します。"))


def these_follow() -> Text:
    return Text(_("つづきです。"))


def elsewhere() -> Text:
    return Text(_("ここからは、ほかの地域のものです。"))


def for_the_whole_city() -> Text:
    return Text(_("ここからは、市全体や、もっと広い地域のものです。"))


def nothing_here() -> Text:
    return Text(_("すみません、ここで案内できる所が、まだありません。ほかの分野や地域も見てみてください。"))
