"""How silence climbs: the stages in their order, how long each waits, who does it. Staff edit it; a plan may differ."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.services import audit
from bot.services.checkins import rhythm
from bot.services.checkins.rhythm import Quiet
from bot.store.checkins import CheckinPlan, CheckinTemplate
from bot.store.engine import insert_or_ignore

STAGES = ("ask_again", "group", "phone", "contact", "visit")
MOST_MINUTES = 7 * 24 * 60
MOST_AT_ONCE = 3


class TemplateWrong(ValueError):
    """A template that would forget somebody. The text names what: `minutes`, `nobody`, `name`, `hours`."""


@dataclass(frozen=True)
class Step:
    """One stage: it comes `after` minutes of silence since the one before, counted from what really happened."""

    stage: str
    after: int
    staff_id: int | None = None
    at_night: bool = False
    on_holidays: bool = True


USUAL = (
    Step("ask_again", 120),
    Step("group", 30),
    Step("phone", 60),
    Step("contact", 60),
    Step("visit", 60),
)
EASY = (
    Step("ask_again", 24 * 60),
    Step("group", 60),
    Step("phone", 180),
    Step("contact", 120),
    Step("visit", 120),
)
FIRST = {"ふつう": USUAL, "ゆっくり": EASY}


def usual(session: Session, *, now: datetime) -> CheckinTemplate:
    """The first template; the two we begin with are made when there is none."""
    known = session.scalars(select(CheckinTemplate).order_by(CheckinTemplate.id).limit(1)).one_or_none()
    if known is not None:
        return known
    for name, steps in FIRST.items():
        insert_or_ignore(session, CheckinTemplate, name=name, steps=plain(steps), changed_at=now)
    return session.scalars(select(CheckinTemplate).order_by(CheckinTemplate.id).limit(1)).one()


def every(session: Session) -> list[CheckinTemplate]:
    return list(session.scalars(select(CheckinTemplate).order_by(CheckinTemplate.id)))


def plain(steps: tuple[Step, ...] | list[Step]) -> list[dict[str, Any]]:
    return [asdict(step) for step in steps]


def steps_of(plan: CheckinPlan) -> list[Step]:
    """The stages of this plan, in their order."""
    told = {step["stage"]: Step(**step) for step in plan.own_steps or plan.template.steps}
    return [told[stage] for stage in STAGES if stage in told]


def quiet_of(plan: CheckinPlan) -> Quiet:
    return Quiet(plan.template.quiet_from, plan.template.quiet_to)


def following(plan: CheckinPlan, stage: str) -> Step | None:
    """The step after `stage` (empty: the message was sent); None after the last."""
    place = STAGES.index(stage) if stage else -1
    for step in steps_of(plan):
        if STAGES.index(step.stage) > place and (step.stage != "group" or plan.group_id is not None):
            return step
    return None


def next_at(plan: CheckinPlan, stage: str, now: datetime) -> datetime | None:
    """When the stage after `stage` comes, counted from now; None after the last."""
    step = following(plan, stage)
    if step is None:
        return None
    return rhythm.stage_time(now, step.after, quiet_of(plan), at_night=step.at_night, on_holidays=step.on_holidays)


def allowed_at(plan: CheckinPlan, stage: str, at: datetime) -> datetime:
    """`at`, or the first moment after it at which this stage may disturb people."""
    step = next((one for one in steps_of(plan) if one.stage == stage), Step(stage, 1))
    return rhythm.stage_time(at, 0, quiet_of(plan), at_night=step.at_night, on_holidays=step.on_holidays)


def check(steps: list[Step]) -> list[Step]:
    """The steps, or TemplateWrong: a person must come in, and nothing may wait for longer than a week."""
    if any(not 1 <= step.after <= MOST_MINUTES for step in steps):
        raise TemplateWrong("minutes")
    if not {"phone", "visit"} & {step.stage for step in steps}:
        raise TemplateWrong("nobody")
    return steps


def set_own(session: Session, plan: CheckinPlan, steps: list[Step] | None, *, staff_id: int, now: datetime) -> None:
    """Stages for this one person, in place of their template's; None: as the template says. TemplateWrong."""
    plan.own_steps = plain(check(steps)) if steps is not None else None
    audit.record(session, "set_own_stages", staff_id=staff_id, now=now, kind="plan", record_id=plan.id)


def save(
    session: Session,
    template: CheckinTemplate | None,
    *,
    name: str,
    steps: list[Step],
    quiet_from: int,
    quiet_to: int,
    contacts_at_once: int,
    staff_id: int,
    now: datetime,
) -> CheckinTemplate:
    """Change a template, or make a new one (None). TemplateWrong when somebody would be forgotten."""
    if not name.strip() or len(name) > 64:
        raise TemplateWrong("name")
    if not (0 <= quiet_from < 24 * 60 and 0 <= quiet_to < 24 * 60 and 1 <= contacts_at_once <= MOST_AT_ONCE):
        raise TemplateWrong("hours")
    other = session.scalars(select(CheckinTemplate).where(CheckinTemplate.name == name.strip())).one_or_none()
    if other is not None and other is not template:
        raise TemplateWrong("name")
    if template is None:
        template = CheckinTemplate(name=name.strip(), steps=[], changed_at=now)
        session.add(template)
    template.name, template.steps, template.changed_at = name.strip(), plain(check(steps)), now
    template.quiet_from, template.quiet_to, template.contacts_at_once = quiet_from, quiet_to, contacts_at_once
    session.flush()
    audit.record(session, "change_checkin_template", staff_id=staff_id, now=now, kind="template", record_id=template.id)
    return template
