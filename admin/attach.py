"""Hanging the staff pages into the web application."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask

from admin import cases, frame, home, knowledge, on_call, sign_in, worries
from bot.conversation import Cards
from bot.store.engine import Store


def attach(
    app: Flask,
    *,
    settings: Any,
    store: Store,
    now: Callable[[], datetime],
    bell: Any,
    library: Any,
    draw_cards: Callable[..., Cards],
    **_: Any,
) -> None:
    """Everything under `/admin`. `settings` are the program's; `now` gives the instant in the council's zone.

    `draw_cards` draws entries as a resident sees them: the chat's own words, lent by the front door for previews.
    """
    frame.set_up(
        app, store=store, now=now, is_behind_tls=settings.is_behind_tls, ring_for_deliveries=bell.ring_for_deliveries
    )
    sign_in.set_up(
        app,
        needs_second_factor=settings.staff_second_factor == "required",
        is_behind_tls=settings.is_behind_tls,
        limits_url=settings.rate_limits_url,
    )
    app.register_blueprint(home.desk)
    app.register_blueprint(worries.worries)
    app.register_blueprint(cases.cases)
    on_call.set_up(app, sends_mail=bool(settings.smtp_url), minutes=settings.alarm_minutes, url=settings.public_url)
    knowledge.set_up(app, library=library, draw_cards=draw_cards)
