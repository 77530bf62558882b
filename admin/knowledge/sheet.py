"""紙の案内: chosen entries on A4 in large type, for the neighbour without a telephone to read it on."""

import re

from flask import flash, g, redirect, render_template, request, url_for
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from admin.frame import staff_may
from admin.knowledge.room import is_over, knowledge, linked
from bot.services import council
from bot.services.access import Action
from bot.store.knowledge import Resource
from knowledge import entries

MOST = 30
TITLE = "困ったときの連絡先"
LONGEST_TITLE = 40
_NUMBER = re.compile(r"0\d{1,4}-\d{1,4}-\d{3,4}|0\d{3}-\d{6}")


@knowledge.get("/sheet")
@staff_may(Action.SEE_KNOWLEDGE)
def sheet() -> str | Response:
    """Only what residents may see is printed; an answer brings the places it leads to."""
    chosen: list[entries.Entry] = []
    left_out = 0
    for key in request.args.getlist("id")[:MOST]:
        kind, _, entry_id = key.partition("/")
        entry = entries.find(g.session, kind, entry_id)
        if entry is None or entry.status != "published" or entry.is_internal or is_over(entry):
            left_out += 1
            continue
        chosen += [one for one in (entry, *linked(entry)) if one not in chosen]
    if not chosen:
        flash("紙にのせるものを、一覧でえらんでください。のせられるのは、公開中のものだけです。", "error")
        return redirect(url_for(".list_"))
    return render_template(
        "knowledge/sheet.html",
        chosen=chosen,
        left_out=left_out,
        title=request.args.get("title", "")[:LONGEST_TITLE] or TITLE,
        ids=request.args.getlist("id")[:MOST],
        council=council.about(g.session),
        today=g.now.date(),
        is_resource=lambda one: isinstance(one, Resource),
    )


@knowledge.app_template_filter("numbers_whole")
def numbers_whole(text: str) -> Markup:
    """The text with telephone numbers that no line break tears apart."""
    return Markup(_NUMBER.sub(r'<span class="one">\g<0></span>', str(escape(text))))  # noqa: S704  # nosec B704 - escaped
