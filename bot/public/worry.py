"""`/worry`: telling a worry anonymously on the web, and reading the answer with the receipt code.

No sign-in, no cookies, no JavaScript, nothing from elsewhere, and no line in any log. The form's own token is signed
and lives a day; it names the form, so that sending it twice files one report.
"""

from collections.abc import Callable
from datetime import datetime

from flask import Flask, render_template, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from bot.public import frame, words
from bot.services import areas, council, crisis, worries
from bot.store.areas import Area
from bot.store.engine import Store
from bot.store.knowledge import Resource
from knowledge.library import Library

TOKEN_LIVES = 24 * 3600  # seconds
SINCE = ("きょう", "この一週間", "一か月くらい", "もっと前から")
DAYS_OF_WEEK = "月火水木金土日"
NAMES_CHOICES = ("with", "without")
MOST_LINES = 6
GRAVITY = ("none", "check", "crisis")


def make_worry_pages(
    store: Store, library: Library, *, secret_key: str, now: Callable[[], datetime], is_behind_tls: bool
) -> Flask:
    """The application to mount at `/worry`."""
    pages = frame.make("worry", may_load="style-src 'self'", most_bytes=256 * 1024, is_behind_tls=is_behind_tls)
    tokens = URLSafeTimedSerializer(secret_key, salt="worry form")

    @pages.template_filter("day")
    def day(on: datetime) -> str:
        return f"{on.month}月{on.day}日（{DAYS_OF_WEEK[on.weekday()]}）"

    def form(trouble: str = "", status: int = 200, *, keeps_typed: bool = True, **shown: object) -> tuple[str, int]:
        with store.reading() as session:
            page = render_template(
                "worry/form.html",
                kinds=worries.KINDS,
                areas=areas.districts(session),
                since=SINCE,
                typed=request.form if keeps_typed else {},
                trouble=trouble,
                longest=worries.LONGEST,
                token=tokens.dumps(worries.new_form_key()),
                council=council.about(session),
                **shown,
            )
        return page, status

    @pages.errorhandler(429)
    def too_often(_error: Exception) -> tuple[str, int]:
        return form(words.TOO_OFTEN, 429)

    @pages.get("/")
    def ask() -> tuple[str, int]:
        return form()

    @pages.post("/")
    def hear() -> tuple[str, int]:
        try:
            form_key = tokens.loads(request.form.get("token", ""), max_age=TOKEN_LIVES)
        except BadSignature:
            return form(
                "画面が古くなっていました。書いたことはそのまま残っています。もう一度「知らせる」を押してください。",
                400,
            )
        seen = request.form.get("seen", "")
        asker = request.remote_addr or ""
        if worries.reports_a_day.is_used_up(asker, now=now()):
            return form(words.ENOUGH_TODAY, 429)
        if not any(sign.isalnum() for sign in seen):
            return form(words.NO_WORDS, 400)
        if len(seen) > worries.LONGEST:
            return form(words.TOO_LONG, 400)
        if (
            worries.names_somebody(seen + request.form.get("since", ""))
            and request.form.get("names") not in NAMES_CHOICES
        ):
            return form(names_somebody=True)
        return file(form_key, seen, asker)

    def file(form_key: str, seen: str, asker: str) -> tuple[str, int]:
        since = request.form.get("since", "")
        finding = max(crisis.look(seen), crisis.look(since), key=lambda one: GRAVITY.index(one.verdict))
        if request.form.get("names") == "without":
            seen, since = worries.without_names(seen), worries.without_names(since)
        area = request.form.get("area", "")
        is_urgent = request.form.get("urgent") == "yes" or finding.verdict == "crisis"
        try:
            with store.turn() as session:
                known = session.get(Area, int(area)) if area.isascii() and area.isdigit() else None
                draft = worries.Draft(
                    form_key=form_key,
                    kind=request.form.get("kind", "other"),
                    area_id=known.id if known else None,
                    seen=seen,
                    since=since,
                    is_urgent=is_urgent,
                )
                receipt = worries.file(session, draft, now=now())
                lines = lines_for(session, finding)
                done = render_template("worry/done.html", receipt=receipt, lines=lines, council=council.about(session))
        except worries.AlreadyFiled:
            return render_template("worry/already.html"), 200
        worries.reports_a_day.count(asker, now=now())
        return done, 200

    def lines_for(session: Session, finding: crisis.Finding) -> list[Resource]:
        """The telephone lines for the danger in a text, most urgent first; none when there is none."""
        if finding.verdict == "none":
            return []
        wanted = crisis.lines_for(finding.kinds, finding.severity, is_about_another=finding.is_about_another)
        return library.resources(session, wanted[:MOST_LINES])

    @pages.get("/answer")
    def ask_code() -> str:
        return render_template("worry/code.html", trouble="")

    @pages.post("/answer")
    def read_answer() -> tuple[str, int]:
        code, more = request.form.get("code", ""), request.form.get("more", "")
        asker = request.remote_addr or ""
        with store.turn() as session:
            try:
                report = worries.find(session, code, asker=asker, now=now())
            except worries.TooMany:
                return render_template("worry/code.html", trouble=words.TOO_MANY_CODES, code=code, more=more), 429
            if report is None:
                return render_template("worry/code.html", trouble=words.WRONG_CODE, code=code, more=more), 404
            added, lines, trouble = False, list[Resource](), ""
            asks_names = worries.names_somebody(more) and request.form.get("names") not in NAMES_CHOICES
            if len(more) > worries.LONGEST:
                trouble = words.TOO_LONG
            elif "more" in request.form and not asks_names and any(sign.isalnum() for sign in more):
                finding = crisis.look(more)
                kept = worries.without_names(more) if request.form.get("names") == "without" else more
                worries.write_more(session, report, kept, now=now(), is_urgent=finding.verdict == "crisis")
                added, lines, more = True, lines_for(session, finding), ""
            return render_template(
                "worry/answer.html",
                report=report,
                said=worries.talk(session, report),
                code=code,
                added=added,
                lines=lines,
                trouble=trouble,
                more=more,
                names_somebody=asks_names,
                longest=worries.LONGEST,
            ), 200

    @pages.errorhandler(413)
    def too_big(_error: Exception) -> tuple[str, int]:
        return form(words.TOO_LONG, 413, keeps_typed=False)

    return pages
