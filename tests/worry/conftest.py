"""Each story begins a new day for the limits against abuse."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.services import worries
from tests.staff.conftest import hire_everyone
from tests.town import Town


@pytest.fixture(autouse=True)
def a_new_day():
    worries.reports_a_day.forget()
    worries.wrong_codes_a_day.forget()


@pytest.fixture
def desk(town: Town) -> Callable[[], Any]:
    """Opens a browser in which nobody is signed in yet."""
    hire_everyone(town)
    return town.app.test_client
