"""What people are to do for somebody watched over: accepting, finishing, passing on."""

from flask import flash, g, redirect, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as AnyResponse

from admin.checkins.board import checkins
from admin.checkins.person import page_of
from admin.colleagues import name_of
from admin.frame import one_or_404, staff_may
from admin.refusals import Sentences, refusals_told
from bot.services import tasks
from bot.services.access import Action
from bot.store.checkins import CheckinPlan
from bot.store.tasks import Task

FASTER: Sentences = {tasks.AlreadyAccepted: lambda it: f"{name_of(it.by)}さんが先に引き受けました。"}
DONE: Sentences = {tasks.NotToDo: "この仕事は、もうおわっています。"}


@checkins.post("/tasks/<int:task_id>/accept")
@staff_may(Action.WORK_CHECKINS)
def accept(task_id: int) -> AnyResponse:
    task = one_or_404(Task, task_id)
    with refusals_told(overtaken={**FASTER, **DONE}):
        tasks.accept(g.session, task, staff_id=current_user.id, now=g.now)
        flash("あなたが引き受けました。", "success")
    return _back_from(task)


@checkins.post("/tasks/<int:task_id>/done")
@staff_may(Action.WORK_CHECKINS)
def done(task_id: int) -> AnyResponse | tuple[str, int]:
    task, outcome = one_or_404(Task, task_id), request.form.get("outcome", "")[:2000]
    result = request.form.get("result", "done")
    with refusals_told({tasks.NoSuchResult: "どうだったかを、えらんでください。"}, overtaken=DONE):
        tasks.done(g.session, task, result=result, outcome=outcome, staff_id=current_user.id, now=g.now)
        flash("記録しました。", "success")
        return _back_from(task)
    plan = g.session.get(CheckinPlan, task.plan_id) if task.plan_id else None
    return (page_of(plan, outcome={task.id: outcome}), 400) if plan is not None else _back_from(task)


@checkins.post("/tasks/<int:task_id>/pass-on")
@staff_may(Action.WORK_CHECKINS)
def pass_on(task_id: int) -> AnyResponse:
    task = one_or_404(Task, task_id)
    with refusals_told(overtaken=DONE):
        tasks.pass_on(g.session, task, to=None, staff_id=current_user.id, now=g.now)
        flash("みんなの仕事にもどしました。", "success")
    return _back_from(task)


def _back_from(task: Task) -> AnyResponse:
    return redirect(url_for(".show", plan_id=task.plan_id) if task.plan_id else url_for(".today"))
