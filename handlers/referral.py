"""A week after staff led somebody to another agency, the bot asks how it went.

bot       先日、職員がご案内した相談先と、その後お話はできましたか。   [つながった] [まだ…] [うまくいかなかった]
resident  つながった
bot       よかったです。…
          (the answer stands on the case, and counts for the entry)
"""

from typing import get_args

from bot.conversation import Reply, Turn
from bot.services import referrals
from bot.store.referrals import ReferralAnswer
from handlers.copy import common
from handlers.copy import referral as say


def hear_answer(turn: Turn) -> Reply:
    """One tap; also while a person answers in this conversation, for it was the bot that asked."""
    number, _, answer = turn.choice.partition(".")
    if not number.isdigit() or answer not in get_args(ReferralAnswer):
        return Reply(say.no_longer(), is_safety=True)
    heard = referrals.hear_answer(turn.session, turn.resident, int(number), answer, now=turn.now)  # type: ignore[arg-type]
    if heard is None:
        return Reply(say.no_longer(), is_safety=True)
    words = {"yes": say.glad, "not_yet": say.we_ask_again, "no": say.staff_was_told}[answer]()
    return Reply(words, common.people_choices() if answer != "yes" else (), is_safety=True)
