"""Being a contact or a friend of somebody: the invitation, 「行きます」, and what was found."""

from bot.conversation import STAY, Choice, Reply, Turn
from bot.services.checkins import contacts, signs
from handlers.checkin.plan import flow, tries
from handlers.copy import checkin as say_checkin
from handlers.copy import checkin_contacts as say
from handlers.copy import checkin_joining as say_joining
from handlers.copy import checkin_plan as say_plan
from handlers.copy import common


def invited(turn: Turn, code: str) -> Reply:
    one = contacts.invited(turn.session, code, now=turn.now)
    if one is None or tries.is_used_up(turn.thread.key, now=turn.now):
        tries.count(turn.thread.key, now=turn.now)
        return Reply(say.no_such_invitation())
    choices = (Choice("yes", say.i_will()), Choice("no", say.i_cannot()))
    return Reply(
        say.would_you_look_after(one.plan.name or ""), choices, wait_for=hear_invited, remember={"invitation": code}
    )


@flow.step("invited")
def hear_invited(turn: Turn) -> Reply:
    if turn.choice not in ("yes", "no"):
        return Reply(say_joining.choose(), wait_for=STAY)
    one = contacts.invited(turn.session, str(turn.memory.get("invitation", "")), now=turn.now)
    if one is None:
        return Reply(say.no_such_invitation())
    if turn.choice == "no":
        contacts.decline(turn.session, one, now=turn.now)
        return Reply(say.that_is_all_right())
    if not contacts.accept(turn.session, one, turn.resident, now=turn.now):
        return Reply(say.no_such_invitation())
    return Reply(say.thank_you_contact(), common.menu_choices())


def ask_leave(turn: Turn) -> Reply:
    """「連絡先をやめたい」, of somebody who is one."""
    names = [one.plan.name or "" for one in contacts.watched_by(turn.session, turn.resident)]
    choices = (Choice("yes", say_plan.yes()), Choice("no", say_plan.no()))
    return Reply(say.really_leave(names), choices, wait_for=hear_leave)


@flow.step("leave_contact")
def hear_leave(turn: Turn) -> Reply:
    if turn.choice not in ("yes", "no"):
        return Reply(say_joining.choose(), wait_for=STAY)
    if turn.choice == "no":
        return Reply(say.stays_contact(), common.menu_choices())
    for one in contacts.watched_by(turn.session, turn.resident):
        contacts.decline(turn.session, one, now=turn.now)
        contacts.have_somebody_else_found(turn.session, one, now=turn.now)
    return Reply(say.left(), common.menu_choices())


def hear_going(turn: Turn) -> Reply:
    return _contact_answers(turn, going=True)


def hear_not_now(turn: Turn) -> Reply:
    return _contact_answers(turn, going=False)


def _contact_answers(turn: Turn, *, going: bool) -> Reply:
    ask = contacts.asked_of(turn.session, int(turn.choice), turn.resident) if turn.choice.isdigit() else None
    if ask is None:
        return Reply(say.no_such_ask(), common.office_actions(turn.council), is_safety=True)
    if not contacts.answer(turn.session, ask, going, say_checkin, now=turn.now):
        return Reply(say.it_is_over_already(), common.office_actions(turn.council), is_safety=True)
    if going:
        return Reply(say.thank_you_for_going(ask.id), is_safety=True)
    return Reply(say.somebody_else_then(), is_safety=True)


def hear_well(turn: Turn) -> Reply:
    return _contact_reports(turn, "well")


def hear_needs_help(turn: Turn) -> Reply:
    return _contact_reports(turn, "needs_help")


def hear_not_met(turn: Turn) -> Reply:
    return _contact_reports(turn, "not_met")


def _contact_reports(turn: Turn, outcome: str) -> Reply:
    ask = contacts.asked_of(turn.session, int(turn.choice), turn.resident) if turn.choice.isdigit() else None
    if ask is None:
        return Reply(say.no_such_ask(), common.office_actions(turn.council), is_safety=True)
    if not signs.reported(turn.session, ask, outcome, now=turn.now):
        return Reply(say.it_is_over_already(), common.office_actions(turn.council), is_safety=True)
    words = {
        "well": say.thank_you_for_making_sure(),
        "needs_help": say.help_comes(turn.council),
        "not_met": say.staff_go_on(),
    }
    return Reply(words[outcome], is_safety=True)
