"""LINE's door: only what LINE signed comes in, each event once, and nothing shakes it."""

import json

import pytest
import urllib3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.line.signature import is_signed, sign
from bot.store.talk import InboxEvent
from tests.town import SECRET

HTTP = urllib3.PoolManager(retries=False, timeout=10)
GUIDE_SECRET = "0123456789abcdef0123456789abcdef"
GUIDE_BODY = b'{"destination":"U00000000000000000000000000000000","events":[]}'


def post(town, body: bytes, signature: str | None = None) -> int:
    headers = {"x-line-signature": sign(SECRET, body) if signature is None else signature}
    return HTTP.request("POST", town.line.webhook_url, body=body, headers=headers).status


def events_kept(town) -> int:
    with town.store.reading() as session:
        return session.query(InboxEvent).count()


def test_a_known_signature_is_made_and_recognised():
    assert sign(GUIDE_SECRET, GUIDE_BODY) == "4RuzQe5ynlcY/Q1UqnA2wWHpO3m0lBkZBamjQ2YJec4="
    assert is_signed(GUIDE_BODY, sign(GUIDE_SECRET, GUIDE_BODY), ["other", GUIDE_SECRET])
    assert not is_signed(GUIDE_BODY, None, [GUIDE_SECRET])


@pytest.mark.parametrize("signature", ["", "nonsense", "ééé", "4RuzQe5ynlcY/Q1UqnA2wWHpO3m0lBkZBamjQ2YJec4="])
def test_what_line_did_not_sign_is_refused_and_not_kept(town, signature):
    body = json.dumps({"events": [{"type": "follow", "webhookEventId": "01A", "source": {"userId": "U1"}}]}).encode()
    assert post(town, body, signature.encode().decode("latin-1")) == 400
    assert events_kept(town) == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"destination":"U1","events":[]}', 200),
        (b"not json", 400),
        (b"[]", 400),
        (b"{}", 400),
        (b'{"events":{}}', 400),
        (b'{"events":[1]}', 400),
        (b"[" * 100_000, 400),
        (b'{"events":[],"x":"' + b"a" * 1_100_000 + b'"}', 413),
    ],
)
def test_bodies_of_every_shape_get_a_clear_status(town, body, status):
    assert post(town, body) == status


def test_an_event_that_comes_three_times_is_answered_once(any_town):
    hana = any_town.resident("ハナ")
    event = hana.phone.says("こんにちは")
    any_town.settles()
    said = len(hana.all_answers)
    for _ in range(3):
        assert any_town.line.redeliver(event) == 200
    any_town.settles()
    assert len(hana.all_answers) == said


def test_events_nobody_knows_are_kept_and_ignored(town):
    hana = town.resident("ハナ")
    for kind in ("beacon", "membership", "somethingNew"):
        town.line.send_event(hana.phone, {"type": kind, kind: {"what": 1}})
    town.settles()
    with town.store.reading() as session:
        assert session.query(InboxEvent).filter_by(state="ignored").count() == 3


def test_several_people_in_one_request_are_all_answered(any_town):
    people = [any_town.resident(name) for name in ("ハナ", "太郎", "次郎")]
    events = []
    for person in people:
        message = {"type": "text", "id": person.phone.user_id[:9], "text": "ありがとう", "quoteToken": "q"}
        source = {"type": "user", "userId": person.phone.user_id}
        events.append(any_town.line.prepare_event(source, {"type": "message", "message": message}))
    assert any_town.line.deliver(events) == 200
    any_town.settles()
    for person in people:
        person.sees("どういたしまして")


TEXTS = st.text(max_size=60) | st.sampled_from(
    [
        "\u200b" * 50,
        "👨‍👩‍👧‍👦" * 40,
        "مرحبا بالعالم",
        "あ" * 5_000,
        "\u202eabc",
        "\x00\x01",
        " ",
        "もどる",
        "やめる",
        "メニュー",
        "1",
    ]
)


def test_any_text_is_answered_and_never_sticks(town):
    hana = town.newcomer("ハナ")
    hana.follows()

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(TEXTS)
    def any_text(text):
        before = len(hana.all_answers)
        hana.says(text)
        assert len(hana.all_answers) > before

    any_text()
    with town.store.reading() as session:
        assert session.query(InboxEvent).filter(InboxEvent.state.in_(["failed", "waiting"])).count() == 0
    hana.says("メニュー")
    hana.sees("こんなことができます")
