"""What every part of the check-ins' conversation needs: the flow, somebody's plan, the next day, a telephone number."""

from datetime import date

from bot.conversation import Flow, Turn
from bot.services.checkins import contacts, plans
from bot.services.daily_limits import DailyLimit
from bot.store.checkins import CheckinPlan
from knowledge.search.words import normalise

flow = Flow("checkin")
tries = DailyLimit(8)  # wrong numbers of cards and groups, for each LINE
RELATIONS = contacts.RELATIONS
LONGEST_NAME = 30


def next_on(turn: Turn, plan: CheckinPlan) -> date:
    return (plan.next_due_at or turn.now).astimezone(turn.now.tzinfo).date()


def plan_of(turn: Turn) -> CheckinPlan | None:
    return plans.of(turn.session, turn.resident.id)


def name_in(said: str) -> str:
    """A name as it is kept: the 「さん」 is ours to say."""
    name = said.strip()
    for honorific in ("さん", "さま", "様"):
        if len(name) > len(honorific):
            name = name.removesuffix(honorific)
    return name[:LONGEST_NAME]


def telephone(said: str) -> str:
    """The digits of a Japanese telephone number; empty when it cannot be one."""
    digits = "".join(sign for sign in normalise(said) if sign.isdigit())
    return digits if digits.startswith("0") and len(digits) in (10, 11) else ""
