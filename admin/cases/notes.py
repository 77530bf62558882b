"""What staff tell each other about a case, and who works along."""

from flask import flash, g, request
from flask_security import current_user
from werkzeug.wrappers import Response

from admin import fields
from admin.cases.board import cases
from admin.cases.page import back_to
from admin.frame import one_or_404, staff_may
from admin.refusals import refusals_told
from bot.services import case_notes, staff
from bot.services.access import Action
from bot.services.cases import refusals
from bot.store.cases import Case


@cases.post("/<int:case_id>/note")
@staff_may(Action.WORK_CASES)
def note(case_id: int) -> Response:
    with refusals_told({refusals.NothingSaid: "メモを書いてください。"}):
        case_notes.add(
            g.session,
            one_or_404(Case, case_id),
            request.form.get("words", ""),
            staff_id=current_user.id,
            now=g.now,
            colleagues=staff.colleagues(g.session),
            to=fields.number("to"),
        )
        flash("メモを書きました。", "success")
    return back_to(case_id, "notes")


@cases.post("/<int:case_id>/join")
@staff_may(Action.WORK_CASES)
def join(case_id: int) -> Response:
    case_notes.join(g.session, one_or_404(Case, case_id), current_user.id, now=g.now)
    flash("いっしょに見る人に加わりました。「わたしの相談」に出ます。", "success")
    return back_to(case_id)


@cases.post("/<int:case_id>/leave")
@staff_may(Action.WORK_CASES)
def leave(case_id: int) -> Response:
    case_notes.leave(g.session, one_or_404(Case, case_id), current_user.id, now=g.now)
    flash("いっしょに見る人から抜けました。", "success")
    return back_to(case_id)
