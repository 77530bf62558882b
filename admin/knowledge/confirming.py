"""確かめる: drafts whose facts are doubtful, and entries nobody verified for long, each with 「確認した」."""

from flask import g, render_template, request

from admin.frame import staff_may
from admin.knowledge.room import knowledge
from bot.services.access import Action
from knowledge import freshness

CHOICES = (90, 180, 365, 730)


@knowledge.get("/confirm")
@staff_may(Action.SEE_KNOWLEDGE)
def to_confirm() -> str:
    days = request.args.get("days", freshness.STALE_AFTER_DAYS, type=int)
    days = days if 1 <= days <= 3650 else freshness.STALE_AFTER_DAYS
    today = g.now.date()
    return render_template(
        "knowledge/to_confirm.html",
        doubtful=freshness.to_confirm(g.session),
        confirmed=freshness.ready_to_publish(g.session),
        proposed=freshness.proposed(g.session),
        stale=freshness.not_verified_for(g.session, days, today=today),
        days=days,
        day_choices=sorted({*CHOICES, days}),
        today=today,
    )
