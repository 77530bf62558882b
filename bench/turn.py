"""From webhook sent to reply delivered: 20 messages a second from 200 residents against the running `serve` process.

    python bench/turn.py [--seconds 60] [--rate 20] [--residents 200] [--json]

Open loop: messages are sent on time whether or not earlier ones were answered. The stand-in for LINE runs in this
process, the bot as all-in-one on SQLite in another, as `sasaeai serve` starts it. Memory is that of its process tree.
"""

import argparse
import json
import random
import statistics
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench.program import Program, database, settle  # noqa: E402
from bot.simulator import Simulator  # noqa: E402

SAYINGS = [
    "電気代が払えへん", "母の物忘れがひどくて、どこに相談したらいい?", "こんにちは", "うちの子が学校に行かれへん", "ありがとう",
    "車いすを借りたい", "ボランティアをしたい", "社協の電話番号は?", "夜中に子どもが熱を出した", "仕事がない", "ほうかつしえんせんたー どこ",
    "近所のお年寄りが心配", "使い方を教えて", "借金が返せない", "さみしい", "あれってどうなったん",
]  # fmt: skip
OPENINGS = [
    "",
    "あの、",
    "すみません、",
    "教えてください。",
    "ちょっと聞きたいのですが、",
    "夜分にすみません、",
    "加古川に住んでいます。",
]
ENDINGS = ["", "。", "です", "んです", "…", "、お願いします", "、困っています", "とき、どうしたらいいですか"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--residents", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    line = Simulator(monthly_limit=None)
    with database("sqlite") as kept:
        program = Program(kept, line)
        program.prepare()
        try:
            program.start()
            figures = run(line, program, given)
        finally:
            program.stop()
    if given.json:
        print(json.dumps(figures))
        return
    for key, value in figures.items():
        print(f"{key:12}{value:>10}")


def run(line: Simulator, program: Program, given: argparse.Namespace) -> dict[str, float]:
    people = [line.resident(f"r{number}") for number in range(given.residents)]
    for person in people:
        person.follows()
    settle(people)
    answered_before = {person.user_id: len(bot_bubbles(person)) for person in people}
    sent: dict[str, list[float]] = {person.user_id: [] for person in people}
    dice = random.Random(7)
    threads, started, count = [], time.monotonic(), int(given.seconds * given.rate)
    for number in range(count):
        due = started + number / given.rate
        time.sleep(max(0.0, due - time.monotonic()))
        person = people[number % len(people)]
        sent[person.user_id].append(time.time())
        thread = threading.Thread(target=person.says, args=(saying(dice),))
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()
    settle(people)
    memory = program.rss_mib()
    waits, lost, doubled = [], 0, 0
    for person in people:
        turns = replies(person, answered_before[person.user_id])
        times = sent[person.user_id]
        lost += max(0, len(times) - len(turns))
        doubled += max(0, len(turns) - len(times))
        waits += [(got - gone) * 1000 for gone, got in zip(times, turns, strict=False)]
    cuts = statistics.quantiles(waits, n=100)
    return {
        "messages": count,
        "p50_ms": round(cuts[49], 1),
        "p95_ms": round(cuts[94], 1),
        "p99_ms": round(cuts[98], 1),
        "lost": lost,
        "doubled": doubled,
        "rss_mib": round(memory, 1),
    }


def saying(dice: random.Random) -> str:
    """Words that seldom come twice, so that nothing kept in memory flatters the figures."""
    return "".join(map(dice.choice, (OPENINGS, SAYINGS, ENDINGS)))


def bot_bubbles(person: object) -> list:
    return [one for one in person.shown if one.by == "bot"]


def replies(person: object, skip: int) -> list[float]:
    """The instant of each reply; the bubbles of one call stand within a few milliseconds of each other."""
    times = [one.at.timestamp() for one in bot_bubbles(person)[skip:]]
    return [at for place, at in enumerate(times) if place == 0 or at - times[place - 1] > 0.05]


if __name__ == "__main__":
    main()
