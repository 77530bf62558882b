"""Moving a case on: looked at, taken, to a colleague or queue, to rest."""

from datetime import date

from flask import abort, flash, g, redirect, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from admin import fields
from admin.cases.board import cases
from admin.cases.page import back_to, page_of
from admin.colleagues import name_of
from admin.frame import one_or_404, staff_may
from admin.refusals import Sentences, refusals_told
from bot.services import case_list, queues, staff, transfers
from bot.services.access import Action
from bot.services.cases import ownership, refusals
from bot.store.cases import Case
from bot.store.queues import Queue

CLOSED: Sentences = {refusals.NotOpen: "この相談は、もうおわっています。"}


@cases.post("/<int:case_id>/look")
@staff_may(Action.WORK_CASES)
def look(case_id: int) -> Response:
    if ownership.acknowledge(g.session, one_or_404(Case, case_id), staff_id=current_user.id, now=g.now):
        flash("いそぎの知らせを見たことにしました。", "success")
    else:
        flash("もう、ほかの職員が見ています。", "info")
    return back_to(case_id)


@cases.post("/<int:case_id>/take")
@staff_may(Action.WORK_CASES)
def take(case_id: int) -> Response:
    faster: Sentences = {refusals.AlreadyTaken: lambda it: f"{name_of(it.by)}さんが先に担当になりました。"}
    with refusals_told(overtaken={**faster, **CLOSED}):
        ownership.take(g.session, one_or_404(Case, case_id), staff_id=current_user.id, now=g.now)
        flash("あなたが担当です。", "success")
    return back_to(case_id)


@cases.post("/next")
@staff_may(Action.WORK_CASES)
def take_next() -> Response:
    """Take the most pressing case that waits in my queues."""
    waiting = case_list.next_waiting(g.session, queues.of_staff(g.session, current_user.id))
    if waiting is None:
        flash("待っている相談はありません。", "info")
        return redirect(url_for(".list_"))
    return take(waiting.id)


@cases.post("/<int:case_id>/hand-on")
@staff_may(Action.WORK_CASES)
def hand_on(case_id: int) -> Response | tuple[str, int]:
    """To a colleague (`to` a number), or to a queue (`to` 「queue-3」; empty: everybody's)."""
    case, to = one_or_404(Case, case_id), fields.number("to")
    told = {"reason": request.form.get("reason", ""), "staff_id": current_user.id, "now": g.now}
    if to is not None and to not in staff.colleagues(g.session):
        abort(404)
    with refusals_told({refusals.NothingSaid: "替える理由を書いてください。"}, overtaken=CLOSED):
        if to is not None:
            transfers.to_colleague(g.session, case, to=to, **told)
            flash(f"{name_of(to)}さんに担当を替えました。", "success")
        else:
            wanted = fields.as_number(request.form.get("to", "").removeprefix("queue-"))
            queue = g.session.get(Queue, wanted) if wanted is not None else None
            queue = queue or queues.catch_all(g.session)
            transfers.to_queue(g.session, case, queue, **told)
            flash(f"「{queue.name}」に渡しました。", "success")
        return back_to(case_id, "main")
    return page_of(case, hand_on={"to": request.form.get("to", ""), "reason": told["reason"]}), 400


@cases.post("/<int:case_id>/take-over")
@staff_may(Action.WORK_CASES)
def take_over(case_id: int) -> Response:
    with refusals_told(overtaken=CLOSED):
        transfers.take_over(g.session, one_or_404(Case, case_id), staff_id=current_user.id, now=g.now)
        flash("担当を引き受けました。前の担当者に知らせました。", "success")
    return back_to(case_id)


@cases.post("/<int:case_id>/hold")
@staff_may(Action.WORK_CASES)
def hold(case_id: int) -> Response | tuple[str, int]:
    case, until, reason = one_or_404(Case, case_id), fields.day("until"), request.form.get("reason", "")
    not_so: Sentences = {
        refusals.NothingSaid: "保留にする理由を書いてください。",
        transfers.DayIsOver: "いつまで保留にするか、あすより後の日をえらんでください。",
    }
    with refusals_told(not_so, overtaken=CLOSED):
        transfers.put_on_hold(
            g.session, case, until=until or date.min, reason=reason, staff_id=current_user.id, now=g.now
        )
        flash("保留にしました。その日か、ご本人から連絡があったときに、また一覧に出ます。", "success")
        return back_to(case_id, "main")
    return page_of(case, hold={"until": until.isoformat() if until else "", "reason": reason}), 400


@cases.post("/<int:case_id>/go-on")
@staff_may(Action.WORK_CASES)
def go_on(case_id: int) -> Response:
    transfers.go_on(g.session, one_or_404(Case, case_id), staff_id=current_user.id, now=g.now)
    flash("保留をやめました。", "success")
    return back_to(case_id)
