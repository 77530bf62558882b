"""The first page of 設定, and what its pages share: the blueprint, the record of a change."""

from flask import Blueprint, g, render_template

from admin import deeds
from admin.frame import staff_may
from bot.services import consultation, council, topics, wording
from bot.services.access import Action

settings = Blueprint("settings", __name__, url_prefix="/admin/settings")
WAYS = {"room": "相談ルーム（ことばがLINEに残りません）", "line": "LINEの中で"}


@settings.get("/")
@staff_may(Action.CHANGE_SETTINGS)
def index() -> str:
    kept = consultation.rules(g.session)
    return render_template(
        "settings/index.html",
        council=council.about(g.session),
        rules=kept,
        closed=[day for day in sorted(kept.closed_on) if day >= g.now.date()],
        changed=len(wording.changed(g.session)),
        topics=[one.words for one in topics.offered(g.session)],
        way_words=[WAYS[one] for one in kept.ways],
    )


def note(what: str) -> None:
    deeds.on_record("change_setting", "setting", what)
