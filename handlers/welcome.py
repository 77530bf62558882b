"""Meeting a resident, for the first time or again.

resident  (adds the account as a friend)
bot       はじめまして。加古川市社会福祉協議会の「ささえあい」です。…
bot       ・書いたことは、相談にお答えするためだけに使います …
bot       お住まいの中学校区をえらんでください。            [加古川] [中部] … [あとで]
"""

from dataclasses import replace

from bot.conversation import Reply, Turn
from bot.services import residents
from handlers import profile
from handlers.copy import common
from handlers.copy import welcome as say


def meet(turn: Turn) -> Reply:
    knew_area = turn.resident.area is not None
    was_here = turn.is_return or turn.resident.left_at is not None
    residents.came(turn.resident, turn.thread, now=turn.now)
    if was_here and knew_area:
        return Reply(say.good_to_see_you_again(), common.menu_choices())
    asking = profile.ask_area(turn)
    first = say.good_to_see_you_again() if was_here else say.nice_to_meet_you(turn.council)
    return replace(asking, messages=(first, say.privacy(turn.council), *asking.said))
