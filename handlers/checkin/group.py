"""つながり: making a group, joining one, saying yes to somebody who joins, leaving."""

from bot.conversation import STAY, Choice, Reply, Turn
from bot.services.checkins import groups, plans
from handlers.checkin.plan import flow, plan_of, tries
from handlers.copy import checkin as say_checkin
from handlers.copy import checkin_group as say
from handlers.copy import checkin_joining as say_joining
from handlers.copy import checkin_plan as say_plan
from handlers.copy import common
from knowledge.search.words import normalise


def ask_group(turn: Turn) -> Reply:
    if plan_of(turn) is None:
        return Reply(say_plan.no_plan(), common.menu_choices())
    choices = (Choice("make", say.make_group()), Choice("join", say.join_group()))
    return Reply(say.ask_group(), choices, wait_for=hear_group)


@flow.step("group")
def hear_group(turn: Turn) -> Reply:
    plan = plan_of(turn)
    if plan is None:
        return Reply(say_plan.no_plan(), common.menu_choices())
    if turn.choice == "make":
        made = groups.begin(turn.session, plan, "", now=turn.now)
        return Reply(say.group_made(made.code or ""))
    if turn.choice == "join":
        return Reply(say.ask_group_code(), wait_for=hear_group_code)
    return Reply(say_joining.choose(), wait_for=STAY)


@flow.step("group_code")
def hear_group_code(turn: Turn) -> Reply:
    code = "".join(sign for sign in normalise(turn.said) if sign.isdigit())
    group = groups.by_code(turn.session, code, now=turn.now)
    if tries.is_used_up(turn.thread.key, now=turn.now):
        return Reply(say_joining.too_many_tries(), common.office_actions(turn.council))
    if group is None:
        tries.count(turn.thread.key, now=turn.now)
        return Reply(say.no_such_group(), wait_for=STAY)
    count = len(groups.members(turn.session, group.id))
    choices = (Choice("yes", say_plan.yes()), Choice("no", say_plan.no()))
    return Reply(say.ask_group_ok(count), choices, wait_for=hear_group_ok, remember={"group": code})


@flow.step("group_ok")
def hear_group_ok(turn: Turn) -> Reply:
    plan = plan_of(turn)
    group = groups.by_code(turn.session, str(turn.memory.get("group", "")), now=turn.now)
    if turn.choice != "yes" or plan is None:
        return Reply(say_plan.unchanged())
    if group is None:
        return Reply(say.no_such_group())
    try:
        groups.join(turn.session, group, plan, say_checkin, now=turn.now)
    except groups.GroupFull:
        return Reply(say.group_is_full())
    return Reply(say.in_the_group())


def agree_with_group(turn: Turn) -> Reply:
    """Yes to somebody who joined. A no is leaving, or simply no answer: then neither hears of the other."""
    plan = plans.of(turn.session, turn.resident.id)
    if plan is None or not groups.agree(plan, now=turn.now):
        return Reply(say.no_such_group())
    return Reply(say.in_the_group())


def leave_group(turn: Turn) -> Reply:
    plan = plan_of(turn)
    if plan is None:
        return Reply(say_plan.no_plan(), common.menu_choices())
    groups.leave(plan)
    return Reply(say.out_of_the_group())
