"""Ten thousand people due in the same minute, and what a wake-up costs when nobody is due.

    python bench/checkins.py [--people 10000] [--idle 1000,1000000] [--json]

seconds       from the due time until the stand-in for LINE has everybody's message
missing       people who got none
doubled       people who got more than one
chat_p95_ms   meanwhile, from a resident's message to the bot's answer
quiet_p95_ms  the same before anybody was due, to tell a busy machine from a busy bot
idle_ms       one look of the round-maker with nothing due, at the smaller number of plans (median)
idle_ratio    the same at the larger number, divided by it

The stand-in runs in this process, the bot as all-in-one on SQLite in another, as `sasaeai serve` starts it.
"""

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sqlalchemy import insert  # noqa: E402

from bench.program import Program, database  # noqa: E402
from bench.turn import bot_bubbles  # noqa: E402
from bot.services.checkins import templates  # noqa: E402
from bot.simulator import Simulator  # noqa: E402
from bot.store import migrate  # noqa: E402
from bot.store.checkins import CheckinPlan  # noqa: E402
from bot.store.engine import Store  # noqa: E402
from bot.store.residents import Resident, Thread  # noqa: E402
from bot.work import rounds  # noqa: E402

TOKYO = ZoneInfo("Asia/Tokyo")
CHATTERS = 20
CHUNK = 5_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--idle", default="1000,1000000")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    figures = {**same_minute(given.people), **idle(*map(int, given.idle.split(",")))}
    if given.json:
        print(json.dumps(figures))
        return
    for key, value in figures.items():
        print(f"{key:12}{value:>10}")


def same_minute(count: int) -> dict[str, float]:
    line = Simulator(monthly_limit=None)
    with database("sqlite") as kept:
        program = Program(kept, line)
        program.prepare()
        store = Store(kept.url, [program.key])
        watched = enrol(store, line, count)
        try:
            program.start()
            chatters = [line.resident(f"chat {number}") for number in range(CHATTERS)]
            for one in chatters:
                one.follows()
            time.sleep(10)  # warm
            return measure(store, line, watched, chatters)
        finally:
            program.stop()
            store.close()


def enrol(store: Store, line: Simulator, count: int) -> list:
    """People with plans that are not due yet."""
    now, phones = datetime.now(TOKYO), []
    store.lookup_secret  # noqa: B018 - made before anything is written
    with store.turn() as session:
        template_id = templates.usual(session, now=now).id
    for start in range(0, count, CHUNK):
        with store.turn() as session:
            for number in range(start, min(count, start + CHUNK)):
                phone = line.resident(f"p{number}")
                phone.follows_us = True
                phones.append(phone)
                resident = Resident(
                    line_id=phone.user_id, line_id_hash=store.key_of("line", phone.user_id), created_at=now
                )
                session.add(resident)
                session.flush()
                session.add(Thread(key=store.key_of("thread", phone.user_id), resident_id=resident.id))
                session.add(CheckinPlan(resident_id=resident.id, **plan_facts(template_id, now)))
    return phones


def plan_facts(template_id: int, now: datetime) -> dict[str, object]:
    minute = now.hour * 60 + now.minute
    return {
        "template_id": template_id, "state": "on", "every": 1, "weekdays": "", "window_from": minute,
        "window_to": 24 * 60, "starts_on": date(2026, 1, 1), "next_due_at": now + timedelta(days=1),
        "consent_way": "line", "created_at": now,
    }  # fmt: skip


def measure(store: Store, line: Simulator, watched: list, chatters: list) -> dict[str, float]:
    stopped = threading.Event()
    before: list[float] = []
    meanwhile: list[float] = []
    kept = [before]

    def chat() -> None:
        number = 0
        while not stopped.wait(0.25):
            one = chatters[number % len(chatters)]
            number += 1
            seen, gone, waits = len(bot_bubbles(one)), time.monotonic(), kept[0]
            one.says("ありがとう")
            while len(bot_bubbles(one)) == seen and time.monotonic() - gone < 30:
                time.sleep(0.005)
            waits.append((time.monotonic() - gone) * 1000)

    talking = threading.Thread(target=chat)
    talking.start()
    time.sleep(15)
    kept[0] = meanwhile
    due = datetime.now(TOKYO)
    with store.turn() as session:
        session.query(CheckinPlan).update({"next_due_at": due})
    begun = time.monotonic()
    while time.monotonic() - begun < 300 and any(not one.shown for one in watched):
        time.sleep(0.1)
    seconds = time.monotonic() - begun
    kept[0] = []
    time.sleep(35)  # another wake-up of the round-maker must change nothing
    stopped.set()
    talking.join()
    counts = [len(one.shown) for one in watched]
    return {
        "people": len(watched),
        "seconds": round(seconds, 1),
        "missing": sum(count == 0 for count in counts),
        "doubled": sum(count > 1 for count in counts),
        "calls": sum(path.endswith(("/push", "/multicast")) for _, path, _ in line.calls),
        "chat_p95_ms": p95(meanwhile),
        "quiet_p95_ms": p95(before),
    }


def p95(waits: list[float]) -> float:
    return round(statistics.quantiles(waits, n=20)[18], 1) if len(waits) > 1 else 0.0


def idle(few: int, many: int) -> dict[str, float]:
    """A look with nothing due, at both numbers of plans, in turns, so that a busy machine burdens both alike."""
    stores = {}
    with tempfile.TemporaryDirectory(dir=ROOT) as name:
        for count in (few, many):
            url = f"sqlite:///{name}/{count}.db"
            migrate.upgrade(url)
            stores[count] = store = Store(url, [Fernet.generate_key().decode()])
            now = datetime.now(TOKYO)
            with store.turn() as session:
                facts = plan_facts(templates.usual(session, now=now).id, now)
            for start in range(0, count, CHUNK):
                with store.turn() as session:
                    session.execute(insert(CheckinPlan), [facts] * min(CHUNK, count - start))
        took: dict[int, list[float]] = {few: [], many: []}
        for _ in range(300):
            for count, store in stores.items():
                begun = time.perf_counter()
                with store.reading() as session:
                    assert not rounds.what_is_due(session, datetime.now(TOKYO))
                took[count].append((time.perf_counter() - begun) * 1000)
        for store in stores.values():
            store.close()
    small, large = statistics.median(took[few]), statistics.median(took[many])
    return {"idle_ms": round(small, 2), "idle_ratio": round(large / small, 3)}


if __name__ == "__main__":
    main()
