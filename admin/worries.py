"""匿名の知らせ: reading worry reports, answering through the code, visits, closing; figures with small numbers hidden.

Nobody can see a sender here, because there is none to see.
"""

from datetime import timedelta

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin import fields
from admin.frame import one_or_404, staff_may
from admin.refusals import refusals_told
from bot.services import areas, crisis
from bot.services import worries as reports
from bot.services.access import Action
from bot.store.areas import Area
from bot.store.worries import OutreachVisit, WorryReport

worries = Blueprint("worries", __name__, url_prefix="/admin/worries")
STATES = {"new": "返事待ち", "answered": "返事ずみ", "closed": "おわり"}
BANDS = {0: "夜中〜朝6時", 6: "朝6時〜昼", 12: "昼〜夕方6時", 18: "夕方6時〜夜中"}
FIGURES_BACK = timedelta(days=365)


@worries.context_processor
def names() -> dict[str, object]:
    return {"kinds": reports.KINDS, "states": STATES, "bands": BANDS}


@worries.get("/")
@staff_may(Action.SEE_WORRIES)
def list_() -> str:
    found = reports.waiting(
        g.session,
        state=request.args.get("state", "") if request.args.get("state", "") in STATES else "",
        kind=request.args.get("kind", "") if request.args.get("kind", "") in reports.KINDS else "",
        area_id=fields.as_number(request.args.get("area", "")),
    )
    districts = areas.districts(g.session)
    return render_template("worries/list.html", reports=found, areas=districts, asked=request.args, today=g.now.date())


@worries.post("/code")
@staff_may(Action.WORK_WORRIES)
def with_code() -> Response:
    """A reporter telephones or stands at the counter: staff type the code they tell."""
    with refusals_told({reports.TooMany: "番号のまちがいがつづきました。あすもう一度お願いします。"}):
        report = reports.find(g.session, request.form.get("code", ""), asker=f"staff {current_user.id}", now=g.now)
        if report is not None:
            return redirect(url_for(".show", report_id=report.id, caller=1))
        flash("その番号の知らせはありません。番号を確かめてください。", "error")
    return redirect(url_for(".list_"))


@worries.get("/<string:report_id>")
@staff_may(Action.SEE_WORRIES)
def show(report_id: str) -> str:
    report = one_or_404(WorryReport, report_id)
    with current_app.extensions["store"].turn() as session:  # looking is a deed of its own, kept whatever follows
        reports.note_seen(session, report_id, staff_id=current_user.id, now=g.now)
    return render_template(
        "worries/show.html",
        report=report,
        said=reports.talk(g.session, report),
        visits=reports.visits(g.session, report),
        linked=reports.linked(g.session, report),
        others=[one for one in reports.waiting(g.session) if one.id != report.id and one.area_id == report.area_id],
        is_caller=bool(request.args.get("caller")),
        today=g.now.date(),
    )


@worries.post("/<string:report_id>/answer")
@staff_may(Action.WORK_WORRIES)
def answer(report_id: str) -> Response:
    report = one_or_404(WorryReport, report_id)
    with refusals_told({reports.NothingSaid: "返事のことばを書いてください。"}):
        reports.answer(g.session, report, request.form.get("words", ""), staff_id=current_user.id, now=g.now)
        flash("返事を書きました。知らせた人が、ひかえの番号で読みます。", "success")
    return redirect(url_for(".show", report_id=report_id))


@worries.post("/<string:report_id>/caller")
@staff_may(Action.WORK_WORRIES)
def caller_says(report_id: str) -> Response:
    """What the reporter adds by telephone or at the counter."""
    report, words = one_or_404(WorryReport, report_id), request.form.get("words", "")
    is_urgent = crisis.look(words).verdict == "crisis"
    with refusals_told({reports.NothingSaid: "聞いたことばを書いてください。"}):
        reports.write_more(g.session, report, words, now=g.now, is_urgent=is_urgent)
        flash("知らせた人のことばを書きたしました。", "success")
    return redirect(url_for(".show", report_id=report_id))


@worries.post("/<string:report_id>/link")
@staff_may(Action.WORK_WORRIES)
def link(report_id: str) -> Response:
    report, other = one_or_404(WorryReport, report_id), g.session.get(WorryReport, request.form.get("other", ""))
    if other is None or other.id == report.id:
        flash("つなげる知らせをえらんでください。", "error")
    else:
        reports.link(g.session, report, other, staff_id=current_user.id, now=g.now)
        flash("同じ家の知らせとしてつなげました。", "success")
    return redirect(url_for(".show", report_id=report_id))


@worries.post("/<string:report_id>/visits")
@staff_may(Action.WORK_WORRIES)
def plan_visit(report_id: str) -> Response:
    report, planned = one_or_404(WorryReport, report_id), fields.day("planned_on")
    if planned is None:
        flash("訪問の日を、2026-12-01のように書いてください。", "error")
        return redirect(url_for(".show", report_id=report_id))
    with refusals_told({reports.NothingSaid: "だれが行くかを書いてください。"}):
        who = request.form.get("visitor", "")
        reports.plan_visit(g.session, report, visitor=who, planned_on=planned, staff_id=current_user.id, now=g.now)
        flash("訪問の予定を入れました。", "success")
    return redirect(url_for(".show", report_id=report_id))


@worries.post("/visits/<string:visit_id>")
@staff_may(Action.WORK_WORRIES)
def record_visit(visit_id: str) -> Response:
    visit = one_or_404(OutreachVisit, visit_id)
    with refusals_told({reports.NothingSaid: "行ってわかったことを書いてください。"}):
        reports.record_visit(
            g.session,
            visit,
            found=request.form.get("found", ""),
            next_step=request.form.get("next_step", ""),
            staff_id=current_user.id,
            now=g.now,
        )
        flash("訪問の結果を書きました。", "success")
    return redirect(url_for(".show", report_id=visit.report_id))


@worries.post("/<string:report_id>/close")
@staff_may(Action.WORK_WORRIES)
def close(report_id: str) -> Response:
    report = one_or_404(WorryReport, report_id)
    with refusals_told({reports.NothingSaid: "どうなったかを書いてください。"}):
        reports.close(g.session, report, outcome=request.form.get("outcome", ""), staff_id=current_user.id, now=g.now)
        flash("おわりにしました。", "success")
        return redirect(url_for(".list_"))
    return redirect(url_for(".show", report_id=report_id))


@worries.get("/figures")
@staff_may(Action.SEE_FIGURES)
def figures() -> str:
    """Counts by kind and area of one year; fewer than three read 「少数」."""
    counted = reports.figures(g.session, since=(g.now - FIGURES_BACK).date())
    names_of = {area.id: area.name for area in g.session.scalars(select(Area))}
    cells = {(one.kind, one.area_id): "少数" if one.count is None else str(one.count) for one in counted}
    rows = sorted({one.area_id for one in counted}, key=lambda area: (area is None, area or 0))
    return render_template("worries/figures.html", cells=cells, rows=rows, areas=names_of)
