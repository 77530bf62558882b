"""A consultation: a resident asks for a person, on LINE or in the room; the case that comes of it, and who answers."""

import io
import re
from typing import Any
from urllib.parse import urlsplit

from PIL import Image
from sqlalchemy import select

from bot.services import consultation
from bot.simulator.reading import buttons_of
from bot.store.cases import Case
from tests.desk import token
from tests.town import Resident, Town


def offers(town: Town, *ways: str, **rules: Any) -> None:
    """The council offers these ways to talk."""
    with town.store.turn() as session:
        consultation.set_rules(session, {"ways": ways, **rules}, now=town.clock.now())


def asks_for_a_person(person: Resident, topic: str = "介護・お年より") -> None:
    person.says("人に相談したい")
    person.taps("はじめる")
    if topic in person.choices:
        person.taps(topic)


def the_case(town: Town) -> Case:
    """The newest case."""
    with town.store.reading() as session:
        return session.scalars(select(Case).order_by(Case.id.desc()).limit(1)).one()


def posts(client: Any, case: Case, what: str, **form: str) -> Any:
    """Somebody at the desk presses a button on the page of a case; the page they see then."""
    data = {"csrf_token": token(client.get(f"/admin/cases/{case.id}")), **form}
    return client.post(f"/admin/cases/{case.id}/{what}", data=data, follow_redirects=True)


def says(client: Any, case_id: int, words: str, **more: str) -> Any:
    data = {"csrf_token": token(client.get(f"/admin/cases/{case_id}")), "words": words, **more}
    return client.post(f"/admin/cases/{case_id}/say", data=data, follow_redirects=True)


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
