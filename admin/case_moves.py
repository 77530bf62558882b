"""Moving a case on: to a colleague or queue, to rest, to an agency; working along; closing with a second look."""

from datetime import timedelta
from typing import get_args

from flask import abort, current_app, flash, g, redirect, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from admin import fields
from admin.case_words import FAREWELL, RESULTS, names, thread_key, topic_words
from admin.cases import cases, page_of
from admin.frame import one_or_404, staff_may
from admin.refusals import Sentences, refusals_told
from bot.conversation import Text
from bot.services import case_notes, queues, referrals, staff, threads, transfers
from bot.services import cases as desk
from bot.services.access import Action
from bot.store.cases import Case, Outcome
from bot.store.queues import Queue
from bot.store.referrals import Referral
from bot.store.residents import Thread

EVER = timedelta(days=36_500)
CLOSED: Sentences = {desk.NotOpen: "この相談は、もうおわっています。"}


def _back(case_id: int) -> Response:
    return redirect(url_for(".show", case_id=case_id))


@cases.post("/<int:case_id>/hand-on")
@staff_may(Action.WORK_CASES)
def hand_on(case_id: int) -> Response:
    """To a colleague (`to` a number), or to a queue (`to` 「queue-3」; empty: everybody's)."""
    case, to = one_or_404(Case, case_id), fields.number("to")
    told = {"reason": request.form.get("reason", ""), "staff_id": current_user.id, "now": g.now}
    if to is not None and to not in staff.colleagues(g.session):
        abort(404)
    with refusals_told({desk.NothingSaid: "替える理由を書いてください。"}, overtaken=CLOSED):
        if to is not None:
            transfers.to_colleague(g.session, case, to=to, **told)
            flash(f"{names()[to]}さんに担当を替えました。", "success")
        else:
            wanted = fields.as_number(request.form.get("to", "").removeprefix("queue-"))
            queue = g.session.get(Queue, wanted) if wanted is not None else None
            queue = queue or queues.catch_all(g.session)
            transfers.to_queue(g.session, case, queue, **told)
            flash(f"「{queue.name}」に渡しました。", "success")
    return _back(case_id)


@cases.post("/<int:case_id>/take-over")
@staff_may(Action.WORK_CASES)
def take_over(case_id: int) -> Response:
    with refusals_told(overtaken=CLOSED):
        transfers.take_over(g.session, one_or_404(Case, case_id), staff_id=current_user.id, now=g.now)
        flash("担当を引き受けました。前の担当者に知らせました。", "success")
    return _back(case_id)


@cases.post("/<int:case_id>/hold")
@staff_may(Action.WORK_CASES)
def hold(case_id: int) -> Response:
    case, until, reason = one_or_404(Case, case_id), fields.day("until"), request.form.get("reason", "")
    if until is None:
        flash("いつまで保留にするか、日にちをえらんでください。", "error")
        return _back(case_id)
    not_so: Sentences = {
        desk.NothingSaid: "保留にする理由を書いてください。",
        transfers.DayIsOver: "あすより後の日をえらんでください。",
    }
    with refusals_told(not_so, overtaken=CLOSED):
        transfers.put_on_hold(g.session, case, until=until, reason=reason, staff_id=current_user.id, now=g.now)
        flash("保留にしました。その日か、ご本人から連絡があったときに、また一覧に出ます。", "success")
    return _back(case_id)


@cases.post("/<int:case_id>/go-on")
@staff_may(Action.WORK_CASES)
def go_on(case_id: int) -> Response:
    transfers.go_on(g.session, one_or_404(Case, case_id), staff_id=current_user.id, now=g.now)
    flash("保留をやめました。", "success")
    return _back(case_id)


@cases.post("/<int:case_id>/join")
@staff_may(Action.WORK_CASES)
def join(case_id: int) -> Response:
    case_notes.join(g.session, one_or_404(Case, case_id), current_user.id, now=g.now)
    flash("いっしょに見る人に加わりました。「わたしの相談」に出ます。", "success")
    return _back(case_id)


@cases.post("/<int:case_id>/leave")
@staff_may(Action.WORK_CASES)
def leave(case_id: int) -> Response:
    case_notes.leave(g.session, one_or_404(Case, case_id), current_user.id, now=g.now)
    flash("いっしょに見る人から抜けました。", "success")
    return _back(case_id)


# ── referrals ──


@cases.post("/<int:case_id>/refer")
@staff_may(Action.WORK_CASES)
def refer(case_id: int) -> Response | tuple[str, int]:
    case = one_or_404(Case, case_id)
    resource = current_app.extensions["library"].resource(g.session, request.form.get("resource", ""))
    agency, told = request.form.get("agency", "")[:200], request.form.get("told", "")[:2000]
    has_consent = request.form.get("consent") == "yes"
    not_so: Sentences = {
        referrals.AgencyMissing: "つなぎ先の名前を書いてください。",
        referrals.NoConsent: "ご本人の同意を確かめてから、しるしを付けてください。",
        desk.NothingSaid: "つなぎ先に何を伝えたかを書いてください。",
    }
    with refusals_told(not_so):
        referrals.make(
            g.session,
            case,
            agency=agency,
            told=told,
            has_consent=has_consent,
            staff_id=current_user.id,
            now=g.now,
            resource=resource,
        )
        flash("つなぎ先を記録しました。1週間後に、ボットがご本人に「つながりましたか」とたずねます。", "success")
        return redirect(url_for(".show", case_id=case_id) + "#referrals")
    typed = {"agency": resource.name if resource else agency, "told": told, "has_consent": has_consent}
    return page_of(case, referral={**typed, "resource": resource.id if resource else ""}), 400


@cases.post("/<int:case_id>/referrals/<int:referral_id>")
@staff_may(Action.WORK_CASES)
def note_referral(case_id: int, referral_id: int) -> Response:
    made, result = g.session.get(Referral, referral_id), request.form.get("result", "")
    if made is None or made.case_id != case_id or result not in RESULTS:
        abort(404)
    referrals.note_result(g.session, made, result, staff_id=current_user.id, now=g.now)  # type: ignore[arg-type]
    flash("つなぎ先の結果を記録しました。", "success")
    return redirect(url_for(".show", case_id=case_id) + "#referrals")


# ── closing ──


@cases.post("/<int:case_id>/close")
@staff_may(Action.WORK_CASES)
def close(case_id: int) -> Response | tuple[str, int]:
    """Done, with what came of it. Danger needs a second person; words not read yet are shown first."""
    case, seen = one_or_404(Case, case_id), fields.number("seen_resident")
    kind, outcome = request.form.get("kind", "other"), request.form.get("outcome", "")
    if kind not in get_args(Outcome):
        flash("どうなったかをえらんでください。", "error")
        return page_of(case, outcome=outcome), 400
    try:
        is_closed = desk.close(
            g.session,
            case,
            outcome=outcome,
            kind=kind,  # type: ignore[arg-type]
            topic=topic if (topic := request.form.get("topic", "")) in topic_words() else "",
            farewell=[Text(FAREWELL)],
            staff_id=current_user.id,
            now=g.now,
            seen=seen,
        )
    except desk.NothingSaid:
        flash("どうなったかを書いてください。", "error")
        return _back(case_id)
    except desk.SaidMeanwhile:
        flash("書いているあいだに、ご本人から新しいことばが届きました。読んでから、もう一度お願いします。", "error")
        return page_of(case, outcome=outcome), 409
    except desk.NotOpen:
        flash("この相談は、もうおわっています。", "info")
        return _back(case_id)
    if not is_closed:
        flash("いそぎの相談なので、もう一人の職員が確かめてからおわりになります。", "info")
        return _back(case_id)
    g.to_deliver = [thread_key(case)]
    flash("おわりにしました。", "success")
    return redirect(url_for(".list_"))


@cases.post("/<int:case_id>/keep-open")
@staff_may(Action.WORK_CASES)
def keep_open(case_id: int) -> Response:
    """The second look: not yet."""
    desk.keep_open(g.session, one_or_404(Case, case_id), staff_id=current_user.id, now=g.now)
    flash("おわりにせず、つづけます。", "success")
    return _back(case_id)


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
    return _back(case_id)


def _reopen(case: Case, thread: Thread) -> bool:
    opened = desk.reopen(g.session, case.resident, thread, within=EVER, now=g.now)
    if opened is None:
        return False
    transfers.take_over(g.session, opened, staff_id=current_user.id, now=g.now)
    return True
