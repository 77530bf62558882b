"""One entry: its page, the edit form with the card as residents see it, who was faster."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from admin import fields
from admin.frame import staff_may
from admin.knowledge import form
from admin.knowledge.room import KINDS, by_field, card_of, entry_or_404, knowledge, linked, on_record, sentence, who
from bot.services.access import Action
from bot.store.knowledge import Change, Resource
from knowledge import asked, entries, hours, needs
from knowledge.entries import Entry
from knowledge.rules import EntryWrong, Wrong

Page = str | Response | tuple[str, int]


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


def _numbers(text: str) -> list[int]:
    return fields.as_numbers(text.split(",")[:500])
