"""Whatever anybody sends to a door that is open to all: no error of ours, nothing that hangs, no memory that grows.

The suite tries a few inputs at each door, the same in every run of the same code; a long run:

    ATTACK_INPUTS=20000 .venv/bin/python -m pytest -n 0 -s tests/attack/test_any_input.py
"""

import io
import json
import os
from datetime import timedelta
from typing import Any

import psutil
import urllib3
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bench.program import Database, Program
from bot.line.signature import sign
from bot.simulator import Simulator
from tests.consultation import asks_for_a_person, comes_in, offers
from tests.town import KEY, copy_of, waits_for

INPUTS = int(os.environ.get("ATTACK_INPUTS", "60"))
"""How many inputs each door is tried with."""
MAY_GROW_MIB = 128
"""The first door is tried in the process of the tests: what their library remembers of 20,000 inputs is in this."""
HTTP = urllib3.PoolManager(retries=False, timeout=120)
rounds = settings(
    max_examples=INPUTS,
    deadline=timedelta(minutes=3),  # nothing hangs; no measure of speed, on however busy a machine
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)


def memory_mib() -> float:
    return psutil.Process().memory_info().rss / 2**20


def bytes_as_wsgi(path: str) -> str:
    """A path as a server hands it to the program (https://peps.python.org/pep-3333/#unicode-issues)."""
    return path.encode().decode("latin-1")


NAMES = st.sampled_from(
    ["kind", "area", "seen", "since", "code", "words", "form", "token", "do", "at", "phone", "was", "names", "urgent",
     "email", "password", "next", "photo"]
) | st.text(max_size=8)  # fmt: skip
FORMS = st.dictionaries(NAMES, st.text(max_size=80), max_size=6)
PATHS = st.lists(st.text(max_size=12), max_size=4).map(lambda parts: "/" + "/".join(parts))
KNOWN = st.sampled_from(["/", "/now", "/call", "/useful", "/leave", "/photo/1", "/answer", "/login", "/logout"])
FILES = st.none() | st.binary(max_size=60) | st.sampled_from([b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a"])
METHODS = st.sampled_from(["GET", "POST", "POST", "HEAD", "PUT"])
ADDRESSES = st.ip_addresses().map(str) | st.sampled_from(["", "unknown", "a, b", "127.0.0.1"])
DOORS = st.sampled_from(["/worry", "/room", "/admin/account", "/line", ""])


def test_no_input_to_a_public_page_makes_it_stumble(town):
    offers(town, "room")
    hana = town.resident("ハナ")
    asks_for_a_person(hana)
    inside = comes_in(town, hana)
    outside, own_token = town.app.test_client(), inside.field("token")
    before = memory_mib()

    @rounds
    @given(DOORS, PATHS | KNOWN, FORMS, FILES, ADDRESSES, METHODS, st.booleans())
    def any_input(door, path, form, file, address, method, is_inside):
        sent: dict[str, Any] = {"method": method, "headers": {"X-Forwarded-For": address}}
        if method == "POST":
            sent["data"] = dict(form)
            if is_inside:
                sent["data"]["token"] = own_token
            if file is not None:
                sent["data"]["photo"] = (io.BytesIO(file), "photo.jpg")
        else:
            sent["query_string"] = form
        client = inside.browser if is_inside and path != "/leave" else outside
        answer = client.open("/", environ_overrides={"PATH_INFO": bytes_as_wsgi(door + path)}, **sent)
        assert answer.status_code < 500, (method, door + path)

    any_input()
    assert memory_mib() - before < MAY_GROW_MIB


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(
    ["type", "source", "message", "postback", "timestamp", "webhookEventId", "replyToken", "mode", "unsend", "follow"]
)
ODD_EVENT = st.dictionaries(KEYS, JSON | st.sampled_from(["message", "postback", "follow", "unsend"]), max_size=8)


def test_no_signed_body_makes_the_webhook_or_the_worker_stumble(sqlite_template, tmp_path):
    line = Simulator(monthly_limit=None)
    program = Program(Database(copy_of(sqlite_template, tmp_path)), line, key=KEY)
    program.start()
    before = program.rss_mib()

    @rounds
    @given(st.lists(ODD_EVENT, max_size=3).map(lambda events: json.dumps({"events": events}).encode()) | st.binary())
    def any_body(body):
        headers = {"x-line-signature": sign(line.channel_secret, body)}
        assert HTTP.request("POST", line.webhook_url, body=body, headers=headers).status in (200, 400)

    try:
        any_body()
        hana = line.resident("ハナ")
        hana.follows()
        hana.says("ありがとう")
        waits_for(lambda: any("どういたしまして" in one.words for one in hana.shown))
        assert program.rss_mib() - before < MAY_GROW_MIB
    finally:
        program.stop()
