"""Staff of every role at the desk: the application's own client, a browser without JavaScript."""

import re
from collections.abc import Callable
from typing import Any

from argon2 import PasswordHasher

from bot.services import staff
from bot.services.access import RoleName
from tests.town import START, Town

PASSWORD = "a long enough password"
HASHED = PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD)


def hire_everyone(town: Town) -> None:
    """One account for each role, `<role>@example.com`."""
    with town.store.turn() as session:
        for role in RoleName:
            staff.add(session, f"{role}@example.com", name=f"<b>{role}</b>", role=role, password_hash=HASHED, now=START)


def token(page: Any) -> str:
    """The token of the page's form."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found, page.text
    return found.group(1)


def figure(page: Any, name: str) -> int:
    """What the tile of this name counts."""
    found = re.search(rf"{name}(?:</a>)?</dt><dd>(\d+)<", page.text)
    assert found, page.text
    return int(found.group(1))


def signed_in(desk: Callable[[], Any], role: str) -> Any:
    """A browser in which the member of staff with this role is signed in."""
    client = desk()
    page = client.get("/admin/account/login")
    answer = client.post(
        "/admin/account/login",
        data={"email": f"{role}@example.com", "password": PASSWORD, "csrf_token": token(page)},
    )
    assert answer.status_code == 302, answer.text
    return client
