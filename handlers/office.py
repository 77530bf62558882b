"""Where the council's office is and how to reach it.

resident  社協の電話番号おしえて
bot       (card: 加古川市社会福祉協議会, telephone, fax, address)
"""

from bot.conversation import Reply, Turn
from handlers.copy import common
from handlers.copy import office as say


def tell(turn: Turn) -> Reply:
    return Reply(say.card(turn.council, turn.now), common.menu_choices())
