"""Whatever people do, in whatever order LINE tells it and however often: nothing is lost, doubled or stuck."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store.talk import Delivery, InboxEvent

SAYINGS = [
    "電気代が払えへん",
    "人に相談したい",
    "匿名で知らせたい",
    "もどる",
    "やめる",
    "はい",
    "1",
    "死にたい",
    "ちがう",
    "設定",
    "👵🏽",
]
DEEDS = st.one_of(
    st.tuples(st.just("says"), st.sampled_from(SAYINGS)),
    st.tuples(st.just("taps"), st.integers(0, 40)),
    st.tuples(st.just("taps an old button"), st.integers(0, 40)),
    st.sampled_from(["sticker", "place", "image", "blocks", "follows", "unsends"]).map(lambda deed: (deed, None)),
)


def does(person, deed: str, what) -> None:
    """One deed on the phone, without waiting for an answer."""
    phone = person.phone
    match deed:
        case "says":
            phone.says(what)
        case "taps" if actions := phone.actions():
            phone.acts(actions[-1 - what % len(actions)])
        case "taps an old button" if actions := phone.actions():
            phone.acts(actions[what % len(actions)])
        case "sticker":
            phone.sends_sticker()
        case "place":
            phone.sends_location(34.7676, 134.8395)
        case "image":
            phone.sends_file_like("image", b"1")
        case "blocks":
            phone.blocks()
        case "follows":
            phone.follows()
        case "unsends" if mine := [shown for shown in phone.shown if shown.by == "resident" and not shown.is_unsent]:
            phone.unsends(mine[-1])


def test_any_order_of_deeds_and_of_their_telling_leaves_a_conversation_that_goes_on(town):
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(DEEDS, min_size=1, max_size=8), st.integers(0, 2**16))
    def any_deeds(deeds, seed):
        hana = town.newcomer("ハナ")
        told: list[dict] = []
        deliver = town.line.deliver
        town.line.deliver = lambda events: told.extend(events) or 200  # LINE has them, and tells them as it likes
        for deed, what in deeds:
            does(hana, deed, what)
        town.line.deliver = deliver
        dice = random.Random(seed)
        storm = [event for event in told for _ in range(dice.choice((1, 1, 2, 3)))]
        dice.shuffle(storm)
        while storm:
            batch = [storm.pop() for _ in range(min(len(storm), dice.randint(1, 3)))]
            assert town.line.deliver(batch) == 200
        town.settles()
        hana.follows()  # whatever was before: who comes back is welcomed, and answered
        hana.says("メニュー")
        if not any("こんなことができます" in said for said in hana.answers):
            hana.says("ボットに戻る")  # a person was answering
            hana.says("メニュー")
        hana.sees("こんなことができます")

    any_deeds()
    with town.store.reading() as session:
        unfinished = session.query(InboxEvent).filter(InboxEvent.state.in_(["failed", "waiting"])).count()
        undelivered = session.query(Delivery).filter(Delivery.state.in_(["failed", "waiting"])).count()
        kept = session.query(InboxEvent).count()
    assert (unfinished, undelivered) == (0, 0)
    assert kept == len({event_id for event_id, _ in town.line.webhook_answers})
