"""What is counted, for `/metrics`. Labels are states, never people.

Counters and durations belong to one process: with several, each worker and clock shows its own at `METRICS_PORT`.
What stands in the database is read when somebody looks, and is the same whichever process is asked.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.services import health
from bot.store.cases import Case
from bot.store.checkins import CheckinPlan, CheckinRound
from bot.store.engine import Store
from bot.store.knowledge import LookedFor, Verdict
from bot.store.talk import Delivery, InboxEvent
from bot.store.tasks import Task

ACK_SECONDS = Histogram(
    "sasaeai_webhook_seconds",
    "From LINE's request to our acknowledgement.",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2),
)
TURN_SECONDS = Histogram(
    "sasaeai_turn_seconds",
    "Thinking about and keeping one turn.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
TURNS = Counter("sasaeai_turns_total", "Turns by outcome.", ["outcome"])
DELIVERIES = Counter("sasaeai_calls_to_line_total", "Calls to LINE by way and result.", ["way", "result"])


LATELY = timedelta(days=1)
"""Tables that grow without end are only counted as far back."""


class FromDatabase(Collector):
    """What the database tells: what waits and for how long, and how much of what there is."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Nothing while the database is away: `/readyz` tells that."""
        try:
            with self._store.reading() as session:
                found = list(_families(session, self._now()))
        except SQLAlchemyError:
            return
        yield from found


def _families(session: Session, now: datetime) -> Iterator[GaugeMetricFamily]:
    waiting = GaugeMetricFamily("sasaeai_waiting", "Rows that wait.", labels=["queue"])
    oldest = GaugeMetricFamily("sasaeai_oldest_seconds", "How long the oldest due row has waited.", labels=["queue"])
    queues = (
        ("inbox", InboxEvent.state == "waiting", func.coalesce(InboxEvent.next_try_at, InboxEvent.received_at)),
        ("outbox", Delivery.state == "waiting", func.coalesce(Delivery.next_try_at, Delivery.created_at)),
        ("cases", Case.state == "waiting", Case.opened_at),
        ("tasks", Task.state == "open", Task.due_at),
    )
    for name, is_waiting, since in queues:
        count, first = session.execute(select(func.count(), func.min(since)).where(is_waiting)).one()
        waiting.add_metric([name], count)
        oldest.add_metric([name], 0 if first is None else max(0.0, (now - first).total_seconds()))
    yield waiting
    yield oldest
    lately = now - LATELY
    ended = Delivery.done_at >= lately
    yield _by(session, "sasaeai_deliveries_last_day", "Deliveries of the last day, by state.", Delivery.state, ended)
    came = InboxEvent.received_at >= lately
    yield _by(session, "sasaeai_events_last_day", "Events of the last day, by state.", InboxEvent.state, came)
    yield _by(session, "sasaeai_cases", "Cases, by state.", Case.state)
    # no count of worry reports: whoever reads this page every minute would learn when each of them came
    yield _by(session, "sasaeai_tasks", "Tasks, by state.", Task.state)
    yield _by(session, "sasaeai_checkin_plans", "Check-in plans, by state.", CheckinPlan.state)
    state = case(
        (CheckinRound.answer.is_not(None), "answered"),
        (CheckinRound.ended_at.is_not(None), "ended"),
        (CheckinRound.stage != "", "climbing"),
        (CheckinRound.sent_at.is_not(None), "asked"),
        else_="due",
    )
    due = CheckinRound.due_at >= lately
    yield _by(session, "sasaeai_checkin_rounds_last_day", "Check-in rounds of the last day, by state.", state, due)
    looked = GaugeMetricFamily("sasaeai_lookups", "Questions for a place to get help, by outcome.", labels=["outcome"])
    is_found = LookedFor.category != ""
    looked.add_metric(["found"], session.scalar(select(func.sum(LookedFor.times)).where(is_found)) or 0)
    looked.add_metric(["not_found"], session.scalar(select(func.sum(LookedFor.times)).where(~is_found)) or 0)
    looked.add_metric(["helped"], session.scalar(select(func.sum(Verdict.helped))) or 0)
    looked.add_metric(["not_this"], session.scalar(select(func.sum(Verdict.not_this))) or 0)
    yield looked
    free = health.free_bytes(session)
    if free is not None:
        yield GaugeMetricFamily("sasaeai_disk_free_bytes", "Room on the disk that holds the database.", value=free)
    alive = GaugeMetricFamily(
        "sasaeai_part_alive", "Whether a part of the program shows signs of life.", labels=["part"]
    )
    for part in health.state(session, now=now, most_refused=0).parts:
        alive.add_metric([part.name], part.is_alive)
    yield alive


def _by(session: Session, name: str, told: str, column: Any, *which: ColumnElement[bool]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, told, labels=["state"])
    named = column.label("named")
    for state, count in session.execute(select(named, func.count()).where(*which).group_by(named)):
        family.add_metric([state], count)
    return family
