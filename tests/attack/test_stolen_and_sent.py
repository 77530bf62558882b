"""What somebody gets who steals the database or the log, who sends what nobody should, or who looks for a door."""

import logging
from pathlib import Path

import pytest

from bot.store.engine import database_url
from tests.staff.conftest import PASSWORD, hire_everyone, signed_in, token
from tests.town import KEY

WORDS = "母の名前は山田花子で電話は090-1234-5678です"
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def begins_a_case(hana) -> None:
    hana.says("人に相談したい")
    hana.taps("はじめる")


def files_of(town) -> bytes:
    """Every byte of the database as it lies on the disk: the file, its log, its free pages."""
    file = Path(str(database_url(town.settings.database_url).database))
    return b"".join(one.read_bytes() for one in sorted(file.parent.glob(file.name + "*")))


def test_a_stolen_database_gives_no_word_name_number_or_line_id(town, caplog):
    caplog.set_level(logging.DEBUG)
    hana = town.resident("ハナ", area="氷丘")
    hana.says(WORDS)
    hana.says("もう死にたい。ゆうべ薬を数えました")
    begins_a_case(hana)
    hana.says("夫は山田太郎です")
    stolen = files_of(town)
    for secret in ("山田花子", "090-1234-5678", "山田太郎", "ゆうべ薬を数えました", hana.phone.user_id, KEY):
        for form in (secret.encode(), secret.encode("utf-16-le"), secret.encode("unicode_escape")):
            assert form not in stolen, secret
        assert secret not in caplog.text, secret


def test_what_a_resident_writes_is_never_a_page_s_own(town):
    hire_everyone(town)
    hana = town.resident(SCRIPT)
    hana.says(SCRIPT)
    begins_a_case(hana)
    hana.says(SCRIPT)
    tanaka = signed_in(town.app.test_client, "administrator")
    seen = 0
    for rule in town.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or not rule.rule.startswith("/admin") or "static" in rule.rule:
            continue
        if rule.arguments - {"case_id"} or rule.rule.endswith("/live") or rule.rule.startswith("/admin/account"):
            continue
        page = tanaka.get(rule.rule.replace("<int:case_id>", "1"))
        assert page.status_code < 500, rule.rule
        assert "<script>alert" not in page.text and "<img src=x" not in page.text, rule.rule
        seen += page.text.count("&lt;script&gt;alert")
    assert seen, tanaka.get("/admin/cases/1").text  # somewhere staff do read it


@pytest.mark.parametrize("path", ["/admin/account/login", "/worry/", "/room/", "/room/abc", "/healthz", "/nowhere"])
def test_every_answer_carries_the_headers_that_shut_doors(town, path):
    answer = town.app.test_client().get(path)
    policy = answer.headers.get("Content-Security-Policy", "")
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Server" not in answer.headers or "Python" not in answer.headers["Server"]


def test_a_sign_in_leads_nowhere_else(town):
    hire_everyone(town)
    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        client = town.app.test_client()
        page = client.get("/admin/account/login", query_string={"next": elsewhere})
        form = {"email": "viewer@example.com", "password": PASSWORD, "csrf_token": token(page), "next": elsewhere}
        answer = client.post("/admin/account/login", data=form, query_string={"next": elsewhere})
        assert answer.status_code in (200, 302, 400)
        leads_to = answer.headers.get("Location", "/")
        assert leads_to.startswith("/") and not leads_to.startswith(("//", "/\\")), elsewhere


def test_cookies_of_staff_are_for_this_site_and_no_script(town):
    hire_everyone(town)
    client = town.app.test_client()
    page = client.get("/admin/account/login")
    form = {"email": "viewer@example.com", "password": PASSWORD, "csrf_token": token(page)}
    answer = client.post("/admin/account/login", data=form)
    cookies = [value for name, value in answer.headers if name == "Set-Cookie"]
    assert cookies
    for cookie in cookies:
        assert "HttpOnly" in cookie and "SameSite=" in cookie


@pytest.mark.parametrize(("path", "size"), [("/worry/", 2), ("/room/", 12), ("/line/webhook", 2)])
def test_bodies_larger_than_anything_meant_are_refused(town, path, size):
    answer = town.app.test_client().post(path, data=b"x" * size * 1024 * 1024, content_type="application/octet-stream")
    assert answer.status_code in (400, 403, 413)
