"""折り返しの電話: whom to telephone when, the shared word, and photos from the consultation room."""

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as AnyResponse

from admin import deeds
from admin.cases.words import thread_key, topic_words
from admin.frame import one_or_404, staff_may
from bot.services import callbacks
from bot.services.access import Action
from bot.store.callbacks import Callback
from bot.store.cases import Case
from bot.store.room import RoomPhoto

pages = Blueprint("calls", __name__, url_prefix="/admin/calls")


@pages.app_context_processor
def what_the_case_page_asks() -> dict[str, object]:
    return {"booked_call": lambda case: callbacks.of(g.session, case)}


@pages.get("/")
@staff_may(Action.SEE_CASES)
def list_() -> str:
    deeds.looked("see_calls", "callback")
    return render_template("calls/list.html", calls=callbacks.to_come(g.session), topics=topic_words(), now=g.now)


@pages.post("/<int:case_id>/announce")
@staff_may(Action.WORK_CASES)
def announce(case_id: int) -> AnyResponse:
    case = g.session.get(Case, case_id)
    if case is None or case.state == "closed":
        abort(404)
    call = callbacks.start_now(g.session, case, staff_id=current_user.id, now=g.now)
    if case.resident.is_following:
        g.to_deliver = [thread_key(case)]
        flash(
            f"この電話の番号と合言葉を、ご本人に知らせました。最初に合言葉「{call.shared_word}」を言ってください。",
            "success",
        )
    else:
        flash(
            "ご本人のLINEには知らせられません（ブロックなど）。相談ルームをひらいていれば、そこに合言葉が出ます。",
            "info",
        )
    return redirect(url_for(".list_"))


@pages.post("/<int:call_id>/finish")
@staff_may(Action.WORK_CASES)
def finish(call_id: int) -> AnyResponse:
    call = one_or_404(Callback, call_id)
    reached = request.form.get("was") == "reached"
    if callbacks.finish(g.session, call, was_reached=reached, staff_id=current_user.id, now=g.now):
        g.to_deliver = [thread_key(g.session.get_one(Case, call.case_id))]
        flash("話せました。" if reached else "つながらなかったことを、ご本人に知らせました。", "success")
    else:
        flash("この電話は、もうすんでいます。", "info")
    return redirect(url_for(".list_"))


@pages.get("/photos/<int:photo_id>")
@staff_may(Action.SEE_CASES)
def photo(photo_id: int) -> Response:
    kept = one_or_404(RoomPhoto, photo_id)
    deeds.looked("see_photo", "case", kept.case_id)
    return Response(kept.jpeg, mimetype="image/jpeg", headers={"Cache-Control": "no-store"})
