"""職員: who may sign in, with which role; leaving, lost telephones, forgotten passwords; where one is signed in."""

import secrets
from collections.abc import Mapping

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_security import current_user, hash_password
from werkzeug.wrappers import Response

from admin.frame import staff_may
from admin.refusals import refusals_told
from bot.services import staff
from bot.services.access import TITLES, Action, RoleName
from bot.store.staff import Staff

people = Blueprint("people", __name__, url_prefix="/admin/people")
me = Blueprint("me", __name__, url_prefix="/admin/me")


@people.app_template_filter("browser")
def browser(user_agent: str) -> str:
    """A browser as people call it, from what it says of itself."""
    known = {"Edg/": "Edge", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
    machines = {"Windows": "Windows", "iPad": "iPad", "iPhone": "iPhone", "Android": "Android", "Mac OS": "Mac"}
    name = next((words for sign, words in known.items() if sign in user_agent), "ブラウザー")
    machine = next((words for sign, words in machines.items() if sign in user_agent), "")
    return f"{machine}の{name}" if machine else name


@people.context_processor
def names() -> dict[str, object]:
    return {"titles": {str(role): title for role, title in TITLES.items()}}


@people.get("/")
@staff_may(Action.MANAGE_STAFF)
def list_() -> str:
    return _list({})


def _list(typed: Mapping[str, str]) -> str:
    everybody, seen = staff.everybody(g.session), staff.last_seen(g.session)
    return render_template("people/list.html", everybody=everybody, seen=seen, now=g.now, typed=typed)


@people.post("/")
@staff_may(Action.MANAGE_STAFF)
def add() -> str | tuple[str, int]:
    name, email, role = (request.form.get(one, "") for one in ("name", "email", "role"))
    password = _password()
    with refusals_told(
        {
            staff.AlreadyThere: "このメールアドレスの職員は、もういます。",
            staff.NothingSaid: "名前とメールアドレスを書いてください。",
        }
    ):
        added = staff.hire(
            g.session,
            email,
            name=name,
            role=RoleName(role) if role in TITLES else RoleName.VIEWER,
            password_hash=hash_password(password),
            staff_id=current_user.id,
            now=g.now,
        )
        return render_template("people/password.html", whom=added, password=password, is_new=True)
    return _list(request.form), 400


@people.get("/<int:staff_id>")
@staff_may(Action.MANAGE_STAFF)
def show(staff_id: int) -> str:
    whom = _person(staff_id)
    return render_template(
        "people/show.html", whom=whom, sign_ins=staff.sign_ins(g.session, whom, now=g.now), now=g.now
    )


@people.post("/<int:staff_id>/role")
@staff_may(Action.MANAGE_STAFF)
def give_role(staff_id: int) -> Response:
    whom, role = _person(staff_id), request.form.get("role", "")
    if role not in TITLES:
        flash("役割をえらんでください。", "error")
        return redirect(url_for(".show", staff_id=staff_id))
    with refusals_told({staff.LastAdministrator: "管理者がだれもいなくなるため、変えませんでした。"}):
        staff.give_role(g.session, whom, RoleName(role), staff_id=current_user.id, now=g.now)
        flash(f"{whom.name}さんの役割を「{TITLES[RoleName(role)]}」にしました。", "success")
    return redirect(url_for(".show", staff_id=staff_id))


@people.post("/<int:staff_id>/stop")
@staff_may(Action.MANAGE_STAFF)
def stop(staff_id: int) -> Response:
    whom = _person(staff_id)
    with refusals_told({staff.LastAdministrator: "管理者がだれもいなくなるため、とめませんでした。"}):
        staff.stop(g.session, whom, staff_id=current_user.id, now=g.now)
        flash(f"{whom.name}さんは、もうサインインできません。したことの記録は残ります。", "success")
    return redirect(url_for(".show", staff_id=staff_id))


@people.post("/<int:staff_id>/resume")
@staff_may(Action.MANAGE_STAFF)
def resume(staff_id: int) -> Response:
    whom = _person(staff_id)
    staff.resume(g.session, whom, staff_id=current_user.id, now=g.now)
    flash(f"{whom.name}さんは、またサインインできます。", "success")
    return redirect(url_for(".show", staff_id=staff_id))


@people.post("/<int:staff_id>/new-phone")
@staff_may(Action.MANAGE_STAFF)
def new_phone(staff_id: int) -> Response:
    whom = _person(staff_id)
    staff.new_phone(g.session, whom, staff_id=current_user.id, now=g.now)
    flash(f"{whom.name}さんは、次のサインインで認証アプリを準備しなおします。", "success")
    return redirect(url_for(".show", staff_id=staff_id))


@people.post("/<int:staff_id>/new-password")
@staff_may(Action.MANAGE_STAFF)
def new_password(staff_id: int) -> str:
    whom, password = _person(staff_id), _password()
    staff.new_password(g.session, whom, hash_password(password), staff_id=current_user.id, now=g.now)
    return render_template("people/password.html", whom=whom, password=password, is_new=False)


@people.post("/<int:staff_id>/sign-out")
@staff_may(Action.MANAGE_STAFF)
def sign_out(staff_id: int) -> Response:
    whom = _person(staff_id)
    staff.end_everywhere(g.session, whom, staff_id=current_user.id, now=g.now)
    flash(f"{whom.name}さんを、すべての画面からサインアウトしました。", "success")
    return redirect(url_for(".show", staff_id=staff_id))


# ── my own ──


@me.get("/")
@staff_may(Action.OWN_ACCOUNT)
def show_me() -> str:
    from flask import session

    sign_ins = staff.sign_ins(g.session, current_user, now=g.now)
    return render_template("people/me.html", sign_ins=sign_ins, here=session.get("sign_in"))


@me.post("/sign-ins/<string:sign_in_id>/end")
@staff_may(Action.OWN_ACCOUNT)
def end_sign_in(sign_in_id: str) -> Response:
    if staff.end(g.session, sign_in_id, of=current_user.id, now=g.now):
        flash("その画面をサインアウトしました。", "success")
    else:
        flash("もうサインアウトしています。", "info")
    return redirect(url_for("me.show_me"))


def _person(staff_id: int) -> Staff:
    whom = staff.of_id(g.session, staff_id)
    if whom is None:
        abort(404)
    return whom


def _password() -> str:
    """A first password, easy to copy by hand: no signs that look alike."""
    return "-".join("".join(secrets.choice("23456789abcdefghjkmnpqrstuvwxyz") for _ in range(4)) for _ in range(4))
