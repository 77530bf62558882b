"""きょうの仕事: what must be done today in one list; accepting, finishing, passing on; who holds how much."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from admin import fields
from admin.colleagues import name_of, names
from admin.frame import one_or_404, staff_may
from admin.refusals import refusals_told
from bot.services import changes, staff, tasks, todays_work
from bot.services.access import Action
from bot.store.tasks import Task

today = Blueprint("today", __name__, url_prefix="/admin/today")
KINDS = {
    "phone": "電話",
    "visit": "訪問",
    "callback": "折り返しの電話",
    "follow_up": "その後の確認",
    "promise": "お返事の約束",
    "unreachable": "連絡がつきません",
    "contact": "緊急連絡先への連絡",
    "quota": "LINEの通数が足りなくなる前に相談する",
    "second_look": "おわりの確認（いそぎの相談）",
    "other": "そのほか",
}
RESULTS = {
    "done": "すみました",
    "well": "お元気でした",
    "needs_help": "助けがいります",
    "not_reached": "連絡がつきませんでした",
    "stopped": "見守りをやめます",
}


@today.context_processor
def words() -> dict[str, object]:
    return {"task_kinds": KINDS, "people": names()}


@today.get("/")
@staff_may(Action.SEE_TASKS)
def list_() -> str:
    is_mine = request.args.get("whose") == "mine"
    return render_template("today/list.html", whose="mine" if is_mine else "all", **_contents(is_mine))


@today.get("/now")
@staff_may(Action.SEE_TASKS)
def now() -> str:
    """The changing part of the list, for the page to renew itself with."""
    is_mine = request.args.get("whose") == "mine"
    return render_template("today/now.html", **_contents(is_mine))


@today.get("/load")
@staff_may(Action.SEE_LOAD)
def load() -> str:
    people = {one.id: one for one in staff.everybody(g.session)}
    held = {one.staff_id: one for one in todays_work.load(g.session)}
    shown = [(people[number], held.get(number)) for number in people if number in held or people[number].active]
    shown.sort(key=lambda pair: -(pair[1].cases + pair[1].tasks) if pair[1] else 0)
    return render_template("today/load.html", shown=shown, unnamed=todays_work.without_a_name(g.session))


@today.get("/<int:task_id>")
@staff_may(Action.SEE_TASKS)
def show(task_id: int) -> str:
    return _page_of(one_or_404(Task, task_id))


def _page_of(task: Task, outcome: str = "") -> str:
    """The page of a task. `outcome`: what was typed and could not be kept."""
    results = {name: RESULTS[name] for name in tasks.RESULTS.get(task.kind, ("done",))}
    colleagues = {number: f"{name}さん" for number, name in staff.colleagues(g.session).items()}
    return render_template("today/show.html", task=task, results=results, colleagues=colleagues, outcome=outcome)


@today.post("/<int:task_id>/accept")
@staff_may(Action.DO_TASKS)
def accept(task_id: int) -> Response:
    task = one_or_404(Task, task_id)
    try:
        tasks.accept(g.session, task, staff_id=current_user.id, now=g.now)
        changes.tell(g.session, 0, "desk", now=g.now)
        flash("あなたがします。終わったら、結果を書いてください。", "success")
    except tasks.AlreadyAccepted as taken:
        flash(f"{name_of(taken.by)}さんが先に引き受けました。", "info")
    except tasks.NotToDo:
        flash("この仕事は、もうおわっています。", "info")
        return redirect(url_for(".list_"))
    return redirect(url_for(".show", task_id=task_id))


@today.post("/<int:task_id>/done")
@staff_may(Action.DO_TASKS)
def done(task_id: int) -> Response | tuple[str, int]:
    task, result, outcome = one_or_404(Task, task_id), request.form.get("result", ""), request.form.get("outcome", "")
    try:
        tasks.done(g.session, task, result=result, outcome=outcome, staff_id=current_user.id, now=g.now)
        changes.tell(g.session, 0, "desk", now=g.now)
        flash("終わった仕事にしました。", "success")
    except tasks.NoSuchResult:
        flash("結果をえらんでください。", "error")
        return _page_of(task, outcome), 400
    except tasks.NotToDo:
        flash("この仕事は、もうおわっています。", "info")
    return redirect(url_for(".list_"))


@today.post("/<int:task_id>/pass-on")
@staff_may(Action.DO_TASKS)
def pass_on(task_id: int) -> Response:
    task, colleague = one_or_404(Task, task_id), fields.number("to")
    if request.form.get("to") != "everybody" and colleague not in staff.colleagues(g.session):
        flash("その職員は見つかりません。", "error")
        return redirect(url_for(".show", task_id=task_id))
    with refusals_told(overtaken={tasks.NotToDo: "この仕事は、もうおわっています。"}):
        tasks.pass_on(g.session, task, to=colleague, staff_id=current_user.id, now=g.now)
        changes.tell(g.session, 0, "desk", now=g.now)
        flash(f"{name_of(colleague)}さんに渡しました。" if colleague else "みんなの仕事にもどしました。", "success")
    return redirect(url_for(".list_"))


def _contents(is_mine: bool) -> dict[str, object]:
    items = todays_work.list_(g.session, now=g.now, staff_id=current_user.id if is_mine else None)
    return {"items": items, "me": current_user.id}
