"""The edit form: an entry as what stands in its fields, what was typed as facts. Nothing typed is lost on the way."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import g
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from bot.store.areas import Area
from bot.store.knowledge import Resource
from knowledge import entries, hours, rules
from knowledge.rules import Kind

TEXTS: Mapping[str, tuple[str, ...]] = {
    "resource": (
        *("name", "kana", "organisation", "category", "audience", "description", "eligibility", "cost", "fax", "email"),
        *("url", "address", "hours", "languages", "accessibility", "source_url", "credit", "to_confirm"),
    ),
    "answer": ("question", "answer", "category", "source_url", "credit", "to_confirm"),
}
LINES = ("phones", "keywords", "other_questions")
LISTS = ("areas", "resources")
DAYS = ("verified_on", "ends_on")
DATALIST = 500  # resources offered by name; with more, an id is typed

Values = dict[str, Any]
Errors = dict[str, str]


def values_of(kind: str, facts: Mapping[str, Any]) -> Values:
    """What stands in the fields for an entry's facts."""
    shown: Values = {name: facts.get(name) or "" for name in TEXTS[kind]}
    shown |= {name: "\n".join(facts.get(name) or ()) for name in LINES}
    shown |= {"areas": list(facts.get("areas") or ()), "resources": _names(facts.get("resources") or ())}
    shown["special_days"] = hours.special_lines(facts.get("special_days") or ())
    shown["latitude"] = "" if facts.get("latitude") is None else str(facts["latitude"])
    shown["longitude"] = "" if facts.get("longitude") is None else str(facts["longitude"])
    shown |= {name: day.isoformat() if (day := facts.get(name)) else "" for name in DAYS}
    return shown


def typed(kind: str, form: MultiDict[str, str]) -> Values:
    """What was typed, as it was typed."""
    names = (*TEXTS[kind], *LINES, "special_days", "latitude", "longitude", *DAYS)
    shown: Values = {name: form.get(name, "") for name in names}
    shown |= {name: [one for one in form.getlist(name) if one.strip()] for name in LISTS}
    shown["verified_today"] = bool(form.get("verified_today"))
    return shown


def facts_of(kind: str, shown: Values) -> tuple[dict[str, Any], Errors]:
    """The typed values as facts, and a sentence for each field that cannot be read."""
    errors: Errors = {}
    facts: dict[str, Any] = {name: shown[name] for name in TEXTS[kind]}
    if kind == "resource":
        facts["phones"] = _lines(shown["phones"], commas=True)
        facts["areas"] = shown["areas"]
        try:
            facts["special_days"] = hours.special_days(shown["special_days"])
        except hours.NotSpecialDay as wrong:
            errors["special_days"] = (
                f"{wrong.number}行めの「{wrong.line.strip()}」が読めません。「2026-12-28 9:00～12:00」か"
                "「2026-12-29～2027-01-03 休み」のように書いてください。"
            )
        for name in ("latitude", "longitude"):
            facts[name], errors = _degrees(shown[name], name, errors)
        facts["ends_on"], errors = _day(shown["ends_on"], "ends_on", errors)
    else:
        facts["other_questions"] = _lines(shown["other_questions"])
        facts["resources"], errors = _ids(shown["resources"], errors)
    facts["keywords"] = _lines(shown["keywords"], commas=True)
    if shown.get("verified_today"):
        facts["verified_on"] = g.now.date()
    else:
        facts["verified_on"], errors = _day(shown["verified_on"], "verified_on", errors)
    return rules.tidied(facts), errors


def choices() -> dict[str, Any]:
    """What the form offers to choose from."""
    areas: dict[int, list[str]] = {}
    for area in g.session.scalars(select(Area).order_by(Area.layer, Area.position)):
        areas.setdefault(area.layer, []).append(area.name)
    groups = [("ひろい範囲", sorted(rules.WIDER_AREAS))]
    groups += [(words, areas[layer]) for layer, words in _LAYERS.items() if layer in areas]
    return {
        "category_pairs": [(name, name) for name in entries.category_names(g.session)],
        "area_groups": groups,
        "resource_names": g.session.scalars(
            select(Resource.name).where(Resource.status == "published").order_by(Resource.kana).limit(DATALIST)
        ).all(),
    }


_LAYERS = {1: "市ぜんたい（第1層）", 2: "中学校区（第2層）", 3: "小学校区・ささえあい協議会（第3層）"}


def _lines(text: str, *, commas: bool = False) -> list[str]:
    return [one.strip() for one in re.split(r"[\n、,;]" if commas else r"\n", text) if one.strip()]


def _degrees(text: str, name: str, errors: Errors) -> tuple[float | None, Errors]:
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return None, errors
    try:
        return float(plain), errors
    except ValueError:
        return None, {**errors, name: "34.768528 のような数字で書いてください。"}


def _day(text: str, name: str, errors: Errors) -> tuple[date | None, Errors]:
    plain = unicodedata.normalize("NFKC", text).strip().replace("/", "-")
    if not plain:
        return None, errors
    try:
        return date.fromisoformat(plain), errors
    except ValueError:
        return None, {**errors, name: "2026-12-01 のように書いてください。"}


def _names(ids: Any) -> list[str]:
    """Resources by name where it is the only one of that name, else by id."""
    found = []
    for one in ids:
        row = entries.find(g.session, "resource", one)
        is_alone = row is not None and len(_called(row.name)) == 1  # type: ignore[union-attr]
        found.append(row.name if row is not None and is_alone else one)  # type: ignore[union-attr]
    return found


def _ids(names: list[str], errors: Errors) -> tuple[list[str], Errors]:
    ids, wrong = [], []
    for name in names:
        found = _called(name.strip())
        if len(found) == 1:
            ids.append(found[0])
        elif entries.find(g.session, "resource", name.strip()) is not None:
            ids.append(name.strip())
        else:
            wrong.append(name)
    if wrong:
        errors = {
            **errors,
            "resources": f"「{'」「'.join(wrong)}」という社会資源はありません。一覧からえらんでください。",
        }
    return ids, errors


def _called(name: str) -> list[str]:
    return list(g.session.scalars(select(Resource.id).where(Resource.name == name).limit(2)))


def unsaved(kind: Kind, facts: Mapping[str, Any]) -> entries.Entry:
    """An entry that is only looked at: it belongs to no session."""
    return kind(**{**entries.blank(kind), "id": "preview", "status": "published", **facts})
