"""When something went wrong on our side."""

from bot.conversation import Text
from bot.services.council import Council
from handlers.copy import _
from handlers.copy.common import office_line


def could_not_answer(council: Council) -> Text:
    return Text(
        _("ごめんなさい。いま、うまくお返事できませんでした。職員にもこのことが伝わります。")
        + "\n"
        + _("お急ぎのときは、お電話ください。")
        + "\n"
        + office_line(council)
    )
