"""Opening hours are told as people need them today, and never guessed."""

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
        ("月～金 8:30～17:15（祝日を除く）", "2026-11-24 12:00", "今日は17時15分まで"),
        ("月～金 8:30～17:15（祝日を除く）", "2026-11-24 07:00", "今日は8時30分から"),
        ("月～金 8:30～17:15（祝日を除く）", "2026-11-24 18:00", "今日は終わりました"),
        ("月～金 8:30～17:15（祝日を除く）", "2026-11-28 12:00", "今日は休みです"),
        ("月～金 8:30～17:15（祝日を除く）", "2026-11-23 12:00", "今日は休みです"),  # 勤労感謝の日
        ("毎日 24時間", "2026-01-01 03:00", "24時間つながります"),
        ("月～金 18:00～翌8:30、土日祝 24時間", "2026-11-25 07:00", "今日は8時30分まで"),
        ("火～土 9:00～12:00・13:00～16:00（祝日を除く）", "2026-11-24 12:30", "今日は13時から"),
        ("毎日 16:00～21:00（12月29日～1月3日は休み）", "2026-12-30 17:00", "今日は休みです"),
        ("平日 ９：００～１７：００", "2026-11-24 10:00", "今日は17時まで"),
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
    ],
)
def test_what_does_not_tell_the_days_is_left_as_it_stands(text):
    assert hours.read(text) is None


@given(st.text(max_size=40))
def test_no_text_makes_reading_stumble(text):
    found = hours.read(text)
    assert found is None or isinstance(found, hours.Hours)
