"""One person: calendar, what is agreed, breaks; the card; a case of staff's own accord."""

import base64
import io
from datetime import date, timedelta
from urllib.parse import quote

import qrcode
import qrcode.image.svg
from flask import flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as AnyResponse

from admin import deeds, fields
from admin.checkins.board import checkins
from admin.checkins.forms import days
from admin.checkins.words import why_not
from admin.frame import one_or_404, staff_may
from admin.refusals import Sentences, refusals_told
from bot.services import areas, council, tasks
from bot.services.access import Action
from bot.services.cases import finding, opening, refusals
from bot.services.checkins import contacts, groups, joining, plans, signs, templates, watching
from bot.services.checkins.templates import STAGES
from bot.store.checkins import CheckinPlan, CheckinTemplate
from bot.store.tasks import Task

WRONG: Sentences = dict.fromkeys((plans.PlanWrong, contacts.ContactWrong, templates.TemplateWrong), why_not)


@checkins.get("/<int:plan_id>")
@staff_may(Action.SEE_CHECKINS)
def show(plan_id: int) -> str:
    plan = one_or_404(CheckinPlan, plan_id)
    deeds.looked("see_plan", "plan", plan.id)
    return page_of(plan)


def page_of(plan: CheckinPlan, **typed: object) -> str:
    """The page of one person. `typed`: by the form's name, what was typed there and could not be kept."""
    days = watching.calendar(g.session, plan, now=g.now)
    waiting = watching.waiting_round(g.session, plan)
    return render_template(
        "checkins/show.html",
        plan=plan,
        days=days,
        drift=watching.drift(days),
        waiting=waiting,
        stages=watching.stages(g.session, waiting) if waiting else [],
        told=watching.told(g.session, waiting) if waiting else [],
        contacts=contacts.of(g.session, plan),
        tasks=tasks.about(g.session, Task.plan_id == plan.id),
        responses=watching.responses(g.session, plan),
        history=watching.history(g.session, plan),
        steps={step.stage: step for step in templates.steps_of(plan)},
        stages_to_choose=STAGES,
        templates=templates.every(g.session),
        areas=areas.districts(g.session),
        members=[one for one in groups.members(g.session, plan.group_id) if one.id != plan.id],
        task_results=tasks.RESULTS,
        open_case=finding.open_case(g.session, plan.resident) if plan.resident is not None else None,
        tomorrow=g.now.date() + timedelta(days=1),
        today=g.now.date(),
        typed=typed,
    )


@checkins.get("/<int:plan_id>/card")
@staff_may(Action.SEE_CHECKINS)
def card(plan_id: int) -> str:
    """The card to print: what it is, the number to telephone, the six digits, and a QR code that opens the chat."""
    plan = one_or_404(CheckinPlan, plan_id)
    picture = ""
    line_id = council.line_id(g.session)
    if plan.code and line_id:
        address = f"https://line.me/R/oaMessage/{quote(line_id, safe='')}/?{quote(f'見守り {plan.code}')}"
        drawn = io.BytesIO()
        qrcode.make(address, image_factory=qrcode.image.svg.SvgPathImage, border=2).save(drawn)
        picture = "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()
    return render_template("checkins/card.html", plan=plan, picture=picture, council=council.about(g.session))


@checkins.post("/<int:plan_id>/code")
@staff_may(Action.WORK_CHECKINS)
def new_code(plan_id: int) -> AnyResponse:
    plan = one_or_404(CheckinPlan, plan_id)
    if plan.resident_id is None and plan.state != "stopped":
        joining.new_code(g.session, plan, now=g.now)
    return redirect(url_for(".card", plan_id=plan_id))


@checkins.post("/<int:plan_id>/unlink")
@staff_may(Action.WORK_CHECKINS)
def unlink(plan_id: int) -> AnyResponse:
    """The card was tried on somebody else's LINE: a new one for the person."""
    joining.unlink(g.session, one_or_404(CheckinPlan, plan_id), staff_id=current_user.id, now=g.now)
    flash("LINEをはずしました。新しいカードを印刷して、ご本人にわたしてください。", "success")
    return redirect(url_for(".card", plan_id=plan_id))


@checkins.post("/<int:plan_id>/describe")
@staff_may(Action.WORK_CHECKINS)
def describe(plan_id: int) -> AnyResponse | tuple[str, int]:
    plan = one_or_404(CheckinPlan, plan_id)
    names = ("name", "phone", "address", "shared_word", "note", "birthday", "personal_line")
    facts: dict[str, object] = {name: request.form.get(name, "").strip() for name in names if name in request.form}
    facts["area_id"] = fields.number("area_id")
    if (template_id := fields.number("template_id")) is not None and g.session.get(CheckinTemplate, template_id):
        facts["template_id"] = template_id
    with refusals_told(WRONG):
        plans.describe(g.session, plan, facts, staff_id=current_user.id, now=g.now)
        flash("直しました。", "success")
        return back_to(plan_id)
    return page_of(plan, describe=facts), 400


@checkins.post("/<int:plan_id>/days")
@staff_may(Action.WORK_CHECKINS)
def change(plan_id: int) -> AnyResponse | tuple[str, int]:
    plan, wanted = one_or_404(CheckinPlan, plan_id), days()
    with refusals_told(WRONG):
        plans.change(g.session, plan, staff_id=current_user.id, now=g.now, **wanted)
        flash("日と時間を変えました。", "success")
        return back_to(plan_id)
    return page_of(plan, days=wanted), 400


@checkins.post("/<int:plan_id>/pause")
@staff_may(Action.WORK_CHECKINS)
def pause(plan_id: int) -> AnyResponse | tuple[str, int]:
    plan, until, reason = one_or_404(CheckinPlan, plan_id), fields.day("until"), request.form.get("reason", "")
    with refusals_told(WRONG):
        plans.pause(g.session, plan, until=until or date.min, reason=reason, staff_id=current_user.id, now=g.now)
        flash("お休みにしました。", "success")
        return back_to(plan_id)
    return page_of(plan, pause={"until": until.isoformat() if until else "", "reason": reason}), 400


@checkins.post("/<int:plan_id>/resume")
@staff_may(Action.WORK_CHECKINS)
def resume(plan_id: int) -> AnyResponse:
    plans.resume(g.session, one_or_404(CheckinPlan, plan_id), staff_id=current_user.id, now=g.now)
    flash("お休みをおわりました。", "success")
    return back_to(plan_id)


@checkins.post("/<int:plan_id>/stop")
@staff_may(Action.WORK_CHECKINS)
def stop(plan_id: int) -> AnyResponse:
    plans.stop(g.session, one_or_404(CheckinPlan, plan_id), staff_id=current_user.id, now=g.now)
    flash("見守りをやめました。", "success")
    return back_to(plan_id)


@checkins.post("/<int:plan_id>/well")
@staff_may(Action.WORK_CHECKINS)
def well(plan_id: int) -> AnyResponse:
    """Staff made sure by other means: the alarm is over, and who was asked hears so."""
    plan = one_or_404(CheckinPlan, plan_id)
    waiting = watching.waiting_round(g.session, plan)
    if waiting is not None and signs.confirmed_by_people(g.session, waiting, kind="staff", now=g.now):
        deeds.on_record("confirm_well", "plan", plan.id)
        flash("元気を確認したことにしました。", "success")
    else:
        flash("もう、返事がきています。", "info")
    return back_to(plan_id)


@checkins.post("/<int:plan_id>/case")
@staff_may(Action.WORK_CASES)
def open_case(plan_id: int) -> AnyResponse:
    """Staff would like to talk: a case of theirs, and an invitation in the person's chat."""
    resident = one_or_404(CheckinPlan, plan_id).resident
    cannot = "この方は、いまLINEでは連絡がつきません。電話や訪問をお願いします。"
    with refusals_told({refusals.CannotBeReached: cannot}):
        if resident is None:
            raise refusals.CannotBeReached
        opened, told = opening.invite(g.session, resident, staff_id=current_user.id, now=g.now, topic="loneliness")
        g.to_deliver = [told.thread_key]
        flash("相談をはじめました。ご本人のLINEに「お話ししたいことがあります」とお伝えしています。", "success")
        return redirect(url_for("cases.show", case_id=opened.id))
    return back_to(plan_id)


def back_to(plan_id: int) -> AnyResponse:
    return redirect(url_for(".show", plan_id=plan_id))
