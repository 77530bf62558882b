"""The people page: adding, roles, leaving, lost telephones; lock-out, idle screens, sign-ins ended from elsewhere."""

import re
import time

from bot.services import audit, staff
from bot.services.access import RoleName
from bot.store.staff import AuditEntry, Staff
from tests.desk import PASSWORD, signed_in, token


def signs_in(client, email: str, password: str = PASSWORD) -> int:
    page = client.get("/admin/account/login")
    data = {"email": email, "password": password, "csrf_token": token(page)}
    return client.post("/admin/account/login", data=data).status_code


def the(town, email: str) -> Staff:
    with town.store.reading() as session:
        return staff.find(session, email)


def test_an_administrator_adds_somebody_who_signs_in_and_leaves_again(town, desk):
    boss = signed_in(desk, "administrator")
    page = boss.get("/admin/people/")
    form = {"csrf_token": token(page)}
    new = {**form, "name": "<i>山田</i>", "email": "Yamada@example.jp", "role": "counsellor"}
    shown = boss.post("/admin/people/", data=new)
    password = re.search(r'class="secret">([^<]+)<', shown.text).group(1)
    assert "&lt;i&gt;山田" in shown.text and len(password) >= 16
    assert "もういます" in boss.post("/admin/people/", data=new).text
    assert boss.post("/admin/people/", data={**new, "name": " ", "email": "b@example.jp"}).status_code == 400

    yamada = desk()
    assert signs_in(yamada, "yamada@example.jp", password) == 302
    number = the(town, "yamada@example.jp").id
    assert yamada.get("/admin/people/").status_code == 403
    boss.post(f"/admin/people/{number}/role", data={**form, "role": "supervisor"})
    assert yamada.get("/admin/today/load").status_code == 200
    boss.post(f"/admin/people/{number}/role", data={**form, "role": "king"})
    assert [role.name for role in the(town, "yamada@example.jp").roles] == ["supervisor"]

    again = boss.post(f"/admin/people/{number}/new-password", data=form)
    newer = re.search(r'class="secret">([^<]+)<', again.text).group(1)
    assert yamada.get("/admin/").status_code == 302  # signed out by it
    assert signs_in(desk(), "yamada@example.jp", password) == 200
    assert signs_in(yamada, "yamada@example.jp", newer) == 302
    boss.post(f"/admin/people/{number}/stop", data=form)
    assert yamada.get("/admin/").status_code == 302
    assert signs_in(desk(), "yamada@example.jp", newer) == 200
    boss.post(f"/admin/people/{number}/resume", data=form)
    assert signs_in(desk(), "yamada@example.jp", newer) == 302

    with town.store.reading() as session:
        deeds = {entry.deed for entry in session.query(AuditEntry)}
        assert audit.first_broken(session) is None
    assert deeds >= {"add_staff", "give_role", "new_password", "remove_staff", "resume_staff", "sign_in"}


def test_somebody_is_always_left_who_manages_the_accounts(town, desk):
    boss, number = signed_in(desk, "administrator"), the(town, "administrator@example.com").id
    form = {"csrf_token": token(boss.get("/admin/people/"))}
    kept = boss.post(f"/admin/people/{number}/stop", data=form, follow_redirects=True)
    assert "管理者がだれもいなくなる" in kept.text
    boss.post(f"/admin/people/{number}/role", data={**form, "role": "viewer"})
    one = the(town, "administrator@example.com")
    assert one.active and one.roles[0].name == RoleName.ADMINISTRATOR


def test_a_lost_telephone_ends_every_sign_in(town, desk):
    with town.store.turn() as session:
        one = staff.find(session, "counsellor@example.com")
        one.tf_primary_method, one.tf_totp_secret = "authenticator", "kept"
    boss = signed_in(desk, "administrator")
    form = {"csrf_token": token(boss.get("/admin/people/"))}
    boss.post(f"/admin/people/{one.id}/new-phone", data=form)
    assert the(town, "counsellor@example.com").tf_primary_method is None
    assert "認証アプリはまだ" in boss.get("/admin/people/").text


def test_wrong_passwords_in_a_row_lock_the_account_for_a_while(town, desk, clock):
    client = desk()
    for _ in range(5):
        assert signs_in(client, "counsellor@example.com", "wrong password here") == 200
    assert "休んでいます" in signed_in(desk, "administrator").get("/admin/people/").text
    assert signs_in(client, "counsellor@example.com") == 200  # the right one, too soon
    clock.moves_on(minutes=16)
    assert signs_in(client, "counsellor@example.com") == 302
    with town.store.reading() as session:
        assert session.query(AuditEntry).filter_by(deed="lock_out").count() == 1


def test_a_right_password_forgets_the_wrong_ones(town, desk):
    client = desk()
    for _ in range(4):
        signs_in(client, "counsellor@example.com", "wrong password here")
    assert signs_in(client, "counsellor@example.com") == 302
    assert the(town, "counsellor@example.com").failed_sign_ins == 0


def test_a_screen_nobody_uses_is_signed_out_though_it_renews_itself(town, desk):
    tanaka = signed_in(desk, "counsellor")
    assert tanaka.get("/admin/now", headers={"X-Requested-With": "live"}).status_code == 200
    with tanaka.session_transaction() as cookie:
        cookie["used"] = int(time.time()) - 31 * 60
    assert tanaka.get("/admin/now", headers={"X-Requested-With": "live"}).status_code == 302
    page = tanaka.get("/admin/", follow_redirects=True).text
    assert "しばらく使われていなかった" in page


def test_a_sign_in_is_ended_from_another_screen(town, desk):
    here, there = signed_in(desk, "viewer"), signed_in(desk, "viewer")
    page = here.get("/admin/me/")
    others = re.findall(r"/admin/me/sign-ins/(\w+)/end", page.text)
    assert len(others) == 1 and "この画面" in page.text
    stranger = signed_in(desk, "counsellor")
    theirs = {"csrf_token": token(stranger.get("/admin/me/"))}
    stranger.post(f"/admin/me/sign-ins/{others[0]}/end", data=theirs)
    assert there.get("/admin/").status_code == 200  # not theirs to end
    here.post(f"/admin/me/sign-ins/{others[0]}/end", data={"csrf_token": token(page)})
    assert there.get("/admin/").status_code == 302
    assert here.get("/admin/").status_code == 200
