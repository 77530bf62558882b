"""The list of cases, alarms on top of every page, being on duty. The blueprint of all pages about cases."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from admin import fields
from admin.cases import words
from admin.colleagues import names
from admin.frame import staff_may
from bot.services import case_list, changes, queues
from bot.services.access import Action, may
from bot.services.cases import finding

cases = Blueprint("cases", __name__, url_prefix="/admin/cases")
MOST_LINES, MOST_AT_ALL = 30, 500


@cases.app_context_processor
def what_every_page_shows() -> dict[str, object]:
    """Alarms on top, whether I am on duty, and where the page stands in the stream of changes."""
    if "session" not in g or not current_user.is_authenticated:
        return {}
    if not may([role.name for role in current_user.roles], Action.SEE_CASES):
        return {}
    try:
        return {
            "alarms_on_top": finding.alarms(g.session),
            "dangers": words.DANGERS,
            "is_on_duty": current_user.id in queues.on_duty(g.session, now=g.now),
            "changed": changes.newest(g.session),
        }
    except SQLAlchemyError:
        return {}  # the page that tells of the trouble must not fail for it


@cases.context_processor
def what_case_pages_show() -> dict[str, object]:
    return {
        "topics": words.topic_words(),
        "dangers": words.DANGERS,
        "states": words.STATES,
        "outcomes": words.OUTCOMES,
        "note_kinds": words.NOTE_KINDS,
        "wait_words": words.wait_words,
        "people": names(),
    }


@cases.get("/")
@staff_may(Action.SEE_CASES)
def list_() -> str:
    return render_template("cases/list.html", **_list())


@cases.get("/now")
@staff_may(Action.SEE_CASES)
def list_now() -> str:
    """The changing part of the list, for the page to renew itself with."""
    return render_template("cases/list_now.html", **_list())


def _list() -> dict[str, object]:
    mine = queues.of_staff(g.session, current_user.id)
    wanted = request.args.get("queue", "mine" if mine else "all")
    number = fields.as_number(wanted)
    shown = {number} if number is not None else mine if wanted == "mine" else set()
    most = MOST_AT_ALL if request.args.get("all") else MOST_LINES

    board = case_list.board(g.session, staff_id=current_user.id, now=g.now, queue_ids=shown, most=most)
    return {
        "parts": board.parts,
        "counts": board.counts,
        "queues": queues.all_(g.session),
        "queue": wanted,
        "works_queues": bool(mine),
        "shows_all": most == MOST_AT_ALL,
        "today": g.now.date(),
        "on_duty": [names()[one] for one in queues.on_duty(g.session, now=g.now) if one in names()],
    }


@cases.get("/alarms")
@staff_may(Action.SEE_CASES)
def alarms() -> str:
    """Danger that nobody has looked at: stands on top of every page; of the case one is at (`here`), its page tells."""
    here = fields.as_number(request.args.get("here", ""))
    return render_template("cases/alarms.html", alarms=[one for one in finding.alarms(g.session) if one.id != here])


@cases.post("/duty")
@staff_may(Action.WORK_CASES)
def duty() -> Response:
    if request.form.get("on") == "yes":
        queues.go_on_duty(g.session, current_user.id, now=g.now)
        flash("受付中にしました。新しい相談が届きます。", "success")
    else:
        queues.go_off_duty(g.session, current_user.id, now=g.now)
        flash("受付を休みにしました。", "success")
    back = request.form.get("back", "")
    return redirect(back if back.startswith("/admin/") else url_for(".list_"))
