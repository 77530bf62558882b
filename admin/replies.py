"""定型文: ready-made replies with variables, kept by those who write them."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from admin import fields
from admin.cases.words import topic_words
from admin.frame import one_or_404, staff_may
from bot.services import canned_replies as desk
from bot.services.access import Action
from bot.store.desk import CannedReply

replies = Blueprint("replies", __name__, url_prefix="/admin/replies")


@replies.get("/")
@staff_may(Action.WORK_CASES)
def list_() -> str:
    return _page()


@replies.get("/<int:reply_id>")
@staff_may(Action.WORK_CASES)
def show(reply_id: int) -> str:
    return _page(one_or_404(CannedReply, reply_id))


@replies.post("/save")
@staff_may(Action.WORK_CASES)
def save() -> Response | tuple[str, int]:
    reply = None if (number := fields.number("reply")) is None else one_or_404(CannedReply, number)
    given = {name: request.form.get(name, "") for name in ("name", "words", "topic")}
    try:
        if given["topic"] not in topic_words():
            given["topic"] = ""
        desk.save(g.session, reply, **given, staff_id=current_user.id, now=g.now)
    except desk.SomethingMissing:
        return _page(reply, given, "名前とことばの両方を書いてください。"), 400
    except desk.NameTaken:
        return _page(reply, given, "同じ名前の定型文が、もうあります。"), 400
    except desk.UnknownVariable as unknown:
        return _page(reply, given, f"{{{unknown}}} は使えません。下の表にあることばだけが入れかわります。"), 400
    flash("定型文を書きとめました。", "success")
    return redirect(url_for(".list_"))


@replies.post("/samples")
@staff_may(Action.WORK_CASES)
def samples() -> Response:
    count = desk.add_samples(g.session, staff_id=current_user.id, now=g.now)
    flash(f"見本を{count}つ入れました。" if count else "見本は、もう入っています。", "success")
    return redirect(url_for(".list_"))


@replies.post("/<int:reply_id>/remove")
@staff_may(Action.WORK_CASES)
def remove(reply_id: int) -> Response:
    desk.remove(g.session, one_or_404(CannedReply, reply_id), staff_id=current_user.id, now=g.now)
    flash("定型文をなくしました。", "success")
    return redirect(url_for(".list_"))


def _page(reply: CannedReply | None = None, given: dict[str, str] | None = None, wrong: str = "") -> str:
    if given is None and reply is not None:
        given = {"name": reply.name, "words": reply.words, "topic": reply.topic}
    return render_template(
        "replies/list.html",
        replies=desk.all_(g.session),
        reply=reply,
        given=given or {"name": "", "words": "", "topic": ""},
        wrong=wrong,
        variables=desk.VARIABLES,
        topics=topic_words(),
    )
