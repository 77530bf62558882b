"""The rules by which cases and staff are treated: times, counts, ways to talk."""

from dataclasses import asdict, replace
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.frame import staff_may
from admin.settings_pages.index import WAYS, note, settings
from bot.services import consultation, desk_rules, office_hours
from bot.services.access import Action

RULES = {
    "answer_minutes": ("最初のお返事までの時間（窓口が開いている分）", "分"),
    "minutes_a_case": ("待っている人が一人ふえるごとに足す時間", "分"),
    "reopen_days": ("おわったあと、続きとして受ける日数", "日"),
    "callback_minutes": ("折り返し電話の一回の長さ", "分"),
    "callback_places": ("同じ時間に受ける折り返し電話の数", "件"),
    "callback_days": ("何日先（開いている日）まで選べるか", "日"),
    "room_idle_hours": ("相談ルームを、使われないときに閉じるまでの時間", "時間"),
    "keep_days": ("おわった相談のことばを残す日数", "日"),
}
DESK_RULES = {
    "accept_minutes": ("仕事を引き受ける人がいないとき、上へ知らせるまで", "分"),
    "idle_minutes": ("使われない画面をサインアウトするまで", "分"),
    "wrong_sign_ins": ("何回続けてまちがえたら、サインインを休ませるか", "回"),
    "locked_minutes": ("休ませる時間", "分"),
}


@settings.get("/rules")
@staff_may(Action.CHANGE_SETTINGS)
def show_rules() -> str:
    return _rules_page(consultation.rules(g.session), desk_rules.rules(g.session))


@settings.post("/rules")
@staff_may(Action.CHANGE_SETTINGS)
def set_rules() -> str | Response | tuple[str, int]:
    kept, desk = consultation.rules(g.session), desk_rules.rules(g.session)
    ways = tuple(one for one in (request.form.get("first_way", ""), *request.form.getlist("way")) if one in WAYS)
    given: dict[str, Any] = _numbers(RULES)
    wanted = replace(kept, ways=tuple(dict.fromkeys(ways)), **given)
    of_desk = replace(desk, **_numbers(DESK_RULES))
    for name, limits in {**consultation.LIMITS, **desk_rules.LIMITS}.items():
        value = getattr(wanted, name, getattr(of_desk, name, None))
        if name in {**RULES, **DESK_RULES} and (value is None or not limits[0] <= value <= limits[1]):
            words, unit = {**RULES, **DESK_RULES}[name]
            trouble = f"「{words}」は、{limits[0]}から{limits[1]}{unit}までです。"
            return _rules_page(wanted, of_desk, trouble), 400
    if not wanted.ways:
        return _rules_page(kept, of_desk, "話す方法を、一つはえらんでください。"), 400
    if request.form.get("step") != "keep":
        return _rules_page(wanted, of_desk, is_new=True)
    names = ["ways", *RULES]
    consultation.set_rules(g.session, {name: getattr(wanted, name) for name in names}, now=g.now)
    desk_rules.set_rules(g.session, asdict(of_desk), now=g.now)
    for name in [
        *(name for name in names if getattr(wanted, name) != getattr(kept, name)),
        *(name for name in DESK_RULES if getattr(of_desk, name) != getattr(desk, name)),
    ]:
        note(f"rules.{name}")
    flash("きまりを変えました。", "success")
    return redirect(url_for(".show_rules"))


def _numbers(names: dict[str, tuple[str, str]]) -> dict[str, int]:
    """The numbers in the form; what is none becomes one that no limit allows."""
    given = {name: request.form.get(name, "").strip() for name in names}
    return {
        name: int(text) if text.isascii() and text.isdigit() and len(text) < 7 else -1 for name, text in given.items()
    }


def _rules_page(shown: consultation.Rules, desk: desk_rules.Rules, trouble: str = "", *, is_new: bool = False) -> str:
    promised = None
    if not trouble:
        hours_of_desk = office_hours.OfficeHours(consultation.hours_of_desk(g.session, shown), shown.closed_on)
        promised = office_hours.promise(hours_of_desk, shown, now=g.now, waiting=0, on_duty=1)
    return render_template(
        "settings/rules.html",
        shown={**asdict(shown), **asdict(desk)},
        rules=RULES,
        desk_rules=DESK_RULES,
        limits={**consultation.LIMITS, **desk_rules.LIMITS},
        ways=WAYS,
        promised=promised,
        trouble=trouble,
        is_new=is_new,
    )
