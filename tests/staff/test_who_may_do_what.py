"""Every staff page there is, with every role, and with nobody signed in: exactly what `access` says."""

import re

import pytest
from werkzeug.routing import Rule

from admin import navigation
from bot.services.access import MAY, Action, RoleName, may
from tests.desk import signed_in, token

NOT_THERE = {"RecordNumber": 987654321, "UnicodeConverter": "not-there", "PathConverter": "not/there"}


def pages(town) -> list[tuple[Rule, str, str, Action]]:
    """Each page of ours: its rule, a method, an address for a record that is not there, the action it needs."""
    found = []
    with town.app.test_request_context():
        for rule in town.app.url_map.iter_rules():
            action = getattr(town.app.view_functions[rule.endpoint], "action", None)
            if action is None:
                continue
            values = {name: NOT_THERE[type(converter).__name__] for name, converter in rule._converters.items()}
            built = rule.build(values)
            assert built is not None, rule
            for method in sorted(rule.methods & {"GET", "POST", "PUT", "DELETE", "PATCH"}):
                found.append((rule, method, built[1], action))
    assert len(found) >= 3
    return found


def test_nobody_passes_without_signing_in(town, desk):
    stranger = desk()
    form_token = token(stranger.get("/admin/account/login"))
    for rule, method, address, _ in pages(town):
        data = None if method == "GET" else {"csrf_token": form_token}
        answer = stranger.open(address, method=method, data=data)
        assert answer.status_code == 302 and "/admin/account/login" in answer.headers["Location"], (method, rule)


@pytest.mark.parametrize("role", list(RoleName))
def test_each_role_passes_where_access_says_and_nowhere_else(town, desk, role):
    client = signed_in(desk, role)
    form_token = token(client.get("/admin/"))
    for rule, method, address, action in pages(town):
        data = None if method == "GET" else {"csrf_token": form_token}
        status = client.open(address, method=method, data=data).status_code
        assert status < 500, (method, rule, status)
        assert (status == 403) is (not may([role], action)), (method, rule, status)


@pytest.mark.parametrize("role", list(RoleName))
def test_no_change_is_made_without_its_token(town, desk, role):
    client = signed_in(desk, role)
    for rule, method, address, _ in pages(town):
        if method != "GET":
            assert client.open(address, method=method).status_code == 400, (method, rule)


def test_administrators_may_do_everything():
    assert set(MAY) == set(Action)
    assert all(RoleName.ADMINISTRATOR in roles for roles in MAY.values())


def test_those_who_only_look_change_nothing(town):
    for rule, method, _, action in pages(town):
        if method != "GET" and action is not Action.OWN_ACCOUNT:  # how they themselves sign in
            assert not may([RoleName.VIEWER], action), (method, rule)


def test_the_menu_offers_exactly_what_its_pages_allow(town, desk):
    entries = [entry for group in navigation.GROUPS for entry in group.entries]
    for entry in entries:
        assert getattr(town.app.view_functions[entry.endpoint], "action", None) is entry.action, entry
    assert len({entry.endpoint for entry in entries}) == len(entries)
    page = signed_in(desk, RoleName.VIEWER).get("/admin/").text
    assert "知らせの数" in page and "匿名の知らせ</a>" not in page
    assert navigation.current("worries.show") == "worries.list_" and navigation.current("worries.figures")


def test_everything_a_page_loads_comes_from_our_own_server(desk):
    client = desk()
    page = client.get("/admin/account/login").text
    loaded = re.findall(r'<(?:link|script)[^>]+(?:href|src)="([^"]+)"', page)
    assert len(loaded) >= 3
    for address in loaded:
        if address != "data:,":
            with client.get(address) as answer:
                assert answer.status_code == 200, address


def test_no_answer_keeps_a_connection_to_the_database(town, desk):
    client = signed_in(desk, RoleName.VIEWER)
    loaded = re.findall(r'<(?:link|script)[^>]+(?:href|src)="(/[^"]+)"', client.get("/admin/").text)
    for address in (*loaded, "/admin/", "/admin/nothing-here", "/nothing-here", "/healthz"):
        with client.get(address):
            pass
        assert town.store.engine.pool.checkedout() == 0, address
