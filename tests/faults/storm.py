"""Residents write while processes die and LINE makes trouble: is every message answered once, and in order?

    python -m tests.faults.storm [--kind sqlite|postgresql] [--kills 200] [--rate 20] [--trouble 0.1] [--seed 1]

The processes are the real ones, started as production starts them: all in one on SQLite, or web, worker and clock on
PostgreSQL. They die by SIGKILL at moments drawn from the seed, and whoever died is started anew. The stand-in plays
LINE: what got no 2xx is told again. Each resident says things that have answers of their own, so that the bubbles on
the phone, in order, tell what was lost, said twice or mixed up.
"""

import argparse
import json
import os
import random
import signal
import statistics
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psutil

from bench.program import Database, Program, database
from bot.simulator import Simulator
from bot.simulator.phone import Resident
from bot.simulator.troubles import Trouble

TALK = {
    "ありがとう": "どういたしまして",
    "使い方を教えて": "こんなことができます",
    "さようなら": "またいつでも話しかけて",
}
"""What is said, and a mark that only its answer carries."""
PATIENCE = 240.0  # seconds without any progress


@dataclass
class Result:
    """What was tried and what came of it."""

    kind: str
    residents: int
    messages: int = 0
    kills: int = 0
    troubles: int = 0
    told_again: int = 0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    slowest_s: float = 0.0
    ack_p99_ms: float = 0.0
    seconds: float = 0.0
    seed: int = 1


def kill_one(program: Program, dice: random.Random) -> None:
    """SIGKILL for one process at random, the master of the web as likely as what it has forked."""
    part = dice.choice(sorted(program.running))
    master = program.running[part]
    family = [master.pid, *(child.pid for child in psutil.Process(master.pid).children(recursive=True))]
    victim = dice.choice(sorted(family))
    os.kill(victim, signal.SIGKILL)
    if victim == master.pid:
        master.wait()
        for orphan in family[1:]:  # a machine that loses the master loses what it forked as well
            if psutil.pid_exists(orphan):
                os.kill(orphan, signal.SIGKILL)
        program.start_one(part)


@dataclass
class Person:
    """A resident who writes at given moments, and whose message LINE tells until it gets a 2xx."""

    phone: Resident
    says: list[str] = field(default_factory=list)
    began: int = 0

    def writes(self, words: str, line: Simulator) -> int:
        """Says something. How often LINE had to tell it again."""
        self.says.append(words)
        event = self.phone.says(words)
        again = 0
        while not _is_acknowledged(line, event["webhookEventId"]):
            time.sleep(0.3)
            line.redeliver(event)
            again += 1
        return again

    def heard(self) -> list[str]:
        """The answers on the phone since the storm began, as marks in order."""
        marks = []
        for one in self.phone.shown[self.began :]:
            if one.by == "bot":
                marks += [mark for mark in TALK.values() if mark in one.words]
        return marks


def _is_acknowledged(line: Simulator, event_id: str) -> bool:
    return any(told == event_id and 200 <= status < 300 for told, status in reversed(line.webhook_answers))


def run(
    *, kept: Database, kills: int, messages: int, rate: float, residents: int, trouble: float, seed: int, key: str = ""
) -> Result:
    """One storm. Every message is sent at its time; processes die in between; then all must be answered.

    `key`: the database holds the starter set already, under this key.
    """
    result = Result("sqlite" if kept.url.startswith("sqlite") else "postgresql", residents, seed=seed)
    dice = random.Random(seed)
    line = Simulator(monthly_limit=None, seed=seed)
    line.redelivers = False  # each person's thread tells again what was not acknowledged, as LINE does
    program = Program(kept, line, key=key)
    if not key:
        program.prepare()
    started = time.monotonic()
    acks = _timed_acks(line)
    try:
        program.start()
        people = [Person(line.resident(f"r{number}")) for number in range(residents)]
        for person in people:
            person.phone.follows()
        _until(lambda: all(any(one.by == "bot" for one in person.phone.shown) for person in people), people)
        for person in people:
            person.phone.taps("あとで")
        time.sleep(1.0)
        _until_quiet(people)
        for person in people:
            person.began = len(person.phone.shown)
        acks.clear()
        if trouble:
            for what in ("429", "500", "cut before", "cut after"):
                line.troubles.begin(Trouble(what, "/message/", chance=trouble / 4))  # type: ignore[arg-type]
        _storm(result, people, line, program, dice, kills=kills, messages=messages, rate=rate)
        result.troubles = sum(one.happened for one in line.troubles._on)
        line.troubles.end_all()
        _until(lambda: all(len(person.heard()) >= len(person.says) for person in people), people, is_fatal=False)
        time.sleep(3.0)  # what is said twice is said a little later
    finally:
        program.kill()
    for person in people:
        _judge(result, person)
    result.seconds = round(time.monotonic() - started, 1)
    if len(acks) > 1:
        result.ack_p99_ms = round(statistics.quantiles(acks, n=100)[98] * 1000, 1)
    return result


def _storm(
    result: Result,
    people: list[Person],
    line: Simulator,
    program: Program,
    dice: random.Random,
    *,
    kills: int,
    messages: int,
    rate: float,
) -> None:
    """Each person writes in a thread of their own; processes die until there were enough deaths."""
    guard, stopped = threading.Lock(), threading.Event()
    each = max(1, messages // len(people))
    turns = [random.Random(dice.random()) for _ in people]

    def writes(person: Person, own: random.Random) -> None:
        count = 0
        while count < each or (kills and not stopped.is_set()):
            began = time.monotonic()
            again = person.writes(own.choice(sorted(TALK)), line)
            with guard:
                result.messages += 1
                result.told_again += again
            count += 1
            time.sleep(max(0.0, len(people) / rate * own.uniform(0.5, 1.5) - (time.monotonic() - began)))

    threads = [threading.Thread(target=writes, args=both) for both in zip(people, turns, strict=True)]
    for thread in threads:
        thread.start()
    for _ in range(kills):
        time.sleep(dice.uniform(0.2, 6.0))
        kill_one(program, dice)
        result.kills += 1
    stopped.set()
    for thread in threads:
        thread.join()
    program.wait_until_up()


def _judge(result: Result, person: Person) -> None:
    """Compare what was said with what was heard."""
    expected, heard = [TALK[words] for words in person.says], person.heard()
    if heard == expected:
        pass
    elif sorted(heard) == sorted(expected):
        result.out_of_order += 1
    else:
        result.lost += sum(max(0, expected.count(mark) - heard.count(mark)) for mark in TALK.values())
        result.doubled += sum(max(0, heard.count(mark) - expected.count(mark)) for mark in TALK.values())
    waits: list[float] = []
    mine: list[float] = []
    for one in person.phone.shown[person.began :]:
        if one.by == "resident":
            mine.append(one.at.timestamp())
        elif mine and any(mark in one.words for mark in TALK.values()):
            waits.append(one.at.timestamp() - mine.pop(0))
    result.slowest_s = round(max([result.slowest_s, *waits]), 1)


def _until(done: Callable[[], bool], people: list[Person], *, is_fatal: bool = True) -> None:
    """Wait as long as something still happens."""
    shown, since = -1, time.monotonic()
    while not done():
        now = sum(len(person.phone.shown) for person in people)
        if now != shown:
            shown, since = now, time.monotonic()
        if time.monotonic() - since > PATIENCE:
            if is_fatal:
                raise AssertionError("nothing happens any more")
            return
        time.sleep(0.1)


def _until_quiet(people: list[Person]) -> None:
    """Wait until no new bubble has come for a while."""
    shown, since = -1, time.monotonic()
    while time.monotonic() - since < 1.5:
        now = sum(len(person.phone.shown) for person in people)
        if now != shown:
            shown, since = now, time.monotonic()
        time.sleep(0.1)


def _timed_acks(line: Simulator) -> list[float]:
    """How long each acknowledged request took, gathered while the storm goes on."""
    acks: list[float] = []
    deliver = line.deliver

    def timed(events: Any) -> int:
        began = time.perf_counter()
        status = deliver(events)
        if status == 200:
            acks.append(time.perf_counter() - began)
        return status

    line.deliver = timed  # type: ignore[method-assign]
    return acks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--residents", type=int, default=40)
    parser.add_argument("--trouble", type=float, default=0.1, help="the share of calls to LINE that meet trouble")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = vars(parser.parse_args())
    as_json = given.pop("json")
    with database(given.pop("kind")) as kept:
        result = run(kept=kept, **given)
    figures = vars(result)
    if as_json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:14}{value:>12}")
    if result.lost or result.doubled or result.out_of_order:
        sys.exit(1)


if __name__ == "__main__":
    main()
