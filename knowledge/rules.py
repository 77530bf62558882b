"""What a resource or an answer must fulfil, wherever it comes from: the edit form, an import, a restored state.

`tidied` brings facts into the one form we keep (half-width numbers, no stray spaces), `wrongs` names what is not right.
Rules are told by name; the page and the command find the words.
"""

import csv
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from bot.store.knowledge import Answer, Resource

Kind = type[Resource] | type[Answer]
Rule = Literal[
    "missing", "too_long", "telephone", "dead_number", "email", "web", "latitude", "longitude", "half_a_place",
    "category", "area", "future", "source", "verified", "way_to_reach", "status",
    "doubtful",
]  # fmt: skip

LONGEST = {"name": 120, "question": 200, "description": 2000, "answer": 2000, "paused_message": 200}
LONGEST_OTHERWISE = 1000
MOST_IN_A_LIST = 60
WIDER_AREAS = frozenset({"全国", "兵庫県", "全市"})  # beyond the city's own three layers
EXPECTED: Mapping[Rule, str] = {
    "missing": "something",
    "too_long": "shorter text",
    "telephone": "a number such as 079-424-4318, 0120-279-338, 189 or #8008",
    "dead_number": "the number that took its place",
    "email": "an address such as name@example.jp",
    "web": "an address that begins with https:// or http://",
    "latitude": "degrees from -90 to 90",
    "longitude": "degrees from -180 to 180",
    "half_a_place": "latitude and longitude, or neither",
    "category": "a category of the taxonomy",
    "area": "an area of the city",
    "future": "a day that has come",
    "source": "where it was read (needed for what residents see)",
    "verified": "the day somebody verified it (needed for what residents see)",
    "way_to_reach": "a telephone number, an address, a mail address or a page (needed for what residents see)",
    "status": "draft, published or archived",
    "doubtful": "nothing left to confirm (ask, then say that it is confirmed)",
}
"""What was expected instead, by rule, for the command line and logs."""


@dataclass(frozen=True)
class Wrong:
    """One fact that breaks a rule. `now` is the number that took a dead one's place."""

    field: str
    value: str
    rule: Rule
    now: str = ""

    @property
    def expected(self) -> str:
        return f"{EXPECTED[self.rule]}: {self.now}" if self.now else EXPECTED[self.rule]


class EntryWrong(ValueError):
    """The entry breaks rules; nothing was changed."""

    def __init__(self, wrongs: list[Wrong]) -> None:
        super().__init__("; ".join(f"{one.field}: expected {one.expected}" for one in wrongs))
        self.wrongs = wrongs


def tidied(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts in the form they are kept: trimmed, numbers half-width, lists without blanks and doubles."""
    done: dict[str, Any] = {}
    for name, value in facts.items():
        if name == "phones":
            done[name] = _list([telephone(one) for one in value])
        elif name == "fax":
            done[name] = telephone(value)
        elif name in ("email", "url"):
            done[name] = unicodedata.normalize("NFKC", value).strip()
        elif isinstance(value, str):
            done[name] = value.replace("\r\n", "\n").strip()
        elif isinstance(value, list) and all(isinstance(one, str) for one in value):
            done[name] = _list(value)
        else:
            done[name] = value
    return done


def telephone(written: str) -> str:
    """A number half-width, with plain hyphens: 「（０７９）424ー4318」 → 079-424-4318. Nothing is added or guessed."""
    plain = unicodedata.normalize("NFKC", written).strip()
    plain = re.sub(r"[‐‑‒–—―−ｰー－]", "-", plain)
    plain = re.sub(r"^(?:TEL|Tel|tel|電話|FAX|Fax|fax)[:.]?\s*", "", plain)
    plain = re.sub(r"^\((\d+)\)\s*-?", r"\1-", plain).replace("(", "-").replace(")", "-")
    return re.sub(r"-{2,}", "-", re.sub(r"\s+", "-", plain)).strip("-")


def is_telephone(number: str) -> bool:
    """Whether it has the shape of a Japanese number: 10 or 11 digits from 0, or a short number."""
    if re.fullmatch(r"#\d{4}|1\d{2}", number):
        return True
    digits = number.replace("-", "")
    if not re.fullmatch(r"0\d+(?:-\d+)*", number):
        return False
    return len(digits) == (11 if digits[:3] in ("020", "050", "060", "070", "080", "090") else 10)


def wrongs(
    kind: Kind,
    facts: Mapping[str, Any],
    *,
    categories: Collection[str] = (),
    areas: Collection[str] = (),
    today: date,
) -> list[Wrong]:
    """What is not right with an entry of these (tidied, complete) facts. `categories`, `areas`: empty allows any."""
    found = [Wrong(name, "", "missing") for name in _must_have(kind) if not facts.get(name)]
    for name, value in facts.items():
        if isinstance(value, str) and len(value) > LONGEST.get(name, LONGEST_OTHERWISE):
            found.append(Wrong(name, value[:40], "too_long"))
        if isinstance(value, list) and len(value) > MOST_IN_A_LIST:
            found.append(Wrong(name, str(len(value)), "too_long"))
    if facts.get("category") and categories and facts["category"] not in categories:
        found.append(Wrong("category", facts["category"], "category"))
    if facts.get("status", "draft") not in ("draft", "published", "archived"):
        found.append(Wrong("status", str(facts["status"]), "status"))
    verified_on = facts.get("verified_on")
    if verified_on is not None and verified_on > today:
        found.append(Wrong("verified_on", verified_on.isoformat(), "future"))
    if kind is Resource:
        found += _wrong_contacts(facts)
        known = {*areas, *WIDER_AREAS}
        found += [Wrong("areas", one, "area") for one in facts.get("areas", ()) if areas and one not in known]
    if facts.get("status") == "published" and not facts.get("is_internal"):
        found += _missing_for_residents(kind, facts)
    return found


def _must_have(kind: Kind) -> tuple[str, ...]:
    return ("name", "category") if kind is Resource else ("question", "answer")


def _missing_for_residents(kind: Kind, facts: Mapping[str, Any]) -> list[Wrong]:
    found = []
    if not facts.get("source_url"):
        found.append(Wrong("source_url", "", "source"))
    if not facts.get("verified_on"):
        found.append(Wrong("verified_on", "", "verified"))
    if kind is Resource and not any(facts.get(name) for name in ("phones", "address", "email", "url")):
        found.append(Wrong("phones", "", "way_to_reach"))
    return found


def _wrong_contacts(facts: Mapping[str, Any]) -> list[Wrong]:
    found = []
    for name, number in [*(("phones", one) for one in facts.get("phones", ())), ("fax", facts.get("fax", ""))]:
        if not number:
            continue
        if not is_telephone(number):
            found.append(Wrong(name, number, "telephone"))
        elif (now := dead_numbers().get(number.replace("-", ""))) is not None:
            found.append(Wrong(name, number, "dead_number", now))
    if facts.get("email") and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}", facts["email"]):
        found.append(Wrong("email", facts["email"], "email"))
    if facts.get("url") and not _is_web(facts["url"]):
        found.append(Wrong("url", facts["url"], "web"))
    latitude, longitude = facts.get("latitude"), facts.get("longitude")
    if (latitude is None) is not (longitude is None):
        found.append(Wrong("latitude", "" if latitude is None else str(latitude), "half_a_place"))
    if latitude is not None and not -90 <= latitude <= 90:
        found.append(Wrong("latitude", str(latitude), "latitude"))
    if longitude is not None and not -180 <= longitude <= 180:
        found.append(Wrong("longitude", str(longitude), "longitude"))
    return found


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in (parts.hostname or "") and not re.search(r"\s", address)


@cache
def dead_numbers() -> dict[str, str]:
    """Numbers that must never be shown again (digits alone), and what took their place, from every starter set."""
    found = {}
    for file in sorted((Path(__file__).parent / "data").glob("*/dead_numbers.csv")):
        with file.open(encoding="utf-8", newline="") as rows:
            found.update({row["number"].replace("-", ""): row["now"] for row in csv.DictReader(rows)})
    return found


def _list(values: list[str]) -> list[str]:
    return list(dict.fromkeys(one.strip() for one in values if one.strip()))
