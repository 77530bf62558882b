"""Signing in: Flask-Security with Argon2, second factor, lock-out after failures, short idle time."""

from datetime import timedelta

from flask import Flask, Response, abort, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_security import Security, SQLAlchemySessionUserDatastore

from admin import words
from bot.store.staff import Role, Staff

IDLE = timedelta(minutes=30)
TRIES = "10 per 5 minutes"


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
        PERMANENT_SESSION_LIFETIME=IDLE,
        SESSION_REFRESH_EACH_REQUEST=True,
        **{f"SECURITY_MSG_{name}": told for name, told in words.MESSAGES.items()},
        BABEL_DEFAULT_LOCALE="ja",
        BABEL_DEFAULT_TIMEZONE="Asia/Tokyo",
    )
    from flask_babel import Babel

    Babel(app)
    datastore = SQLAlchemySessionUserDatastore(app.extensions["sessions"], Staff, Role)
    Security(app, datastore)
    for endpoint in ("security.two_factor_rescue", "security.tf_select"):
        # a lost telephone is the administrator's matter: `sasaeai staff new-phone`
        app.view_functions[endpoint] = _not_offered
    limiter = Limiter(get_remote_address, app=app, storage_uri=limits_url, headers_enabled=False)
    for endpoint in ("security.login", "security.two_factor_token_validation", "security.verify"):
        view = app.view_functions[endpoint]
        app.view_functions[endpoint] = limiter.limit(  # type: ignore[assignment]
            TRIES, exempt_when=lambda: request.method == "GET"
        )(view)

    @app.before_request
    def stay_for_a_while() -> None:
        from flask import session

        session.permanent = request.path.startswith("/admin")


def _not_offered() -> Response:
    abort(404)
