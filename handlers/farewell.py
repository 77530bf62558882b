"""Leaving, and taking a message back. Both are heard in silence: nobody is there to read an answer.

resident  (blocks the account)          everything that was going to be sent to them stops
resident  (unsends a message)           its words are erased wherever they lie
"""

from bot.conversation import STAY, Reply, Turn
from bot.services import residents


def left(turn: Turn) -> Reply:
    residents.left(turn.session, turn.resident, turn.thread, now=turn.now)
    return Reply()


def took_back(turn: Turn) -> Reply:
    residents.take_back(turn.session, turn.message_hash, now=turn.now)
    return Reply(wait_for=STAY) if turn.thread.step else Reply()
