"""The desk under load: 200 waiting cases, 20 staff with a page open (server-sent events), 5 messages a second.

    python bench/desk.py [--seconds 60] [--rate 5] [--staff 20] [--cases 200] [--json]      (--seconds 300: the full run)

The bot runs as `sasaeai serve` starts it, on SQLite; the stand-in for LINE and the browsers of staff run in this process.
Half of the staff have the list open, half the page of a case. Each does what `admin/static/live.js` does: hears the
stream, fetches the changing parts with its pauses. Every five seconds each opens a whole page; those at a case answer.

`bot_cores` is how much of a processor the bot used; `machine_load` what the machine was loaded with at the end, all told.
`page_ms` is the time of whole pages, `part_ms` that of the changing parts, `live_ms` from a resident pressing "send" to
the desk showing it: for the page of the case with these very words, for the list with the parts fetched after it.
"""

import argparse
import json
import random
import re
import statistics
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil
import urllib3
from argon2 import PasswordHasher

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench.program import Program, database, settle  # noqa: E402
from bot.services import consultation, staff, topics  # noqa: E402
from bot.services.access import RoleName  # noqa: E402
from bot.services.cases import opening  # noqa: E402
from bot.simulator import Simulator  # noqa: E402
from bot.store.cases import Case  # noqa: E402
from bot.store.engine import Store  # noqa: E402
from bot.store.residents import Thread  # noqa: E402

PASSWORD = "a long enough password"
PAGES_EVERY = 5.0  # seconds
LIST_PAUSE, CASE_PAUSE = (1.0, 1.3), (0.25, 0.25)  # as in live.js


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=5)
    parser.add_argument("--staff", type=int, default=20)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    line = Simulator()
    with database("sqlite") as kept:
        program = Program(kept, line, STAFF_SECOND_FACTOR="optional")
        program.prepare()
        store = Store(kept.url, [program.key])
        try:
            program.start()
            figures = run(line, program, store, given)
        finally:
            stopping = time.monotonic()
            program.stop()
            stop_seconds = time.monotonic() - stopping  # with every page still open
            store.close()
    figures["stop_s"] = round(stop_seconds, 1)
    if given.json:
        print(json.dumps(figures))
        return
    for key, value in figures.items():
        print(f"{key:16}{value:>10}")


class Desk:
    """One member of staff with one page open, as a browser would behave."""

    def __init__(self, port: int, number: int, case_id: int | None, case_ids: list[int]) -> None:
        self.number, self.case_id, self.case_ids = number, case_id, case_ids
        self.http = urllib3.HTTPConnectionPool("127.0.0.1", port, maxsize=4, retries=False, timeout=30)
        self.cookie, self.address = "", f"10.0.0.{number + 1}"  # as a proxy in front would say
        self.sent: dict[int, list[tuple[float, str]]] = {}  # by case: when, and which words
        self.page_times: list[float] = []
        self.part_times: list[float] = []
        self.live_times: list[float] = []
        self.unseen: list[tuple[float, str]] = []
        self.wrong: list[int] = []
        self.guard = threading.Lock()
        self.wake = threading.Event()
        self.is_over = False
        self.threads = [threading.Thread(target=one, daemon=True) for one in (self.listen, self.renew, self.walk)]

    def request(
        self, method: str, path: str, times: list[float] | None = None, **fields: str
    ) -> urllib3.BaseHTTPResponse:
        started = time.perf_counter()
        given = {"fields": fields, "encode_multipart": False} if fields else {}
        try:
            answer = self.http.request(method, path, headers=self.headers, redirect=False, **given)
        except urllib3.exceptions.ProtocolError:  # the line had been let go as idle: a browser asks again
            answer = self.http.request(method, path, headers=self.headers, redirect=False, **given)
        if times is not None:
            times.append((time.perf_counter() - started) * 1000)
        if answer.status >= 400:
            self.wrong.append(answer.status)
        for value in answer.headers.getlist("Set-Cookie"):
            if value.startswith("session="):
                self.cookie = value.split(";")[0]
        return answer

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie, "X-Forwarded-For": self.address}

    def sign_in(self) -> None:
        page = self.request("GET", "/admin/account/login").data.decode()
        email = f"staff{self.number}@example.com"
        answer = self.request("POST", "/admin/account/login", email=email, password=PASSWORD, csrf_token=token(page))
        assert answer.status == 302, (answer.status, answer.data[:300])

    def open_page(self) -> str:
        path = f"/admin/cases/{self.case_id}" if self.case_id else "/admin/cases/?queue=all"
        return self.request("GET", path, self.page_times).data.decode()

    def begin(self) -> None:
        self.after = re.search(r'data-after="(\d+)"', self.open_page())[1]
        for thread in self.threads:
            thread.start()

    def listen(self) -> None:
        """The stream: one line of data names the cases that changed."""
        while not self.is_over:
            answer = self.http.request(
                "GET", f"/admin/live?page={self.number}&after={self.after}", headers=self.headers,
                preload_content=False, timeout=urllib3.Timeout(30),
            )  # fmt: skip
            if answer.status != 200:
                self.wrong.append(answer.status)
                time.sleep(1)
                continue
            rest = b""
            try:
                for chunk in answer.stream():
                    rest += chunk
                    *lines, rest = rest.split(b"\n")
                    for one in lines:
                        if one.startswith(b"id: "):
                            self.after = one[4:].decode()
                        if one.startswith(b"data: "):
                            self.hear(json.loads(one[6:]))
                    if self.is_over:
                        break
            except urllib3.exceptions.HTTPError:
                pass
            answer.close()

    def hear(self, told: list) -> None:
        with self.guard:
            for number, why in told:
                if why == "said" and self.case_id in (None, number):
                    self.unseen += self.sent.pop(number, [])
            if self.unseen:
                self.wake.set()

    def renew(self) -> None:
        """The changing parts, with the pauses of live.js."""
        pause = CASE_PAUSE if self.case_id else LIST_PAUSE
        path = f"/admin/cases/{self.case_id}/now" if self.case_id else "/admin/cases/now?queue=all"
        last = 0.0
        while not self.is_over:
            self.wake.wait(1)
            if not self.wake.is_set():
                continue
            time.sleep(max(0.03, last + random.uniform(*pause) - time.monotonic()))
            last = time.monotonic()
            self.wake.clear()
            with self.guard:
                looking, self.unseen = self.unseen, []
            page = self.request("GET", path, self.part_times).data.decode()
            now = time.time()
            for at, words in looking:
                if self.case_id is None or words in page:
                    self.live_times.append((now - at) * 1000)
                else:  # what was heard was something else; the next change brings it
                    with self.guard:
                        self.sent.setdefault(self.case_id, []).append((at, words))

    def walk(self) -> None:
        """Opens a page every few seconds; whoever stands at a case answers in it."""
        time.sleep(random.uniform(0, PAGES_EVERY))
        while not self.is_over:
            page = self.open_page()
            if self.case_id:
                found = re.search(r'name="seen" value="(\d+)"', page)
                key = re.search(r'name="form_key" value="(\w+)"', page)
                if found and key and random.random() < 0.5:
                    self.request(
                        "POST", f"/admin/cases/{self.case_id}/say", self.page_times, csrf_token=token(page),
                        words="お返事です。お待たせしました。", seen=found[1], form_key=key[1],
                    )  # fmt: skip
            else:
                self.request("GET", f"/admin/cases/{random.choice(self.case_ids)}", self.page_times)
            time.sleep(random.uniform(0.5, 1.5) * PAGES_EVERY)


def token(page: str) -> str:
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def run(line: Simulator, program: Program, store: Store, given: argparse.Namespace) -> dict[str, float]:
    people = [line.resident(f"r{number}") for number in range(given.cases)]
    for person in people:
        person.follows()
    settle(people)
    by_user = open_cases(store, given)
    case_ids = list(by_user.values())
    desks = [
        Desk(program.port, number, case_ids[number] if number % 2 else None, case_ids) for number in range(given.staff)
    ]
    for desk in desks:
        desk.sign_in()
        desk.begin()
    time.sleep(2)
    used_before = program.cpu_seconds()
    dice, senders, started = random.Random(7), [], time.monotonic()
    for number in range(int(given.seconds * given.rate)):
        time.sleep(max(0.0, started + number / given.rate - time.monotonic()))
        # every second message is for a case somebody has open: that is what being live is about
        person = people[dice.randrange(given.staff // 2) * 2 + 1] if number % 2 else dice.choice(people)
        words, case_id = f"ことば{number}番です", by_user[person.user_id]
        for desk in desks:
            if desk.case_id in (None, case_id):
                with desk.guard:
                    desk.sent.setdefault(case_id, []).append((time.time(), words))
        sender = threading.Thread(target=person.says, args=(words,))
        sender.start()
        senders.append(sender)
    for sender in senders:
        sender.join()
    used = (program.cpu_seconds() - used_before) / (time.monotonic() - started)
    time.sleep(4)
    never = sum(len(waiting) for desk in desks for waiting in (*desk.sent.values(), desk.unseen))
    memory = program.rss_mib()
    for desk in desks:
        desk.is_over = True
    for desk in desks:
        for thread in desk.threads[1:]:  # the streams stay open: stopping must not wait for them
            thread.join(timeout=30)
    figures = {"messages": len(senders), "cases": len(case_ids), "staff": len(desks)}
    for name in ("page", "part", "live"):
        cuts = statistics.quantiles([one for desk in desks for one in getattr(desk, f"{name}_times")], n=100)
        figures |= {f"{name}_p50_ms": round(cuts[49], 1), f"{name}_p95_ms": round(cuts[94], 1)}
    figures |= {
        "pages": sum(len(desk.page_times) for desk in desks),
        "parts": sum(len(desk.part_times) for desk in desks),
        "live_max_ms": round(max(one for desk in desks for one in desk.live_times), 1),
        "never_shown": never,
        "refused": sum(len(desk.wrong) for desk in desks),
        "bot_cores": round(used, 2),
        "machine_load": round(max(0.0, psutil.getloadavg()[0]), 1),
        "rss_mib": round(memory, 1),
    }
    return figures


def open_cases(store: Store, given: argparse.Namespace) -> dict[str, int]:
    """A case for everybody, and the accounts of staff. By LINE id: the number of the case."""
    now = datetime.now(ZoneInfo("Asia/Tokyo"))
    hashed = PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD)
    dice = random.Random(3)
    with store.turn() as session:
        consultation.set_rules(session, {"ways": ("line",)}, now=now)
        for number in range(given.staff):
            staff.add(
                session,
                f"staff{number}@example.com",
                name=f"職員{number}",
                role=RoleName.COUNSELLOR,
                password_hash=hashed,
                now=now,
            )
        for thread in session.query(Thread).all():
            opening.begin_talk(session, thread.resident, thread, topic=dice.choice(list(topics.USUAL)), now=now)
    with store.reading() as session:
        return {one.resident.line_id: one.id for one in session.query(Case)}


if __name__ == "__main__":
    main()
