"""The list of 社会資源 and answers, and what of it is looked for."""

from typing import Any

from flask import g, render_template, request
from sqlalchemy import Select, String, cast, func, or_, select

from admin import fields
from admin.frame import staff_may
from admin.knowledge.room import KINDS, STATUSES, knowledge
from bot.services.access import Action
from bot.store.knowledge import Answer, Resource
from knowledge import entries

PAGE = 50


@knowledge.get("/")
@staff_may(Action.SEE_KNOWLEDGE)
def list_() -> str:
    wanted = {name: request.args.get(name, "") for name in ("kind", "q", "status", "category", "area", "only")}
    kind = wanted["kind"] if wanted["kind"] in KINDS else "resource"
    page = fields.page()
    query = _filtered(kind, wanted)
    total = g.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = g.session.scalars(query.limit(PAGE).offset((page - 1) * PAGE)).all()
    return render_template(
        "knowledge/list.html",
        rows=rows,
        kind=kind,
        wanted=wanted,
        total=total,
        page=page,
        pages=max(1, -(-total // PAGE)),
        category_names=entries.category_names(g.session),
        area_names=entries.area_names(g.session),
    )


def _filtered(kind: str, wanted: dict[str, str]) -> Select[Any]:
    table: Any = KINDS[kind]
    query = select(table)
    if wanted["status"] in STATUSES:
        query = query.where(table.status == wanted["status"])
    else:
        query = query.where(table.status != "archived")
    if wanted["category"]:
        query = query.where(table.category == wanted["category"])
    if wanted["only"] == "internal":
        query = query.where(table.is_internal)
    elif wanted["only"] == "paused":
        query = query.where(table.paused_message != "")
    elif wanted["only"] == "proposed" and kind == "resource":
        query = query.where(Resource.proposed_on.is_not(None))
    elif wanted["only"] == "over" and kind == "resource":
        query = query.where(Resource.ends_on < g.now.date())
    if wanted["area"] and kind == "resource":
        query = query.where(cast(Resource.areas, String).contains(_in_json(wanted["area"]), autoescape=True))
    for word in wanted["q"].split():
        query = query.where(_holds(table, word))
    return query.order_by(table.kana if kind == "resource" else table.question, table.id)


def _holds(table: Any, word: str) -> Any:
    columns = (
        (Resource.name, Resource.kana, Resource.organisation, Resource.description, Resource.address, Resource.id)
        if table is Resource
        else (Answer.question, Answer.answer, Answer.id)
    )
    lists = (Resource.keywords, Resource.phones) if table is Resource else (Answer.other_questions, Answer.keywords)
    found = [column.icontains(word, autoescape=True) for column in columns]
    found += [cast(column, String).icontains(_in_json(word), autoescape=True) for column in lists]
    digits = entries.rules.telephone(word).replace("-", "")
    if table is Resource and digits.isdigit() and len(digits) >= 3:
        found.append(func.replace(cast(Resource.phones, String), "-", "").contains(digits))
    return or_(*found)


def _in_json(word: str) -> str:
    """The word as it stands in a JSON column."""
    return word.encode("ascii", "backslashreplace").decode() if not word.isascii() else word
