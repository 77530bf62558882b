"""What becomes of an entry: published, archived, paused, confirmed; earlier contents, and back to them."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from admin.frame import staff_may
from admin.knowledge.room import DEEDS, STATUSES, entry_or_404, knowledge, on_record, sentence, title_of, who
from admin.refusals import refusals_told
from bot.services.access import Action
from bot.store.knowledge import Change
from knowledge import entries, hours
from knowledge.entries import Entry
from knowledge.rules import EntryWrong


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


# ── how each is done ──


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
