"""Pausing, for a stay in hospital or a journey; changing; stopping."""

from datetime import date, timedelta

from bot.conversation import STAY, Action, Choice, PickDate, Reply, Turn
from bot.services.checkins import plans
from handlers.checkin.joining import ask_days
from handlers.checkin.plan import flow, next_on, plan_of
from handlers.copy import checkin_plan as say
from handlers.copy import common


def ask_until_when(turn: Turn) -> Reply:
    if plan_of(turn) is None:
        return Reply(say.no_plan(), common.menu_choices())
    choices: tuple[Action, ...] = (
        *(Choice(str(days), label) for days, label in say.until_choices()),
        PickDate(say.pick_day(), earliest=turn.today.isoformat()),
    )
    return Reply(say.ask_until_when(), choices, wait_for=hear_until_when)


@flow.step("until_when")
def hear_until_when(turn: Turn) -> Reply:
    until = turn.date or (turn.today + timedelta(days=int(turn.choice)) if turn.choice.isdigit() else None)
    if until is None:
        return Reply(say.ask_until_when(), wait_for=STAY)
    if until < turn.today or until - turn.today > plans.MOST_PAUSE:
        return Reply(say.that_day_is_over(), wait_for=STAY)
    choices = (Choice("yes", say.yes()), Choice("no", say.no()))
    return Reply(say.is_this_right(until), choices, wait_for=hear_pause, remember={"until": until.isoformat()})


@flow.step("pause")
def hear_pause(turn: Turn) -> Reply:
    plan = plan_of(turn)
    if turn.choice != "yes" or plan is None:
        return Reply(say.unchanged())
    until = date.fromisoformat(str(turn.memory["until"]))
    if until < turn.today:
        return Reply(say.that_day_is_over())
    plans.pause(turn.session, plan, until=until, now=turn.now)
    return Reply(say.paused(until, next_on(turn, plan)))


def resume(turn: Turn) -> Reply:
    plan = plan_of(turn)
    if plan is None:
        return Reply(say.no_plan(), common.menu_choices())
    plans.resume(turn.session, plan, now=turn.now)
    return Reply(say.resumed(next_on(turn, plan)))


def ask_change(turn: Turn) -> Reply:
    if plan_of(turn) is None:
        return Reply(say.no_plan(), common.menu_choices())
    return ask_days({})


def ask_stop(turn: Turn) -> Reply:
    if plan_of(turn) is None:
        return Reply(say.no_plan(), common.menu_choices())
    return Reply(say.really_stop(), (Choice("yes", say.yes()), Choice("no", say.no())), wait_for=hear_stop)


@flow.step("stop")
def hear_stop(turn: Turn) -> Reply:
    plan = plan_of(turn)
    if turn.choice != "yes" or plan is None:
        return Reply(say.unchanged())
    plans.stop(turn.session, plan, now=turn.now)
    return Reply(say.stopped(), common.menu_choices())
