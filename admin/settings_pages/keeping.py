"""設定: how long what residents said and staff did is kept. Looked at before it counts, on record."""

from dataclasses import asdict

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.frame import staff_may
from admin.settings_pages.index import note
from bot.services import keeping
from bot.services.access import Action

pages = Blueprint("keeping", __name__, url_prefix="/admin/settings/keeping")

WHAT = {
    "conversation": ("ボットとの会話のことば", "相談につながったものは「きまり」の日数まで残ります"),
    "checkins": ("見守りの返事・記録、やめた方の登録", "ようすの変わり方を見るため、長めに"),
    "worries": ("おわった匿名の知らせのことば", "数はのこります"),
    "questions": ("答えられなかった質問", "「地域の困りごと」のもとになります"),
    "outbox": ("LINEやメールを送った記録", "届かなかったわけを調べるため"),
    "sign_ins": ("職員のサインイン（いつ・どのブラウザから）", "身におぼえのないサインインに気づくため"),
    "inbox": ("LINEから届いた知らせの番号", "おなじ知らせを二度うけないため"),
}


@pages.get("")
@staff_may(Action.CHANGE_SETTINGS)
def show() -> str:
    return _page(asdict(_as_set()))


@pages.post("")
@staff_may(Action.CHANGE_SETTINGS)
def change() -> str | Response | tuple[str, int]:
    typed = {name: request.form.get(name, "").strip() for name in WHAT}
    wanted = {
        name: int(days) if days.isascii() and days.isdigit() and len(days) < 6 else -1 for name, days in typed.items()
    }
    try:
        keeping.check(wanted)
    except keeping.NotAllowed as wrong:
        lowest, highest = keeping.LIMITS[wrong.what]
        return _page(typed, f"「{WHAT[wrong.what][0]}」は、{lowest}日から{highest}日までです。"), 400
    if request.form.get("step") != "keep":
        return _page(wanted, is_new=True)
    changed = keeping.set_days(g.session, current_app.extensions["keep"], wanted, now=g.now)
    for name in changed:
        note(f"keep.{name}")
    flash("残す日数を変えました。" if changed else "変わったところはありません。", "success" if changed else "info")
    return redirect(url_for(".show"))


def _as_set() -> keeping.Keep:
    known: keeping.Keep = current_app.extensions["keep"]
    return keeping.as_set(g.session, known)


def _page(shown: dict[str, int] | dict[str, str], trouble: str = "", *, is_new: bool = False) -> str:
    now = asdict(_as_set())
    changes = [(WHAT[name][0], now[name], days) for name, days in shown.items() if is_new and now[name] != days]
    return render_template(
        "settings/keeping.html", what=WHAT, shown=shown, limits=keeping.LIMITS, trouble=trouble, is_new=is_new,
        changes=changes, shortens=any(days < before for _, before, days in changes),
    )  # fmt: skip
