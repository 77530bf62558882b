"""By when an answer is promised: rules of the clock and the calendar, and what the resident reads."""

from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from bot.services import consultation, office_hours
from bot.services.consultation import USUAL_HOURS, Rules
from bot.services.office_hours import OfficeHours
from handlers.copy import handoff as say
from knowledge import hours
from tests.town import TOKYO

USUAL = OfficeHours(hours.parse(USUAL_HOURS))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("asked", "waiting", "on_duty", "promised", "told"),
    [
        ("2026-11-24 10:00", 0, 2, "2026-11-24 12:00", "きょう12時まで"),
        ("2026-11-24 10:03", 0, 2, "2026-11-24 12:00", "きょう12時まで"),
        ("2026-11-24 16:30", 0, 2, "2026-11-25 11:00", "あす11時まで"),
        ("2026-11-24 10:00", 12, 2, "2026-11-24 14:00", "きょう14時まで"),  # twelve wait, two answer
        ("2026-11-24 10:00", 12, 12, "2026-11-24 13:00", "きょう13時まで"),
        ("2026-11-24 10:00", 3, 0, "2026-11-24 13:00", "きょう13時まで"),  # nobody signed in yet
        ("2026-11-21 03:00", 0, 2, "2026-11-24 11:00", "11月24日（火）の11時まで"),  # 23 November is a holiday
        ("2026-12-28 16:50", 0, 2, "2027-01-04 11:00", "1月4日（月）の11時まで"),  # the days around New Year
        ("2026-11-24 13:30", 4, 1, "2026-11-24 17:00", "きょう17時まで"),  # never past closing time
        ("2026-11-24 13:30", 5, 1, "2026-11-25 10:00", "あす10時まで"),  # and never at the very opening of the door
    ],
)
def test_a_promise_counts_open_hours_only(asked, waiting, on_duty, promised, told):
    found = office_hours.promise(USUAL, Rules(), now=at(asked), waiting=waiting, on_duty=on_duty)
    assert found == at(promised)
    assert say.by_when(found, at(asked).date()) == told


def test_a_closed_day_of_the_council_is_no_working_day():
    desk = OfficeHours(USUAL.hours, frozenset({date(2026, 11, 25)}))
    assert office_hours.promise(desk, Rules(), now=at("2026-11-24 16:30"), waiting=0, on_duty=1) == at(
        "2026-11-26 11:00"
    )
    assert not desk.is_open(at("2026-11-25 10:00")) and desk.is_open(at("2026-11-26 10:00"))


def test_a_lunch_break_is_not_counted_and_closing_at_a_quarter_is_told():
    desk = OfficeHours(hours.parse("月～金 8:30～12:00・13:00～17:15"))
    assert desk.after(at("2026-11-24 11:30"), 120) == at("2026-11-24 14:30")
    assert desk.full_hour(at("2026-11-24 17:12")) == at("2026-11-24 17:15")
    assert say.by_when(at("2026-11-24 17:15"), date(2026, 11, 24)) == "きょう17時15分まで"


def test_a_council_that_never_opens_is_a_mistake_that_is_named():
    with pytest.raises(office_hours.NeverOpen):
        OfficeHours(USUAL.hours, frozenset(date.fromordinal(day) for day in range(739_500, 740_500))).after(
            at("2026-11-24 10:00"), 60
        )


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("ways", ()),
        ("ways", ("fax",)),
        ("ways", ("line", "line")),
        ("desk_hours", "だいたい昼"),
        ("closed_days", ("2026-02-30",)),
        ("reopen_days", -1),
        ("reopen_days", True),
        ("no_such_rule", 1),
    ],
)
def test_a_rule_that_cannot_be_is_refused(rule, value):
    with Session() as nothing_is_asked, pytest.raises(consultation.NotAllowed):
        consultation.set_rules(nothing_is_asked, {rule: value}, now=at("2026-11-24 10:00"))
