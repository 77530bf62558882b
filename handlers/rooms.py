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
    checkin.flow,
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
    "menu.checkin": checkin.open_,
    "checkin.fine": checkin.hear_fine,
    "checkin.uneasy": checkin.hear_uneasy,
    "checkin.talk": checkin.hear_talk,
    "checkin.pause": checkin.ask_until_when,
    "checkin.resume": checkin.resume,
    "checkin.change": checkin.ask_change,
    "checkin.stop": checkin.ask_stop,
    "checkin.contact": checkin.ask_contact,
    "checkin.group": checkin.ask_group,
    "checkin.group_ok": checkin.agree_with_group,
    "checkin.leave_group": checkin.leave_group,
    "contact.going": checkin.hear_going,
    "contact.not_now": checkin.hear_not_now,
    "contact.well": checkin.hear_well,
    "contact.help": checkin.hear_needs_help,
    "contact.not_met": checkin.hear_not_met,
    "disaster.safe": checkin.hear_safe,
    "disaster.help": checkin.hear_help,
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
