"""Closing a case, with a second look where there was danger; opening it again."""

from datetime import timedelta
from typing import get_args

from flask import flash, g, redirect, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from admin import fields
from admin.cases.board import cases
from admin.cases.page import back_to, page_of
from admin.cases.words import FAREWELL, thread_key, topic_words
from admin.frame import one_or_404, staff_may
from bot.conversation import Text
from bot.services import threads, transfers
from bot.services.access import Action
from bot.services.cases import closing, opening, refusals
from bot.store.cases import Case, Outcome
from bot.store.residents import Thread

EVER = timedelta(days=36_500)


@cases.post("/<int:case_id>/close")
@staff_may(Action.WORK_CASES)
def close(case_id: int) -> Response | tuple[str, int]:
    """Done, with what came of it. Danger needs a second person; words not read yet are shown first."""
    case, seen = one_or_404(Case, case_id), fields.number("seen_resident")
    kind, outcome = request.form.get("kind", "other"), request.form.get("outcome", "")
    typed = {"kind": kind, "topic": request.form.get("topic", ""), "outcome": outcome}
    if kind not in get_args(Outcome):
        flash("どうなったかをえらんでください。", "error")
        return page_of(case, closing=typed), 400
    try:
        is_closed = closing.close(
            g.session,
            case,
            outcome=outcome,
            kind=kind,  # type: ignore[arg-type]
            topic=typed["topic"] if typed["topic"] in topic_words() else "",
            farewell=[Text(FAREWELL)],
            staff_id=current_user.id,
            now=g.now,
            seen=seen,
        )
    except refusals.NothingSaid:
        flash("どうなったかを書いてください。", "error")
        return page_of(case, closing=typed), 400
    except refusals.SaidMeanwhile:
        flash("書いているあいだに、ご本人から新しいことばが届きました。読んでから、もう一度お願いします。", "error")
        return page_of(case, closing=typed), 409
    except refusals.NotOpen:
        flash("この相談は、もうおわっています。", "info")
        return back_to(case_id, "main")
    if not is_closed:
        flash("いそぎの相談なので、もう一人の職員が確かめてからおわりになります。", "info")
        return back_to(case_id, "main")
    g.to_deliver = [thread_key(case)]
    flash("おわりにしました。", "success")
    return redirect(url_for(".list_"))


@cases.post("/<int:case_id>/keep-open")
@staff_may(Action.WORK_CASES)
def keep_open(case_id: int) -> Response:
    """The second look: not yet."""
    closing.keep_open(g.session, one_or_404(Case, case_id), staff_id=current_user.id, now=g.now)
    flash("おわりにせず、つづけます。", "success")
    return back_to(case_id)


@cases.post("/<int:case_id>/reopen")
@staff_may(Action.WORK_CASES)
def reopen(case_id: int) -> Response:
    """Staff open a closed case again."""
    case = one_or_404(Case, case_id)
    key = thread_key(case)
    thread = threads.of(g.session, key) if key != "None" else None
    if thread is None or not _reopen(case, thread):
        flash("開けませんでした。この方には、もう開いている相談があります。", "info")
    else:
        flash("また開きました。あなたが担当です。", "success")
    return back_to(case_id)


def _reopen(case: Case, thread: Thread) -> bool:
    opened = opening.reopen(g.session, case.resident, thread, within=EVER, now=g.now)
    if opened is None:
        return False
    transfers.take_over(g.session, opened, staff_id=current_user.id, now=g.now)
    return True
