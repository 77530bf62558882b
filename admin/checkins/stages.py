"""How silence climbs: the templates, and stages for one person."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as AnyResponse

from admin import fields
from admin.checkins.board import checkins
from admin.checkins.forms import minutes, steps
from admin.checkins.person import WRONG, back_to, page_of
from admin.frame import one_or_404, staff_may
from admin.refusals import refusals_told
from bot.services.access import Action
from bot.services.checkins import templates
from bot.services.checkins.templates import STAGES
from bot.store.checkins import CheckinPlan, CheckinTemplate


@checkins.get("/templates")
@staff_may(Action.SEE_CHECKINS)
def stages() -> str:
    return _page()


def _page(typed: dict[str, object] | None = None) -> str:
    """The templates. `typed`: the one, or the new one (`id` None), that could not be kept, as it was typed."""
    known = templates.every(g.session)
    return render_template(
        "checkins/templates.html",
        known=[(one, {step["stage"]: step for step in one.steps}) for one in known],
        first={step.stage: {"after": step.after, "on_holidays": True} for step in templates.USUAL},
        stages=STAGES,
        typed=typed,
    )


@checkins.post("/templates")
@staff_may(Action.MANAGE_CHECKINS)
def save_template() -> AnyResponse | tuple[str, int]:
    template_id = fields.number("template_id")
    template = g.session.get(CheckinTemplate, template_id) if template_id is not None else None
    wanted: dict[str, Any] = {
        "name": request.form.get("name", ""),
        "steps": steps(),
        "quiet_from": minutes("quiet_from"),
        "quiet_to": minutes("quiet_to"),
        "contacts_at_once": fields.number("contacts_at_once") or 0,
    }
    with refusals_told(WRONG):
        templates.save(g.session, template, **wanted, staff_id=current_user.id, now=g.now)
        flash("保存しました。いま返事を待っている方から、この決まりになります。", "success")
        return redirect(url_for(".stages"))
    return _page(
        {**wanted, "id": template.id if template else None, "steps": {step.stage: step for step in wanted["steps"]}}
    ), 400


@checkins.post("/<int:plan_id>/stages")
@staff_may(Action.MANAGE_CHECKINS)
def set_own_stages(plan_id: int) -> AnyResponse | tuple[str, int]:
    """Stages for one person; `step` is `template` when theirs shall be those of the template again."""
    plan, back, wanted = one_or_404(CheckinPlan, plan_id), request.form.get("step") == "template", steps()
    with refusals_told(WRONG):
        templates.set_own(g.session, plan, None if back else wanted, staff_id=current_user.id, now=g.now)
        flash("この方の段階を、決まりのとおりにもどしました。" if back else "この方だけの段階にしました。", "success")
        return back_to(plan_id)
    return page_of(plan, stages={step.stage: step for step in wanted}), 400
