"""The number on the printed card, and the code of an invitation."""

from bot.conversation import Reply, Tap, Turn
from bot.services.checkins import joining
from handlers.checkin.looking_after import invited
from handlers.checkin.plan import flow, next_on, plan_of, tries
from handlers.copy import checkin as say_checkin
from handlers.copy import checkin_joining as say
from handlers.copy import checkin_plan as say_plan
from handlers.copy import common
from knowledge.search.words import as_written, normalise


def hear_code(turn: Turn) -> Reply | None:
    """「見守り 123456」 from the QR code of a card, or 「連絡先 ABCD2345」 from an invitation. None: something else."""
    word, _, rest = as_written(turn.said).partition(" ")
    code = rest.replace(" ", "").upper()
    if word == "見守り" and len(code) == 6 and code.isdigit():
        return _link(turn, code)
    if word == "連絡先" and len(code) == 8 and code.isalnum():
        return invited(turn, code)
    return None


@flow.step("card")
def hear_card_code(turn: Turn) -> Reply:
    code = "".join(sign for sign in normalise(turn.said) if sign.isdigit())
    return _link(turn, code)


def _link(turn: Turn, code: str) -> Reply:
    if tries.is_used_up(turn.thread.key, now=turn.now):
        return Reply(say.too_many_tries(), common.office_actions(turn.council))
    try:
        plan = joining.link(turn.session, code, turn.resident, now=turn.now)
    except joining.AlreadyWatched:
        return Reply(say.has_a_plan_already())
    if plan is None:
        tries.count(turn.thread.key, now=turn.now)
        return Reply(say.no_such_card(), wait_for=hear_card_code)
    told = (say.linked(plan, next_on(turn, plan)), say_checkin.trial(turn.today, turn.now.hour))
    return Reply(told, (Tap(say.not_me(plan.name or ""), "checkin.not_me"),))


def hear_not_me(turn: Turn) -> Reply:
    """A helper or the family tried the card on their own LINE: it is the person who is to be asked, not they."""
    plan = plan_of(turn)
    if plan is None or plan.consent_way != "paper":
        return Reply(say_plan.no_plan(), common.menu_choices())
    joining.unlink(turn.session, plan, now=turn.now)
    return Reply(say.unlinked(), common.menu_choices())
