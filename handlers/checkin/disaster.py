"""Answers to 「無事ですか」."""

from bot.conversation import Reply, Turn
from bot.services.checkins import disasters, signs
from handlers.copy import common
from handlers.copy import disaster as say


def hear_safe(turn: Turn) -> Reply:
    disasters.hear(turn.session, turn.resident, "safe", now=turn.now)
    signs.hear(turn.session, turn.resident, "sign", now=turn.now)
    return Reply(say.good_that_you_are_safe(), is_safety=True)


def hear_help(turn: Turn) -> Reply:
    disasters.hear(turn.session, turn.resident, "help", now=turn.now)
    signs.hear(turn.session, turn.resident, "sign", now=turn.now)
    return Reply(say.help_was_asked_for(), common.office_actions(turn.council), is_safety=True)
