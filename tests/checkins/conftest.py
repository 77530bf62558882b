"""Staff of every role at the desk of the town."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.staff.conftest import hire_everyone
from tests.town import Town


@pytest.fixture
def desk(town: Town) -> Callable[[], Any]:
    """Opens a browser in which nobody is signed in yet."""
    hire_everyone(town)
    return town.app.test_client
