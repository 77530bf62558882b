"""A case's way to another agency, and what came of it."""

from flask import abort, current_app, flash, g, request
from flask_security import current_user
from werkzeug.wrappers import Response

from admin.cases.board import cases
from admin.cases.page import back_to, page_of
from admin.cases.words import RESULTS
from admin.frame import one_or_404, staff_may
from admin.refusals import Sentences, refusals_told
from bot.services import referrals
from bot.services.access import Action
from bot.services.cases import refusals
from bot.store.cases import Case
from bot.store.referrals import Referral


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
        refusals.NothingSaid: "つなぎ先に何を伝えたかを書いてください。",
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
        return back_to(case_id, "referrals")
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
    return back_to(case_id, "referrals")
