"""A sign of life ends what waits for one: the person's own, or that a contact, a friend or staff made sure.

LINE's 200 proves nothing; only a sign of life does. 「ちょっと不安」 and 「話したい」 open a case.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.services import tasks
from bot.services.cases import opening
from bot.services.checkins import plans, unreachable, waiting
from bot.services.checkins.silence import PATIENCE
from bot.store.cases import Case
from bot.store.checkins import (
    CheckinAsk,
    CheckinPlan,
    CheckinResponse,
    CheckinRound,
)
from bot.store.residents import Resident
from bot.store.tasks import Task


@dataclass(frozen=True)
class Heard:
    """What a response met: the rounds it ended, whether people had been alarmed, the case it opened."""

    plan: CheckinPlan
    ended: list[CheckinRound]
    case: Case | None = None

    @property
    def was_alarm(self) -> bool:
        return any(one.stage not in ("", "ask_again") for one in self.ended)


def hear(session: Session, resident: Resident, kind: Any, *, now: datetime, words: str = "") -> Heard | None:
    """The resident gave a sign of life: whatever waits for one is over. 「ちょっと不安」 and 「話したい」 open a case.

    None when nobody watches over them. `words` are kept only when they worry.
    """
    plan = plans.of(session, resident.id)
    if plan is None:
        return None
    ended = waiting.end(session, plan, kind=kind, now=now)
    worries = kind in ("uneasy", "talk")
    if ended or kind not in ("sign", "words"):
        session.add(
            CheckinResponse(
                plan_id=plan.id,
                round_id=ended[-1].id if ended else None,
                at=now,
                kind=kind,
                words=words or None if worries else None,
            )
        )
    case = opening.open_for(session, resident, because="resident", topic="loneliness", now=now) if worries else None
    return Heard(plan, ended, case)


def worry_after_all(
    session: Session, heard: Heard, kind: Any, resident: Resident, *, now: datetime, words: str
) -> Case:
    """Words that ended a round turn out to worry: staff see them."""
    newest = session.scalars(
        select(CheckinResponse).where(CheckinResponse.plan_id == heard.plan.id).order_by(CheckinResponse.id.desc())
    ).first()
    if newest is not None and newest.at == now:
        newest.kind, newest.words = kind, words
    for one in heard.ended:
        one.answer = kind
    return opening.open_for(session, resident, because="resident", topic="loneliness", now=now)


def confirmed_by_people(
    session: Session, silent: CheckinRound, *, kind: str, staff_id: int | None = None, now: datetime
) -> bool:
    """A contact or staff made sure that the person is well: the alarm is over. False when it was already."""
    ended = waiting.end(session, silent.plan, kind=kind, now=now)
    if ended:
        session.add(CheckinResponse(plan_id=silent.plan_id, round_id=silent.id, at=now, kind=kind))
    return bool(ended)


def reported(session: Session, ask: CheckinAsk, outcome: Any, *, now: datetime) -> bool:
    """A contact or a member of the group tells what they found. False when the alarm was over already; a call for help
    is heard even then."""
    silent = session.scalars(
        select(CheckinRound).where(CheckinRound.id == ask.round_id).with_for_update(of=CheckinRound)
    ).one()
    ask.outcome, ask.outcome_at = outcome, now
    if silent.ended_at is not None and outcome != "needs_help":
        return False
    if outcome == "not_met":
        silent.next_stage_at = None if silent.stage == "visit" else now
        return True
    confirmed_by_people(session, silent, kind="contact", now=now)
    if outcome == "needs_help":
        _stay_with(session, f"ask:{ask.id}:help", silent, now)
    return True


def heed(session: Session, task: Task, *, staff_id: int, now: datetime) -> None:
    """A task about a silent person was done: what its result means for the round."""
    silent = session.get(CheckinRound, task.round_id) if task.round_id is not None else None
    if silent is None:
        return
    match task.result:
        case "well":
            confirmed_by_people(session, silent, kind="staff", staff_id=staff_id, now=now)
            unreachable.decide_how_to_go_on(session, silent.plan, now=now)
        case "needs_help":
            confirmed_by_people(session, silent, kind="staff", staff_id=staff_id, now=now)
            _stay_with(session, f"task:{task.id}:after", silent, now)
            unreachable.decide_how_to_go_on(session, silent.plan, now=now)
        case "stopped":
            plans.stop(session, silent.plan, staff_id=staff_id, now=now)
        case "not_reached" if silent.ended_at is None:
            if silent.next_stage_at is not None:
                silent.next_stage_at = now
            elif not waiting.is_somebody_at_it(session, silent):
                _stay_with(session, f"task:{task.id}:after", silent, now, round_id=silent.id)


def _stay_with(
    session: Session, need: str, silent: CheckinRound, now: datetime, *, round_id: int | None = None
) -> None:
    """Somebody goes on caring: a case for who is known, and a task in any event. With `round_id`, a sign of life calls
    the task off."""
    case = None
    resident = session.get(Resident, silent.plan.resident_id) if silent.plan.resident_id else None
    if resident is not None:
        case = opening.open_for(session, resident, because="staff", topic="loneliness", now=now)
    tasks.open_(
        session,
        need,
        "follow_up",
        now=now,
        is_urgent=True,
        climbs_after=PATIENCE,
        resident_id=silent.plan.resident_id,
        case_id=case.id if case else None,
        plan_id=silent.plan_id,
        round_id=round_id,
    )
