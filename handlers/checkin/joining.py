"""Joining: days, hour, name, telephone; also changing the days."""

from datetime import timedelta

from bot.conversation import STAY, Choice, Reply, Turn
from bot.services import tasks
from bot.services.checkins import joining, plans
from handlers.checkin.card import hear_card_code
from handlers.checkin.contacts import hear_whether_contact
from handlers.checkin.plan import flow, name_in, next_on, plan_of, telephone
from handlers.copy import checkin_contacts as say_contacts
from handlers.copy import checkin_joining as say
from handlers.copy import checkin_plan as say_plan
from handlers.copy import common


@flow.step("consent")
def hear_consent(turn: Turn) -> Reply:
    if turn.choice == "no":
        return Reply(say.whenever_you_like(), common.menu_choices())
    if turn.choice == "card":
        return Reply(say.ask_card_code(), wait_for=hear_card_code)
    if turn.choice != "begin":
        return Reply(say.choose(), wait_for=STAY)
    return ask_days({})


def ask_days(remember: dict[str, object]) -> Reply:
    choices = (
        Choice("every 1", say.every_day()),
        Choice("weekdays", say.chosen_weekdays()),
        *(Choice(f"every {count}", say.every_days(count)) for count in range(2, 8)),
    )
    return Reply(say.ask_days(), choices, wait_for=hear_days, remember=remember)


@flow.step("days")
def hear_days(turn: Turn) -> Reply:
    if turn.choice == "weekdays":
        return _ask_weekdays("")
    kind, _, count = turn.choice.partition(" ")
    if kind != "every" or not count.isdigit():
        return Reply(say.choose(), wait_for=STAY)
    return _ask_time({"every": int(count), "weekdays": ""})


def _ask_weekdays(chosen: str) -> Reply:
    left = tuple(Choice(str(day), say.weekday(day)) for day in range(7) if str(day) not in chosen)
    done = (Choice("done", say.that_is_all()),) if chosen else ()
    return Reply(say.ask_weekdays(chosen), (*left, *done), wait_for=hear_weekdays, remember={"weekdays": chosen})


@flow.step("weekdays")
def hear_weekdays(turn: Turn) -> Reply:
    chosen = str(turn.memory.get("weekdays", ""))
    if turn.choice == "done" and chosen:
        return _ask_time({"every": 1, "weekdays": chosen})
    if turn.choice not in tuple("0123456"):
        return Reply(say.choose(), wait_for=STAY)
    chosen = "".join(sorted({*chosen, turn.choice}))
    return _ask_time({"every": 1, "weekdays": ""}) if len(chosen) == 7 else _ask_weekdays(chosen)


def _ask_time(remember: dict[str, object]) -> Reply:
    return Reply(say.ask_time(), say.window_choices(), wait_for=hear_time, remember=remember)


@flow.step("time")
def hear_time(turn: Turn) -> Reply:
    begins, _, ends = turn.choice.partition("-")
    if not (begins.isdigit() and ends.isdigit()):
        return Reply(say.choose(), wait_for=STAY)
    window = {"window_from": int(begins), "window_to": int(ends)}
    plan = plan_of(turn)
    if plan is not None:
        plans.change(
            turn.session,
            plan,
            every=int(turn.memory.get("every", 1)),
            weekdays=str(turn.memory.get("weekdays", "")),
            **window,
            now=turn.now,
        )
        return Reply(say_plan.changed(plan, next_on(turn, plan)))
    return Reply(say.ask_name(), wait_for=hear_name, remember=window)


@flow.step("name")
def hear_name(turn: Turn) -> Reply:
    if turn.heard != "text" or not turn.said.strip():
        return Reply(say.ask_name(), wait_for=STAY)
    name = name_in(turn.said)
    return Reply(
        say.ask_phone(), (Choice("later", say.tell_staff_later()),), wait_for=hear_phone, remember={"name": name}
    )


@flow.step("phone")
def hear_phone(turn: Turn) -> Reply:
    """The number; the plan begins here, so that nothing is lost if the rest is left for later."""
    phone = "" if turn.choice == "later" else telephone(turn.said)
    if turn.choice != "later" and not phone:
        return Reply(say.that_is_no_phone_number(), (Choice("later", say.tell_staff_later()),), wait_for=STAY)
    memory = turn.memory
    try:
        plan = joining.join(
            turn.session,
            turn.resident,
            every=int(memory.get("every", 1)),
            weekdays=str(memory.get("weekdays", "")),
            window_from=int(memory["window_from"]),
            window_to=int(memory["window_to"]),
            now=turn.now,
        )
    except joining.AlreadyWatched:
        return Reply(say.has_a_plan_already())
    plan.name, plan.phone = str(memory.get("name", "")) or None, phone or None
    if not phone:
        tasks.open_(
            turn.session,
            f"plan:{plan.id}:phone",
            "follow_up",
            now=turn.now,
            due_at=turn.now + timedelta(days=2),
            resident_id=turn.resident.id,
            plan_id=plan.id,
        )
    choices = (Choice("add", say_contacts.add_contact()), Choice("none", say_contacts.no_contact()))
    return Reply(say_contacts.ask_contact(), choices, wait_for=hear_whether_contact)
