"""A year passes, with its leap day, month ends, holidays, clocks that are off for days, and servers in other zones."""

import random
import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.services.checkins import joining, plans, rhythm, rounds, waiting
from bot.services.checkins.rhythm import Quiet
from bot.store import migrate
from bot.store.checkins import CheckinPlan, CheckinRound
from bot.store.engine import Store
from bot.store.residents import Resident, Thread
from bot.store.talk import Delivery
from handlers.copy import checkin as say
from tests.town import KEY, TOKYO

FIRST = datetime(2028, 1, 1, 6, 0, tzinfo=TOKYO)
KINDS = {
    "daily": {"every": 1},
    "mondays and thursdays": {"weekdays": "03"},
    "every third day": {"every": 3},
    "weekly": {"every": 7},
}


@pytest.fixture
def store(tmp_path):
    url = f"sqlite:///{tmp_path / 'year.db'}"
    migrate.upgrade(url)
    opened = Store(url, [KEY])
    yield opened
    opened.close()


def begin(store: Store) -> dict[str, int]:
    ids = {}
    with store.turn() as session:
        for name, days in KINDS.items():
            resident = Resident(line_id=f"U{name}", line_id_hash=name[:22], created_at=FIRST)
            session.add(resident)
            session.flush()
            session.add(Thread(key=name[:22], resident_id=resident.id))
            plan = joining.join(session, resident, window_from=9 * 60, window_to=11 * 60, now=FIRST, **days)
            ids[name] = plan.id
    return ids


def make(store: Store, now: datetime) -> None:
    """Two clocks wake at nearly the same moment; then everything is delivered, and everybody answers."""
    for skew in (0.0, 0.7):
        with store.turn() as session:
            rounds.make_due(session, say.greeting, now=now + timedelta(seconds=skew))
    with store.turn() as session:
        undelivered = session.query(Delivery).filter_by(state="waiting").all()
        for delivery in undelivered:
            delivery.state = "sent"
            rounds.note_sent(session, delivery, now=now + timedelta(seconds=2))
        if undelivered:
            for plan in session.query(CheckinPlan):
                waiting.end(session, plan, kind="sign", now=now + timedelta(minutes=5))


@pytest.mark.parametrize("server_zone", ["Asia/Tokyo", "America/New_York"])
def test_everybody_is_asked_on_the_right_days_of_a_leap_year(store, server_zone, monkeypatch):
    monkeypatch.setenv("TZ", server_zone)
    time.tzset()
    try:
        ids, off = begin(store), random.Random(4)
        asleep: set[date] = set()
        moment, last = FIRST, FIRST + timedelta(days=366)
        while moment < last:
            if off.random() < 0.01:  # the clock is off for a day and a half
                asleep |= {moment.date(), moment.date() + timedelta(days=1), moment.date() + timedelta(days=2)}
                moment += timedelta(hours=36)
            make(store, moment.replace(minute=0) if moment.hour != 9 else moment.replace(minute=0, second=20))
            moment += timedelta(hours=3 if moment.hour == 6 else 21 if moment.hour == 9 else 6)
        with store.reading() as session:
            for name, plan_id in ids.items():
                made = session.query(CheckinRound).filter_by(plan_id=plan_id).order_by(CheckinRound.due_at).all()
                plan = session.get(CheckinPlan, plan_id)
                asked = {one.due_at.astimezone(TOKYO).date() for one in made}
                expected = {
                    day for n in range(366) if rhythm.is_asked_on(plan, day := FIRST.date() + timedelta(days=n))
                }
                assert asked <= expected, name
                assert not {day for day in expected - asked if day not in asleep}, name
                assert all(one.due_at.astimezone(TOKYO).strftime("%H:%M") == "09:00" for one in made)
                assert len({one.due_at for one in made}) == len(made)
            daily = {one.due_at.astimezone(TOKYO).date() for one in session.query(CheckinRound)}
            assert {date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1), date(2028, 4, 30)} <= daily | asleep
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_clock_that_was_off_makes_up_with_one_message_and_counts_from_it(store):
    begin(store)
    with store.turn() as session:
        plan = session.query(CheckinPlan).filter_by(every=1, weekdays="").first()
        session.query(CheckinPlan).filter(CheckinPlan.id != plan.id).delete()
    back = FIRST.replace(hour=15) + timedelta(days=5)
    with store.turn() as session:
        rounds.make_due(session, say.greeting, now=back)
    with store.turn() as session:
        (one,) = session.query(CheckinRound).all()
        assert one.due_at.astimezone(TOKYO) == back.replace(hour=9)
        delivery = session.query(Delivery).one()
        assert "おそくなり" in str(delivery.messages)
        rounds.note_sent(session, delivery, now=back + timedelta(minutes=3))
        assert one.next_stage_at.astimezone(TOKYO) == back + timedelta(hours=2, minutes=3)
        assert plans.of(session, one.plan.resident_id).next_due_at.astimezone(TOKYO) == back.replace(
            hour=9
        ) + timedelta(days=1)


def test_nobody_is_disturbed_at_night_or_twice_before_breakfast():
    plan = CheckinPlan(every=1, weekdays="", window_from=9 * 60, starts_on=date(2026, 1, 1), paused_until=None)
    quiet = Quiet(20 * 60, 8 * 60)
    due = datetime(2026, 11, 24, 9, 0, tzinfo=TOKYO)
    tomorrow = rhythm.next_due(plan, due)
    assert rhythm.when_to_ask(due, tomorrow, quiet, due + timedelta(seconds=20)) == due + timedelta(seconds=20)
    assert rhythm.when_to_ask(due, tomorrow, quiet, due.replace(hour=23)) is None  # the next one comes at nine
    evening = due.replace(hour=19)
    late = rhythm.when_to_ask(evening, rhythm.on_day(date(2026, 11, 25), 19 * 60, due), quiet, due.replace(hour=23))
    assert late == datetime(2026, 11, 25, 8, 0, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("since", "minutes", "at_night", "on_holidays", "expected"),
    [
        ("2026-11-24 19:00", 120, False, True, "2026-11-25 08:00"),
        ("2026-11-24 19:00", 120, True, True, "2026-11-24 21:00"),
        ("2026-12-28 18:00", 180, False, False, "2027-01-04 08:00"),  # over the New Year
        ("2028-02-28 23:00", 60, True, True, "2028-02-29 00:00"),
        ("2026-11-20 12:00", 600, False, False, "2026-11-24 08:00"),  # a weekend and 23 November
    ],
)
def test_stages_keep_out_of_quiet_hours_and_holidays(since, minutes, at_night, on_holidays, expected):
    begins = datetime.fromisoformat(since).replace(tzinfo=TOKYO)
    at = rhythm.stage_time(begins, minutes, Quiet(1200, 480), at_night=at_night, on_holidays=on_holidays)
    assert at.strftime("%Y-%m-%d %H:%M") == expected


def test_a_zone_with_summer_time_keeps_the_hour_on_the_wall():
    berlin = ZoneInfo("Europe/Berlin")
    plan = CheckinPlan(every=1, weekdays="", window_from=9 * 60, starts_on=date(2026, 1, 1), paused_until=None)
    at = datetime(2026, 3, 28, 10, 0, tzinfo=berlin)
    for _ in range(3):
        at = rhythm.next_due(plan, at)
        assert at.strftime("%H:%M") == "09:00"


def test_the_same_sentence_never_comes_twice_in_a_week():
    told: list[str] = []
    for ahead in range(400):
        at = datetime(2027, 12, 1, 9, 0, tzinfo=TOKYO) + timedelta(days=ahead)
        said = say.greeting(rounds.Greeting(1, at, False, None, ""))
        words = said.messages[0].cards[0].body.split("\n")[0]
        assert words not in told[-6:]
        told.append(words)
    assert len(set(told)) == 32
    birthday = say.greeting(rounds.Greeting(1, datetime(2027, 12, 1, 9, 0, tzinfo=TOKYO), False, 0, "トマトの世話"))
    assert "お誕生日" in birthday.messages[0].cards[0].body and "トマト" in birthday.messages[0].cards[0].body


@pytest.mark.parametrize(
    ("days", "birthday", "greeted_on"),
    [
        ({"every": 1}, "03-15", "2027-03-15"),
        ({"weekdays": "03"}, "03-16", "2027-03-18"),  # a Tuesday; asked on Mondays and Thursdays
        ({"every": 7}, "03-16", "2027-03-22"),
        ({"every": 1}, "02-29", "2027-02-28"),
        ({"every": 1}, "02-29", "2028-02-29"),
    ],
)
def test_a_birthday_is_greeted_once_on_the_day_or_on_the_next_day_somebody_is_asked(days, birthday, greeted_on):
    plan = CheckinPlan(window_from=540, starts_on=date(2027, 1, 4), **{"every": 1, "weekdays": "", **days})
    first = date.fromisoformat(greeted_on) - timedelta(days=30)
    asked = [day for n in range(60) if rhythm.is_asked_on(plan, day := first + timedelta(days=n))]
    greeted = [day.isoformat() for day in asked if rhythm.birthday_since(plan, birthday, day) is not None]
    assert greeted == [greeted_on]
    late = say.greeting(rounds.Greeting(1, datetime(2027, 3, 18, 9, 0, tzinfo=TOKYO), False, 2, ""))
    assert "先日はお誕生日" in late.messages[0].cards[0].body
