"""Each story begins a new day for the limits against abuse."""

import pytest

from bot.services import worries


@pytest.fixture(autouse=True)
def a_new_day():
    worries.reports_a_day.forget()
    worries.wrong_codes_a_day.forget()
