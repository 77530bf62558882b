"""Hanging the staff pages into the web application."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask

from admin import (
    calls,
    cases,
    checkins,
    frame,
    home,
    knowledge,
    live,
    on_call,
    overview,
    people,
    queues,
    record,
    replies,
    settings_pages,
    sign_in,
    today,
    worries,
)
from bot.conversation import Cards
from bot.services.keeping import Keep
from bot.services.wording import Sentence
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
    cards_of: Callable[..., Cards],
    sentences: Callable[[], tuple[Sentence, ...]],
    keep: Keep,
    **_: Any,
) -> None:
    """Everything under `/admin`. `settings` are the program's; `now` gives the instant in the council's zone.

    `library` is the knowledge base. `draw_cards` draws entries as a resident sees them: the chat's words, lent by the
    front door for previews; `cards_of` does so in a resident's language, for staff to send. `sentences` are those that
    staff may word differently. `keep`: how long things are kept where staff have not set it.
    """
    frame.set_up(
        app,
        store=store,
        now=now,
        is_behind_tls=settings.is_behind_tls,
        effects={"to_deliver": bell.ring_for_deliveries, "to_show_typing": bell.ring_for_typing},
    )
    sign_in.set_up(
        app,
        needs_second_factor=settings.staff_second_factor == "required",
        is_behind_tls=settings.is_behind_tls,
        limits_url=settings.rate_limits_url,
    )
    app.extensions["live"] = live.Hub(store)
    app.extensions["library"], app.extensions["cards_of"] = library, cards_of
    app.extensions["sentences"], app.extensions["keep"] = sentences, keep
    app.register_blueprint(home.desk)
    app.register_blueprint(live.live)
    app.register_blueprint(today.today)
    app.register_blueprint(people.people)
    app.register_blueprint(people.me)
    app.register_blueprint(overview.overview)
    app.register_blueprint(record.record)
    settings_pages.set_up(app)
    app.register_blueprint(worries.worries)
    app.register_blueprint(calls.pages)
    cases.set_up(app)
    app.register_blueprint(queues.queues)
    app.register_blueprint(replies.replies)
    checkins.set_up(app)
    on_call.set_up(app, sends_mail=bool(settings.smtp_url), minutes=settings.alarm_minutes, url=settings.public_url)
    knowledge.set_up(app, library=library, draw_cards=draw_cards)
