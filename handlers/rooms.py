"""What there is in the conversation, listed by hand: every flow with its steps, every button that works at any time."""

from bot.conversation import Flow, Handler
from handlers import (
    browse,
    callback,
    checkin,
    crisis,
    handoff,
    lookup,
    menu,
    profile,
    referral,
    settings,
    treasure,
    worry,
)

FLOWS: tuple[Flow, ...] = (
    profile.flow,
    settings.flow,
    worry.flow,
    handoff.flow,
    callback.flow,
    checkin.plan.flow,
    treasure.flow,
)

STEPS: dict[str, Handler] = {name: step for flow in FLOWS for name, step in flow.steps.items()}

TAPS: dict[str, Handler] = {
    "crisis.yes": crisis.hear_yes,
    "crisis.no": crisis.hear_no,
    "menu.lookup": menu.ask_what_is_the_matter,
    "menu.person": handoff.ask_consent,
    "callback.ask": callback.ask_when,
    "handoff.topic": handoff.correct_topic,
    "handoff.room": handoff.open_room,
    "handoff.again": handoff.again,
    "handoff.useful": handoff.hear_useful,
    "flow.bot": handoff.back_to_bot,
    "menu.worry": worry.ask_how,
    "worry.answer": worry.ask_code,
    "worry.receipt": worry.hear_receipt,
    "worry.more": worry.ask_more,
    "menu.checkin": checkin.door.open_,
    "checkin.fine": checkin.answers.hear_fine,
    "checkin.uneasy": checkin.answers.hear_uneasy,
    "checkin.talk": checkin.answers.hear_talk,
    "checkin.pause": checkin.changes.ask_until_when,
    "checkin.resume": checkin.changes.resume,
    "checkin.change": checkin.changes.ask_change,
    "checkin.stop": checkin.changes.ask_stop,
    "checkin.contact": checkin.contacts.ask_contact,
    "checkin.group": checkin.group.ask_group,
    "checkin.group_ok": checkin.group.agree_with_group,
    "checkin.not_me": checkin.card.hear_not_me,
    "checkin.leave_group": checkin.group.leave_group,
    "contact.going": checkin.looking_after.hear_going,
    "contact.not_now": checkin.looking_after.hear_not_now,
    "contact.well": checkin.looking_after.hear_well,
    "contact.help": checkin.looking_after.hear_needs_help,
    "contact.not_met": checkin.looking_after.hear_not_met,
    "disaster.safe": checkin.disaster.hear_safe,
    "disaster.help": checkin.disaster.hear_help,
    "menu.places": browse.places,
    "treasure.tell": treasure.ask_name,
    "menu.settings": settings.show,
    "menu.help": menu.help_,
    "menu.topics": browse.ask_category,
    "profile.area": profile.ask_area,
    "settings.privacy": settings.privacy,
    "settings.erase": settings.ask_erase,
    "lookup.show": lookup.show_one,
    "lookup.more": lookup.show_more,
    "lookup.helped": lookup.hear_helped,
    "lookup.not_this": lookup.hear_not_this,
    "lookup.category": browse.show_category,
    "browse.areas": browse.ask_area,
    "browse.area": browse.show_area,
    "referral.answer": referral.hear_answer,
}

TAPS_WHILE_A_PERSON_ANSWERS = frozenset(
    {
        "menu.person",
        "handoff.topic",
        "handoff.room",
        "handoff.again",
        "handoff.useful",
        "callback.ask",
        "referral.answer",
    }
)
"""Buttons that belong to the case itself, or to a question the bot asked on its own day; they are heard also when a
person owns the thread by now."""


def flow_of(step: str) -> Flow:
    """The flow a stored step name belongs to. KeyError for one that no longer exists."""
    return next(flow for flow in FLOWS if flow.name == step.split(".")[0])
