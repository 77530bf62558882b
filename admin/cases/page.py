"""The page of one case: the talk as the resident sees it, what became of each thing said, notes, who is here."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, g, redirect, render_template, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from admin.cases import words
from admin.cases.board import cases
from admin.colleagues import names
from admin.frame import one_or_404, staff_may
from bot.services import (
    audit,
    canned_replies,
    case_list,
    case_notes,
    council,
    drafts,
    office_hours,
    queues,
    referrals,
    staff,
)
from bot.services.access import Action
from bot.services.cases import finding
from bot.services.checkins import plans
from bot.store.cases import Case
from bot.store.queues import Queue
from bot.store.talk import Utterance


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


def back_to(case_id: int, part: str | None = None) -> Response:
    """The case's page, or a part of it."""
    return redirect(url_for(".show", case_id=case_id, _anchor=part))


def page_of(case: Case, draft: str | None = None, **more: object) -> str:
    """The page of a case. `draft`: what was typed and could not be sent; it never stands in an address."""
    kept = drafts.of(g.session, case, current_user.id) if draft is None else draft
    ready, values = canned_replies.all_(g.session, topic=case.topic), variables(case)
    colleagues = staff.colleagues(g.session)
    shown = {
        "draft": kept,
        "replies": [(one.id, one.name, canned_replies.filled(one.words, values)) for one in ready],
        "earlier": finding.earlier(g.session, case),
        "watched": plans.of(g.session, case.resident_id),
        "colleagues": {number: name for number, name in colleagues.items() if number != case.owner_id},
        "queues": queues.all_(g.session),
        "referrals": referrals.of(g.session, case),
        "results": words.RESULTS,
        "answers": words.ANSWERS,
        "opened": words.OPENED,
        "form_key": secrets.token_hex(16),
        "tomorrow": (g.now.date() + timedelta(days=1)).isoformat(),
        **_changing(case),
        **more,
    }
    return render_template("cases/show.html", case=case, **shown)


def variables(case: Case) -> dict[str, str]:
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
    said = finding.conversation(g.session, case)
    queue = g.session.get(Queue, case.queue_id) if case.queue_id else None
    newest = {one.speaker: one.id for one in said}
    return {
        "said": _bubbles(case, said),
        "handed_over_at": _first_after(said, case.reopened_at or case.opened_at),
        "newest_of_staff": newest.get("staff", 0),
        "newest_of_resident": newest.get("resident", 0),
        "notes": case_notes.of(g.session, case),
        "kinds_of_answer": words.ANSWERS,
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
    late = {one.id: one for one in finding.undelivered(g.session, [one.delivery_id for one in said if one.delivery_id])}
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
            trouble, remedy = words.why_not_delivered(delivery.state, delivery.refusal)
            again = delivery.state == "failed" and case.resident.is_following
            made.append(Bubble(one, who, trouble, remedy, delivery.id, again))
    return made
