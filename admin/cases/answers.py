"""Answering in a case: words, drafts, ready-made replies, cards from the knowledge base, trying again."""

from flask import abort, current_app, flash, g, request
from flask_security import current_user
from werkzeug.wrappers import Response

from admin import deeds, fields
from admin.cases.board import cases
from admin.cases.page import back_to, page_of, variables
from admin.cases.words import thread_key
from admin.colleagues import names
from admin.frame import one_or_404, staff_may
from bot.conversation import Message, Text
from bot.services import canned_replies, council, drafts, outgoing
from bot.services.access import Action
from bot.services.cases import answering, refusals
from bot.store.cases import Case
from bot.store.desk import CannedReply
from bot.store.knowledge import Resource
from bot.store.talk import Delivery

MOST_CARDS = 5


@cases.post("/<int:case_id>/say")
@staff_may(Action.WORK_CASES)
def say(case_id: int) -> Response | tuple[str, int]:
    """An answer; whoever answers a waiting case takes it. A colleague's newer answer is shown before ours goes out."""
    case, words = one_or_404(Case, case_id), request.form.get("words", "").strip()
    if not words:
        flash("お返事のことばを書いてください。", "error")
        return back_to(case_id, "answer")
    if len(words) > drafts.LONGEST:
        flash(f"長すぎます（いま{len(words):,}文字）。4,000文字までに短くするか、2回に分けてください。", "error")
        return page_of(case, words), 400
    return _send(case, [Text(words)], words)


def _send(case: Case, messages: list[Message], words: str) -> Response | tuple[str, int]:
    try:
        answering.say(
            g.session,
            case,
            messages,
            staff_id=current_user.id,
            now=g.now,
            seen=fields.number("seen"),
            form_key=request.form.get("form_key", "")[:36],
        )
    except refusals.AnsweredMeanwhile as meanwhile:
        who = names().get(meanwhile.by or 0)
        flash(
            f"書いているあいだに、{who + 'さん' if who else 'ほかの職員'}がお返事しました。"
            "読んでから、もう一度お願いします。",
            "error",
        )
        return page_of(case, words), 409
    except refusals.CannotBeReached:
        flash("この方は、いまLINEでは連絡がつきません（ブロックなど）。電話や訪問をお願いします。", "error")
        return page_of(case, words), 409
    except refusals.NotOpen:
        flash("この相談は、もうおわっています。", "info")
    except refusals.AlreadyTaken:
        flash("ほかの職員が先に担当になりました。", "info")
    else:
        if words:
            drafts.throw_away(g.session, case, staff_id=current_user.id)
        g.to_deliver = [thread_key(case)]
    return back_to(case.id, "talk")


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
    return back_to(case_id, "answer")


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
    filled = canned_replies.filled(reply.words, variables(case))
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
        return back_to(case_id)
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
        deeds.on_record("try_again", "delivery", delivery_id)
        g.to_deliver = [delivery.thread_key]
        flash("もう一度送っています。", "info")
    else:
        flash("もう送りなおしています。", "info")
    return back_to(case_id)
