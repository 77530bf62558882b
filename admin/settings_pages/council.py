"""Facts about the council; a number is changed together with where it was found."""

from dataclasses import asdict

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.frame import staff_may
from admin.settings_pages.index import note, settings
from bot.services import council
from bot.services.access import Action

FACTS = {
    "name": "正式な名前",
    "short_name": "短い呼び名",
    "city": "市や町の名前",
    "address": "所在地",
    "url": "ホームページ",
    "email": "メールアドレス",
    "phone": "電話番号",
    "calling_phone": "職員が電話をかけるときの番号（ちがうとき）",
    "fax": "FAX番号",
    "city_hall_name": "市役所の名前",
    "city_hall_phone": "市役所の電話番号",
}


@settings.get("/council")
@staff_may(Action.CHANGE_SETTINGS)
def show_council() -> str:
    return _council_page(asdict(council.about(g.session)))


@settings.post("/council")
@staff_may(Action.CHANGE_SETTINGS)
def set_council() -> str | Response | tuple[str, int]:
    given = {name: request.form.get(name, "").strip() for name in FACTS if name in request.form}
    try:
        changed = council.confirm_facts(g.session, given, source=request.form.get("source", ""), now=g.now)
    except council.SourceMissing:
        trouble = (
            "番号を変えるときは、どこで確かめたかを書いてください（資料の名前、ホームページ、電話で確かめた日など）。"
        )
        return _council_page({**asdict(council.about(g.session)), **given}, trouble), 400
    except council.NotANumber as wrong:
        trouble = f"{FACTS[wrong.fact]}の形を確かめてください。例：079-424-4318"
        return _council_page({**asdict(council.about(g.session)), **given}, trouble), 400
    for name in changed:
        note(f"council.{name}")
    flash("社協のことを変えました。" if changed else "変わったところはありません。", "success" if changed else "info")
    return redirect(url_for(".show_council"))


def _council_page(shown: dict[str, str], trouble: str = "") -> str:
    sources = council.sources(g.session)
    return render_template("settings/council.html", facts=FACTS, shown=shown, sources=sources, trouble=trouble)
