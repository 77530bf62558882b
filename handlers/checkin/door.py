"""How the conversation about check-ins begins: what they are, one's own plan, or one sentence that wishes something."""

from bot.conversation import Choice, Reply, Turn
from bot.services.checkins import contacts, groups, plans
from bot.store.checkins import CheckinPlan
from handlers.checkin.changes import ask_change, ask_stop, ask_until_when, resume
from handlers.checkin.contacts import ask_contact
from handlers.checkin.joining import hear_consent
from handlers.checkin.looking_after import ask_leave
from handlers.checkin.plan import flow, next_on, plan_of
from handlers.copy import checkin_group as say_group
from handlers.copy import checkin_heard as heard_words
from handlers.copy import checkin_joining as say_joining
from handlers.copy import checkin_plan as say
from knowledge.search.words import normalise


@flow.opens
def open_(turn: Turn) -> Reply:
    """What it is, or one's own plan."""
    plan = plans.of(turn.session, turn.resident.id)
    if plan is None:
        choices = (
            Choice("begin", say_joining.begin()),
            Choice("card", say_joining.have_a_card()),
            Choice("no", say_joining.not_now()),
        )
        return Reply((say_joining.what_it_is(turn.council), say_joining.ask_consent()), choices, wait_for=hear_consent)
    return _show(turn, plan)


def hear_wish(turn: Turn) -> Reply:
    """One sentence: 「入院するので見守りを休みたい」, 「見守りの時間を変えて」, 「見守りをやめたい」."""
    said = normalise(turn.said)
    leaves = all(
        any(word in said for word in words) for words in (heard_words.contact_words(), heard_words.stopping_words())
    )
    if leaves and contacts.watched_by(turn.session, turn.resident):
        return ask_leave(turn)
    for words, wish in (
        (heard_words.resuming_words(), resume),
        (heard_words.pausing_words(), ask_until_when),
        (heard_words.stopping_words(), ask_stop),
        (heard_words.contact_words(), ask_contact),
        (heard_words.changing_words(), ask_change),
    ):
        if any(word in said for word in words) and plan_of(turn) is not None:
            return wish(turn)
    return open_(turn)


def _show(turn: Turn, plan: CheckinPlan) -> Reply:
    group = len(groups.members(turn.session, plan.group_id))
    card = say.your_plan(
        plan,
        next_on(turn, plan) if plan.state != "paused" else None,
        contacts.of(turn.session, plan),
        say_group.group_name(group) if group else "",
    )
    return Reply(card, say.plan_choices(plan, has_group=bool(group)))
