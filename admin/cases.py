"""相談: the list of cases, and the page of one: the talk as the resident sees it, answers, cards, notes, alarms.

Moving a case on, closing it and referrals are in `admin.case_moves`; both hang in one blueprint.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from admin import case_words, fields
from admin.case_words import names, thread_key
from admin.frame import one_or_404, staff_may
from admin.refusals import refusals_told
from bot.conversation import Message, Text
from bot.services import (
    audit,
    canned_replies,
    case_list,
    case_notes,
    changes,
    council,
    drafts,
    office_hours,
    outgoing,
    queues,
    referrals,
    staff,
)
from bot.services import cases as desk
from bot.services.access import Action, may
from bot.services.checkins import plans
from bot.store.cases import Case
from bot.store.desk import CannedReply
from bot.store.knowledge import Resource
from bot.store.queues import Queue
from bot.store.talk import Delivery, Utterance

cases = Blueprint("cases", __name__, url_prefix="/admin/cases")
MOST_LINES, MOST_AT_ALL = 30, 500
MOST_CARDS = 5


@cases.app_context_processor
def what_every_page_shows() -> dict[str, object]:
    """Alarms on top, whether I am on duty, and where the page stands in the stream of changes."""
    if "session" not in g or not current_user.is_authenticated:
        return {}
    if not may([role.name for role in current_user.roles], Action.SEE_CASES):
        return {}
    try:
        return {
            "alarms_on_top": desk.alarms(g.session),
            "dangers": case_words.DANGERS,
            "is_on_duty": current_user.id in queues.on_duty(g.session, now=g.now),
            "changed": changes.newest(g.session),
        }
    except SQLAlchemyError:
        return {}  # the page that tells of the trouble must not fail for it


@cases.context_processor
def words() -> dict[str, object]:
    return {
        "topics": case_words.topic_words(),
        "dangers": case_words.DANGERS,
        "states": case_words.STATES,
        "outcomes": case_words.OUTCOMES,
        "note_kinds": case_words.NOTE_KINDS,
        "wait_words": case_words.wait_words,
        "people": names(),
    }


# ── the list ──


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
    """Danger that nobody has looked at: stands on top of every page."""
    return render_template("cases/alarms.html", alarms=desk.alarms(g.session))


@cases.post("/next")
@staff_may(Action.WORK_CASES)
def take_next() -> Response:
    """Take the most pressing case that waits in my queues."""
    waiting = case_list.next_waiting(g.session, queues.of_staff(g.session, current_user.id))
    if waiting is None:
        flash("待っている相談はありません。", "info")
        return redirect(url_for(".list_"))
    return take(waiting.id)


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


# ── one case ──


@cases.get("/<int:case_id>")
@staff_may(Action.SEE_CASES)
def show(case_id: int) -> str:
    case = one_or_404(Case, case_id)
    with current_app.extensions["store"].turn() as session:  # looking is a deed of its own, kept whatever follows
        audit.record(session, "see_case", staff_id=current_user.id, now=g.now, kind="case", record_id=case_id)
        case_notes.saw(session, case, staff_id=current_user.id, now=g.now)
    return page_of(case)


@cases.get("/<int:case_id>/now")
@staff_may(Action.SEE_CASES)
def show_now(case_id: int) -> str:
    """The changing parts of the case's page, for the page to renew itself with."""
    case = one_or_404(Case, case_id)
    return render_template("cases/now.html", case=case, **_changing(case))


def page_of(case: Case, draft: str | None = None, **more: object) -> str:
    """The page of a case. `draft`: what was typed and could not be sent; it never stands in an address."""
    kept = drafts.of(g.session, case, current_user.id) if draft is None else draft
    ready, values = canned_replies.all_(g.session, topic=case.topic), _variables(case)
    colleagues = staff.colleagues(g.session)
    shown = {
        "draft": kept,
        "replies": [(one.id, one.name, canned_replies.filled(one.words, values)) for one in ready],
        "earlier": desk.earlier(g.session, case),
        "watched": plans.of(g.session, case.resident_id),
        "colleagues": {number: name for number, name in colleagues.items() if number != case.owner_id},
        "queues": queues.all_(g.session),
        "referrals": referrals.of(g.session, case),
        "results": case_words.RESULTS,
        "answers": case_words.ANSWERS,
        "opened": case_words.OPENED,
        "form_key": secrets.token_hex(16),
        "tomorrow": (g.now.date() + timedelta(days=1)).isoformat(),
        **_changing(case),
        **more,
    }
    return render_template("cases/show.html", case=case, **shown)


def _variables(case: Case) -> dict[str, str]:
    """What the variables of a ready-made reply stand for here and now."""
    about = council.about(g.session)
    return {
        "担当": names().get(current_user.id, ""),
        "お名前": f"{case.resident.name}さん" if case.resident.name else "あなた",
        "社協": about.name or about.short_name,
        "電話": about.phone,
        "約束の日": f"{case.promised_on.month}月{case.promised_on.day}日",
        "きょう": f"{g.now.month}月{g.now.day}日",
    }


@dataclass(frozen=True)
class Bubble:
    """One thing said, and what became of it."""

    said: Utterance
    who: str
    trouble: str = ""
    remedy: str = ""
    delivery_id: int | None = None
    may_try_again: bool = False
    is_on_its_way: bool = False


def _changing(case: Case) -> dict[str, object]:
    said = desk.conversation(g.session, case)
    queue = g.session.get(Queue, case.queue_id) if case.queue_id else None
    newest = {one.speaker: one.id for one in said}
    return {
        "said": _bubbles(case, said),
        "handed_over_at": _first_after(said, case.reopened_at or case.opened_at),
        "newest_of_staff": newest.get("staff", 0),
        "newest_of_resident": newest.get("resident", 0),
        "notes": case_notes.of(g.session, case),
        "kinds_of_answer": case_words.ANSWERS,
        "queue": queue,
        "wait": case_list.wait_of(case, queue, office_hours.of(g.session), now=g.now),
        "along": [names().get(one, "") for one in case_notes.participants(g.session, case) if one != case.owner_id],
        "is_along": current_user.id in case_notes.participants(g.session, case),
        "writing": [
            names().get(one, "")
            for one in drafts.being_written_by(g.session, case, now=g.now)
            if one != current_user.id
        ],
        "is_mine": case.owner_id == current_user.id,
    }


def _first_after(said: list[Utterance], at: datetime) -> int:
    return next((one.id for one in said if one.said_at >= at), 0)


def _bubbles(case: Case, said: list[Utterance]) -> list[Bubble]:
    late = {one.id: one for one in desk.undelivered(g.session, [one.delivery_id for one in said if one.delivery_id])}
    made = []
    for one in said:
        who = {"resident": case.resident.name or "住民", "bot": "ボット"}.get(one.speaker, "")
        if one.speaker == "staff":
            who = f"{names().get(one.staff_id, '')}さん" if one.staff_id in names() else "職員"
        delivery = late.get(one.delivery_id or 0)
        if delivery is None:
            made.append(Bubble(one, who))
        elif delivery.state == "waiting" and delivery.refusal is None:
            made.append(Bubble(one, who, is_on_its_way=True))
        else:
            trouble, remedy = case_words.why_not_delivered(delivery.state, delivery.refusal)
            again = delivery.state == "failed" and case.resident.is_following
            made.append(Bubble(one, who, trouble, remedy, delivery.id, again))
    return made


@cases.post("/<int:case_id>/look")
@staff_may(Action.WORK_CASES)
def look(case_id: int) -> Response:
    if desk.acknowledge(g.session, one_or_404(Case, case_id), staff_id=current_user.id, now=g.now):
        flash("いそぎの知らせを見たことにしました。", "success")
    else:
        flash("もう、ほかの職員が見ています。", "info")
    return redirect(url_for(".show", case_id=case_id))


@cases.post("/<int:case_id>/take")
@staff_may(Action.WORK_CASES)
def take(case_id: int) -> Response:
    with refusals_told(
        overtaken={
            desk.AlreadyTaken: lambda it: f"{names().get(it.by or 0, 'ほかの職員')}さんが先に担当になりました。",
            desk.NotOpen: "この相談は、もうおわっています。",
        }
    ):
        desk.take(g.session, one_or_404(Case, case_id), staff_id=current_user.id, now=g.now)
        flash("あなたが担当です。", "success")
    return redirect(url_for(".show", case_id=case_id))


# ── answering ──


@cases.post("/<int:case_id>/say")
@staff_may(Action.WORK_CASES)
def say(case_id: int) -> Response | tuple[str, int]:
    """An answer; whoever answers a waiting case takes it. A colleague's newer answer is shown before ours goes out."""
    case, words = one_or_404(Case, case_id), request.form.get("words", "").strip()
    if not words:
        flash("お返事のことばを書いてください。", "error")
    elif len(words) > drafts.LONGEST:
        flash("長すぎます。4,000文字までにしてください。", "error")
    else:
        return _send(case, [Text(words)], words)
    return redirect(url_for(".show", case_id=case_id))


def _send(case: Case, messages: list[Message], words: str) -> Response | tuple[str, int]:
    try:
        desk.say(
            g.session,
            case,
            messages,
            staff_id=current_user.id,
            now=g.now,
            seen=fields.number("seen"),
            form_key=request.form.get("form_key", "")[:36],
        )
    except desk.AnsweredMeanwhile as meanwhile:
        who = names().get(meanwhile.by or 0)
        flash(
            f"書いているあいだに、{who + 'さん' if who else 'ほかの職員'}がお返事しました。"
            "読んでから、もう一度お願いします。",
            "error",
        )
        return page_of(case, words), 409
    except desk.CannotBeReached:
        flash("この方は、いまLINEでは連絡がつきません（ブロックなど）。電話や訪問をお願いします。", "error")
        return page_of(case, words), 409
    except desk.NotOpen:
        flash("この相談は、もうおわっています。", "info")
    except desk.AlreadyTaken:
        flash("ほかの職員が先に担当になりました。", "info")
    else:
        if words:
            drafts.throw_away(g.session, case, staff_id=current_user.id)
        g.to_deliver = [thread_key(case)]
    return redirect(url_for(".show", case_id=case.id) + "#talk")


@cases.post("/<int:case_id>/draft")
@staff_may(Action.WORK_CASES)
def draft(case_id: int) -> Response | tuple[str, int]:
    """Keep what is being written. The script says so while typing (204); the button comes back to the page."""
    case = one_or_404(Case, case_id)
    words, key = request.form.get("words", ""), request.form.get("form_key", "")[:36]
    if drafts.save(g.session, case, words, staff_id=current_user.id, now=g.now, form_key=key):
        g.to_show_typing = [thread_key(case)]
    if request.headers.get("X-Requested-With") == "write":
        return "", 204
    flash("下書きをとっておきました。", "success")
    return redirect(url_for(".show", case_id=case_id) + "#answer")


@cases.post("/<int:case_id>/insert")
@staff_may(Action.WORK_CASES)
def insert(case_id: int) -> str:
    """Put a ready-made reply under what is written so far (the script does it without coming here)."""
    case, chosen = one_or_404(Case, case_id), fields.number("reply")
    reply = g.session.get(CannedReply, chosen) if chosen is not None else None
    written = request.form.get("words", "").strip()
    if reply is None:
        flash("定型文をえらんでください。", "error")
        return page_of(case, written)
    filled = canned_replies.filled(reply.words, _variables(case))
    return page_of(case, "\n".join(part for part in (written, filled) if part))


@cases.post("/<int:case_id>/find")
@staff_may(Action.WORK_CASES)
def find(case_id: int) -> str:
    """Search the knowledge base for cards. By POST: what a resident is in need of stands in no address."""
    case, wanted = one_or_404(Case, case_id), request.form.get("find", "").strip()[:100]
    library = current_app.extensions["library"]
    area = case.resident.area
    found = library.search(wanted, now=g.now, areas=[area.name] if area else []) if wanted else None
    hits = [hit.entry.id for hit in found.hits if hit.entry.kind == "resource"] if found else []
    rows = library.resources(g.session, hits)
    names_of = [(row.id, row.name) for row in rows[:8]]
    return page_of(case, find=wanted, found=rows[:8], found_names=names_of)


@cases.post("/<int:case_id>/cards")
@staff_may(Action.WORK_CASES)
def send_cards(case_id: int) -> Response | tuple[str, int]:
    """Send entries of the knowledge base as the cards residents know from the bot."""
    case = one_or_404(Case, case_id)
    library = current_app.extensions["library"]
    chosen = request.form.getlist("card")[:MOST_CARDS]
    rows: list[Resource] = library.resources(g.session, chosen)
    if not rows:
        flash("送る所をえらんでください。", "error")
        return redirect(url_for(".show", case_id=case_id))
    cards = current_app.extensions["cards_of"](
        case.resident.language or "ja", rows, now=g.now, council=council.about(g.session)
    )
    return _send(case, [cards], "")


@cases.post("/<int:case_id>/again/<int:delivery_id>")
@staff_may(Action.WORK_CASES)
def try_again(case_id: int, delivery_id: int) -> Response:
    """Send once more what LINE refused."""
    case = one_or_404(Case, case_id)
    delivery = g.session.get(Delivery, delivery_id)
    if delivery is None or delivery.resident_id != case.resident_id:
        abort(404)
    if outgoing.try_again(g.session, delivery, now=g.now):
        audit.record(
            g.session, "try_again", staff_id=current_user.id, now=g.now, kind="delivery", record_id=delivery_id
        )
        g.to_deliver = [delivery.thread_key]
        flash("もう一度送っています。", "info")
    else:
        flash("もう送りなおしています。", "info")
    return redirect(url_for(".show", case_id=case_id))


# ── notes ──


@cases.post("/<int:case_id>/note")
@staff_may(Action.WORK_CASES)
def note(case_id: int) -> Response:
    by_name = {name: number for number, name in staff.colleagues(g.session).items()}
    words, to = request.form.get("words", ""), fields.number("to")
    if to is not None and to in by_name.values() and words.strip():
        words = f"@{names()[to]} {words}"
    with refusals_told({desk.NothingSaid: "メモを書いてください。"}):
        case_notes.add(g.session, one_or_404(Case, case_id), words, staff_id=current_user.id, now=g.now, names=by_name)
        flash("メモを書きました。", "success")
    return redirect(url_for(".show", case_id=case_id) + "#notes")
