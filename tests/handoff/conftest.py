"""A council that talks with residents in the room, and what somebody does there with an old telephone."""

import io
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image

from bot.services import consultation
from bot.simulator.reading import buttons_of
from tests.staff.conftest import hire_everyone
from tests.town import Resident, Town


@pytest.fixture
def desk(town: Town) -> Callable[[], Any]:
    """Opens a browser in which nobody is signed in yet."""
    hire_everyone(town)
    return town.app.test_client


def offers(town: Town, *ways: str, **rules: Any) -> None:
    """The council offers these ways to talk."""
    with town.store.turn() as session:
        consultation.set_rules(session, {"ways": ways, **rules}, now=town.clock.now())


def asks_for_a_person(person: Resident, topic: str = "介護・お年より") -> None:
    person.says("人に相談したい")
    person.taps("はじめる")
    if topic in person.choices:
        person.taps(topic)


def door(person: Resident) -> str:
    """The newest link into the room on the phone: the path of its address."""
    shown = [one for one in person.phone.shown if one.by == "bot"]
    links = [action.get("uri", "") for one in shown for action in buttons_of(one.message)]
    return urlsplit([link for link in links if "/room/" in link][-1]).path


class Room:
    """A browser without JavaScript that comes through a link."""

    def __init__(self, town: Town, path: str) -> None:
        self.browser = town.app.test_client()
        self.looked = self.browser.get(path)
        self.entered = self.browser.post(path)

    def page(self) -> Any:
        return self.browser.get("/room/")

    def field(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]+)"', self.page().text)
        return found.group(1) if found else ""

    def writes(self, words: str, **more: Any) -> Any:
        data = {"token": self.field("token"), "form": self.field("form"), "words": words, **more}
        return self.browser.post("/room/", data=data, content_type="multipart/form-data")

    def reads(self) -> list[str]:
        """What stands in the talk, from top to bottom."""
        return re.findall(r'<p class="words">(.*?)</p>', self.page().text, re.S)


def comes_in(town: Town, person: Resident) -> Room:
    return Room(town, door(person))


def photo_of(size: tuple[int, int] = (40, 30), kind: str = "JPEG", **more: Any) -> tuple[io.BytesIO, str]:
    made = io.BytesIO()
    Image.new("RGB", size, "green").save(made, kind, **more)
    made.seek(0)
    return made, "photo.jpg"
