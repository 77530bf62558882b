"""はじめ: what needs me now, who waits, what LINE refused, whether everything is alive."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from admin import colleagues, deeds, navigation
from admin.cases.words import why_not_delivered
from admin.frame import staff_may
from admin.today import KINDS
from bot.services import case_notes, health, quota, todays_work, working_days, worries
from bot.services.access import Action, may
from bot.services.cases import finding

desk = Blueprint("desk", __name__, url_prefix="/admin")
AT_A_GLANCE = 6  # lines of work on the first page


@desk.app_context_processor
def what_pages_share() -> dict[str, object]:
    roles = [role.name for role in getattr(current_user, "roles", [])]
    return {
        "may": lambda action: may(roles, Action(action)),
        "menu": navigation.menu(roles),
        "menu_place": navigation.current(request.endpoint),
    }


@desk.get("/")
@staff_may(Action.SEE_DESK)
def home() -> str:
    return render_template("desk/home.html", **_what_waits())


@desk.get("/now")
@staff_may(Action.SEE_DESK)
def now() -> str:
    """The changing part of the first page, for the page to renew itself with."""
    return render_template("desk/now.html", **_what_waits())


def _what_waits() -> dict[str, object]:
    alive, roles = health.state(g.session, now=g.now), [role.name for role in current_user.roles]
    month = quota.of(g.session, g.now)
    percent = quota.percent_used(month) if month else None
    new, urgent = worries.open_count(g.session)
    _, waiting = finding.open_count(g.session)
    items = [one for one in todays_work.list_(g.session, now=g.now, staff_id=current_user.id) if one.what != "alarm"]
    return {
        "items": items[:AT_A_GLANCE],
        "more": len(items[AT_A_GLANCE:]),
        "me": current_user.id,
        "task_kinds": KINDS,
        "cases_waiting": waiting,
        "cases_mine": todays_work.cases_of(g.session, current_user.id),
        "mentions": case_notes.unseen(g.session, current_user.id),
        "people": colleagues.names(),
        "health": alive,
        "month": month,
        "month_left": quota.left(month) if month else None,
        "month_percent": percent,
        "is_month_short": percent is not None and percent >= quota.WARN_PERCENT,
        "whom": health.whom(g.session, alive.refused) if may(roles, Action.SEE_CASES) else {},
        "why_not_delivered": why_not_delivered,
        "is_disk_nearly_full": health.is_disk_nearly_full(g.session),
        "are_checkins_stopped": health.are_checkins_stopped(g.session, now=g.now),
        "worries_new": new,
        "worries_urgent": urgent,
        "worries_due": worries.due(g.session, until=g.now.date()),
        "worries_due_soon": worries.due(g.session, until=working_days.after(g.now.date(), 1)),
    }


@desk.post("/deliveries/<int:delivery_id>/settle")
@staff_may(Action.SETTLE_DELIVERIES)
def settle(delivery_id: int) -> Response:
    if health.settle(g.session, delivery_id, by=current_user.id, now=g.now):
        deeds.on_record("settle", "delivery", delivery_id)
        flash("済みにしました。", "info")
    else:
        flash("もう済みになっています。", "info")
    return redirect(url_for("desk.home"))
