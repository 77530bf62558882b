"""Days on which nobody is there."""

from datetime import date

from flask import abort, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from admin import fields
from admin.frame import staff_may
from admin.settings_pages.index import note, settings
from bot.services import consultation
from bot.services.access import Action


@settings.get("/closed-days")
@staff_may(Action.CHANGE_SETTINGS)
def closed_days() -> str:
    days = sorted(consultation.rules(g.session).closed_on)
    return render_template("settings/closed_days.html", days=[day for day in days if day >= g.now.date()], today=g.now)


@settings.post("/closed-days")
@staff_may(Action.CHANGE_SETTINGS)
def add_closed_days() -> Response:
    first = fields.day("first")
    last = fields.day("last") or first
    if first is None or last is None or not 0 <= (last - first).days <= 60 or first < g.now.date():
        flash("きょうからあとの日を、60日までの長さで入れてください。", "error")
        return redirect(url_for(".closed_days"))
    new = {date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)}
    _keep_closed(new | consultation.rules(g.session).closed_on)
    flash("休みの日を入れました。お返事の約束は、この日を避けます。", "success")
    return redirect(url_for(".closed_days"))


@settings.post("/closed-days/<string:day>/remove")
@staff_may(Action.CHANGE_SETTINGS)
def remove_closed_day(day: str) -> Response:
    gone = fields.as_day(day)
    if gone is None:
        abort(404)
    _keep_closed(consultation.rules(g.session).closed_on - {gone})
    flash("その日は休みではなくなりました。", "success")
    return redirect(url_for(".closed_days"))


def _keep_closed(days: frozenset[date] | set[date]) -> None:
    kept = tuple(day.isoformat() for day in sorted(days) if day >= g.now.date())
    consultation.set_rules(g.session, {"closed_days": kept}, now=g.now)
    note("closed_days")
