"""What somebody gets who steals the database or the log, who sends what nobody should, or who looks for a door."""

import csv
import io
import logging
from pathlib import Path
from urllib.parse import unquote

import pytest

from bot import limits
from bot.app import make_app
from bot.store.engine import database_url
from bot.store.running import RateCount
from tests.checkins.people import join
from tests.desk import PASSWORD, hire_everyone, signed_in, token
from tests.town import KEY

WORDS = "母の名前は山田花子で電話は090-1234-5678です"
FORMULA = "=HYPERLINK(1)"
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
    hire_everyone(town)
    signed_in(town.app.test_client, "counsellor")
    hana = town.resident("ハナ", area="氷丘")
    hana.says(WORDS)
    hana.says("もう死にたい。ゆうべ薬を数えました")
    begins_a_case(hana)
    hana.says("夫は山田太郎です")
    stolen = files_of(town)
    for secret in (
        "山田花子",
        "090-1234-5678",
        "山田太郎",
        "ゆうべ薬を数えました",
        hana.phone.user_id,
        KEY,
        "counsellor@",
    ):
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


def test_no_table_that_staff_take_along_computes_what_a_resident_wrote(town):
    hire_everyone(town)
    join(town, FORMULA, "9〜11時")
    tanaka = signed_in(town.app.test_client, "administrator")
    tables = [str(rule) for rule in town.app.url_map.iter_rules() if str(rule).endswith(".csv") and not rule.arguments]
    assert len(tables) >= 3
    told = {path: tanaka.get(path).get_data(as_text=True).lstrip("\ufeff") for path in tables}
    assert any(FORMULA in text for text in told.values())
    for path, text in told.items():
        for cell in (cell for row in csv.reader(io.StringIO(text)) for cell in row):
            assert not cell.startswith(("=", "+", "@", "\t", "\r")), (path, cell)


@pytest.mark.parametrize("path", ["/admin/account/login", "/worry/", "/room/", "/room/abc", "/healthz", "/nowhere"])
def test_every_answer_carries_the_headers_that_shut_doors(town, path):
    answer = town.app.test_client().get(path)
    policy = answer.headers.get("Content-Security-Policy", "")
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
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


def test_behind_tls_browsers_are_told_to_stay_there_and_to_keep_cookies_there(town):
    hire_everyone(town)
    settings = town.settings.model_copy(update={"public_url": "https://bot.example.jp"})
    desk = make_app(settings, town.parts, town.bell).test_client()
    page = desk.get("/admin/account/login", base_url="https://bot.example.jp")
    form = {"email": "viewer@example.com", "password": PASSWORD, "csrf_token": token(page)}
    headers = {"Referer": "https://bot.example.jp/admin/account/login"}
    answer = desk.post("/admin/account/login", data=form, base_url="https://bot.example.jp", headers=headers)
    assert answer.status_code == 302
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies and all("; Secure" in cookie for cookie in cookies)
    for path in ("/admin/account/login", "/worry/", "/room/", "/room/abc"):
        assert "max-age=31536000" in desk.get(path).headers["Strict-Transport-Security"], path


@pytest.mark.parametrize("door", ["/admin/static/", "/room/static/", "/worry/static/", "/bootstrap/admin/static/"])
def test_no_path_leads_out_of_what_is_shown(town, door):
    for way in (
        "../frame.py",
        "..%2fframe.py",
        "%2e%2e/words.py",
        "....//words.py",
        "/etc/passwd",
        "..\\words.py",
        "%00",
    ):
        answer = town.app.test_client().open("/", environ_overrides={"PATH_INFO": door + unquote(way)})
        assert answer.status_code in (301, 302, 308, 400, 404), way


@pytest.mark.parametrize(("path", "size"), [("/worry/", 2), ("/room/", 12), ("/line/webhook", 2)])
def test_bodies_larger_than_anything_meant_are_refused(town, path, size):
    answer = town.app.test_client().post(path, data=b"x" * size * 1024 * 1024, content_type="application/octet-stream")
    assert answer.status_code in (400, 403, 413)


def test_who_tries_links_into_rooms_is_stopped_and_counted_by_all_processes_together(any_town):
    settings = any_town.settings.model_copy(update={"rate_limits_url": "database://"})
    doors = [make_app(settings, any_town.parts, any_town.bell).test_client() for _ in range(2)]
    stranger, neighbour = {"X-Forwarded-For": "8.8.8.8"}, {"X-Forwarded-For": "9.9.9.9"}
    for number in range(30):
        assert doors[number % 2].get(f"/room/guess{number}", headers=stranger).status_code == 410
    for door in doors:
        refused = door.post("/room/guess", headers=stranger)
        assert refused.status_code == 429 and "しばらく待って" in refused.text
    assert doors[0].get("/room/guess", headers=neighbour).status_code == 410
    with any_town.store.reading() as session:
        counts = {one.count: one.key for one in session.query(RateCount)}
    assert counts.keys() == {30, 1} and not any("8.8.8.8" in key for key in counts.values())


def test_a_flood_of_requests_is_answered_with_a_sentence(town, monkeypatch):
    monkeypatch.setattr(limits, "PAGES", "3 per minute")
    client = make_app(town.settings, town.parts, town.bell).test_client()
    for door in ("/room/", "/worry/"):
        assert [client.get(door).status_code for _ in range(4)] == [200, 200, 200, 429]
        assert "短いあいだに何度も" in client.get(door).text
