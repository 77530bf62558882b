"""The emergency contacts of one person."""

from flask import flash, g, request
from flask_security import current_user
from werkzeug.wrappers import Response as AnyResponse

from admin.checkins.board import checkins
from admin.checkins.person import WRONG, back_to, page_of
from admin.frame import one_or_404, staff_may
from admin.refusals import refusals_told
from bot.services.access import Action
from bot.services.checkins import contacts
from bot.store.checkins import CheckinContact, CheckinPlan


@checkins.post("/<int:plan_id>/contacts")
@staff_may(Action.WORK_CHECKINS)
def add_contact(plan_id: int) -> AnyResponse | tuple[str, int]:
    plan = one_or_404(CheckinPlan, plan_id)
    with refusals_told(WRONG):
        contacts.add(
            g.session,
            plan,
            name=request.form.get("name", ""),
            phone=request.form.get("phone", ""),
            relation=request.form.get("relation", "other"),
            may_hear_alarms=request.form.get("may_hear_alarms") == "yes",
            may_hear_responses=request.form.get("may_hear_responses") == "yes",
            staff_id=current_user.id,
            now=g.now,
        )
        flash("連絡先をふやしました。ご本人（連絡先の方）に電話などで確かめてください。", "success")
        return back_to(plan_id)
    return page_of(plan, contact=request.form), 400


@checkins.post("/contacts/<int:contact_id>/confirm")
@staff_may(Action.WORK_CHECKINS)
def confirm_contact(contact_id: int) -> AnyResponse:
    one = one_or_404(CheckinContact, contact_id)
    with refusals_told(WRONG):
        contacts.confirm_by_phone(g.session, one, staff_id=current_user.id, now=g.now)
        flash("電話で確かめたことにしました。", "success")
    return back_to(one.plan_id)


@checkins.post("/contacts/<int:contact_id>/remove")
@staff_may(Action.WORK_CHECKINS)
def remove_contact(contact_id: int) -> AnyResponse:
    one = one_or_404(CheckinContact, contact_id)
    plan_id = one.plan_id
    contacts.remove(g.session, one, staff_id=current_user.id, now=g.now)
    flash("連絡先をはずしました。", "success")
    return back_to(plan_id)
