"""設定: what residents can choose a case to be about. Words, order, new ones; looked at before it counts."""

from dataclasses import replace

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from admin.frame import staff_may
from bot.services import topics
from bot.services.access import Action
from bot.services.topics import Topic

pages = Blueprint("topics", __name__, url_prefix="/admin/settings/topics")

WRONG = {
    "empty": "ことがらの名前を書いてください。",
    "long": f"ことがらの名前は{topics.LONGEST}文字までです。",
    "same": "同じ名前のことがらが、二つあります。",
    "many": f"LINEに出せるのは{topics.MOST}個までです。",
}


@pages.get("")
@staff_may(Action.CHANGE_SETTINGS)
def show() -> str:
    return _page(topics.all_(g.session))


@pages.post("")
@staff_may(Action.CHANGE_SETTINGS)
def change() -> str | Response | tuple[str, int]:
    wanted = _read_form()
    try:
        topics.check(wanted)
    except topics.NotAllowed as wrong:
        return _page(wanted, WRONG[wrong.why]), 400
    if request.form.get("step") != "keep":
        return _page(wanted, is_new=True)
    topics.set_(g.session, wanted, staff_id=current_user.id, now=g.now)
    flash("ことがらを変えました。つぎに「人に相談する」方から、こうなります。", "success")
    return redirect(url_for(".show"))


def _read_form() -> list[Topic]:
    """The topics as the form has them, in the order it names; a new one where something was written in its line."""
    known = topics.all_(g.session)
    typed = [one for one in request.form.getlist("name") if one == "new" or one in {topic.name for topic in known}]
    wanted: list[tuple[int, Topic]] = []
    for place, name in enumerate(dict.fromkeys(typed)):
        words = " ".join(request.form.get(f"words-{name}", "").split())
        if name == "new" and not words:
            continue
        order = request.form.get(f"order-{name}", "")
        wanted.append(
            (
                int(order) if order.isascii() and order.isdigit() and len(order) < 4 else place + 1,
                Topic(
                    topics.new_name(known) if name == "new" else name,
                    words,
                    name in ("new", topics.ALWAYS) or request.form.get(f"offered-{name}") == "yes",
                ),
            )
        )
    return [one for _, one in sorted(wanted, key=lambda pair: pair[0])]


def _page(shown: list[Topic], trouble: str = "", *, is_new: bool = False) -> str:
    known = {one.name for one in topics.all_(g.session)}
    added = next((one for one in shown if one.name not in known), None)
    return render_template(
        "settings/topics.html",
        shown=[replace(one, name="new") if one is added else one for one in shown],
        added=added,
        longest=topics.LONGEST,
        always=topics.ALWAYS,
        trouble=trouble,
        is_new=is_new,
    )
