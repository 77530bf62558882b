"""`/room`: the consultation room 相談ルーム, a private page for one resident and one case.

    /room/<token>   the link from LINE: a page with one button. Pressing it uses the link up and lets this device in,
                    so that a preview that fetches addresses does not use the link
    /room/          the room: what was said, a form to write and to send a photo
    /room/now       the changing part, for the page to renew itself with

Everything works without JavaScript; a small script adds renewing, and sending again when the connection was lost. A
form names itself, so what arrives twice stands there once. The cookie is the key: it is kept as a keyed hash, it ends
when another device comes in, and no other site can use it (SameSite, and a token in every form).
"""

import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, abort, redirect, render_template, request, url_for
from markupsafe import Markup, escape
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from bot import limits
from bot.public import frame
from bot.public import room_words as words
from bot.services import callbacks, consultation, council, crisis, photos, room
from bot.services.cases import closing, hearing, opening, refusals
from bot.services.photos import Photo
from bot.store.cases import Case
from bot.store.engine import Store
from bot.store.knowledge import Resource
from bot.store.room import RoomPhoto
from knowledge.library import Library

COOKIE = "room"
MOST_BYTES = 16 * 1024 * 1024
MOST_A_MINUTE = 20
WRONG_LINKS = "30 per hour"
MOST_LINES = 4
ALWAYS = ("tel-119", "tel-110", "tel-yorisoi", "inochi-dial")
MAY_LOAD = "script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
NUMBER = re.compile(r"(?<![\d-])(0\d{1,4}-\d{1,4}-\d{3,4}|0120-\d{3}-\d{3}|11[09]|18[89]|#\d{4})(?![\d番-])")
Page = str | tuple[str, int] | AnyResponse


def make_room_pages(
    store: Store,
    library: Library,
    *,
    secret_key: str,
    now: Callable[[], datetime],
    is_behind_tls: bool,
    limits_url: str = "memory://",
) -> Flask:
    """The application to mount at `/room`. `limits_url`: where links that lead nowhere are counted."""
    pages = frame.make("room", may_load=MAY_LOAD, most_bytes=MOST_BYTES, is_behind_tls=is_behind_tls)
    pages.secret_key = secret_key
    knocking = limits.counted(pages, store=store, secret_key=secret_key, url=limits_url).shared_limit(
        WRONG_LINKS, scope="room links", deduct_when=lambda answer: answer.status_code == 410
    )

    @pages.template_filter("clock")
    def clock(at: datetime) -> str:
        there = at.astimezone(now().tzinfo)
        day = "" if there.date() == now().date() else f"{there.month}月{there.day}日 "
        return f"{day}{there.hour}:{there.minute:02}"

    @pages.template_filter("day")
    def day(at: datetime) -> str:
        there = at.astimezone(now().tzinfo)
        return f"{words.day(there)} {there.hour}:{there.minute:02}"

    @pages.template_filter("dials")
    def dials(text: str) -> Markup:
        """Words of the bot, with the telephone numbers in them ready to be tapped."""

        def link(found: re.Match[str]) -> str:
            return f'<a href="{_tel(found.group())}">{found.group()}</a>'

        return Markup(NUMBER.sub(link, str(escape(text))))  # noqa: S704  # nosec B704 - escaped one line above

    def cookie() -> str:
        return request.cookies.get(COOKIE, "")

    def door(status: int = 200, *, typed: str = "", told: str = "", trouble: str = "") -> tuple[str, int]:
        """What somebody sees who is not in a room: how to come in, and what they had written."""
        with store.reading() as session:
            put_out = bool(cookie()) and room.was_put_out(session, cookie())
            was_idle = not put_out and room.was_in(session, cookie())
            lines = _lines(session, ALWAYS)
            about = council.about(session)
        shown = {"put_out": put_out, "was_idle": was_idle, "typed": typed, "told": told, "trouble": trouble}
        return render_template("room/door.html", **shown, lines=lines, council=about), status

    def _lines(session: Session, ids: tuple[str, ...]) -> list[Resource]:
        return [row for row in library.resources(session, ids) if row.phones]

    def contents(session: Session, case: Case) -> dict[str, Any]:
        today = now().date()
        promised = case.promised_by.astimezone(now().tzinfo) if case.promised_by and not case.answered_at else None
        return {
            "case": case,
            "said": room.said(session, case),
            "promised": words.by_when(promised, today) if promised else "",
            "version": room.version(session, case),
            "reopen_days": consultation.rules(session).reopen_days,
        }

    def inside(
        session: Session,
        case: Case,
        *,
        trouble: str = "",
        typed: str = "",
        form: str = "",
        status: int = 200,
        phone: str = "",
    ) -> tuple[str, int]:
        page = render_template(
            "room/room.html",
            trouble=trouble,
            typed=typed,
            form=form or secrets.token_urlsafe(12),
            token=room.form_token(session, cookie()),
            longest=room.LONGEST,
            lines=_lines(session, ALWAYS),
            tel=_tel,
            council=council.about(session),
            phone=phone,
            writing=room.is_being_answered(session, case, now=now()),
            call=callbacks.of(session, case),
            times=free_times(session) if case.state != "closed" else {},
            **contents(session, case),
        )
        return page, status

    def free_times(session: Session) -> dict[str, list[datetime]]:
        """The free times for a call, by day as people say it."""
        by_day: dict[str, list[datetime]] = {}
        for slot in callbacks.free(session, now=now()):
            by_day.setdefault(words.day(slot.starts_at), []).append(slot.starts_at)
        return by_day

    @pages.get("/")
    def show() -> Page:
        with store.turn() as session:
            case = room.case_behind(session, cookie(), now=now())
            if case is None:
                return door(403 if cookie() else 200)
            room.seen(session, cookie(), now=now())
            return inside(session, case)

    @pages.get("/now")
    def renew() -> Page:
        with store.reading() as session:
            case = room.case_behind(session, cookie(), now=now())
            if case is None:
                abort(403)
            writing = {"X-Writing": "yes"} if room.is_being_answered(session, case, now=now()) else {}
            if request.args.get("have") == room.version(session, case):
                return Response(status=204, headers=writing)
            return Response(render_template("room/talk.html", **contents(session, case)), headers=writing)

    @pages.get("/<token>")
    @knocking
    def ask(token: str) -> Page:
        with store.reading() as session:
            here = room.case_behind(session, cookie(), now=now())
            if here is not None and room.leads_to(session, token) == here.id:
                return redirect(url_for("show"))
            if room.is_open(session, token, now=now()):
                return render_template("room/enter.html", token=token, council=council.about(session))
        return door(410)

    @pages.post("/<token>")
    @knocking
    def enter(token: str) -> Page:
        try:
            with store.turn() as session:
                _case, fresh = room.enter(session, token, now=now())
                lasts = room.idle(session)
        except room.LinkIsOver:
            with store.reading() as session:
                if room.case_behind(session, cookie(), now=now()) is not None:
                    return redirect(url_for("show"), 303)  # the button was pressed twice
            return door(410)
        answer = redirect(url_for("show"), 303)
        answer.set_cookie(
            COOKIE,
            fresh,
            max_age=lasts + timedelta(days=1),  # a little longer, so that the door can say why it is closed,
            path=request.root_path or "/",
            secure=is_behind_tls,
            httponly=True,
            samesite="Lax",
        )
        return answer

    @pages.post("/")
    def write() -> Page:
        typed = request.form.get("words", "")
        try:
            photo = _photo()
        except photos.NotAPhoto:
            return sorry(words.NOT_A_PHOTO, 415, typed)
        except photos.TooLarge:
            return sorry(words.PHOTO_TOO_LARGE, 413, typed)
        if len(typed) > room.LONGEST:
            return sorry(words.TOO_LONG, 400, typed)
        if not typed.strip() and photo is None:
            return sorry(words.NO_WORDS, 400, typed)
        finding = crisis.look(typed)
        danger = finding.kinds[0] if finding.verdict == "crisis" else ""
        form = request.form.get("form", "")[:64] or secrets.token_urlsafe(12)
        try:
            with store.turn() as session:
                case = mine(session)
                if case is None and danger and (told := cry_at_the_door(session, typed, finding)):
                    return sorry(told, 409, typed) if is_script() else door(403, typed=typed, told=told)
                if case is None:
                    return door(403, typed=typed)
                room.seen(session, cookie(), now=now())
                if room.written_lately(session, case, since=now() - timedelta(minutes=1)) >= MOST_A_MINUTE:
                    return sorry(words.TOO_MUCH, 429, typed, form)
                new = hearing.hear_in_room(session, case, typed, form=form, photo=photo, danger=danger, now=now())
                if new is not None and danger:
                    lines = _lines(session, tuple(crisis.lines_for(finding.kinds, finding.severity)))
                    room.put(session, case, "bot", words.in_danger(lines[:MOST_LINES]), now=now())
        except refusals.NotOpen:
            return sorry(cry_in_an_old_room(typed, finding) if danger else words.OVER, 409, typed)
        return done()

    def cry_at_the_door(session: Session, typed: str, finding: crisis.Finding) -> str:
        """Written on a page that lay open too long to be let in: danger is heard. Empty for a page we do not know."""
        known, sent = room.case_of_idle(session, cookie(), now=now()), request.form.get("token", "")
        if known is None or not secrets.compare_digest(sent, room.form_token(session, cookie())):
            return ""
        return heard_in_danger(session, known, typed, finding)

    def heard_in_danger(session: Session, case: Case, typed: str, finding: crisis.Finding) -> str:
        """The alarm of the case that is open for this resident now, and what the resident is told."""
        opened = opening.open_for(session, case.resident, because="danger", danger=finding.kinds[0], now=now())
        room.put(session, opened, "resident", typed.strip(), now=now())
        lines = _lines(session, tuple(crisis.lines_for(finding.kinds, finding.severity)))
        return words.in_danger(lines[:MOST_LINES])

    def is_script() -> bool:
        return request.headers.get("X-Room") == "script"

    def cry_in_an_old_room(typed: str, finding: crisis.Finding) -> str:
        """The room is long closed, but danger is heard all the same: a case of its own, with its alarm."""
        with store.turn() as session:
            old = mine(session)
            if old is not None:
                return heard_in_danger(session, old, typed, finding)
            lines = _lines(session, tuple(crisis.lines_for(finding.kinds, finding.severity)))
        return words.in_danger(lines[:MOST_LINES])

    def mine(session: Session) -> Case | None:
        """The case of this device, if the form came from its own page."""
        case = room.case_behind(session, cookie(), now=now())
        sent = request.form.get("token", "")
        return case if case is not None and secrets.compare_digest(sent, room.form_token(session, cookie())) else None

    def done() -> Page:
        """Sent. The script clears its form; a browser without one is shown the room anew."""
        if is_script():
            return Response(secrets.token_urlsafe(12), mimetype="text/plain")
        return redirect(url_for("show") + "#end", 303)

    def sorry(trouble: str, status: int, typed: str, form: str = "", *, phone: str = "") -> Page:
        """Nothing was sent; nothing that was typed is lost."""
        if is_script():
            return Response(trouble, status, mimetype="text/plain")
        with store.reading() as session:
            case = room.case_behind(session, cookie(), now=now())
            if case is None:
                return door(429 if status == 429 else 403, typed=typed, trouble=trouble if status == 429 else "")
            return inside(session, case, trouble=trouble, typed=typed, form=form, status=status, phone=phone)

    @pages.post("/call")
    def book() -> Page:
        phone = request.form.get("phone", "")
        try:
            with store.turn() as session:
                case = mine(session)
                if case is None or case.state == "closed":
                    return door(403)
                if request.form.get("do") == "cancel":
                    callbacks.cancel_of(session, case, now=now())
                else:
                    callbacks.book(session, case, _instant(request.form.get("at", "")), phone=phone, now=now())
        except callbacks.NotANumber:
            return sorry(words.NOT_A_NUMBER, 400, "", phone=phone)
        except callbacks.SlotTaken:
            return sorry(words.SLOT_TAKEN, 409, "", phone=phone)
        return redirect(url_for("show") + "#call", 303)

    @pages.post("/useful")
    def rate() -> Page:
        with store.turn() as session:
            case = mine(session)
            if case is None:
                return door(403)
            if case.state == "closed" and request.form.get("was") in ("yes", "no"):
                closing.rate(session, case, was_useful=request.form["was"] == "yes")
        return redirect(url_for("show") + "#end", 303)

    @pages.post("/leave")
    def leave() -> Page:
        with store.turn() as session:
            case = mine(session)
            if case is not None:
                room.leave(session, case, now=now())
        answer = redirect(url_for("show"), 303)
        answer.delete_cookie(COOKIE, path=request.root_path or "/")
        return answer

    @pages.get("/photo/<int:photo_id>")
    def photo(photo_id: int) -> Page:
        with store.reading() as session:
            case = room.case_behind(session, cookie(), now=now())
            kept = session.get(RoomPhoto, photo_id)
            if case is None or kept is None or kept.case_id != case.id:
                abort(404)
            return Response(kept.jpeg, mimetype="image/jpeg")

    @pages.errorhandler(429)
    def too_often(_error: Exception) -> Page:
        return sorry(words.TOO_OFTEN, 429, request.form.get("words", ""), request.form.get("form", "")[:64])

    @pages.errorhandler(413)
    def too_big(_error: Exception) -> Page:
        return sorry(words.PHOTO_TOO_LARGE, 413, "")

    return pages


def _photo() -> Photo | None:
    """The photo that came with the form; None when there is none."""
    sent = request.files.get("photo")
    raw = sent.read(photos.MOST_BYTES + 1) if sent is not None else b""
    return photos.clean(raw) if raw else None


def _instant(typed: str) -> datetime:
    """The instant a form carries. SlotTaken when it is none: then it is surely not free."""
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        raise callbacks.SlotTaken from None
    if at.tzinfo is None:
        raise callbacks.SlotTaken
    return at


def _tel(number: str) -> str:
    return "tel:" + number.replace("-", "").replace("#", "%23")
