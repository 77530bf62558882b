"""Opening hours are told as people need them today, and never guessed."""

import itertools
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import hours

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("notation", "at", "words"),
    [
        ("月～金 8:30～17:15（祝日を除く）", "2026-11-24 12:00", "17時15分まで"),
        ("月～金 8:30～17:15（祝日を除く）", "2026-11-24 07:00", "8時30分から"),
        ("月～金 8:30～17:15（祝日を除く）", "2026-11-24 18:00", "終わりました"),
        ("月～金 8:30～17:15（祝日を除く）", "2026-11-28 12:00", "休みです"),
        ("月～金 8:30～17:15（祝日を除く）", "2026-11-23 12:00", "休みです"),  # 勤労感謝の日
        ("毎日 24時間", "2026-01-01 03:00", "24時間つながります"),
        ("月～金 18:00～翌8:30、土日祝 24時間", "2026-11-25 07:00", "8時30分まで"),
        ("火～土 9:00～12:00・13:00～16:00（祝日を除く）", "2026-11-24 12:30", "13時から"),
        ("毎日 16:00～21:00（12月29日～1月3日は休み）", "2026-12-30 17:00", "休みです"),
        ("平日 ９：００～１７：００", "2026-11-24 10:00", "17時まで"),
        ("毎日 9:00～17:00（祝日は休み）", "2026-11-23 12:00", "休みです"),
        ("第2・4水 10:00～12:00", "2026-11-25 11:00", "12時まで"),
        ("第２・第４水曜日 10:00～12:00", "2026-11-18 11:00", "休みです"),
    ],
)
def test_today_is_told_in_a_few_words(notation, at, words):
    assert hours.parse(notation).today_words(datetime.fromisoformat(at).replace(tzinfo=TOKYO)) == words


@pytest.mark.parametrize(
    "text",
    [
        "8:30～17:15",
        "月1回",
        "月1回 18:00～19:30",
        "募集は7月～8月（相談は通年）",
        "電話は毎日 24時間",
        "よる",
        "月～金 17:00～9:00",
        "火～日 9:00～17:00（祝日の翌日は休館）",
        "土 9:00～12:00（祝日も開館）",
    ],
)
def test_what_does_not_tell_the_days_is_left_as_it_stands(text):
    assert hours.read(text) is None


@given(st.text(max_size=40))
def test_no_text_makes_reading_stumble(text):
    found = hours.read(text)
    assert found is None or isinstance(found, hours.Hours)


spans = st.lists(st.integers(0, 47), min_size=2, max_size=4, unique=True).map(
    lambda halves: tuple(hours.Span(a * 30, b * 30) for a, b in itertools.pairwise(sorted(halves)))[::2]
)
weeks = st.lists(st.one_of(st.just(()), st.just((hours.Span(0, 1440),)), spans), min_size=8, max_size=8).map(tuple)
nths = st.builds(hours.Nth, st.frozensets(st.integers(1, 5), min_size=1), st.integers(0, 6), spans)


@given(weeks, st.lists(nths, max_size=1).map(tuple), st.booleans())
def test_written_hours_are_read_again_as_they_were(week, monthly, closed_at_year_end):
    told = hours.Hours(week, closed_at_year_end, monthly)
    assert hours.read(hours.write(told)) == (told if any(week) or monthly else None)


def test_days_that_differ_from_the_week():
    stored = hours.special_days("2026-12-28　9:00～12:00　仕事納め\n\n２０２６-12-29〜2027-1-4 休み 年末年始\n")
    assert hours.special_lines(stored) == "2026-12-28 9:00～12:00 仕事納め\n2026-12-29～2027-01-04 休み 年末年始"
    assert hours.special_days(hours.special_lines(stored)) == stored
    at = datetime(2026, 12, 28, 11, 0, tzinfo=TOKYO)
    week = "月～金 8:30～17:15（祝日を除く）"
    assert hours.today(week, stored, at) == ("12時まで", True)
    assert hours.today(week, stored, at.replace(day=29)) == ("休みです（年末年始）", False)
    assert hours.today(week, stored, at.replace(day=25)) == ("17時15分まで", True)
    assert hours.today("月1回", stored, at.replace(day=29)) == ("休みです（年末年始）", False)
    assert hours.today("月1回", stored, at.replace(day=25)) is None


@pytest.mark.parametrize(
    "line", ["あした 休み", "2026-12-28", "2026-13-01 休み", "2026-12-28 ひる", "2026-12-28～2026-12-01 休み"]
)
def test_a_special_day_that_cannot_be_read_is_named(line):
    with pytest.raises(hours.NotSpecialDay) as wrong:
        hours.special_days(f"2026-12-01 休み\n{line}")
    assert wrong.value.number == 2 and wrong.value.line == line
