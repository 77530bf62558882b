"""Words reach the resident once, whatever LINE and the network do."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.line.pace import LIMITS, SHARE, Pace
from bot.simulator.rates import Rates
from bot.simulator.troubles import Trouble
from bot.store.talk import Delivery
from bot.work import outbox
from bot.work.worker import Worker
from tests.town import waits_for


def deliveries(town) -> list[Delivery]:
    with town.store.reading() as session:
        return session.query(Delivery).order_by(Delivery.id).all()


def said_thanks(hana, times: int = 1) -> bool:
    return "".join(hana.all_answers).count("どういたしまして") == times


@pytest.mark.parametrize("kind", ["429", "500", "cut before", "cut after"])
def test_a_reply_that_met_trouble_arrives_once(any_town, kind):
    hana = any_town.resident("ハナ")
    any_town.line.troubles.begin(Trouble(kind, "/message/reply", times=1))
    hana.says("ありがとう")
    any_town.delivers_everything()
    assert said_thanks(hana)
    assert any_town.line.used_this_month == 0
    assert deliveries(any_town)[-1].sent_by == "reply"


@pytest.mark.parametrize("kind", ["429", "500", "cut before", "cut after"])
def test_a_push_that_met_trouble_arrives_once(town, kind):
    hana = town.resident("ハナ")
    town.line.troubles.begin(Trouble("500", "/message/reply"))
    town.line.troubles.begin(Trouble(kind, "/message/push", times=2))
    hana.phone.says("ありがとう")
    town.clock.moves_on(seconds=70)  # the reply token is dead by now
    town.delivers_everything()
    assert said_thanks(hana)
    assert town.line.used_this_month == 1


def test_a_push_that_fails_does_not_come_back_every_second_for_a_token_that_is_dead(town):
    hana = town.resident("ハナ")
    town.line.troubles.begin(Trouble("500", "/message/"))
    hana.phone.says("ありがとう")
    for tries in range(1, 8):
        waits_for(lambda tries=tries: deliveries(town)[-1].tries >= tries and not deliveries(town)[-1].claimed_until)
        town.clock.moves_on(minutes=5)
        town.sweeper.sweep()
    waits_for(lambda: deliveries(town)[-1].tries >= 8 and not deliveries(town)[-1].claimed_until)
    assert deliveries(town)[-1].next_try_at - town.clock.now() > timedelta(seconds=10)


def a_worker_starts(town) -> Worker:
    """Another process begins to work, as after a death: it looks first for what it left behind."""
    worker = Worker(town.parts, town.bell, threads=2)
    worker.take_over()
    worker.start()
    return worker


def test_a_worker_that_starts_takes_over_a_call_whose_answer_nobody_waits_for(any_town, monkeypatch):
    monkeypatch.setattr(outbox, "CLAIM", timedelta(minutes=4))  # longer than this story has patience
    hana = any_town.resident("ハナ")
    any_town.parts.gateway._timeout = (3.0, 120.0)
    hangs = any_town.line.troubles.begin(Trouble("hang", "/message/reply", times=1, seconds=120))
    hana.phone.says("ありがとう")
    waits_for(lambda: hangs.happened == 1)
    next_one = a_worker_starts(any_town)
    waits_for(lambda: said_thanks(hana))  # though the first claim still stands
    waits_for(lambda: deliveries(any_town)[-1].sent_by == "reply")
    hangs.is_over.set()
    any_town.worker.stop()  # the one that hung learns that its call was cut, and must not say it again
    any_town.worker = next_one
    any_town.settles()
    assert said_thanks(hana)
    assert any_town.line.used_this_month == 0


@pytest.mark.parametrize(("most", "way", "counted"), [(5_000, "push", 1), (0, "reply", 0)])
def test_a_token_too_old_to_learn_from_is_used_only_where_no_push_is_left(town, most, way, counted):
    hana = town.resident("ハナ")
    town.line.monthly_limit = most
    town.sweeper.read_quota()
    town.worker.stop()
    hana.phone.says("ありがとう")
    town.clock.moves_on(seconds=40)  # the token lives for a minute
    town.worker = a_worker_starts(town)
    town.sweeps()
    assert said_thanks(hana)
    assert (deliveries(town)[-1].sent_by, town.line.used_this_month) == (way, counted)


def test_a_dead_reply_token_becomes_a_push(town):
    hana = town.resident("ハナ")
    for token in town.line.tokens.values():
        token.is_used = True
    event = hana.phone.line.prepare_event(
        {"type": "user", "userId": hana.phone.user_id},
        {"type": "message", "message": {"type": "text", "id": "7", "text": "ありがとう", "quoteToken": "q"}},
    )
    town.line.tokens[event["replyToken"]].is_used = True
    town.line.deliver([event])
    town.settles()
    hana.sees("どういたしまして")
    assert town.line.used_this_month == 1


def test_several_messages_stay_in_order_through_trouble(town):
    hana = town.resident("ハナ")
    town.line.troubles.begin(Trouble("500", "/message/", chance=0.4))
    for text in ("ありがとう", "使い方を教えて", "さようなら"):
        hana.phone.says(text)
    town.delivers_everything()
    told = "\n".join(hana.all_answers)
    places = [told.index(words) for words in ("どういたしまして", "こんなことができます", "またいつでも話しかけて")]
    assert places == sorted(places)
    assert said_thanks(hana)


def test_what_line_will_never_take_is_kept_with_its_reason(town):
    hana = town.resident("ハナ")
    town.line.residents.pop(hana.phone.user_id)
    event = {"type": "message", "message": {"type": "text", "id": "8", "text": "ありがとう", "quoteToken": "q"}}
    made = town.line.prepare_event({"type": "user", "userId": hana.phone.user_id}, event)
    town.line.tokens[made["replyToken"]].is_used = True
    town.line.deliver([made])
    town.settles()
    failed = deliveries(town)[-1]
    assert failed.state == "failed"
    assert "Failed to send messages" in (failed.refusal or "")


def test_what_was_delivered_leaves_no_words_in_the_outbox(town):
    hana = town.resident("ハナ")
    hana.says("電気代が払えへん")
    assert all(one.messages == [] and one.reply_token is None for one in deliveries(town))


def test_who_has_left_is_sent_nothing_more(town):
    hana = town.resident("ハナ")
    town.line.troubles.begin(Trouble("500", "/message/"))
    hana.phone.says("ありがとう")
    hana.phone.blocks()
    town.delivers_everything()
    assert deliveries(town)[-1].state == "dropped"


def test_a_slow_answer_shows_typing(town):
    hana = town.resident("ハナ")
    town.line.troubles.begin(Trouble("slow", "/message/reply", times=1, seconds=1.5))
    hana.phone.says("ありがとう")
    town.settles()
    assert ("POST", "/v2/bot/chat/loading/start", 202) in town.line.calls


def test_our_messages_pass_through_the_sdk_unchanged():
    from bot.conversation import Card, Cards, Choice, Dial, Open, PickDate, Row, SharePlace, Tap, Text
    from bot.line.gateway import _as_models
    from bot.line.messages import render
    from bot.simulator.rules import faults

    card = Card(
        title="あ" * 300,
        note="n",
        body="b" * 3_000,
        rows=(Row("きょう", "17時まで", "good"),),
        actions=(
            Dial("電話する", "#8008"),
            Open("地図", "https://example.jp/あ?q=い"),
            Tap("長い" * 40, "lookup.show", "x"),
        ),
        footnote="f",
        tone="urgent",
    )
    choices = [
        Choice("y", "👨‍👩‍👧" * 30, step="a.b"),
        SharePlace("場所"),
        PickDate("日", step="a.b"),
        *[Tap("t", "m")] * 12,
    ]
    rendered = render([Text("🍎" * 4_000), Cards((card,) * 14, "alt" * 900)], choices)
    assert faults(rendered) == []

    def told(value):
        if isinstance(value, dict):
            return {key: told(inner) for key, inner in value.items() if inner is not None}
        return [told(inner) for inner in value] if isinstance(value, list) else value

    assert [told(model.to_dict()) for model in _as_models(rendered)] == rendered


@pytest.mark.parametrize(("endpoint", "path"), [("multicast", "message/multicast"), ("loading", "chat/loading/start")])
def test_four_processes_in_a_hurry_are_never_too_fast_for_line(endpoint, path):
    called: list[float] = []
    for _ in range(4):
        clock = [0.0]

        def sleep(seconds: float, clock: list[float] = clock) -> None:
            clock[0] += seconds

        pace = Pace(LIMITS[endpoint] * SHARE, now=lambda clock=clock: clock[0], sleep=sleep)
        for _ in range(200):
            pace.wait()
            called.append(clock[0])
        assert clock[0] == pytest.approx(200 / (LIMITS[endpoint] * SHARE), rel=0.1)  # and no slower than need be
    rates, start = Rates(), datetime(2026, 11, 24, tzinfo=UTC)
    assert all(rates.take("POST", f"/v2/bot/{path}", start + timedelta(seconds=at)) for at in sorted(called))


def test_a_worker_that_starts_answers_what_came_while_none_was_there(any_town):
    hana = any_town.resident("ハナ")
    any_town.worker.stop()
    hana.phone.says("ありがとう")
    waits_for(lambda: any_town.bell.huey.pending_count() == 1)
    any_town.bell.huey.flush()  # the bell forgets, as in a power cut
    any_town.worker = a_worker_starts(any_town)  # and no sweep comes
    waits_for(lambda: said_thanks(hana))
