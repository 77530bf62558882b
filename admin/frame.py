"""What every staff page stands in: one session a request, the time, headers, error pages.

A GET looks only; any other request is one writing transaction, kept when the answer is good and undone otherwise.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, has_request_context, render_template, request
from flask_bootstrap import Bootstrap5
from flask_security import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from werkzeug.routing import IntegerConverter

from bot.services import wording
from bot.services.access import Action, may
from bot.store.engine import Store

HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
View = TypeVar("View", bound=Callable[..., Any])
Record = TypeVar("Record")


class RecordNumber(IntegerConverter):
    """In an address: a number that a record can have. A column of whole numbers holds no longer one."""

    regex = r"\d{1,9}"


def set_up(
    app: Flask,
    *,
    store: Store,
    now: Callable[[], datetime],
    is_behind_tls: bool,
    effects: Mapping[str, Callable[[list[str]], None]],
) -> None:
    """`effects`: what happens with the thread keys a page left in `g`, once its transaction is kept."""
    app.template_folder = str(HERE / "templates")
    app.jinja_options = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}
    app.static_folder, app.static_url_path = str(HERE / "static"), "/admin/static"
    app.add_url_rule("/admin/static/<path:filename>", "static", app.send_static_file)
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    Bootstrap5(app)
    app.url_map.converters["int"] = RecordNumber
    app.config["MAX_CONTENT_LENGTH"] = 32 * 1024 * 1024
    app.extensions["now"], app.extensions["store"] = now, store
    sessions: scoped_session[Session] = scoped_session(_session_factory(store), scopefunc=_this_request)  # type: ignore[arg-type]
    app.extensions["sessions"] = sessions
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    csrf = CSRFProtect(app)

    @app.before_request
    def begin() -> None:
        g.now = now()
        if request.path.startswith("/admin"):
            g.session = sessions  # first, because the page that tells of a missing token needs it too
        if None in request.form:  # a field without a name, over which the look for the token stumbles
            raise CSRFError("a form of ours names its fields")
        csrf.protect()
        if request.path.startswith("/admin") and request.endpoint != "static":
            wording.refresh(g.session)  # cards and previews are drawn here with the residents' sentences

    @app.after_request
    def finish(response: Response) -> Response:
        if request.path.startswith("/admin"):
            _keep_or_undo(sessions, response)
            for name, effect in effects.items():
                if (keys := g.pop(name, None)) and response.status_code < 400:
                    effect(keys)  # only now are the rows there for a worker to see
            response.headers.setdefault("Cache-Control", "no-store")
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if is_behind_tls:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        return response

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        if "session_name" in g:  # on any path: the sign-in library looks who is there for pictures and styles too
            sessions.remove()

    @app.template_filter("clock")
    def clock(at: datetime | None) -> str:
        return at.astimezone(now().tzinfo).strftime("%m月%d日 %H:%M") if at else "—"

    @app.template_filter("day")
    def day(on: date | None) -> str:
        return f"{on.month}月{on.day}日（{'月火水木金土日'[on.weekday()]}）" if on else "—"

    for status in (403, 404, 405, 413, 429, 500):
        app.register_error_handler(status, _sorry)
    app.register_error_handler(CSRFError, _too_old)


def staff_may(action: Action) -> Callable[[View], View]:
    """A page for those who may do `action`. Others are sent to sign in, or told that it is not theirs."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*arguments: Any, **named: Any) -> Any:
            if not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
            if not may([role.name for role in current_user.roles], action):
                abort(403)
            return view(*arguments, **named)

        guarded.action = action  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return guard


def one_or_404(table: type[Record], key: int | str) -> Record:
    """The record that a page is about."""
    found: Record | None = g.session.get(table, key)
    if found is None:
        abort(404)
    return found


def _session_factory(store: Store) -> Callable[[], Session]:
    write = sessionmaker(store.engine, expire_on_commit=False)
    read = sessionmaker(store.engine.execution_options(is_reading=True), expire_on_commit=False)

    def make() -> Session:
        looks_only = has_request_context() and request.method in ("GET", "HEAD", "OPTIONS")
        return read() if looks_only else write()

    return make


def _this_request() -> str:
    if "session_name" not in g:
        g.session_name = secrets.token_hex(8)
    return str(g.session_name)


def _keep_or_undo(sessions: Any, response: Response) -> None:
    if response.status_code < 400:
        sessions.commit()
    else:
        sessions.rollback()


def _sorry(error: Any) -> tuple[str, int] | Response:
    status = getattr(error, "code", 500) or 500
    if not request.path.startswith("/admin"):
        return Response(f"{status}\n", status, mimetype="text/plain")
    words = {
        403: "このページは、あなたの役割では開けません。必要なときは管理者に相談してください。",
        404: "そのページは見つかりません。",
        413: "送られたものが大きすぎます。",
        429: "短い時間に何度も試されました。少し待ってから、もう一度お願いします。",
    }
    return render_template(
        "error.html", words=words.get(status, "うまくいきませんでした。もう一度お試しください。")
    ), status


def _too_old(_error: CSRFError) -> tuple[str, int]:
    words = "画面が古くなったため、受け付けられませんでした。前の画面を開きなおして、もう一度お願いします。"
    return render_template("error.html", words=words), 400
