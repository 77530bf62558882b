"""Clocks and workers are killed at random moments while LINE makes trouble: one message a round, each escalation once.

The processes are real and die by SIGKILL. A short seeded run belongs to the suite; a long one:

    FAULT_ROUNDS=200 FAULT_SEED=7 .venv/bin/python -m pytest -n 0 -s tests/faults/test_rounds.py
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import datetime

import pytest

from bot.services.checkins import joining, templates, waiting
from bot.services.checkins.templates import Step
from bot.simulator import Simulator
from bot.simulator.server import Server
from bot.simulator.troubles import Trouble
from bot.store import migrate
from bot.store.checkins import CheckinAsk, CheckinContact, CheckinPlan, CheckinRound, CheckinStage, CheckinTemplate
from bot.store.engine import Store
from bot.store.residents import Resident, Thread
from bot.store.running import Heartbeat
from bot.store.talk import Delivery
from bot.store.tasks import Task
from tests.town import KEY, SECRET, TOKEN, TOKYO

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "6"))
PEOPLE = 6 if ROUNDS < 100 else 20
SEED = int(os.environ.get("FAULT_SEED", "3"))
PATIENCE = 240.0
KILLS = 3  # in each batch, so that even a slow machine comes to the end of it
AT_ONCE = tuple(Step(stage, 0, at_night=True) for stage in ("ask_again", "phone", "contact", "visit"))


class Processes:
    """Two clocks and two workers; whoever is killed is started anew. Only one that is at work can be killed."""

    def __init__(self, database: str, jobs: str, line: str) -> None:
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.quick_process", database, jobs, line, KEY],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self._at_work: dict[int, str] = {}
        self.killed = 0
        threading.Thread(target=self._listen, daemon=True).start()
        for part in ("clock", "clock", "worker", "worker"):
            self._start(part)

    def _start(self, part: str) -> None:
        print(part, file=self._nursery.stdin, flush=True)

    def _listen(self) -> None:
        with self._nursery.stdout as told:
            for line in told:
                part, _, pid = line.strip().partition(" ")
                if part in ("clock", "worker") and pid.isdigit():  # else a line of the log
                    self._at_work[int(pid)] = part

    def kill_one(self, chance: random.Random) -> None:
        if not self._at_work:
            return
        pid = chance.choice(sorted(self._at_work))
        part = self._at_work.pop(pid)
        os.kill(pid, signal.SIGKILL)
        self.killed += 1
        self._start(part)

    def end(self) -> None:
        os.killpg(self._nursery.pid, signal.SIGKILL)
        self._nursery.wait()
        self._nursery.stdin.close()


def now() -> datetime:
    return datetime.now(TOKYO)


def begin(store: Store, line: Simulator) -> tuple[list[int], dict[str, list]]:
    """People who are watched over, each with a contact on LINE; silence climbs without waiting."""
    phones: dict[str, list] = {"people": [], "contacts": []}
    ids = []
    with store.turn() as session:
        template = CheckinTemplate(
            name="at once",
            steps=templates.plain(AT_ONCE),
            quiet_from=0,
            quiet_to=0,
            contacts_at_once=1,
            changed_at=now(),
        )
        session.add(template)
        session.flush()
        for number in range(PEOPLE):
            both = []
            for kind in ("people", "contacts"):
                phone = line.resident(f"{kind} {number}")
                phone.follows_us = True
                resident = Resident(
                    line_id=phone.user_id, line_id_hash=store.key_of("line", phone.user_id), created_at=now()
                )
                session.add(resident)
                session.flush()
                session.add(Thread(key=store.key_of("thread", phone.user_id), resident_id=resident.id))
                phones[kind].append(phone)
                both.append(resident)
            plan = joining.join(session, both[0], window_from=540, window_to=600, now=now())
            plan.template_id, plan.next_due_at = template.id, None
            session.add(
                CheckinContact(
                    plan_id=plan.id, position=1, name="c", resident_id=both[1].id, confirmed_at=now(), added_at=now()
                )
            )
            ids.append(plan.id)
    return ids, phones


def all_climbed(store: Store, rounds: int) -> bool:
    """Whether every round made so far has come to its last stage and nothing waits to be delivered."""
    with store.reading() as session:
        at_the_door = session.query(CheckinRound).filter_by(stage="visit").count()
        waiting = session.query(Delivery).filter_by(state="waiting").count()
        return at_the_door == rounds and waiting == 0


def standing(store: Store) -> str:
    """Where everything stands, for whoever reads a failure."""
    with store.reading() as session:
        stages = Counter(one.stage for one in session.query(CheckinRound))
        waiting = Counter((one.message_class, one.tries) for one in session.query(Delivery).filter_by(state="waiting"))
        beats = {f"{one.part} {one.process}": one.beat_at.strftime("%H:%M:%S") for one in session.query(Heartbeat)}
        return f"rounds {dict(stages)}, waiting {dict(waiting)}, beats {beats}, now {now():%H:%M:%S}"


def everybody_told(store: Store) -> bool:
    with store.reading() as session:
        untold = session.query(CheckinAsk).filter(CheckinAsk.told_over_at.is_(None)).count()
        return not untold and not session.query(Delivery).filter_by(state="waiting").count()


def words_of(phone) -> Counter:
    told: Counter = Counter()
    for one in phone.shown:
        for mark, name in (
            ("まだお返事がないので", "again"), ("これから", "call"), ("ようすを見てもらえますか", "ask"),
            ("ようすが分かりました", "over"), ("お変わりありませんか", "greeting"),
        ):  # fmt: skip
            if mark in one.words:
                told[name] += 1
                break
    return told


@pytest.mark.parametrize("kind", ["sqlite"] if ROUNDS < 100 else ["sqlite", "postgresql"])
def test_one_message_a_round_and_each_escalation_once(kind, tmp_path, request):
    chance = random.Random(SEED)
    url = f"sqlite:///{tmp_path / 'town.db'}" if kind == "sqlite" else request.getfixturevalue("empty_postgres")
    jobs = f"sqlite:///{tmp_path / 'jobs.db'}"
    migrate.upgrade(url)
    store = Store(url, [KEY])
    store.lookup_secret  # noqa: B018 - made before the processes start
    line = Simulator(channel_secret=SECRET, access_token=TOKEN, monthly_limit=None, seed=SEED)
    server = Server(line)
    ids, phones = begin(store, line)
    processes = Processes(url, jobs, server.url)
    for trouble in ("429", "500", "cut before", "cut after"):
        line.troubles.begin(Trouble(trouble, "/message/", chance=0.08))
    made = 0
    try:
        for batch in range(max(1, ROUNDS // PEOPLE)):
            with store.turn() as session:
                for plan in session.query(CheckinPlan).filter(CheckinPlan.id.in_(ids)):
                    plan.next_due_at = now()
            made += PEOPLE
            until = time.monotonic() + PATIENCE
            while not all_climbed(store, made):
                assert time.monotonic() < until, f"batch {batch}: {standing(store)}; {processes.killed} killed"
                time.sleep(chance.uniform(0.05, 0.8))
                if processes.killed < KILLS * (batch + 1) and chance.random() < 0.4:
                    processes.kill_one(chance)
            with store.turn() as session:  # somebody answers at last
                for plan in session.query(CheckinPlan).filter(CheckinPlan.id.in_(ids)):
                    waiting.end(session, plan, kind="sign", now=now())
            while not everybody_told(store):
                assert time.monotonic() < until + PATIENCE
                time.sleep(0.2)
    finally:
        processes.end()
    batches = made // PEOPLE
    for phone in phones["people"]:
        assert words_of(phone) == {"greeting": batches, "again": batches, "call": batches}, phone.name
    for phone in phones["contacts"]:
        assert words_of(phone) == {"ask": batches, "over": batches}, phone.name
    with store.reading() as session:
        assert session.query(CheckinRound).count() == made
        stages = Counter(one.stage for one in session.query(CheckinStage))
        assert stages == {"ask_again": made, "phone": made, "contact": made, "visit": made}
        tasks = Counter(task.kind for task in session.query(Task).filter(Task.is_urgent))
        assert tasks == {"phone": made, "visit": made}
        sent = session.query(CheckinRound).filter(CheckinRound.sent_at.is_not(None)).count()
        assert sent == made
    print(f"{made} rounds, {processes.killed} processes killed, {sum(t.happened for t in line.troubles._on)} troubles")
    server.stop()
    store.close()
