"""Hours: those told to residents (office), and those kept by who answers (desk)."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin import opening_hours
from admin.frame import staff_may
from admin.settings_pages.index import note, settings
from bot.services import consultation, council
from bot.services.access import Action
from knowledge import hours

HOURS = ("office", "desk")


@settings.get("/hours/<string:which>")
@staff_may(Action.CHANGE_SETTINGS)
def show_hours(which: str) -> str:
    if which not in HOURS:
        abort(404)
    return _hours_page(which, _hours_now(which))


@settings.post("/hours/<string:which>")
@staff_may(Action.CHANGE_SETTINGS)
def set_hours(which: str) -> str | Response | tuple[str, int]:
    """The simple form, or the notation as text. Looked at first (`step` is `look`), then kept."""
    if which not in HOURS:
        abort(404)
    try:
        is_text = "text" in request.form
        text = request.form["text"].strip() if is_text else opening_hours.notation(request.form)
    except opening_hours.NotATime as wrong:
        trouble = f"{wrong.line}の時間を確かめてください。はじまりとおわりの両方がいります。"
        return _hours_page(which, _hours_now(which), trouble=trouble, typed=request.form), 400
    if text and hours.read(text) is None:
        trouble = "この書き方は読みとれません。例：月～金 8:30～17:15（祝日・年末年始を除く）"
        return _hours_page(which, text, trouble=trouble), 400
    if request.form.get("step") != "keep":
        return _hours_page(which, text, is_new=True)
    if which == "office":
        council.set_facts(g.session, {"hours": text}, now=g.now)
    else:
        consultation.set_rules(g.session, {"desk_hours": text}, now=g.now)
    note(f"{which}_hours")
    flash("時間を変えました。", "success")
    return redirect(url_for(".show_hours", which=which))


def _hours_now(which: str) -> str:
    return council.about(g.session).hours if which == "office" else consultation.rules(g.session).desk_hours


def _hours_page(which: str, text: str, *, trouble: str = "", is_new: bool = False, typed: object = None) -> str:
    read = hours.read(text)
    closed_on = consultation.rules(g.session).closed_on
    return render_template(
        "settings/hours.html",
        which=which,
        text=text,
        lines=opening_hours.lines(text),
        year_end=read.closed_at_year_end if read else True,
        week=opening_hours.week_ahead(read, g.now.date(), closed_on) if read else [],
        told=read.today_words(g.now) if read else "",
        trouble=trouble,
        is_new=is_new,
        typed=typed,
        unset=_hours_now("office") if which == "desk" else "",
    )
