"""Today at a glance, who is watched over, lists to print. The blueprint of all pages about check-ins."""

from flask import Blueprint, Response, g, render_template, request
from sqlalchemy import select

from admin import colleagues, deeds, fields, tables
from admin.checkins import words
from admin.frame import staff_may
from bot.services import health, quota, tasks
from bot.services.access import Action
from bot.services.checkins import contacts, watching
from bot.store.checkins import CheckinPlan

checkins = Blueprint("checkins", __name__, url_prefix="/admin/checkins")


@checkins.app_template_filter("minutes_of_day")
def minutes_of_day(minutes: int) -> str:
    return words.minutes_of_day(minutes)


@checkins.context_processor
def names() -> dict[str, object]:
    return {
        "people": colleagues.names(),
        "states": words.STATES,
        "stands": words.STANDS,
        "stage_names": words.STAGE_NAMES,
        "title_of": words.title_of,
        "results": words.RESULTS,
        "told_words": words.TOLD,
        "relations": words.RELATIONS,
        "weekdays": words.WEEKDAYS,
        "deeds": words.DEEDS,
        "days_of": words.days_of,
    }


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
    page = fields.page()
    found, pages = watching.people(g.session, state=state, page=page)
    return render_template("checkins/people.html", plans=found, page=page, pages=pages, state=state)


@checkins.get("/print")
@staff_may(Action.SEE_CHECKINS)
def printed() -> str:
    deeds.looked("print_checkins", "plan")
    listed = [(plan, one, contacts.of(g.session, plan)) for plan, one in watching.due_today(g.session, now=g.now)]
    return render_template("checkins/print.html", listed=listed)


@checkins.get("/people.csv")
@staff_may(Action.SEE_CHECKINS)
def table() -> Response:
    """Everybody as a table, in the encoding that spreadsheets of staff open well."""
    deeds.looked("export_checkins", "plan")
    rows = [["番号", "名前", "電話", "校区", "ようす", "日", "時間", "つぎ", "最後の返事", "返事の種類"]]
    for plan in g.session.scalars(select(CheckinPlan).where(CheckinPlan.state != "stopped").order_by(CheckinPlan.id)):
        newest = next(iter(watching.responses(g.session, plan, most=1)), None)
        rows.append(
            [
                str(plan.id),
                plan.name or "",
                plan.phone or "",
                plan.area.name if plan.area else "",
                words.STATES[plan.state],
                words.days_of(plan),
                f"{words.minutes_of_day(plan.window_from)}-{words.minutes_of_day(plan.window_to)}",
                plan.next_due_at.astimezone(g.now.tzinfo).strftime("%Y-%m-%d %H:%M") if plan.next_due_at else "",
                newest.at.astimezone(g.now.tzinfo).strftime("%Y-%m-%d %H:%M") if newest else "",
                words.STANDS[newest.kind] if newest else "",
            ]
        )
    return tables.as_file("checkins.csv", rows)
