"""Working days of a Japanese office: no weekends, no public holidays, not 29 December to 3 January."""

from datetime import date, timedelta

import holidays


def is_working_day(day: date) -> bool:
    is_new_year = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return day.weekday() < 5 and not is_new_year and day not in holidays.country_holidays("JP", years=day.year)


def after(day: date, count: int) -> date:
    """The day that many working days later."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day
