"""災害時: one switch asks everybody in chosen areas whether they are safe; answers by area, the silent listed."""

import secrets

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin import fields
from admin.frame import one_or_404, staff_may
from admin.refusals import refusals_told
from bot.services import areas
from bot.services.access import Action
from bot.services.checkins import disasters
from bot.store.areas import Area
from bot.store.checkins import CheckinPlan, DisasterAsk, DisasterRound

pages = Blueprint("disasters", __name__, url_prefix="/admin/checkins/disasters")


@pages.get("/")
@staff_may(Action.SEE_CHECKINS)
def list_() -> str:
    return _page()


def _page() -> str:
    """Where to ask, with what was ticked and could not be sent, and what was asked before."""
    return render_template(
        "disasters/list.html",
        areas=areas.districts(g.session),
        rounds=disasters.all_rounds(g.session),
        form_key=secrets.token_hex(10),
        chosen=fields.numbers("area"),
        everybody=request.form.get("everybody") == "yes",
    )


@pages.post("/")
@staff_may(Action.WORK_CHECKINS)
def begin() -> Response | tuple[str, int]:
    chosen = fields.numbers("area")
    if not chosen and request.form.get("everybody") != "yes":
        flash("校区か「市内全部」をえらんでください。まだ何も送っていません。", "error")
        return _page(), 400
    if request.form.get("really") != "yes":
        flash("「ほんとうに送ります」にしるしをつけてください。まだ何も送っていません。", "error")
        return _page(), 400
    return _begin([] if request.form.get("everybody") == "yes" else chosen, None)


@pages.get("/<int:disaster_id>")
@staff_may(Action.SEE_CHECKINS)
def show(disaster_id: int) -> str:
    return render_template("disasters/show.html", form_key=secrets.token_hex(10), **_contents(disaster_id))


@pages.get("/<int:disaster_id>/now")
@staff_may(Action.SEE_CHECKINS)
def now(disaster_id: int) -> str:
    """The changing part of the page, for the page to renew itself with."""
    return render_template("disasters/now.html", **_contents(disaster_id))


def _contents(disaster_id: int) -> dict[str, object]:
    one = one_or_404(DisasterRound, disaster_id)
    counts = disasters.counts(g.session, one)
    listed = []
    for ask in disasters.silent(g.session, one):
        by_plan = CheckinPlan.id == ask.plan_id if ask.plan_id else CheckinPlan.resident_id == ask.resident_id
        plan = g.session.scalars(
            select(CheckinPlan).where(by_plan).order_by(CheckinPlan.state == "stopped", CheckinPlan.id.desc()).limit(1)
        ).one_or_none()
        listed.append((ask, plan))
    return {
        "one": one,
        "counts": counts,
        "listed": listed,
        "areas": {area.id: area.name for area in g.session.scalars(select(Area))},
        "total": {
            "asked": sum(count.asked for count in counts),
            "safe": sum(count.safe for count in counts),
            "help": sum(count.help for count in counts),
            "silent": sum(count.silent for count in counts),
        },
    }


@pages.post("/<int:disaster_id>/repeat")
@staff_may(Action.WORK_CHECKINS)
def repeat(disaster_id: int) -> Response:
    """Ask the same areas once more."""
    one = one_or_404(DisasterRound, disaster_id)
    disasters.end(g.session, one, staff_id=current_user.id, now=g.now)
    return _begin(one.area_ids, one)


def _begin(area_ids: list[int], repeats: DisasterRound | None) -> Response:
    with refusals_told({disasters.NoSuchArea: "その校区は見つかりません。まだ何も送っていません。"}):
        made = disasters.begin(
            g.session,
            area_ids=area_ids,
            form_key=request.form.get("form_key", "") or secrets.token_hex(10),
            staff_id=current_user.id,
            now=g.now,
            repeats=repeats,
        )
        flash("送りはじめます。30秒ほどで、みなさんに届きはじめます。", "success")
        return redirect(url_for(".show", disaster_id=made.id))
    return redirect(url_for(".list_"))


@pages.post("/<int:disaster_id>/end")
@staff_may(Action.WORK_CHECKINS)
def end(disaster_id: int) -> Response:
    disasters.end(g.session, one_or_404(DisasterRound, disaster_id), staff_id=current_user.id, now=g.now)
    return redirect(url_for(".show", disaster_id=disaster_id))


@pages.post("/asks/<int:ask_id>/reached")
@staff_may(Action.WORK_CHECKINS)
def reached(ask_id: int) -> Response:
    """Somebody made sure by telephone or at the door."""
    ask = one_or_404(DisasterAsk, ask_id)
    disasters.staff_reached(g.session, ask, staff_id=current_user.id, now=g.now)
    return redirect(url_for(".show", disaster_id=ask.disaster_id))
