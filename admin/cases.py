"""相談: cases that wait for people, the conversation as the resident sees it, answers, notes, alarms, those on call."""

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin.frame import staff_may
from bot.conversation import Text
from bot.services import audit, case_notes, queues, transfers
from bot.services import cases as desk
from bot.services.access import Action
from bot.store.cases import Case
from bot.store.residents import Thread
from bot.store.staff import Staff

cases = Blueprint("cases", __name__, url_prefix="/admin/cases")
TOPICS = {
    "care": "介護・お年より",
    "children": "子育て・子ども",
    "money": "お金・くらし",
    "disability": "障害",
    "loneliness": "さみしさ・こころ",
    "other": "そのほか",
    "": "—",
}
DANGERS = {
    "suicide_or_self_harm": "死にたい・自分を傷つける",
    "child_abuse": "子どもへの虐待",
    "elder_abuse": "お年よりへの虐待",
    "domestic_violence": "家庭の暴力",
    "sexual_violence": "性暴力",
    "violence_now": "いま起きている暴力",
    "medical_emergency": "急な病気・けが",
    "fire_or_gas": "火事・ガス",
    "no_food_or_lifeline": "食べ物・ライフライン",
    "missing_person": "行方がわからない",
    "desperate_parent": "追いつめられた親",
    "danger_to_others": "人を傷つけるおそれ",
}
STATES = {"waiting": "待っています", "taken": "担当がいます", "closed": "おわり"}
FAREWELL = "ご相談をおわりにします。また困ったときは「人に相談する」から、いつでもどうぞ。"


@cases.context_processor
def names() -> dict[str, object]:
    people = {one.id: one.name for one in g.session.scalars(select(Staff)).unique()} if "session" in g else {}
    return {"topics": TOPICS, "dangers": DANGERS, "states": STATES, "people": people}


@cases.get("/")
@staff_may(Action.SEE_CASES)
def list_() -> str:
    return render_template("cases/list.html", cases=desk.open_cases(g.session), today=g.now.date())


@cases.get("/<int:case_id>")
@staff_may(Action.SEE_CASES)
def show(case_id: int) -> str:
    case = _case(case_id)
    with current_app.extensions["store"].turn() as session:  # looking is a deed of its own, kept whatever follows
        audit.record(session, "see_case", staff_id=current_user.id, now=g.now, kind="case", record_id=case_id)
    return _page(case)


def _page(case: Case, draft: str = "") -> str:
    """The page of a case. `draft`: what was typed and could not be sent; it never stands in an address."""
    return render_template("cases/show.html", case=case, draft=draft, **_contents(case))


@cases.get("/<int:case_id>/talk")
@staff_may(Action.SEE_CASES)
def talk(case_id: int) -> str:
    """The changing part of the case's page, for the page to renew itself with."""
    case = _case(case_id)
    return render_template("cases/talk.html", case=case, **_contents(case))


def _contents(case: Case) -> dict[str, object]:
    return {
        "said": desk.conversation(g.session, case),
        "notes": case_notes.of(g.session, case),
        "refused": desk.refused(g.session, case),
        "colleagues": g.session.scalars(select(Staff).where(Staff.active)).unique().all(),
    }


@cases.post("/<int:case_id>/look")
@staff_may(Action.WORK_CASES)
def look(case_id: int) -> Response:
    if desk.acknowledge(g.session, _case(case_id), staff_id=current_user.id, now=g.now):
        flash("いそぎの知らせを見たことにしました。", "success")
    else:
        flash("もう、ほかの職員が見ています。", "info")
    return redirect(url_for(".show", case_id=case_id))


@cases.post("/<int:case_id>/take")
@staff_may(Action.WORK_CASES)
def take(case_id: int) -> Response:
    try:
        desk.take(g.session, _case(case_id), staff_id=current_user.id, now=g.now)
        flash("あなたが担当です。", "success")
    except desk.AlreadyTaken as taken:
        first = g.session.get(Staff, taken.by) if taken.by else None
        flash(f"{first.name if first else 'ほかの職員'}さんが先に担当になりました。", "info")
    except desk.NotOpen:
        flash("この相談は、もうおわっています。", "info")
    return redirect(url_for(".show", case_id=case_id))


@cases.post("/<int:case_id>/say")
@staff_may(Action.WORK_CASES)
def say(case_id: int) -> Response | tuple[str, int]:
    """An answer; whoever answers a waiting case takes it. A colleague's newer answer is shown before ours goes out."""
    case, words = _case(case_id), request.form.get("words", "").strip()
    newest = max((one.id for one in desk.conversation(g.session, case) if one.speaker == "staff"), default=0)
    if not words:
        flash("お返事のことばを書いてください。", "error")
    elif len(words) > 4000:
        flash("長すぎます。4,000文字までにしてください。", "error")
    elif request.form.get("seen", str(newest)) != str(newest):
        flash("書いているあいだに、ほかの職員がお返事しました。読んでから、もう一度お願いします。", "error")
        return _page(case, words), 409
    else:
        try:
            if case.state == "waiting":
                desk.take(g.session, case, staff_id=current_user.id, now=g.now)
            desk.say(g.session, case, [Text(words)], staff_id=current_user.id, now=g.now)
            g.to_deliver = [_thread_key(case)]
        except desk.CannotBeReached:
            flash("この方は、いまLINEでは連絡がつきません（ブロックなど）。電話や訪問をお願いします。", "error")
            return _page(case, words), 409
        except desk.NotOpen:
            flash("この相談は、もうおわっています。", "info")
        except desk.AlreadyTaken:
            flash("ほかの職員が先に担当になりました。", "info")
    return redirect(url_for(".show", case_id=case_id))


@cases.post("/<int:case_id>/note")
@staff_may(Action.WORK_CASES)
def note(case_id: int) -> Response:
    try:
        case_notes.add(g.session, _case(case_id), request.form.get("words", ""), staff_id=current_user.id, now=g.now)
    except desk.NothingSaid:
        flash("メモを書いてください。", "error")
    return redirect(url_for(".show", case_id=case_id))


@cases.post("/<int:case_id>/hand-on")
@staff_may(Action.WORK_CASES)
def hand_on(case_id: int) -> Response:
    to = request.form.get("to", "")
    colleague = g.session.get(Staff, int(to)) if to.isascii() and to.isdigit() else None
    try:
        reason, case = request.form.get("reason", ""), _case(case_id)
        if colleague:
            transfers.to_colleague(g.session, case, to=colleague.id, reason=reason, staff_id=current_user.id, now=g.now)
        else:
            queue = queues.catch_all(g.session)
            transfers.to_queue(g.session, case, queue, reason=reason, staff_id=current_user.id, now=g.now)
        flash("担当を替えました。" if colleague else "みんなの窓口にもどしました。", "success")
    except desk.NothingSaid:
        flash("替える理由を書いてください。", "error")
    return redirect(url_for(".show", case_id=case_id))


@cases.post("/<int:case_id>/close")
@staff_may(Action.WORK_CASES)
def close(case_id: int) -> Response:
    case = _case(case_id)
    try:
        desk.close(
            g.session,
            case,
            outcome=request.form.get("outcome", ""),
            farewell=[Text(FAREWELL)],
            staff_id=current_user.id,
            now=g.now,
        )
        g.to_deliver = [_thread_key(case)]
        flash("おわりにしました。", "success")
    except desk.NothingSaid:
        flash("どうなったかを書いてください。", "error")
        return redirect(url_for(".show", case_id=case_id))
    return redirect(url_for(".list_"))


def _case(case_id: int) -> Case:
    case = g.session.get(Case, case_id)
    if case is None:
        abort(404)
    return case


def _thread_key(case: Case) -> str:
    return str(g.session.scalar(select(Thread.key).where(Thread.resident_id == case.resident_id)))
