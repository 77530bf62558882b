"""Naming those to be told when somebody is silent, and what each may hear."""

from datetime import timedelta

from bot.conversation import STAY, Choice, Reply, Turn
from bot.services import tasks
from bot.services.checkins import contacts
from bot.store.checkins import CheckinPlan
from handlers.checkin.plan import RELATIONS, flow, name_in, next_on, plan_of, telephone
from handlers.copy import checkin as say_checkin
from handlers.copy import checkin_contacts as say
from handlers.copy import checkin_joining as say_joining
from handlers.copy import checkin_plan as say_plan
from handlers.copy import common


def ask_contact(turn: Turn) -> Reply:
    plan = plan_of(turn)
    if plan is None:
        return Reply(say_plan.no_plan(), common.menu_choices())
    return _ask_contact_name(turn, plan)


def _ask_contact_name(turn: Turn, plan: CheckinPlan) -> Reply:
    if len(contacts.of(turn.session, plan)) >= contacts.MOST:
        return Reply(say.most_contacts())
    return Reply(say.ask_contact_name(), wait_for=hear_contact_name)


@flow.step("whether_contact")
def hear_whether_contact(turn: Turn) -> Reply:
    plan = plan_of(turn)
    if plan is None:
        return Reply(say_plan.no_plan(), common.menu_choices())
    if turn.choice == "add":
        return _ask_contact_name(turn, plan)
    if turn.choice != "none":
        return Reply(say_joining.choose(), wait_for=STAY)
    return _begun(turn, plan)


def _begun(turn: Turn, plan: CheckinPlan) -> Reply:
    return Reply((say_joining.joined(plan, next_on(turn, plan)), say_checkin.trial(turn.today, turn.now.hour)))


@flow.step("contact_name")
def hear_contact_name(turn: Turn) -> Reply:
    if turn.heard != "text" or not turn.said.strip():
        return Reply(say.ask_contact_name(), wait_for=STAY)
    choices = tuple(Choice(one, say.relation(one)) for one in RELATIONS)
    name = name_in(turn.said)
    return Reply(say.ask_contact_relation(), choices, wait_for=hear_contact_relation, remember={"contact": name})


@flow.step("contact_relation")
def hear_contact_relation(turn: Turn) -> Reply:
    if turn.choice not in RELATIONS:
        return Reply(say_joining.choose(), wait_for=STAY)
    choices = (Choice("none", say.none()),)
    return Reply(say.ask_contact_phone(), choices, wait_for=hear_contact_phone, remember={"relation": turn.choice})


@flow.step("contact_phone")
def hear_contact_phone(turn: Turn) -> Reply:
    phone = "" if turn.choice == "none" else telephone(turn.said)
    if turn.choice != "none" and not phone:
        return Reply(say_joining.that_is_no_phone_number(), (Choice("none", say.none()),), wait_for=STAY)
    choices = (Choice("alarms", say.only_alarms()), Choice("responses", say.responses_too()))
    asked = say.ask_what_may_be_told(str(turn.memory.get("contact", "")))
    return Reply(asked, choices, wait_for=hear_what_may_be_told, remember={"contact_phone": phone})


@flow.step("contact_may")
def hear_what_may_be_told(turn: Turn) -> Reply:
    plan = plan_of(turn)
    if plan is None:
        return Reply(say_plan.no_plan(), common.menu_choices())
    if turn.choice not in ("alarms", "responses"):
        return Reply(say_joining.choose(), wait_for=STAY)
    try:
        one = contacts.add(
            turn.session,
            plan,
            name=str(turn.memory.get("contact", "")),
            phone=str(turn.memory.get("contact_phone", "")),
            relation=str(turn.memory.get("relation", "other")),
            may_hear_responses=turn.choice == "responses",
            now=turn.now,
        )
    except contacts.ContactWrong:
        return Reply(say.most_contacts())
    if one.phone:
        tasks.open_(
            turn.session,
            f"contact:{one.id}:confirm",
            "follow_up",
            now=turn.now,
            due_at=turn.now + timedelta(days=3),
            plan_id=plan.id,
            contact_id=one.id,
        )
    passed_on = say.invitation(turn.council, one.name, plan.name or "", one.code or "")
    choices = (Choice("add", say.one_more_contact()), Choice("none", say.enough_contacts()))
    return Reply((say.pass_it_on(), passed_on), choices, wait_for=hear_whether_contact)
