"""Enrolling somebody who agreed on paper."""

from flask import flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as AnyResponse

from admin import fields
from admin.checkins import words
from admin.checkins.board import checkins
from admin.checkins.forms import days
from admin.frame import staff_may
from bot.services import areas
from bot.services.access import Action
from bot.services.checkins import joining, plans, templates


@checkins.get("/new")
@staff_may(Action.WORK_CHECKINS)
def new() -> str:
    return _form()


def _form(error: str = "") -> str:
    return render_template(
        "checkins/new.html",
        areas=areas.districts(g.session),
        templates=templates.every(g.session),
        filled=request.form,
        error=error,
    )


@checkins.post("/new")
@staff_may(Action.WORK_CHECKINS)
def enrol() -> AnyResponse | tuple[str, int]:
    if request.form.get("consent") != "yes":
        return _form("ご本人の同意を確かめて、しるしをつけてください。"), 400
    try:
        plan = joining.enrol(
            g.session,
            name=request.form.get("name", ""),
            phone=request.form.get("phone", ""),
            address=request.form.get("address", ""),
            area_id=fields.number("area_id"),
            template_id=fields.number("template_id"),
            staff_id=current_user.id,
            now=g.now,
            **days(),
        )
    except plans.PlanWrong as wrong:
        return _form(words.why_not(wrong)), 400
    flash("登録しました。カードを印刷して、ご本人にわたしてください。", "success")
    return redirect(url_for(".show", plan_id=plan.id))
