"""How many messages a second it sustains: 500 residents, mixed talk, faster and faster until the answers come late.

    python bench/load.py [--rates 10,15,20,30,40,50,60,80,100] [--seconds 10] [--residents 500]
                         [--kinds sqlite,postgresql,postgresql+2] [--chart load.svg] [--json]

Open loop: each message is sent at its time, however late the answers to others are; a wait counts from the time the
message was due. A kind stops at the first rate at which p95 from the webhook to the reply on the phone passes a second,
or at which an answer is missing; `sustained` is the last rate before that. The kinds: SQLite all in one as `sasaeai
serve`; PostgreSQL with web, clock and one worker; the same with two workers.

Of a hundred messages about 60 look for help in sentences that no one has said before, 16 belong to worry reports, 16 to
handoffs, and 8 answer the day's check-in, which the clock has sent before. `cores` is how many processors the program
used (PostgreSQL's own processes with it), `mib` its memory, `bench` what the stand-in for LINE and the residents used
beside it: where both together reach the machine's processors, the machine is the limit.
"""

import argparse
import itertools
import json
import random
import statistics
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil
import pygal
from pygal.style import CleanStyle

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench.program import Program, database  # noqa: E402
from bot.services import consultation  # noqa: E402
from bot.services.checkins import templates  # noqa: E402
from bot.simulator import Simulator  # noqa: E402
from bot.simulator.phone import Resident as Phone  # noqa: E402
from bot.store.checkins import CheckinPlan  # noqa: E402
from bot.store.engine import Store  # noqa: E402
from bot.store.residents import Resident, Thread  # noqa: E402

TOKYO = ZoneInfo("Asia/Tokyo")
LATE_MS = 1_000.0
SENDERS = 64
WATCHED = 0.5  # the share of residents who wait with a check-in that can be answered
DRAIN_SECONDS = 5.0

WHO = ("母", "父", "夫", "妻", "祖母", "祖父", "姉", "弟", "むすこ", "むすめ", "となりの人", "友だち")
WHAT = (
    "の物忘れがひどい", "が足を悪くした", "が仕事をやめた", "が学校に行けない", "の介護でくたびれた", "の食べるものが足りない",
    "が眠れないと言う", "の車いすを借りたい", "の家賃が払えない", "が家から出てこない", "の買い物を手伝ってほしい", "の話し相手がほしい",
)  # fmt: skip
SINCE = (
    "きのうから",
    "先週から",
    "ことしの春から",
    "このごろ",
    "ずっと前から",
    "引っこしてから",
    "退院してから",
    "雨の日に",
)
ASKING = (
    "どこに相談したらいい?",
    "どうしたらええやろ",
    "助けてほしい",
    "教えてください",
    "なんとかならへんかな",
    "手伝ってくれる所はある?",
)


def sayings(dice: random.Random) -> Iterator[str]:
    """Sentences as residents say them, none twice."""
    every = list(itertools.product(SINCE, WHO, WHAT, ASKING))
    dice.shuffle(every)
    for since, who, what, asking in every:
        yield f"{since}{who}{what}。{asking}"


# ── what residents do: a talk is a row of deeds, each sent after the answer to the one before ──

Talk = tuple[str, ...]
IF_OFFERED = "?"
"""Before a button that is not always there: the topic is only asked for where nobody could guess it, and a person who
answers already has all else that is written, so that the bot is silent."""


def looks_for_help(said: Iterator[str]) -> Talk:
    return (next(said),)


def tells_a_worry(said: Iterator[str]) -> Talk:
    return ("匿名で知らせたい", "ここで書く", "お年より", "とばす", next(said), "この一週間", "いいえ", "知らせる")


def asks_for_a_person(said: Iterator[str]) -> Talk:
    return ("人に相談したい", "はじめる", f"{IF_OFFERED}介護・お年より", "ボットに戻る")


def answers_the_checkin(said: Iterator[str]) -> Talk:
    return ("元気です",)


TALKS = {looks_for_help: 60, tells_a_worry: 2, asks_for_a_person: 4, answers_the_checkin: 8}
"""How often each is begun: 60 + 2 × 8 + 4 × 4 + 8 of a hundred messages."""


def does(phone: Phone, deed: str) -> None:
    """Tap the button with these words, or say them when there is none."""
    try:
        phone.taps(deed)
    except LookupError:
        phone.says(deed)


# ── the load ──


@dataclass
class Step:
    """One rate, and what came of it."""

    rate: float
    messages: int = 0
    p50_ms: float = 0.0
    p95_ms: float = 0.0
    p99_ms: float = 0.0
    unanswered: int = 0
    cores: float = 0.0
    mib: float = 0.0
    bench: float = 0.0

    @property
    def is_sustained(self) -> bool:
        return self.p95_ms <= LATE_MS and not self.unanswered


class Crowd:
    """The residents. Who waits for an answer sends nothing; everybody else may be next."""

    def __init__(self, line: Simulator, phones: Sequence[Phone], dice: random.Random) -> None:
        self._line, self._dice, self._said = line, dice, sayings(dice)
        self._guard = threading.Lock()
        watched = round(len(phones) * WATCHED)
        self._watched, self._free = deque(phones[:watched]), deque(phones[watched:])
        self._going: deque[Phone] = deque()  # in the middle of a talk, and answered
        self._left: dict[str, deque[str]] = {phone.user_id: deque() for phone in phones}
        self._due: dict[str, float] = {}
        self.waits: list[float] = []
        self._show = line.show
        line.show = self._shown  # type: ignore[method-assign]

    def _shown(self, user_id: str, messages: Sequence[dict]) -> list[str]:
        """The stand-in puts messages on a phone: the first after a deed are its answer."""
        ids = self._show(user_id, messages)
        with self._guard:
            due = self._due.pop(user_id, None)
            if due is not None:
                self.waits.append((time.monotonic() - due) * 1000)
                (self._going if self._left[user_id] else self._free).append(self._line.residents[user_id])
        return ids

    def next_deed(self, due: float) -> tuple[Phone, str] | None:
        """Who does what now. None when everybody waits for an answer."""
        with self._guard:
            talk = self._dice.choices(list(TALKS), list(TALKS.values()))[0]
            if self._going:
                phone = self._going.popleft()
            elif talk is answers_the_checkin and self._watched:
                phone = self._watched.popleft()
            elif self._free or self._watched:
                phone = (self._free or self._watched).popleft()
            else:
                return None
            left = self._left[phone.user_id]
            if not left:
                left.extend(talk(self._said))
            self._due[phone.user_id] = due
            deed = left.popleft()
            if deed.startswith(IF_OFFERED):
                button = deed.removeprefix(IF_OFFERED)
                deed = button if button in phone.buttons() else left.popleft()
            return phone, deed

    @property
    def waiting(self) -> int:
        return len(self._due)


def one_step(program: Program, crowd: Crowd, rate: float, seconds: float) -> Step:
    """Send at this rate for so long, and wait a moment for the last answers."""
    count, crowd.waits = round(rate * seconds), []
    own = psutil.Process()
    used, mine = program.cpu_seconds(), sum(own.cpu_times()[:2])
    started = time.monotonic()
    with ThreadPoolExecutor(SENDERS) as senders:
        for number in range(count):
            due = started + number / rate
            time.sleep(max(0.0, due - time.monotonic()))
            deed = crowd.next_deed(due)
            if deed is None:
                break  # everybody waits: it is far too fast
            senders.submit(does, *deed)
        took = time.monotonic() - started
        used, mine = program.cpu_seconds() - used, sum(own.cpu_times()[:2]) - mine
        until = time.monotonic() + DRAIN_SECONDS
        while crowd.waiting and time.monotonic() < until:
            time.sleep(0.05)
    cuts = statistics.quantiles([*crowd.waits, *[DRAIN_SECONDS * 1000] * crowd.waiting], n=100)
    return Step(
        rate, count, *(round(cuts[place]) for place in (49, 94, 98)), unanswered=crowd.waiting,
        cores=round(used / took, 2), mib=round(program.memory_mib()), bench=round(mine / took, 2),
    )  # fmt: skip


def measure(name: str, rates: Sequence[float], seconds: float, residents: int) -> list[Step]:
    """All steps of one kind, until it is too fast."""
    kind, _, workers = name.partition("+")
    line = Simulator(monthly_limit=None)
    steps: list[Step] = []
    with database(kind) as kept:
        program = Program(kept, line, workers=int(workers or 1))
        program.prepare()
        store = Store(kept.url, [program.key])
        phones = enrol(store, line, residents)
        try:
            program.start()
            greet(store, phones)
            crowd = Crowd(line, phones, random.Random(7))
            one_step(program, crowd, 8, 5)  # warm
            for rate in rates:
                steps.append(one_step(program, crowd, rate, seconds))
                print(f"  {name} {rate:g}/s p95 {steps[-1].p95_ms} ms", file=sys.stderr)
                if not steps[-1].is_sustained:
                    break
        finally:
            store.close()
            program.stop()
    return steps


def enrol(store: Store, line: Simulator, count: int) -> list[Phone]:
    """People who follow the account, half of them with a check-in every day that is not due yet."""
    now, phones = datetime.now(TOKYO), []
    minute = now.hour * 60 + now.minute
    store.lookup_secret  # noqa: B018 - made before anything is written
    with store.turn() as session:
        consultation.set_rules(session, {"ways": ("line",)}, now=now)  # the talk itself goes through the bot
        plan = {
            "template_id": templates.usual(session, now=now).id, "state": "on", "every": 1, "weekdays": "",
            "window_from": minute, "window_to": 24 * 60, "starts_on": date(2026, 1, 1),
            "next_due_at": now + timedelta(days=1), "consent_way": "line", "created_at": now,
        }  # fmt: skip
        for number in range(count):
            phone = line.resident(f"r{number}")
            phone.follows_us = True
            phones.append(phone)
            resident = Resident(line_id=phone.user_id, line_id_hash=store.key_of("line", phone.user_id), created_at=now)
            session.add(resident)
            session.flush()
            session.add(Thread(key=store.key_of("thread", phone.user_id), resident_id=resident.id))
            if number < count * WATCHED:
                session.add(CheckinPlan(resident_id=resident.id, **plan))
    return phones


def greet(store: Store, phones: Sequence[Phone]) -> None:
    """The day's check-ins fall due, and the clock sends them. AssertionError when it does not."""
    with store.turn() as session:
        session.query(CheckinPlan).update({"next_due_at": datetime.now(TOKYO)})
    watched = phones[: round(len(phones) * WATCHED)]
    until = time.monotonic() + 120
    while any(not phone.shown for phone in watched):
        assert time.monotonic() < until, "the check-ins do not come"
        time.sleep(0.1)


# ── what is shown ──


def table(kinds: dict[str, list[Step]]) -> str:
    names = list(asdict(Step(0)))
    rows = [f"{'':16}" + "".join(f"{name:>12}" for name in names)]
    for kind, steps in kinds.items():
        for step in steps:
            rows.append(f"{kind:16}" + "".join(f"{value:>12g}" for value in asdict(step).values()))
        rows.append(f"{kind:16}sustained {sustained(steps):g} a second")
    return "\n".join(rows)


def sustained(steps: Sequence[Step]) -> float:
    return max((step.rate for step in steps if step.is_sustained), default=0.0)


def chart(kinds: dict[str, list[Step]], to: Path) -> None:
    """p95 over the rate, one line for each kind, as SVG."""
    drawn = pygal.XY(
        title="From the webhook to the reply on the phone", x_title="messages a second", y_title="p95, ms",
        js=(), width=820, height=460, explicit_size=True, legend_at_bottom=True, legend_at_bottom_columns=len(kinds) + 1,
        logarithmic=True, truncate_legend=-1, dots_size=4,
        style=CleanStyle(background="#ffffff", plot_background="#ffffff", font_family="sans-serif"),
    )  # fmt: skip
    for kind, steps in kinds.items():
        drawn.add(kind, [(step.rate, max(step.p95_ms, 1)) for step in steps])
    rates = [step.rate for steps in kinds.values() for step in steps]
    drawn.add("1 s", [(min(rates), LATE_MS), (max(rates), LATE_MS)], show_dots=False)
    to.write_bytes(drawn.render())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rates", default="10,15,20,25,30,40,50,60,80,100")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--residents", type=int, default=500)
    parser.add_argument("--kinds", default="sqlite,postgresql,postgresql+2")
    parser.add_argument("--chart", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rates = [float(one) for one in given.rates.split(",")]
    kinds = {name: measure(name, rates, given.seconds, given.residents) for name in given.kinds.split(",")}
    if given.chart:
        chart(kinds, given.chart)
    if given.json:
        print(
            json.dumps(
                {
                    name: {"sustained": sustained(steps), "steps": [asdict(one) for one in steps]}
                    for name, steps in kinds.items()
                }
            )
        )
    else:
        print(table(kinds))


if __name__ == "__main__":
    main()
