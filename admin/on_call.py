"""当番: whom to alert, by LINE and by e-mail, when nobody looks at an alarm; and trying whether it arrives."""

from collections.abc import Mapping

from flask import Blueprint, Flask, current_app, flash, g, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from admin.frame import one_or_404, staff_may
from admin.refusals import refusals_told
from bot.services import mail, on_call
from bot.services.access import Action
from bot.store.cases import OnCall

pages = Blueprint("on_call", __name__, url_prefix="/admin/cases/on-call")
TRYING = (
    "【ささえあい】当番の連絡のためしです",
    "これは、ためしの知らせです。いそぎの相談をだれも見ていないとき、このように届きます。",
)


def set_up(app: Flask, *, sends_mail: bool, minutes: int, url: str) -> None:
    """`sends_mail`: a mail server is set. `minutes`: how long an alarm waits. `url`: our public address."""
    app.extensions["on_call"] = {"sends_mail": sends_mail, "minutes": minutes, "url": url}
    app.register_blueprint(pages)


@pages.get("")
@staff_may(Action.SEE_CASES)
def people() -> str:
    return _page()


def _page(typed: Mapping[str, str] | None = None) -> str:
    """Who is on call. `typed`: what stands in the form again because it could not be kept."""
    known = on_call.all_(g.session)
    mails = {one.id: mail.newest(g.session, f" {one.id}") for one in known if one.email}
    setting = current_app.extensions["on_call"]
    is_anybody_reached = any(on_call.is_reached(one, by_mail=setting["sends_mail"]) for one in known)
    return render_template(
        "on_call/people.html",
        known=known,
        mails=mails,
        typed=typed,
        is_anybody_reached=is_anybody_reached,
        **setting,
    )


@pages.post("")
@staff_may(Action.MANAGE_ON_CALL)
def add() -> Response | tuple[str, int]:
    name, email = request.form.get("name", ""), request.form.get("email", "")
    with refusals_told(
        {
            on_call.NameMissing: "名前を書いてください。",
            mail.NotAnAddress: "メールアドレスを確かめてください。まだ登録していません。",
        }
    ):
        on_call.add(g.session, name, email=email, **_hearing(), staff_id=current_user.id, now=g.now)
        flash(f"{name.strip()}さんを当番にふやしました。つながったら「ためしに送る」で確かめてください。", "success")
        return redirect(url_for(".people"))
    return _page(request.form), 400


@pages.post("/<int:person_id>/hears")
@staff_may(Action.MANAGE_ON_CALL)
def set_hearing(person_id: int) -> Response:
    on_call.set_hearing(g.session, one_or_404(OnCall, person_id), **_hearing(), staff_id=current_user.id, now=g.now)
    flash("知らせることを変えました。", "success")
    return redirect(url_for(".people"))


def _hearing() -> dict[str, bool]:
    return {
        "hears_handoffs": request.form.get("hears_handoffs") == "yes",
        "is_supervisor": request.form.get("is_supervisor") == "yes",
    }


@pages.post("/<int:person_id>/try")
@staff_may(Action.MANAGE_ON_CALL)
def try_out(person_id: int) -> Response:
    """Tell one person that this is how it would come."""
    one = one_or_404(OnCall, person_id)
    known = current_app.extensions["on_call"]
    if not on_call.is_reached(one, by_mail=known["sends_mail"]):
        flash(f"{one.name}さんには、まだ何も届きません。LINEで「当番登録」を送ってもらってください。", "error")
        return redirect(url_for(".people"))
    told = on_call.Alert(TRYING[0], f"{TRYING[1]}\n{known['url']}/admin/")
    g.to_deliver = on_call.tell(g.session, told, about="trying", by_mail=known["sends_mail"], now=g.now, to=[one])
    flash(f"{one.name}さんに、ためしの知らせを送りました。届いたか、ご本人に聞いてください。", "success")
    return redirect(url_for(".people"))


@pages.post("/<int:person_id>/remove")
@staff_may(Action.MANAGE_ON_CALL)
def remove(person_id: int) -> Response:
    on_call.remove(g.session, one_or_404(OnCall, person_id), staff_id=current_user.id, now=g.now)
    return redirect(url_for(".people"))
