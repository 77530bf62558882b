"""A desk at which staff of every role are signed in when asked for."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.desk import hire_everyone, signed_in, token
from tests.town import Town


class Desk:
    """Somebody at the desk: opens pages, and presses buttons with the page's own token."""

    def __init__(self, client: Any) -> None:
        self.client, self.page = client, client.get("/admin/knowledge/")

    def opens(self, path: str) -> str:
        self.page = self.client.get(f"/admin/knowledge{path}")
        assert self.page.status_code == 200, (path, self.page.status_code)
        return str(self.page.text)

    def presses(self, path: str, *, expects: int = 200, **fields: Any) -> str:
        data = {"csrf_token": token(self.client.get("/admin/knowledge/new/answer")), **fields}
        answer = self.client.post(f"/admin/knowledge{path}", data=data, follow_redirects=True)
        assert answer.status_code == expects, (path, answer.status_code, answer.text)
        return str(answer.text)


def desk_of(town: Town) -> Callable[[str], Desk]:
    """`desk_of(town)("counsellor")`: the member of staff with this role, signed in."""
    hire_everyone(town)
    return lambda role: Desk(signed_in(town.app.test_client, role))


@pytest.fixture
def desk(town: Town) -> Callable[[str], Desk]:
    """`desk("counsellor")`: the member of staff with this role, signed in."""
    return desk_of(town)
