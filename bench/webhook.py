"""How many webhook requests a second are acknowledged, beside a bare line-bot-sdk receiver under the same gunicorn.

    python bench/webhook.py [--seconds 10] [--connections 16] [--json]

Ours checks the signature, stores each event durably (encrypted, one commit, fsync) and wakes a worker. The bare
is the SDK's own Flask pattern: `WebhookHandler.handle(body, signature)`, an event handler that does nothing, 200. Both
run under gunicorn with one gthread process of 16 threads, one after the other, three rounds in turn, in the same run.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import urllib3
from cryptography.fernet import Fernet

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot.line.signature import sign  # noqa: E402
from bot.simulator import Simulator  # noqa: E402

SECRET = "bench-secret"

BARE = """
from flask import Flask, request, abort
from linebot.v3 import WebhookHandler
from linebot.v3.exceptions import InvalidSignatureError
from linebot.v3.webhooks import MessageEvent, TextMessageContent
app = Flask(__name__)
handler = WebhookHandler("bench-secret")
@app.route("/line/webhook", methods=["POST"])
def callback():
    signature = request.headers["X-Line-Signature"]
    try:
        handler.handle(request.get_data(as_text=True), signature)
    except InvalidSignatureError:
        abort(400)
    return "OK"
@app.route("/healthz")
def healthz():
    return "ok"
@handler.add(MessageEvent, message=TextMessageContent)
def on_text(event):
    pass
"""

OURS = """
from bot.app import make_app, make_parts
from bot.settings import Settings
from bot.processes import settle_down
from bot.work.bell import Bell
settings = Settings.load().for_talking()
app = make_app(settings, make_parts(settings), Bell(settings.jobs_database_url))
settle_down()
"""


def bodies(count: int) -> list[tuple[bytes, str]]:
    """Signed requests, each with one text event of one of 200 residents."""
    line = Simulator(channel_secret=SECRET)
    people = [line.resident(str(number)).user_id for number in range(200)]
    made = []
    for number in range(count):
        message = {
            "type": "text",
            "id": str(number),
            "text": "電気代が払えへん",
            "quoteToken": "q",
            "markAsReadToken": "m",
        }
        source = {"type": "user", "userId": people[number % 200]}
        event = line.prepare_event(source, {"type": "message", "message": message})
        body = json.dumps({"destination": line.bot_user_id, "events": [event]}, ensure_ascii=False).encode()
        made.append((body, sign(SECRET, body)))
    return made


def measure(port: int, requests: list[tuple[bytes, str]], seconds: float, connections: int) -> list[float]:
    """Milliseconds of each acknowledged request; every connection sends its next when the last was answered."""
    times: list[float] = []
    supply = iter(requests)
    guard = threading.Lock()
    until = time.perf_counter() + seconds

    def send() -> None:
        http = urllib3.HTTPConnectionPool("127.0.0.1", port, maxsize=1)
        mine = []
        while time.perf_counter() < until:
            with guard:
                body, signature = next(supply)
            started = time.perf_counter()
            answer = http.request("POST", "/line/webhook", body=body, headers={"x-line-signature": signature})
            assert answer.status == 200, answer.data
            mine.append((time.perf_counter() - started) * 1000)
        with guard:
            times.extend(mine)

    senders = [threading.Thread(target=send) for _ in range(connections)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    return times


def serve(folder: Path, name: str, source: str, port: int) -> subprocess.Popen[bytes]:
    (folder / f"{name}.py").write_text(source)
    env = {
        **os.environ,
        "PYTHONPATH": f"{folder}:{ROOT}",
        "DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
        "LINE_CHANNEL_SECRET": SECRET,
        "LINE_CHANNEL_ACCESS_TOKEN": "x",
        "SECRET_KEY": "x",
        "DATA_KEYS": os.environ["BENCH_KEY"],
    }
    if name == "ours":
        subprocess.run([sys.executable, "-c", "from bot.cli import main; main(['db','upgrade'])"], env=env, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "-k", "gthread", "-w", "1", "--threads", "16", "--keep-alive", "30",
               "--log-level", "error", "-b", f"127.0.0.1:{port}", f"{name}:app"]  # fmt: skip
    process = subprocess.Popen(command, env=env, cwd=folder)
    http = urllib3.HTTPConnectionPool("127.0.0.1", port, retries=False)
    for _ in range(200):
        try:
            http.request("GET", "/healthz")
            return process
        except urllib3.exceptions.HTTPError:
            time.sleep(0.1)
    raise SystemExit(f"{name} did not start")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    os.environ["BENCH_KEY"] = Fernet.generate_key().decode()
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    times: dict[str, list[float]] = {"ours": [], "bare": []}
    with tempfile.TemporaryDirectory(dir=ROOT) as name:
        folder = Path(name)
        servers = {"ours": serve(folder, "ours", OURS, 18_711), "bare": serve(folder, "bare", BARE, 18_712)}
        ports = {"ours": 18_711, "bare": 18_712}
        try:
            for _ in range(3):
                for which in ("ours", "bare"):
                    share = given.seconds / 3
                    requests = bodies(int(4_000 * share) + 1_000)
                    took = measure(ports[which], requests, share, given.connections)
                    rates[which].append(len(took) / share)
                    times[which] += took
        finally:
            for server in servers.values():
                server.terminate()
                server.wait()
    ratio = statistics.median(ours / bare for ours, bare in zip(rates["ours"], rates["bare"], strict=True))
    figures = {"ratio": round(ratio, 3)}
    for which, prefix in (("ours", ""), ("bare", "bare_")):
        cuts = statistics.quantiles(times[which], n=100)
        figures[f"{prefix}per_second"] = round(statistics.median(rates[which]), 1)
        for place in (50, 95, 99):
            figures[f"{prefix}p{place}_ms"] = round(cuts[place - 1], 2)
    if given.json:
        print(json.dumps(figures))
        return
    print(f"{'':12}{'a second':>10}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
    for which, prefix in (("ours", ""), ("bare SDK", "bare_")):
        row = [figures[prefix + key] for key in ("per_second", "p50_ms", "p95_ms", "p99_ms")]
        print(f"{which:12}{row[0]:>10}{row[1]:>9}{row[2]:>9}{row[3]:>9}")
    print(f"ratio {figures['ratio']} (median of three rounds; at least 0.6 is wanted)")


if __name__ == "__main__":
    main()
