"""The round-maker: what the clock wakes every half minute, so that nobody who is due is forgotten.

The database says who is due; nothing is remembered here. Each step is one short transaction, so that residents who
write meanwhile are answered at once, and a process that is killed has done a step or not begun it.
"""

import time
from collections.abc import Callable
from datetime import datetime

import structlog
import urllib3
from linebot.v3.messaging import ApiException
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.line.gateway import TIMEOUT
from bot.services import council, on_call, quota, tasks, wording
from bot.services.checkins import contacts, disasters, rounds, silence
from bot.store.checkins import CheckinAsk, CheckinPlan, CheckinRound, DisasterRound
from bot.store.tasks import Task
from bot.work import signs_of_life
from bot.work.bell import Bell
from bot.work.parts import Parts
from handlers.copy import checkin as say

BREATH = 0.02
"""Seconds between two transactions, so that other writers get their turn on SQLite."""

QUOTA_EVERY = 600.0  # seconds
BEAT_SECONDS = 20.0

log = structlog.get_logger(__name__)


def make(parts: Parts, bell: Bell) -> int:
    """Everything that is due now. How many steps there were; 0 costs a few look-ups in small indexes."""
    steps = 0
    with parts.store.reading() as session:
        due = what_is_due(session, parts.now())
        wording.refresh(session)
    if "disaster" in due:
        steps += _again_and_again(parts, bell, lambda session, now: disasters.ask_due(session, say, now=now))
    if "round" in due:
        steps += _again_and_again(parts, bell, _ask, _ask_one_by_one)
    if "stage" in due:
        steps += _again_and_again(parts, bell, _climb_rounds, _climb_one_by_one)
    if "over" in due:
        steps += _again_and_again(
            parts, bell, lambda session, now: (contacts.tell_it_is_over(session, say, now=now), [])
        )
    if "task" in due:
        steps += _again_and_again(parts, bell, lambda session, now: _climb(session, parts, now))
    signs_of_life.beat(parts.store, "rounds", now=parts.now())
    return steps


def what_is_due(session: Session, now: datetime) -> set[str]:
    """Which kinds of things are due: one look into each index."""
    looks = {
        "disaster": select(DisasterRound.id).where(
            DisasterRound.ended_at.is_(None), DisasterRound.told_everybody_at.is_(None)
        ),
        "round": select(CheckinPlan.id).where(CheckinPlan.next_due_at <= now),
        "stage": select(CheckinRound.id).where(CheckinRound.next_stage_at <= now),
        "over": select(CheckinAsk.id)
        .join(CheckinRound, CheckinRound.id == CheckinAsk.round_id)
        .where(CheckinAsk.told_over_at.is_(None), CheckinRound.ended_at.is_not(None)),
        "task": select(Task.id).where(Task.climbs_at <= now),
    }
    return {name for name, look in looks.items() if session.scalar(look.limit(1)) is not None}


Step = Callable[[Session, datetime], tuple[int, list[str]]]


def _again_and_again(
    parts: Parts, bell: Bell, step: Step, one_by_one: Callable[[Parts, Bell], int] | None = None
) -> int:
    """The step, each time in its own transaction, until nothing is left for it. One that fails for some reason of its
    own is done `one_by_one`, so that one person's broken record holds up nobody else."""
    total, beaten = 0, time.monotonic()
    while True:
        try:
            with parts.store.turn() as session:
                count, keys = step(session, parts.now())
        except SQLAlchemyError:
            raise  # the database is away: the next wake-up goes on
        except Exception:
            if one_by_one is None:
                raise
            log.exception("a batch failed")
            count, keys = one_by_one(parts, bell), []
        bell.ring_for_deliveries(keys)
        if not count:
            return total
        total += count
        if time.monotonic() - beaten > BEAT_SECONDS:
            beaten = time.monotonic()
            signs_of_life.beat(parts.store, "rounds", now=parts.now())
        time.sleep(BREATH)


def _ask(session: Session, now: datetime) -> tuple[int, list[str]]:
    return rounds.make_due(session, say.greeting, now=now)


def _climb_rounds(session: Session, now: datetime) -> tuple[int, list[str]]:
    return silence.climb_due(session, say, now=now), []


def _ask_one_by_one(parts: Parts, bell: Bell) -> int:
    with parts.store.reading() as session:
        due = rounds.due_plans(session, now=parts.now())
    for plan_id in due:
        try:
            with parts.store.turn() as session:
                _, keys = rounds.make_due(session, say.greeting, now=parts.now(), only=plan_id)
            bell.ring_for_deliveries(keys)
        except SQLAlchemyError:
            raise
        except Exception:
            log.exception("a check-in failed", plan=plan_id)
            with parts.store.turn() as session:
                silence.leave_to_people(session, plan_id=plan_id, now=parts.now())
    return len(due)


def _climb_one_by_one(parts: Parts, bell: Bell) -> int:
    with parts.store.reading() as session:
        due = silence.due_stages(session, now=parts.now())
    for round_id in due:
        try:
            with parts.store.turn() as session:
                silence.climb_due(session, say, now=parts.now(), only=round_id)
        except SQLAlchemyError:
            raise
        except Exception:
            log.exception("a stage failed", round=round_id)
            with parts.store.turn() as session:
                silence.leave_to_people(session, round_id=round_id, now=parts.now())
    return len(due)


def _climb(session: Session, parts: Parts, now: datetime) -> tuple[int, list[str]]:
    """Tasks that nobody took go to the next person on call; the first alert of somebody unreachable goes to all."""
    climbed = tasks.climb_due(session, now=now)
    people = on_call.all_(session)
    keys: list[str] = []
    for task in climbed:
        told = people
        if people and task.kind != "unreachable" and task.stage <= len(people):
            told = [people[task.stage - 1]]
        keys += on_call.tell(
            session,
            say.a_task_waits(parts.public_url),
            about=f"task {task.id} {task.stage}",
            by_mail=parts.mail_server is not None,
            now=now,
            to=told,
        )
        log.warning("a task waits", task=task.id, kind=task.kind, stage=task.stage)
    return len(climbed), keys


def read_quota(parts: Parts) -> None:
    """Ask LINE for the month, count what is still needed, and warn staff days before it runs out."""
    try:
        reading = parts.gateway.quota()
        account = parts.gateway.api.get_bot_info(_request_timeout=TIMEOUT)
    except (ApiException, urllib3.exceptions.HTTPError, OSError) as trouble:
        log.warning("LINE does not tell the month's messages", why=type(trouble).__name__)
        return
    now = parts.now()
    with parts.store.turn() as session:
        council.note_line_id(session, str(account.basic_id), now=now)  # for the QR code on printed cards
        quota.note(session, most=reading.limit, used=reading.used, now=now)
        month = quota.forecast(session, now=now)
        if month is not None:
            quota.warn(session, month, now=now)
