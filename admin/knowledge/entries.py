"""社会資源と答え: the list, the edit form with a preview, states, history."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy import Select, String, cast, func, or_, select
from werkzeug.wrappers import Response

from admin import fields
from admin.frame import staff_may
from admin.knowledge import form
from admin.knowledge.room import (
    DEEDS,
    KINDS,
    STATUSES,
    by_field,
    card_of,
    entry_or_404,
    knowledge,
    linked,
    on_record,
    sentence,
    title_of,
    who,
)
from admin.refusals import refusals_told
from bot.services.access import Action
from bot.store.knowledge import Answer, Change, Resource
from knowledge import asked, entries, hours, needs
from knowledge.entries import Entry
from knowledge.rules import EntryWrong, Wrong

PAGE = 50
Page = str | Response | tuple[str, int]


# ── the list ──


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


# ── one entry ──


@knowledge.get("/entries/<string:kind>/<string:entry_id>")
@staff_may(Action.SEE_KNOWLEDGE)
def show(kind: str, entry_id: str) -> str:
    entry = entry_or_404(kind, entry_id)
    changes = entries.history(g.session, entry)
    return render_template(
        "knowledge/show.html",
        entry=entry,
        kind=kind,
        card=card_of(entry),
        linked=linked(entry),
        week=_week(entry),
        last=changes[0] if changes else None,
        changes=len(changes),
        missing=_missing(entry),
        verdict=asked.verdicts(g.session, since=g.now.date().replace(year=g.now.year - 1, day=1)).get(
            f"{kind}/{entry_id}", (0, 0)
        ),
    )


def _missing(entry: Entry) -> list[str]:
    """What an entry still lacks before residents may see it."""
    seen_by_residents = {**entries.facts_of(entry), "status": "published", "is_internal": False}
    found = entries.wrongs(g.session, type(entry), seen_by_residents, now=g.now)
    if entry.to_confirm:
        found.append(Wrong("to_confirm", entry.to_confirm, "doubtful"))
    return [sentence(one) for one in found]


def _week(entry: Entry) -> list[tuple[str, str]]:
    """How the bot reads the opening hours, day by day; empty when it cannot."""
    read = hours.read(entry.hours, entry.special_days) if isinstance(entry, Resource) else None
    return [] if read is None else hours.day_by_day(read)


@knowledge.get("/new/<string:kind>")
@staff_may(Action.EDIT_KNOWLEDGE)
def new(kind: str) -> str:
    if kind not in KINDS:
        abort(404)
    values = form.values_of(kind, entries.blank(KINDS[kind]))
    questions = needs.by_ids(g.session, _numbers(request.args.get("settles", "")))
    said = list(dict.fromkeys(one.words for one in questions))
    if said and kind == "answer":
        values |= {"question": said[0], "other_questions": "\n".join(said[1:])}
    elif said:
        values["keywords"] = "\n".join(said)
    return _form_page(kind, None, values, settles=request.args.get("settles", ""))


@knowledge.post("/new/<string:kind>")
@staff_may(Action.EDIT_KNOWLEDGE)
def create(kind: str) -> Page:
    if kind not in KINDS:
        abort(404)
    values, settles = form.typed(kind, request.form), request.form.get("settles", "")
    facts, errors = form.facts_of(kind, values)
    if request.form.get("do") == "preview":
        return _form_page(kind, None, values, facts=facts, errors=errors, settles=settles)
    if not errors:
        try:
            entry = entries.add(g.session, KINDS[kind], facts, staff_id=current_user.id, now=g.now)
        except EntryWrong as wrong:
            errors = by_field(wrong.wrongs)
        else:
            needs.settle(g.session, _numbers(settles), "entry", on=g.now.date())
            on_record("add_entry", entry)
            flash("下書きを作りました。内容を確かめたら「公開する」を押します。", "success")
            return redirect(url_for(".show", kind=kind, entry_id=entry.id))
    return _form_page(kind, None, values, facts=facts, errors=errors, settles=settles), 400


@knowledge.get("/entries/<string:kind>/<string:entry_id>/edit")
@staff_may(Action.EDIT_KNOWLEDGE)
def edit(kind: str, entry_id: str) -> str:
    entry = entry_or_404(kind, entry_id)
    values = form.values_of(kind, entries.facts_of(entry))
    for words in needs.by_ids(g.session, _numbers(request.args.get("settles", ""))):
        values["other_questions" if kind == "answer" else "keywords"] += f"\n{words.words}"
    return _form_page(kind, entry, values, seen=entry.version, settles=request.args.get("settles", ""))


@knowledge.post("/entries/<string:kind>/<string:entry_id>/edit")
@staff_may(Action.EDIT_KNOWLEDGE)
def save(kind: str, entry_id: str) -> Page:
    entry, values = entry_or_404(kind, entry_id), form.typed(kind, request.form)
    seen, settles = request.form.get("seen", 0, type=int), request.form.get("settles", "")
    facts, errors = form.facts_of(kind, values)
    if request.form.get("do") == "preview":
        return _form_page(kind, entry, values, facts=facts, errors=errors, seen=seen, settles=settles)
    if not errors:
        try:
            is_different = entries.change(g.session, entry, facts, seen=seen, staff_id=current_user.id, now=g.now)
        except EntryWrong as wrong:
            errors = by_field(wrong.wrongs)
        except entries.ChangedMeanwhile as meanwhile:
            return _conflict(kind, entry, values, facts, meanwhile.last, settles)
        else:
            needs.settle(g.session, _numbers(settles), "words", on=g.now.date())
            if is_different:
                on_record("change_entry", entry)
            flash("保存しました。" if is_different else "変わったところはありません。", "success")
            return redirect(url_for(".show", kind=kind, entry_id=entry.id))
    return _form_page(kind, entry, values, facts=facts, errors=errors, seen=seen, settles=settles), 400


@knowledge.post("/preview/<string:kind>")
@staff_may(Action.EDIT_KNOWLEDGE)
def preview(kind: str) -> str:
    """The card alone, for a browser with JavaScript that shows it while one types."""
    if kind not in KINDS:
        abort(404)
    facts, _errors = form.facts_of(kind, form.typed(kind, request.form))
    entry = form.unsaved(KINDS[kind], facts)
    return render_template("knowledge/preview.html", card=card_of(entry), kind=kind, week=_week(entry), entry=entry)


def _form_page(
    kind: str,
    entry: Entry | None,
    values: form.Values,
    *,
    facts: dict[str, Any] | None = None,
    errors: form.Errors | None = None,
    seen: int = 0,
    settles: str = "",
    theirs: dict[str, str] | None = None,
    their_name: str = "",
) -> str:
    if facts is None:
        facts, _ = form.facts_of(kind, values)
    pictured = form.unsaved(KINDS[kind], facts)
    return render_template(
        "knowledge/edit.html",
        kind=kind,
        entry=entry,
        values=values,
        errors=errors or {},
        seen=seen,
        settles=settles,
        theirs=theirs or {},
        their_name=their_name,
        card=card_of(pictured),
        week=_week(pictured),
        pictured=pictured,
        **form.choices(),
    )


def _conflict(
    kind: str, entry: Entry, values: form.Values, facts: dict[str, Any], last: Change | None, settles: str
) -> tuple[str, int]:
    """Somebody was faster: what we typed stays in the fields, what they wrote stands beside it."""
    now_there = form.values_of(kind, entries.facts_of(entry))
    theirs = {
        name: "、".join(value) if isinstance(value, list) else str(value)
        for name, value in now_there.items()
        if value != values.get(name) and name in values
    }
    page = _form_page(
        kind,
        entry,
        values,
        facts=facts,
        seen=entry.version,
        settles=settles,
        theirs={name: value or "（空）" for name, value in theirs.items()},
        their_name=who(last),
    )
    return page, 409


# ── states ──


@knowledge.post("/entries/<string:kind>/<string:entry_id>/publish")
@staff_may(Action.PUBLISH_KNOWLEDGE)
def publish(kind: str, entry_id: str) -> Response:
    return _do(kind, entry_id, entries.publish, "published")


@knowledge.post("/entries/<string:kind>/<string:entry_id>/draft")
@staff_may(Action.PUBLISH_KNOWLEDGE)
def draft(kind: str, entry_id: str) -> Response:
    return _do(kind, entry_id, entries.draft, "drafted")


@knowledge.post("/entries/<string:kind>/<string:entry_id>/archive")
@staff_may(Action.PUBLISH_KNOWLEDGE)
def archive(kind: str, entry_id: str) -> Response:
    return _do(kind, entry_id, entries.archive, "archived")


@knowledge.post("/entries/<string:kind>/<string:entry_id>/internal")
@staff_may(Action.PUBLISH_KNOWLEDGE)
def make_internal(kind: str, entry_id: str) -> Response:
    return _do(kind, entry_id, entries.make_internal, "made_internal")


@knowledge.post("/entries/<string:kind>/<string:entry_id>/open")
@staff_may(Action.PUBLISH_KNOWLEDGE)
def make_open(kind: str, entry_id: str) -> Response:
    return _do(kind, entry_id, entries.make_open, "made_open")


@knowledge.post("/entries/<string:kind>/<string:entry_id>/pause")
@staff_may(Action.EDIT_KNOWLEDGE)
def pause(kind: str, entry_id: str) -> Response:
    message = request.form.get("message", "")

    def with_message(session: Any, entry: Entry, **known: Any) -> bool:
        return entries.pause(session, entry, message, **known)

    return _do(kind, entry_id, with_message, "paused")


@knowledge.post("/entries/<string:kind>/<string:entry_id>/resume")
@staff_may(Action.EDIT_KNOWLEDGE)
def resume(kind: str, entry_id: str) -> Response:
    return _do(kind, entry_id, entries.resume, "resumed")


@knowledge.post("/entries/<string:kind>/<string:entry_id>/confirm")
@staff_may(Action.EDIT_KNOWLEDGE)
def confirm(kind: str, entry_id: str) -> Response:
    return _do(kind, entry_id, entries.confirm, "confirmed")


@knowledge.post("/entries/<string:kind>/<string:entry_id>/decline")
@staff_may(Action.EDIT_KNOWLEDGE)
def decline(kind: str, entry_id: str) -> Response:
    """A resident's proposal that is not taken on goes, words and all."""
    entry = entry_or_404(kind, entry_id)
    not_so = "これは住民からの提案の下書きではないので、消せません。しまうことはできます。"
    with refusals_told({entries.NotAProposal: not_so}):
        entries.decline(g.session, entry)
        on_record("decline_proposal", entry)
        flash("提案を消しました。", "success")
        return redirect(url_for(".list_", only="proposed"))
    return redirect(url_for(".show", kind=kind, entry_id=entry_id))


def _do(kind: str, entry_id: str, deed: Callable[..., bool], word: str) -> Response:
    """Do it if the entry is still as it was seen, and say what happened."""
    entry = entry_or_404(kind, entry_id)
    try:
        done = deed(g.session, entry, seen=request.form.get("seen", 0, type=int), staff_id=current_user.id, now=g.now)
        if done:
            on_record(f"{word}_entry", entry)
        flash(f"「{title_of(entry)}」を{DEEDS[word]}。" if done else "もうそうなっています。", "success")
    except EntryWrong as wrong:
        flash("まだできません。" + "".join(sentence(one) for one in wrong.wrongs), "error")
    except entries.NoMessage:
        flash("お休みのわけや、いつまでかを書いてください。", "error")
    except entries.ChangedMeanwhile as meanwhile:
        flash(f"{who(meanwhile.last)}さんが先に変えました。いまの内容を見てから、もう一度お願いします。", "error")
        return redirect(url_for(".show", kind=kind, entry_id=entry_id))
    if request.form.get("back") == "to_confirm":
        return redirect(url_for(".to_confirm"))
    return redirect(url_for(".show", kind=kind, entry_id=entry_id))


# ── history ──


@knowledge.get("/entries/<string:kind>/<string:entry_id>/history")
@staff_may(Action.SEE_KNOWLEDGE)
def history(kind: str, entry_id: str) -> str:
    entry = entry_or_404(kind, entry_id)
    changes = [(one, _told(one)) for one in entries.history(g.session, entry)]
    return render_template("knowledge/history.html", entry=entry, kind=kind, changes=changes)


@knowledge.post("/entries/<string:kind>/<string:entry_id>/restore/<int:change_id>")
@staff_may(Action.EDIT_KNOWLEDGE)
def restore(kind: str, entry_id: str, change_id: int) -> Response:
    entry_or_404(kind, entry_id)
    from_ = g.session.get(Change, change_id)
    if from_ is None or (from_.kind, from_.entry_id) != (kind, entry_id):
        abort(404)

    def to_that(session: Any, entry: Entry, **known: Any) -> bool:
        return entries.restore(session, entry, from_, **known)

    return _do(kind, entry_id, to_that, "restored")


def _told(change: Change) -> list[tuple[str, str, str]]:
    """The differences of a change, in words."""
    return [
        (name, _in_words(name, before), _in_words(name, after))
        for name, (before, after) in entries.differences(change).items()
        if name != "id"
    ]


def _in_words(name: str, value: Any) -> str:
    if value in (None, "", []):
        return "（空）"
    if name == "special_days":
        return hours.special_lines(value)
    if name == "status":
        return STATUSES.get(value, value)
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    return "、".join(value) if isinstance(value, list) else str(value)


def _numbers(text: str) -> list[int]:
    return fields.as_numbers(text.split(",")[:500])
