"""Open Referral HSDS 3: a resource as a *service* with its organisation, place, telephones and schedule, and back.

What HSDS has a place for stands there. What would not come back from there (the id, the notation of hours, a credit …)
stands in `attributes` of the service with `link_type` "sasaeai", so that nothing of ours is lost; other readers may
leave it aside. A service of somebody else's has no such attributes and is read from the standard fields.

https://docs.openreferral.org/en/3.1/hsds/schema_reference.html
"""

import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bot.store.knowledge import Resource
from knowledge import hours
from knowledge.exchange import cells, columns
from knowledge.exchange.json_items import objects
from knowledge.exchange.own import made_id
from knowledge.exchange.rows import Found, LineReading, Row
from knowledge.exchange.sheets import Source

OURS = "sasaeai"
NAMESPACE = uuid.UUID("6a8f1c52-93a7-5d0e-8f5b-6f1d8f0c2e11")  # makes the UUIDs HSDS asks for out of our ids
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
STATUSES = {"published": "active", "draft": "inactive", "archived": "defunct"}


# ── out ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def service(entry: Resource, revision: str) -> dict[str, Any]:
    """A resource as an HSDS service. Empty fields are left out."""
    is_paused = bool(entry.paused_message) and entry.status == "published"
    told: dict[str, Any] = {
        "id": _uuid(entry.id),
        "name": entry.name,
        "alternate_name": entry.kana,
        "description": entry.description,
        "url": entry.url,
        "email": entry.email,
        "status": "temporarily closed" if is_paused else STATUSES[entry.status],
        "alert": entry.paused_message,
        "fees_description": entry.cost,
        "eligibility_description": entry.eligibility,
        "assured_date": entry.verified_on.isoformat() if entry.verified_on else "",
        "organization": _organization(entry),
        "phones": _phones(entry),
        "schedules": _schedules(entry),
        "languages": [
            {"id": _uuid(entry.id, "language", name), "name": name} for name in entry.languages.split(";") if name
        ],
        "service_areas": [{"id": _uuid(entry.id, "area", name), "name": name} for name in entry.areas],
        "service_at_locations": _places(entry),
        "attributes": _terms(entry),
    }
    told["attributes"] += [_attribute(entry, name, value) for name, value in _ours(entry, told, revision).items()]
    return {name: value for name, value in told.items() if value not in ("", [], None)}


def _organization(entry: Resource) -> dict[str, str]:
    name = entry.organisation or entry.name
    return {"id": _uuid("organization", name), "name": name, "description": name}


def _phones(entry: Resource) -> list[dict[str, str]]:
    voices = [{"id": _uuid(entry.id, "phone", one), "number": one, "type": "voice"} for one in entry.phones]
    fax = [{"id": _uuid(entry.id, "fax"), "number": entry.fax, "type": "fax"}] if entry.fax else []
    return voices + fax


def _schedules(entry: Resource) -> list[dict[str, Any]]:
    """The week as HSDS says it, and our own words for people; only the words when they are no week."""
    if not entry.hours:
        return []
    week = hours.read(entry.hours)
    told = []
    if week is not None:
        for spans in sorted({spans for spans in week.week[:7] if spans}, key=lambda spans: week.week.index(spans)):
            byday = ",".join(DAYS[place] for place in range(7) if week.week[place] == spans)
            for span in spans:
                told.append(
                    {
                        "id": _uuid(entry.id, "schedule", byday, str(span.opens)),
                        "freq": "WEEKLY",
                        "interval": 1,
                        "byday": byday,
                        "opens_at": _time(span.opens),
                        "closes_at": _time(span.closes),
                        "description": entry.hours,
                    }
                )
    return told or [{"id": _uuid(entry.id, "schedule"), "description": entry.hours}]


def _time(minutes: int) -> str:
    """A time in Japan. Past midnight it is the small hours of the next day, which is left to the reader to infer."""
    if minutes == 1440:
        return "23:59+09:00"
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}+09:00"


def _places(entry: Resource) -> list[dict[str, Any]]:
    if not (entry.address or entry.accessibility or entry.latitude is not None):
        return []
    place: dict[str, Any] = {"id": _uuid(entry.id, "location"), "location_type": "physical", "name": entry.name}
    if entry.latitude is not None:
        place |= {"latitude": entry.latitude, "longitude": entry.longitude}
    if entry.address:
        postal = re.search(r"〒\s*(\d{3}-\d{4})", entry.address)
        prefecture = re.search(r"(北海道|東京都|(?:京都|大阪)府|[^\s\d〒-]{2,3}県)", entry.address)
        city = re.search(r"(?:[都道府県]|[\d\s]|^)([^\s\d都道府県]+?[市区町村])", entry.address)
        place["addresses"] = [
            {
                "id": _uuid(entry.id, "address"),
                "address_1": entry.address,
                "city": city[1] if city else "",
                "state_province": prefecture[1] if prefecture else "",
                "postal_code": postal[1] if postal else "",
                "country": "JP",
                "address_type": "physical",
            }
        ]
    if entry.accessibility:
        place["accessibility"] = [{"id": _uuid(entry.id, "accessibility"), "description": entry.accessibility}]
    return [{"id": _uuid(entry.id, "service_at_location"), "location": place}]


def _terms(entry: Resource) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    if entry.category:
        term = {"id": _uuid("category", entry.category), "name": entry.category, "description": entry.category}
        told.append({"id": _uuid(entry.id, "category"), "link_entity": "service", "taxonomy_term": term})
    return told + [_attribute(entry, "keyword", word) for word in entry.keywords]


def _ours(entry: Resource, told: Mapping[str, Any], revision: str) -> dict[str, str]:
    """What the standard fields alone would not bring back."""
    back = _facts(LineReading("", 0), told)
    ours = {"id": entry.id, columns.REVISION: revision}
    for column in columns.of("resource"):
        value = getattr(entry, column.field)
        if column.field in back and back[column.field] == value:
            continue
        if column.field in back or column.write(value):
            ours[column.field] = column.write(value)
    return ours


def _attribute(entry: Resource, label: str, value: str) -> dict[str, str]:
    return {
        "id": _uuid(entry.id, label, value),
        "link_entity": "service",
        "link_type": OURS,
        "label": label,
        "value": value,
    }


def _uuid(*words: str) -> str:
    return str(uuid.uuid5(NAMESPACE, "\n".join(words)))


# ── in ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def read(source: Source, *, name: str) -> Iterator[Found]:
    """Each service as a row. `line` counts the services."""
    for number, found, part_read in objects(source):
        reading = LineReading(name, number)
        if isinstance(found, str):
            reading.refuse(found, "HSDS 3 の service を一つずつ { } で書いてください。")
            yield from _told(reading, None)
            continue
        services = _objects(found, "services")
        for one in services or [found]:
            reading = LineReading(name, number)
            owner = {"organization": {**found, "services": None}} if services else {}
            yield from _told(reading, _row(reading, {**owner, **one}, part_read))


def _told(reading: LineReading, row: Row | None) -> Iterator[Found]:
    if reading.problem is not None:
        yield reading.problem
    elif row is not None:
        yield row


def _row(reading: LineReading, told: Mapping[str, Any], part_read: float) -> Row | None:
    ours = {
        str(one.get("label")): str(one.get("value", ""))
        for one in _objects(told, "attributes")
        if one.get("link_type") == OURS and one.get("label") != "keyword"
    }
    facts = _facts(reading, told)
    for column in columns.of("resource"):
        if column.field in ours or ("id" in ours and column.field not in facts):
            facts[column.field] = reading.take(column.read, column.field, ours.get(column.field, ""))
    if "id" not in ours:
        facts |= _facts_of_others(told, facts)
    if not facts.get("name"):
        reading.refuse("空欄です。", "service には名前が要ります。", "name")
    entry_id = reading.take(cells.entry_id, "id", ours.get("id") or _other_id(told))
    if reading.problem is not None:
        return None
    return Row(
        file=reading.file,
        line=reading.line,
        kind="resource",
        entry_id=entry_id or made_id("hsds", facts["name"], facts["address"]),
        facts=facts,
        title=facts["name"],
        notes=tuple(reading.notes),
        revision=ours.get(columns.REVISION, ""),
        guessed=frozenset() if "id" in ours else frozenset({"category", "areas"}),
        part_read=part_read,
    )


def _facts(reading: LineReading, told: Mapping[str, Any]) -> dict[str, Any]:
    """What the standard fields say."""

    def words(owner: Mapping[str, Any], field: str) -> str:
        value = owner.get(field)
        return str(reading.take(cells.text, field, "" if value is None else str(value)) or "")

    place, phones = _place(told), _all_phones(told)
    voices = ";".join(str(one.get("number", "")).strip('"') for one in phones if one.get("type", "voice") != "fax")
    fax = next((str(one.get("number", "")) for one in phones if one.get("type") == "fax"), "")
    latitude, longitude = (place.get(name) for name in ("latitude", "longitude"))
    spot = reading.take(
        cells.place, "latitude", *("" if value is None else repr(value) for value in (latitude, longitude))
    )
    terms = [_object(one, "taxonomy_term").get("name") for one in _objects(told, "attributes")]
    return {
        "name": words(told, "name"),
        "kana": words(told, "alternate_name"),
        "organisation": words(_object(told, "organization"), "name"),
        "category": next((str(term) for term in terms if term), ""),
        "description": words(told, "description"),
        "eligibility": words(told, "eligibility_description"),
        "cost": words(told, "fees_description") or words(told, "fees"),
        "phones": reading.take(cells.phones, "phones", voices) or [],
        "fax": reading.take(cells.phone, "fax", fax) or "",
        "email": reading.take(cells.email, "email", words(told, "email")) or "",
        "url": reading.take(cells.url, "url", words(told, "url")) or "",
        "address": _address(place, words),
        "latitude": spot[0] if spot else None,
        "longitude": spot[1] if spot else None,
        "areas": [words(one, "name") for one in _objects(told, "service_areas") if one.get("name")],
        "languages": ";".join(words(one, "name") or words(one, "code") for one in _objects(told, "languages")),
        "accessibility": "\n".join(
            filter(None, (words(one, "description") for one in _objects(place, "accessibility")))
        ),
        "verified_on": reading.take(cells.day, "assured_date", words(told, "assured_date")),
        "paused_message": words(told, "alert"),
        "keywords": [
            str(one.get("value", "")) for one in _objects(told, "attributes") if one.get("label") == "keyword"
        ],
    }


def _facts_of_others(told: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """What our own attributes would say, as far as a service of somebody else's tells it."""
    extensions = [str(one["extension"]) for one in _all_phones(told) if one.get("extension")]
    described = str(facts["description"] or "")
    return {
        "hours": _hours(told, _place(told)),
        "status": "archived" if told.get("status") == "defunct" else "draft",
        "description": f"{described}\n内線: {'、'.join(extensions)}".strip() if extensions else described,
    }


def _place(told: Mapping[str, Any]) -> Mapping[str, Any]:
    here = next((_object(one, "location") for one in _objects(told, "service_at_locations")), {})
    return here or next(iter(_objects(_object(told, "organization"), "locations")), {})


def _all_phones(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    owners = (told, _place(told), _object(told, "organization"))
    return next((phones for owner in owners if (phones := list(_objects(owner, "phones")))), [])


def _address(place: Mapping[str, Any], words: Callable[[Mapping[str, Any], str], str]) -> str:
    """Ours is whole in its first line; others are put together in the Japanese order."""
    found = next(iter(_objects(place, "addresses")), {})
    first = words(found, "address_1")
    if not found or "〒" in first or (found.get("city") and str(found["city"]) in first):
        return first
    if found.get("country", "JP") != "JP":
        parts = [first, *(words(found, name) for name in ("address_2", "city", "state_province", "postal_code"))]
        return ", ".join(filter(None, parts))
    postal = words(found, "postal_code")
    whole = "".join(words(found, name) for name in ("state_province", "city", "region", "address_1", "address_2"))
    return f"〒{postal} {whole}" if re.fullmatch(r"\d{3}-?\d{4}", postal) else whole


def _hours(told: Mapping[str, Any], place: Mapping[str, Any]) -> str:
    """A schedule of somebody else's in our notation, if it is a plain week; else its own words."""
    schedules = [
        one for owner in (told, *_objects(told, "service_at_locations"), place) for one in _objects(owner, "schedules")
    ]
    parts = []
    for one in schedules:
        days = [DAYS.index(sign) for sign in str(one.get("byday") or "").split(",") if sign in DAYS]
        opens, closes = (str(one.get(name) or "")[:5] for name in ("opens_at", "closes_at"))
        if not days or not opens or not closes or one.get("freq", "WEEKLY") != "WEEKLY" or one.get("interval", 1) != 1:
            return "\n".join(filter(None, (str(one.get("description") or "") for one in schedules[:3])))[:200]
        signs = "・".join(hours.DAYS[place] for place in sorted(days))
        parts.append(f"{signs} {opens.removeprefix('0')}～{closes.removeprefix('0')}")
    return "、".join(parts)


def _other_id(told: Mapping[str, Any]) -> str:
    given = str(told.get("id") or "")
    return f"hsds-{given}" if re.fullmatch(r"[\w.:-]{1,59}", given, re.ASCII) else ""


def _objects(owner: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    """A list of objects, whatever stands there."""
    found = owner.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _object(owner: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = owner.get(name)
    return found if isinstance(found, dict) else {}
