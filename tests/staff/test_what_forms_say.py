"""Whatever stands in a field or an address, a staff page answers with a page."""

import pytest

from admin.frame import RecordNumber
from tests.desk import signed_in, token
from tests.staff.test_who_may_do_what import pages

HUGE = "9" * 30


@pytest.mark.parametrize(
    "address",
    [
        f"/admin/cases/?queue={HUGE}",
        f"/admin/worries/?area={HUGE}",
        f"/admin/record/?who={HUGE}&page={HUGE}",
        f"/admin/knowledge/?page={HUGE}",
        f"/admin/checkins/people?page={HUGE}",
        f"/admin/knowledge/council-items?district={HUGE}",
    ],
)
def test_a_number_no_list_has_shows_a_list(desk, address):
    assert signed_in(desk, "administrator").get(address).status_code == 200


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/admin/queues/save", "queue"),
        ("/admin/queues/save", "area"),
        ("/admin/replies/save", "reply"),
        ("/admin/checkins/disasters/", "area"),
        ("/admin/knowledge/questions/nothing", "ids"),
        ("/admin/knowledge/questions/council", "area"),
    ],
)
def test_a_number_too_large_for_a_record_is_none(desk, address, field):
    client = signed_in(desk, "administrator")
    form = {"csrf_token": token(client.get("/admin/")), field: HUGE, "really": "yes", "name": "窓口", "words": "はい"}
    assert client.post(address, data=form).status_code < 500


def test_an_address_with_a_number_no_record_has_is_not_found(town, desk):
    client = signed_in(desk, "administrator")
    form = {"csrf_token": token(client.get("/admin/"))}
    for rule, method, address, _ in pages(town):
        if any(isinstance(one, RecordNumber) for one in rule._converters.values()):
            address = address.replace("987654321", HUGE)
            answer = client.open(address, method=method, data=None if method == "GET" else form)
            assert answer.status_code == 404, (method, rule)
