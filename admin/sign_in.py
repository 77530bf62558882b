"""Signing in: Flask-Security with Argon2, second factor or passkey, lock-out after failures, an end when idle.

A sign-in is a row (`bot.services.staff`), so that it can be ended from elsewhere; the browser's cookie holds its id.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Flask, Response, abort, current_app, flash, g, redirect, request, session, url_for
from flask_login import user_logged_out
from flask_security import (
    LoginForm,
    Security,
    SQLAlchemySessionUserDatastore,
    WebauthnUtil,
    current_user,
    hash_password,
    logout_user,
    user_authenticated,
    user_failed_authn,
)
from flask_security.utils import aware_utcnow
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from admin import words
from bot import limits
from bot.services import desk_rules, staff
from bot.store.staff import Passkey, Role, Staff

LONGEST = timedelta(hours=12)  # of one sign-in, whoever is there
NOTED_EVERY = 60  # seconds between two notes in the cookie that somebody is there
TRIES = "10 per 5 minutes"
GUARDED = (
    "security.login",
    "security.two_factor_token_validation",
    "security.verify",
    "security.wan_signin",
    "security.wan_signin_response",
)


class SignInForm(LoginForm):
    """A locked account is told the same as a wrong password, after the same time."""

    def validate(self, **kwargs: Any) -> bool:
        known = staff.find(g.session, self.email.data or "")
        if known is not None and staff.is_locked(known, now=g.now):
            hash_password(self.password.data or "")
            self.form_errors.append(words.WRONG_SIGN_IN)
            return False
        return bool(super().validate(**kwargs))


class Accounts(SQLAlchemySessionUserDatastore):
    """The accounts, as Flask-Security looks for them. Addresses are encrypted: one is found by its keyed hash."""

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Any:
        if "email" in kwargs:
            return staff.find(self.db.session, str(kwargs["email"] or ""))
        return super().find_user(case_insensitive, **kwargs)


class PasskeyRules(WebauthnUtil):
    """A passkey is kept in the device, and the device asks whose finger, face or number it is: two factors in one."""

    def authenticator_selection(self, user: Any, usage: str) -> AuthenticatorSelectionCriteria:
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        )

    def user_verification(self, user: Any, usage: list[str]) -> UserVerificationRequirement:
        return UserVerificationRequirement.REQUIRED


def set_up(app: Flask, *, needs_second_factor: bool, is_behind_tls: bool, limits_url: str) -> None:
    app.config.update(
        SECURITY_PASSWORD_SALT=str(app.secret_key),
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of a method
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_LENGTH_MIN=12,
        SECURITY_URL_PREFIX="/admin/account",
        SECURITY_POST_LOGIN_VIEW="/admin/",
        SECURITY_POST_LOGOUT_VIEW="/admin/account/login",
        SECURITY_REGISTERABLE=False,
        SECURITY_CHANGEABLE=True,
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=False,
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_REQUIRED=needs_second_factor,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TOTP_SECRETS={"1": str(app.secret_key)},
        SECURITY_TOTP_ISSUER="Sasaeai",
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=False,
        SECURITY_WEBAUTHN=True,
        SECURITY_WAN_RP_NAME="ささえあい 職員の画面",
        SECURITY_WAN_ALLOW_USER_HINTS=False,
        SECURITY_WAN_ALLOW_AS_VERIFY=None,
        SECURITY_WAN_POST_REGISTER_VIEW="/admin/me/",
        SECURITY_DATETIME_FACTORY=aware_utcnow,
        SECURITY_REDIRECT_VALIDATE_MODE=None,
        SECURITY_FLASH_MESSAGES=True,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_USE_REGISTER_V2=True,
        SECURITY_I18N_DIRNAME=["builtin"],
        SESSION_COOKIE_SECURE=is_behind_tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=is_behind_tls,
        REMEMBER_COOKIE_HTTPONLY=True,
        SECURITY_DEFAULT_REMEMBER_ME=False,
        PERMANENT_SESSION_LIFETIME=LONGEST,
        SESSION_REFRESH_EACH_REQUEST=False,
        **{f"SECURITY_MSG_{name}": told for name, told in words.MESSAGES.items()},
        BABEL_DEFAULT_LOCALE="ja",
        BABEL_DEFAULT_TIMEZONE="Asia/Tokyo",
    )
    from flask_babel import Babel

    Babel(app)
    datastore = Accounts(app.extensions["sessions"], Staff, Role, Passkey)
    Security(app, datastore, login_form=SignInForm, webauthn_util_cls=PasskeyRules)
    for endpoint in ("security.two_factor_rescue", "security.tf_select"):
        # a lost telephone is the administrator's matter: the people page, or `sasaeai staff new-phone`
        app.view_functions[endpoint] = _not_offered
    limiter = limits.counted(app, store=app.extensions["store"], secret_key=str(app.secret_key), url=limits_url)
    for endpoint in GUARDED:
        view = app.view_functions[endpoint]
        app.view_functions[endpoint] = limiter.limit(  # type: ignore[assignment]
            TRIES, exempt_when=lambda: request.method == "GET"
        )(view)
    user_authenticated.connect(_begin, app)
    user_failed_authn.connect(_count, app)
    user_logged_out.connect(_end, app)
    app.before_request(_is_still_there)


def is_renewal() -> bool:
    """A page that renews itself, or listens for changes: nobody need be sitting in front of it."""
    return request.headers.get("X-Requested-With") == "live" or request.accept_mimetypes.best == "text/event-stream"


def _is_still_there() -> Response | None:
    """End a sign-in that was ended elsewhere, or whose screen nobody has used for long.

    That time is the machine's own, like the age of every cookie; what comes by itself does not count as use.
    """
    if not request.path.startswith("/admin") or request.endpoint in ("static", "security.static"):
        return None
    if not session.permanent:  # writing it anew would send the cookie anew: a page that renews itself, answered
        session.permanent = True  # late, would bring back what another page has shown meanwhile, or lose its news
    if not current_user.is_authenticated:
        return None
    begun = staff.sign_in_of(g.session, session.get("sign_in", ""))
    unused = time.time() - session.get("used", 0)
    is_idle = unused > desk_rules.rules(g.session).idle_minutes * 60
    if begun is None or begun.staff_id != current_user.id or is_idle:
        logout_user()
        flash(words.NOBODY_THERE if is_idle else words.ENDED_ELSEWHERE, "info")
        return redirect(url_for("security.login"))  # type: ignore[return-value]
    if not is_renewal():
        if unused > NOTED_EVERY:
            session["used"] = int(time.time())
        if staff.is_seen_long_ago(begun, now=g.now):
            with _writing() as session_:
                staff.seen(session_, begun.id, now=g.now)
    return None


@contextmanager
def _writing() -> Iterator[Any]:
    """The request's own transaction if it may write; else one beside it (a second writer would wait for the first)."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        with current_app.extensions["store"].turn() as beside:
            yield beside
    else:
        yield g.session


def _begin(_app: Flask, *, user: Staff, authn_via: list[str] | None, **_: Any) -> None:
    ways = authn_via or ["second factor"]  # the library names none after a second factor
    if "change" in ways:  # a new password ends all other sign-ins
        staff.end_all(g.session, user, now=g.now)
    begun = staff.sign_in(g.session, user, browser=request.user_agent.string, how=",".join(ways), now=g.now)
    session["sign_in"], session["used"] = begun.id, int(time.time())


def _count(_app: Flask, *, user: Staff, tfa: bool, **_: Any) -> None:
    staff.count_failure(g.session, user, at_second_factor=tfa, now=g.now)


def _end(_app: Flask, *, user: Staff, **_: Any) -> None:
    with _writing() as session_:
        staff.end(session_, session.pop("sign_in", ""), of=user.id, now=g.now)


def _not_offered() -> Response:
    abort(404)
