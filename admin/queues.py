"""相談窓口: which queues there are, who works them, how long a resident should wait at most."""

from typing import get_args

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from admin import fields
from admin.cases.words import topic_words
from admin.colleagues import names
from admin.frame import one_or_404, staff_may
from admin.refusals import refusals_told
from bot.services import areas, staff
from bot.services import queues as desk
from bot.services.access import Action
from bot.store.queues import Assigns, Queue

queues = Blueprint("queues", __name__, url_prefix="/admin/queues")
ASSIGNS = {
    "pull": "手のあいた人が取りに行く",
    "automatic": "受付中の人に、担当の少ない順に自動でわりあてる",
}
MINUTES = (1, 10_080)


@queues.get("/")
@staff_may(Action.SEE_CASES)
def list_() -> str:
    every = desk.all_(g.session)
    return render_template(
        "queues/list.html",
        queues=every,
        members={one.id: desk.members(g.session, one.id) for one in every},
        on_duty=desk.on_duty(g.session, now=g.now),
        load=desk.load(g.session),
        areas=_areas(),
        assigns=ASSIGNS,
        topics=topic_words(),
        people=names(),
    )


@queues.get("/new")
@staff_may(Action.MANAGE_QUEUES)
def new() -> str:
    return _form(None)


@queues.get("/<int:queue_id>")
@staff_may(Action.MANAGE_QUEUES)
def show(queue_id: int) -> str:
    return _form(one_or_404(Queue, queue_id))


@queues.post("/save")
@staff_may(Action.MANAGE_QUEUES)
def save() -> Response | tuple[str, int]:
    queue = None if (number := fields.number("queue")) is None else one_or_404(Queue, number)
    assigns = request.form.get("assigns", "pull")
    given = desk.Form(
        name=request.form.get("name", "")[:64],
        topics=[one for one in request.form.getlist("topic") if one in topic_words() and one],
        area_ids=fields.numbers("area"),
        assigns=assigns if assigns in get_args(Assigns) else "pull",  # type: ignore[arg-type]
        target_minutes=_minutes("target", 60),
        return_minutes=_minutes("return", 240),
        members=[one for one in fields.numbers("member") if one in staff.colleagues(g.session)],
    )
    try:
        desk.save(g.session, queue, given, staff_id=current_user.id, now=g.now)
    except desk.NameMissing:
        return _form(queue, given, "名前を書いてください。"), 400
    except desk.NameTaken:
        return _form(queue, given, "同じ名前の窓口が、もうあります。"), 400
    flash("窓口を書きとめました。", "success")
    return redirect(url_for(".list_"))


@queues.post("/<int:queue_id>/remove")
@staff_may(Action.MANAGE_QUEUES)
def remove(queue_id: int) -> Response:
    must_stay = "この窓口は、なくせません。ほかの窓口に当てはまらない相談が、ここに入ります。"
    with refusals_told({desk.MustStay: must_stay}):
        desk.remove(g.session, one_or_404(Queue, queue_id), staff_id=current_user.id, now=g.now)
        flash("窓口をなくしました。待っていた相談は、みんなの窓口に移りました。", "success")
    return redirect(url_for(".list_"))


def _form(queue: Queue | None, given: desk.Form | None = None, wrong: str = "") -> str:
    if given is None and queue is not None:
        given = desk.Form(
            name=queue.name,
            topics=queue.topics,
            area_ids=queue.area_ids,
            assigns=queue.assigns,
            target_minutes=queue.target_minutes,
            return_minutes=queue.return_minutes,
            members=desk.members(g.session, queue.id),
        )
    return render_template(
        "queues/edit.html",
        queue=queue,
        given=given or desk.Form(name=""),
        wrong=wrong,
        areas=_areas(),
        assigns=ASSIGNS,
        colleagues=staff.colleagues(g.session),
        topics=topic_words(),
    )


def _areas() -> dict[int, str]:
    return {one.id: one.name for one in areas.districts(g.session)}


def _minutes(name: str, fallback: int) -> int:
    given = fields.number(name)
    return fallback if given is None else min(max(given, MINUTES[0]), MINUTES[1])
