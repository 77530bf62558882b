"""見守り: today at a glance, each person's calendar and contacts, enrolling, templates, lists to print."""

import base64
import csv
import io
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import qrcode
import qrcode.image.svg
from flask import Blueprint, Response, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from admin.frame import staff_may
from bot.services import audit, cases, council, health, quota, tasks
from bot.services.access import Action
from bot.services.checkins import contacts, groups, plans, rounds, templates, watching
from bot.services.checkins.templates import STAGES, Step
from bot.store.areas import Area
from bot.store.checkins import CheckinContact, CheckinPlan, CheckinTemplate
from bot.store.staff import Staff
from bot.store.tasks import Task

checkins = Blueprint("checkins", __name__, url_prefix="/admin/checkins")

STATES = {"on": "見守り中", "waiting": "LINEにまだつながっていません", "paused": "お休み中", "stopped": "おわり"}
STANDS = {
    "fine": "元気です",
    "uneasy": "ちょっと不安",
    "talk": "話したい",
    "words": "文字で返事",
    "sign": "返事あり",
    "contact": "連絡先が確認",
    "staff": "職員が確認",
    "waiting": "返事待ち",
    "silent": "返事なし",
    "": "なし",
}
STAGE_NAMES = {
    "": "おたずね",
    "ask_again": "もう一度おたずね",
    "group": "つながりに知らせる",
    "phone": "職員が電話",
    "contact": "連絡先に知らせる",
    "visit": "職員が訪問",
}
TASK_NAMES = {
    "phone": "電話する",
    "visit": "たずねる",
    "contact": "緊急連絡先に電話する",
    "unreachable": "LINEで連絡がつかなくなった方に連絡する",
    "follow_up": "つづきを見る",
    "quota": "LINEの通数が足りなくなる前に相談する",
    "callback": "折り返し電話する",
    "promise": "約束したことをする",
    "other": "すること",
}
NEEDS = {
    ("plan", "link"): "カードの番号でLINEにつながったか確かめる",
    ("plan", "phone"): "ご本人に電話番号を聞く",
    ("contact", "confirm"): "連絡先の方に電話で確かめる",
    ("task", "after"): "このあとも気にかける",
    ("ask", "help"): "助けが必要と連絡があった方を支える",
}
"""By how a task's need begins and ends."""
RESULTS = {
    "well": "元気を確認した",
    "needs_help": "助けが必要",
    "not_reached": "連絡がつかない",
    "stopped": "見守りをやめると聞いた",
    "done": "済んだ",
}
RELATIONS = {
    "family": "家族・親せき",
    "welfare_volunteer": "民生委員",
    "neighbour": "ご近所",
    "friend": "友だち",
    "other": "そのほか",
}
WEEKDAYS = "月火水木金土日"
WRONG = {
    "name": "名前を書いてください。",
    "days": "日のえらび方を確かめてください。",
    "window": "時間は、はじめがおわりより前になるようにしてください。",
    "pause": "お休みの日は、きょうから1年のうちでえらんでください。",
    "birthday": "誕生日は「月-日」（例：03-15）で書いてください。",
    "most": "連絡先は5人までです。",
    "phone": "電話番号がありません。",
    "minutes": "待つ時間は、1分から7日のあいだにしてください。",
    "nobody": "電話か訪問の、どちらかは入れてください。だれも行かない見守りになってしまいます。",
    "hours": "静かな時間と人数を確かめてください。",
}
DEEDS = {
    "join_checkins": "はじめました（ご本人）",
    "enrol_in_checkins": "登録しました",
    "link_plan": "LINEにつながりました",
    "pause_checkins": "お休みにしました",
    "resume_checkins": "お休みをおわりました",
    "change_checkins": "日や時間を変えました",
    "describe_plan": "書いてあることを直しました",
    "stop_checkins": "やめました",
    "set_own_stages": "段階を変えました",
    "add_contact": "連絡先をふやしました",
    "confirm_contact": "連絡先に電話で確かめました",
    "remove_contact": "連絡先をはずしました",
    "confirm_well": "元気を確認しました",
    "see_plan": "見ました",
}


@checkins.app_template_filter("minutes_of_day")
def minutes_of_day(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


@checkins.context_processor
def names() -> dict[str, object]:
    people = {one.id: one.name for one in g.session.scalars(select(Staff)).unique()} if "session" in g else {}
    return {
        "people": people,
        "states": STATES,
        "stands": STANDS,
        "stage_names": STAGE_NAMES,
        "title_of": title_of,
        "results": RESULTS,
        "relations": RELATIONS,
        "weekdays": WEEKDAYS,
        "deeds": DEEDS,
        "days_of": days_of,
    }


def title_of(task: Task) -> str:
    """What is to be done, in the words of whoever does it."""
    parts = task.need.split(":")
    return NEEDS.get((parts[0], parts[-1]), TASK_NAMES.get(task.kind, TASK_NAMES["other"]))


def days_of(plan: CheckinPlan) -> str:
    if plan.weekdays:
        return "・".join(WEEKDAYS[int(one)] for one in plan.weekdays)
    return "毎日" if plan.every == 1 else "週に1回" if plan.every == 7 else f"{plan.every}日に1回"


# ── today ──


@checkins.get("/")
@staff_may(Action.SEE_CHECKINS)
def today() -> str:
    return render_template("checkins/today.html", drifting=watching.drifting(g.session, now=g.now), **_today())


@checkins.get("/now")
@staff_may(Action.SEE_CHECKINS)
def now() -> str:
    """The changing part of the page, for the page to renew itself with."""
    return render_template("checkins/now.html", **_today())


def _today() -> dict[str, object]:
    open_tasks = [one for one in tasks.to_do(g.session) if one.plan_id is not None or one.kind == "quota"]
    plan_ids = {one.plan_id for one in open_tasks if one.plan_id}
    plans_of = {plan.id: plan for plan in g.session.scalars(select(CheckinPlan).where(CheckinPlan.id.in_(plan_ids)))}
    worried = watching.worried(g.session, now=g.now)
    return {
        "counts": watching.today(g.session, now=g.now),
        "silent": watching.silent(g.session),
        "worried": [(one, g.session.get(CheckinPlan, one.plan_id)) for one in worried],
        "tasks": open_tasks,
        "plans_of": plans_of,
        "month": quota.of(g.session, g.now),
        "left": quota.left(month) if (month := quota.of(g.session, g.now)) else None,
        "is_stopped": health.are_checkins_stopped(g.session, now=g.now),
    }


@checkins.get("/people")
@staff_may(Action.SEE_CHECKINS)
def list_() -> str:
    state = request.args.get("state", "")
    page = max(1, request.args.get("page", 1, type=int))
    found, pages = watching.people(g.session, state=state, page=page)
    return render_template("checkins/people.html", plans=found, page=page, pages=pages, state=state)


@checkins.get("/print")
@staff_may(Action.SEE_CHECKINS)
def printed() -> str:
    _look("print_checkins", "")
    listed = [(plan, one, contacts.of(g.session, plan)) for plan, one in watching.due_today(g.session, now=g.now)]
    return render_template("checkins/print.html", listed=listed)


@checkins.get("/people.csv")
@staff_may(Action.SEE_CHECKINS)
def table() -> Response:
    """Everybody as a table, in the encoding that spreadsheets of staff open well."""
    _look("export_checkins", "")
    written = io.StringIO()
    out = csv.writer(written)
    out.writerow(["番号", "名前", "電話", "校区", "ようす", "日", "時間", "つぎ", "最後の返事", "返事の種類"])
    for plan in g.session.scalars(select(CheckinPlan).where(CheckinPlan.state != "stopped").order_by(CheckinPlan.id)):
        newest = next(iter(watching.responses(g.session, plan, most=1)), None)
        out.writerow(
            [
                plan.id,
                _safe(plan.name),
                _safe(plan.phone),
                plan.area.name if plan.area else "",
                STATES[plan.state],
                days_of(plan),
                f"{minutes_of_day(plan.window_from)}-{minutes_of_day(plan.window_to)}",
                plan.next_due_at.astimezone(g.now.tzinfo).strftime("%Y-%m-%d %H:%M") if plan.next_due_at else "",
                newest.at.astimezone(g.now.tzinfo).strftime("%Y-%m-%d %H:%M") if newest else "",
                STANDS[newest.kind] if newest else "",
            ]
        )
    body = "\ufeff" + written.getvalue()
    return Response(body, mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=checkins.csv"})


def _safe(words: str | None) -> str:
    """A cell that no spreadsheet takes for a formula."""
    words = words or ""
    return "'" + words if words[:1] in ("=", "+", "-", "@", "\t") else words


# ── enrolling ──


@checkins.get("/new")
@staff_may(Action.WORK_CHECKINS)
def new() -> str:
    return _form()


def _form(error: str = "") -> str:
    return render_template(
        "checkins/new.html", areas=_areas(), templates=templates.every(g.session), filled=request.form, error=error
    )


@checkins.post("/new")
@staff_may(Action.WORK_CHECKINS)
def enrol() -> AnyResponse | tuple[str, int]:
    if request.form.get("consent") != "yes":
        return _form("ご本人の同意を確かめて、しるしをつけてください。"), 400
    try:
        plan = plans.enrol(
            g.session,
            name=request.form.get("name", ""),
            phone=request.form.get("phone", ""),
            address=request.form.get("address", ""),
            area_id=_number("area_id"),
            template_id=_number("template_id"),
            staff_id=current_user.id,
            now=g.now,
            **_days(),
        )
    except plans.PlanWrong as wrong:
        return _form(WRONG.get(str(wrong), "書いたことを確かめてください。")), 400
    flash("登録しました。カードを印刷して、ご本人にわたしてください。", "success")
    return redirect(url_for(".show", plan_id=plan.id))


def _days() -> dict[str, Any]:
    chosen = request.form.get("every", "1")
    return {
        "every": int(chosen) if chosen.isascii() and chosen.isdigit() else 1,
        "weekdays": "".join(request.form.getlist("weekday")) if chosen == "weekdays" else "",
        "window_from": _minutes("window_from"),
        "window_to": _minutes("window_to"),
    }


def _minutes(field: str) -> int:
    hour, _, minute = request.form.get(field, "").partition(":")
    if not (hour.isascii() and hour.isdigit() and minute[:2].isascii() and minute[:2].isdigit()):
        return -1
    return int(hour) * 60 + int(minute[:2])


def _number(field: str) -> int | None:
    value = request.form.get(field, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def _areas() -> list[Area]:
    return list(g.session.scalars(select(Area).where(Area.layer == 2).order_by(Area.position)))


# ── one person ──


@checkins.get("/<int:plan_id>")
@staff_may(Action.SEE_CHECKINS)
def show(plan_id: int) -> str:
    plan = _plan(plan_id)
    _look("see_plan", plan.id)
    days = watching.calendar(g.session, plan, now=g.now)
    waiting = watching.waiting_round(g.session, plan)
    return render_template(
        "checkins/show.html",
        plan=plan,
        days=days,
        drift=watching.drift(days),
        waiting=waiting,
        stages=watching.stages(g.session, waiting) if waiting else [],
        contacts=contacts.of(g.session, plan),
        tasks=tasks.about(g.session, Task.plan_id == plan.id),
        responses=watching.responses(g.session, plan),
        history=watching.history(g.session, plan),
        steps={step.stage: step for step in templates.steps_of(plan)},
        stages_to_choose=STAGES,
        templates=templates.every(g.session),
        areas=_areas(),
        members=[one for one in groups.members(g.session, plan.group_id) if one.id != plan.id],
        task_results=tasks.RESULTS,
        open_case=cases.of(g.session, plan.resident) if plan.resident is not None else None,
        tomorrow=g.now.date() + timedelta(days=1),
        today=g.now.date(),
    )


@checkins.get("/<int:plan_id>/card")
@staff_may(Action.SEE_CHECKINS)
def card(plan_id: int) -> str:
    """The card to print: what it is, the number to telephone, the six digits, and a QR code that opens the chat."""
    plan = _plan(plan_id)
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
    plan = _plan(plan_id)
    if plan.resident_id is None and plan.state != "stopped":
        plans.new_code(g.session, plan, now=g.now)
    return redirect(url_for(".card", plan_id=plan_id))


@checkins.post("/<int:plan_id>/describe")
@staff_may(Action.WORK_CHECKINS)
def describe(plan_id: int) -> AnyResponse:
    plan = _plan(plan_id)
    names = ("name", "phone", "address", "shared_word", "note", "birthday", "personal_line")
    facts: dict[str, object] = {name: request.form.get(name, "").strip() for name in names if name in request.form}
    facts["area_id"] = _number("area_id")
    if (template_id := _number("template_id")) is not None and g.session.get(CheckinTemplate, template_id):
        facts["template_id"] = template_id
    return _try(
        plan_id, lambda: plans.describe(g.session, plan, facts, staff_id=current_user.id, now=g.now), "直しました。"
    )


@checkins.post("/<int:plan_id>/days")
@staff_may(Action.WORK_CHECKINS)
def change(plan_id: int) -> AnyResponse:
    plan = _plan(plan_id)
    return _try(
        plan_id,
        lambda: plans.change(g.session, plan, staff_id=current_user.id, now=g.now, **_days()),
        "日と時間を変えました。",
    )


@checkins.post("/<int:plan_id>/pause")
@staff_may(Action.WORK_CHECKINS)
def pause(plan_id: int) -> AnyResponse:
    plan = _plan(plan_id)
    try:
        until = date.fromisoformat(request.form.get("until", ""))
    except ValueError:
        until = date.min
    return _try(
        plan_id,
        lambda: plans.pause(
            g.session,
            plan,
            until=until,
            reason=request.form.get("reason", ""),
            staff_id=current_user.id,
            now=g.now,
        ),
        "お休みにしました。",
    )


@checkins.post("/<int:plan_id>/resume")
@staff_may(Action.WORK_CHECKINS)
def resume(plan_id: int) -> AnyResponse:
    plan = _plan(plan_id)
    return _try(
        plan_id,
        lambda: plans.resume(g.session, plan, staff_id=current_user.id, now=g.now),
        "お休みをおわりました。",
    )


@checkins.post("/<int:plan_id>/stop")
@staff_may(Action.WORK_CHECKINS)
def stop(plan_id: int) -> AnyResponse:
    plan = _plan(plan_id)
    return _try(
        plan_id, lambda: plans.stop(g.session, plan, staff_id=current_user.id, now=g.now), "見守りをやめました。"
    )


@checkins.post("/<int:plan_id>/well")
@staff_may(Action.WORK_CHECKINS)
def well(plan_id: int) -> AnyResponse:
    """Staff made sure by other means: the alarm is over, and who was asked hears so."""
    plan = _plan(plan_id)
    waiting = watching.waiting_round(g.session, plan)
    if waiting is not None and rounds.confirmed_by_people(g.session, waiting, kind="staff", now=g.now):
        audit.record(g.session, "confirm_well", staff_id=current_user.id, now=g.now, kind="plan", record_id=plan.id)
        flash("元気を確認したことにしました。", "success")
    else:
        flash("もう、返事がきています。", "info")
    return redirect(url_for(".show", plan_id=plan_id))


@checkins.post("/<int:plan_id>/contacts")
@staff_may(Action.WORK_CHECKINS)
def add_contact(plan_id: int) -> AnyResponse:
    plan = _plan(plan_id)
    return _try(
        plan_id,
        lambda: contacts.add(
            g.session,
            plan,
            name=request.form.get("name", ""),
            phone=request.form.get("phone", ""),
            relation=request.form.get("relation", "other"),
            may_hear_alarms=request.form.get("may_hear_alarms") == "yes",
            may_hear_responses=request.form.get("may_hear_responses") == "yes",
            staff_id=current_user.id,
            now=g.now,
        ),
        "連絡先をふやしました。ご本人（連絡先の方）に電話などで確かめてください。",
    )


@checkins.post("/contacts/<int:contact_id>/confirm")
@staff_may(Action.WORK_CHECKINS)
def confirm_contact(contact_id: int) -> AnyResponse:
    one = _contact(contact_id)
    return _try(
        one.plan_id,
        lambda: contacts.confirm_by_phone(g.session, one, staff_id=current_user.id, now=g.now),
        "電話で確かめたことにしました。",
    )


@checkins.post("/contacts/<int:contact_id>/remove")
@staff_may(Action.WORK_CHECKINS)
def remove_contact(contact_id: int) -> AnyResponse:
    one = _contact(contact_id)
    plan_id = one.plan_id
    return _try(
        plan_id, lambda: contacts.remove(g.session, one, staff_id=current_user.id, now=g.now), "連絡先をはずしました。"
    )


def _try(plan_id: int, deed, said: str) -> AnyResponse:  # type: ignore[no-untyped-def]
    """The deed, and what to say of it."""
    try:
        deed()
        flash(said, "success")
    except (plans.PlanWrong, contacts.ContactWrong, templates.TemplateWrong) as wrong:
        flash(WRONG.get(str(wrong), "書いたことを確かめてください。"), "error")
    return redirect(url_for(".show", plan_id=plan_id))


@checkins.post("/<int:plan_id>/case")
@staff_may(Action.WORK_CASES)
def open_case(plan_id: int) -> AnyResponse:
    """Staff would like to talk: a case of theirs, and an invitation in the person's chat."""
    resident = _plan(plan_id).resident
    try:
        if resident is None:
            raise cases.CannotBeReached
        opened, told = cases.invite(g.session, resident, staff_id=current_user.id, now=g.now, topic="loneliness")
    except cases.CannotBeReached:
        flash("この方は、いまLINEでは連絡がつきません。電話や訪問をお願いします。", "error")
        return redirect(url_for(".show", plan_id=plan_id))
    g.to_deliver = [told.thread_key]
    flash("相談をはじめました。ご本人のLINEに「お話ししたいことがあります」とお伝えしています。", "success")
    return redirect(url_for("cases.show", case_id=opened.id))


# ── tasks ──


@checkins.post("/tasks/<int:task_id>/accept")
@staff_may(Action.WORK_CHECKINS)
def accept(task_id: int) -> AnyResponse:
    task = _task(task_id)
    try:
        tasks.accept(g.session, task, staff_id=current_user.id, now=g.now)
        flash("あなたが引き受けました。", "success")
    except tasks.AlreadyAccepted as first:
        by = g.session.get(Staff, first.by) if first.by else None
        flash(f"{by.name if by else 'ほかの職員'}さんが先に引き受けました。", "info")
    except tasks.NotToDo:
        flash("この仕事は、もうおわっています。", "info")
    return _back_to(task)


@checkins.post("/tasks/<int:task_id>/done")
@staff_may(Action.WORK_CHECKINS)
def done(task_id: int) -> AnyResponse:
    task = _task(task_id)
    try:
        tasks.done(
            g.session,
            task,
            result=request.form.get("result", "done"),
            outcome=request.form.get("outcome", "")[:2000],
            staff_id=current_user.id,
            now=g.now,
        )
        flash("記録しました。", "success")
    except tasks.NoSuchResult:
        flash("どうだったかを、えらんでください。", "error")
    except tasks.NotToDo:
        flash("この仕事は、もうおわっています。", "info")
    return _back_to(task)


@checkins.post("/tasks/<int:task_id>/pass-on")
@staff_may(Action.WORK_CHECKINS)
def pass_on(task_id: int) -> AnyResponse:
    task = _task(task_id)
    try:
        tasks.pass_on(g.session, task, to=None, staff_id=current_user.id, now=g.now)
        flash("みんなの仕事にもどしました。", "success")
    except tasks.NotToDo:
        flash("この仕事は、もうおわっています。", "info")
    return _back_to(task)


def _back_to(task: Task) -> AnyResponse:
    return redirect(url_for(".show", plan_id=task.plan_id) if task.plan_id else url_for(".today"))


# ── templates ──


@checkins.get("/templates")
@staff_may(Action.SEE_CHECKINS)
def stages() -> str:
    known = templates.every(g.session)
    return render_template(
        "checkins/templates.html",
        known=[(one, {step["stage"]: step for step in one.steps}) for one in known],
        first={step.stage: {"after": step.after, "on_holidays": True} for step in templates.USUAL},
        stages=STAGES,
    )


@checkins.post("/templates")
@staff_may(Action.MANAGE_CHECKINS)
def save_template() -> AnyResponse:
    template_id = _number("template_id")
    template = g.session.get(CheckinTemplate, template_id) if template_id is not None else None
    try:
        templates.save(
            g.session,
            template,
            name=request.form.get("name", ""),
            steps=_steps(),
            quiet_from=_minutes("quiet_from"),
            quiet_to=_minutes("quiet_to"),
            contacts_at_once=_number("contacts_at_once") or 0,
            staff_id=current_user.id,
            now=g.now,
        )
        flash("保存しました。いま返事を待っている方から、この決まりになります。", "success")
    except templates.TemplateWrong as wrong:
        flash(WRONG.get(str(wrong), "書いたことを確かめてください。"), "error")
    return redirect(url_for(".stages"))


@checkins.post("/<int:plan_id>/stages")
@staff_may(Action.MANAGE_CHECKINS)
def set_own_stages(plan_id: int) -> AnyResponse:
    """Stages for one person; `step` is `template` when theirs shall be those of the template again."""
    plan, back = _plan(plan_id), request.form.get("step") == "template"
    return _try(
        plan_id,
        lambda: templates.set_own(g.session, plan, None if back else _steps(), staff_id=current_user.id, now=g.now),
        "この方の段階を、決まりのとおりにもどしました。" if back else "この方だけの段階にしました。",
    )


def _steps() -> list[Step]:
    return [
        Step(
            stage,
            after=_number(f"{stage}.after") or 0,
            staff_id=_number(f"{stage}.staff_id"),
            at_night=request.form.get(f"{stage}.at_night") == "yes",
            on_holidays=request.form.get(f"{stage}.on_holidays") == "yes",
        )
        for stage in STAGES
        if request.form.get(f"{stage}.on") == "yes"
    ]


# ── getting records ──


def _plan(plan_id: int) -> CheckinPlan:
    plan = g.session.get(CheckinPlan, plan_id)
    if plan is None:
        abort(404)
    return plan


def _contact(contact_id: int) -> CheckinContact:
    one = g.session.get(CheckinContact, contact_id)
    if one is None:
        abort(404)
    return one


def _task(task_id: int) -> Task:
    task = g.session.get(Task, task_id)
    if task is None:
        abort(404)
    return task


def _look(deed: str, plan_id: object) -> None:
    """Looking is a deed of its own, kept whatever follows."""
    with current_app.extensions["store"].turn() as session:
        audit.record(session, deed, staff_id=current_user.id, now=g.now, kind="plan", record_id=plan_id)
