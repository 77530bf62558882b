"""Staff sign in; what each may do; what nobody else may."""

import pytest

from bot.services import audit
from bot.services.access import Action, RoleName, may
from bot.store.staff import AuditEntry
from bot.store.talk import Delivery
from tests.desk import signed_in, token
from tests.town import START


def a_refused_delivery(town) -> int:
    with town.store.turn() as session:
        refused = Delivery(
            thread_key="k", recipient="U1", messages=[], message_count=1, retry_key="r", created_at=START,
            state="failed", refusal="400 <script>Failed to send messages</script>",
        )  # fmt: skip
        session.add(refused)
        session.flush()
        return refused.id


def test_nobody_sees_the_desk_without_signing_in(desk):
    answer = desk().get("/admin/")
    assert answer.status_code == 302
    assert "/admin/account/login" in answer.headers["Location"]


def test_a_wrong_password_tells_nothing_and_soon_locks_out(desk):
    client = desk()
    statuses = []
    for _ in range(12):
        page = client.get("/admin/account/login")
        data = {"email": "nobody@example.com", "password": "wrong password here", "csrf_token": token(page)}
        statuses.append(client.post("/admin/account/login", data=data).status_code)
    assert statuses[0] == 200
    assert statuses[-1] == 429


@pytest.mark.parametrize("role", list(RoleName))
def test_each_role_may_do_what_access_says_and_no_more(town, desk, role):
    number = a_refused_delivery(town)
    client = signed_in(desk, role)
    page = client.get("/admin/")
    assert page.status_code == 200
    assert "&lt;script&gt;Failed" in page.text
    assert f"<b>{role}</b>" not in page.text
    answer = client.post(f"/admin/deliveries/{number}/settle", data={"csrf_token": token(page)})
    assert answer.status_code == (302 if may([role], Action.SETTLE_DELIVERIES) else 403)
    with town.store.reading() as session:
        settled = session.get(Delivery, number).settled_at is not None
        assert settled is may([role], Action.SETTLE_DELIVERIES)
        assert session.query(AuditEntry).filter_by(deed="settle").count() == int(settled)


def test_a_change_without_its_token_is_refused(town, desk):
    number = a_refused_delivery(town)
    client = signed_in(desk, "administrator")
    assert client.post(f"/admin/deliveries/{number}/settle").status_code == 400


def test_every_page_of_ours_says_who_may_open_it(town):
    for rule in town.app.url_map.iter_rules():
        if rule.rule.startswith("/admin") and rule.endpoint.split(".")[0] not in ("security", "static"):
            assert isinstance(town.app.view_functions[rule.endpoint].action, Action), rule


@pytest.mark.parametrize("path", ["/admin/account/login", "/admin/", "/healthz", "/admin/nothing-here"])
def test_every_answer_carries_the_guarding_headers(desk, path):
    headers = desk().get(path).headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_the_session_cookie_is_guarded(desk):
    page = desk().get("/admin/account/login")
    cookie = page.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_a_page_that_renews_itself_brings_no_old_message_back(desk):
    tanaka = signed_in(desk, "counsellor")
    tanaka.get("/admin/")
    renewed = tanaka.get("/admin/cases/now", headers={"X-Requested-With": "live"})
    assert renewed.status_code == 200
    assert "Set-Cookie" not in renewed.headers  # however late it comes


def test_the_record_shows_when_it_was_changed(any_town):
    with any_town.store.turn() as session:
        for number in range(5):
            audit.record(session, "see", staff_id=1, now=START, kind="case", record_id=number)
    with any_town.store.turn() as session:
        assert audit.first_broken(session) is None
        session.get(AuditEntry, 3).record_id = "9"
        session.flush()
        assert audit.first_broken(session) == 3
    with any_town.store.turn() as session:
        session.get(AuditEntry, 3).record_id = "2"
        session.delete(session.get(AuditEntry, 4))
        session.flush()
        assert audit.first_broken(session) == 4


def test_two_who_write_at_once_keep_the_chain_whole(any_town):
    import threading

    def write() -> None:
        for number in range(15):
            with any_town.store.turn() as session:
                audit.record(session, "see", staff_id=1, now=START, record_id=number)

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with any_town.store.reading() as session:
        assert session.query(AuditEntry).count() == 45
        assert audit.first_broken(session) is None
