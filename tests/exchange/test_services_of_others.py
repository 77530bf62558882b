"""Open Referral HSDS 3 from somebody else: organisations, locations and schedules become drafts in our own words."""

import json

from knowledge import hours

CLINIC = {
    "id": "5f0d7f1a-0000-4000-8000-000000000001",
    "name": "海のそばの相談室",
    "alternate_name": "うみのそばのそうだんしつ",
    "description": "心配ごとを聞きます。",
    "status": "active",
    "assured_date": "2026-10-01",
    "email": "info@example.jp",
    "url": "https://example.jp/umi",
    "fees_description": "無料",
    "eligibility_description": "市内に住む人",
    "organization": {"id": "o1", "name": "海の会", "description": "NPO"},
    "phones": [
        {"id": "p1", "number": "+81 79 424 4318", "extension": 12, "type": "voice"},
        {"id": "p2", "number": "(079)425-4711", "type": "fax"},
    ],
    "schedules": [
        {
            "id": "s1",
            "freq": "WEEKLY",
            "interval": 1,
            "byday": "MO,TU,WE",
            "opens_at": "09:00:00",
            "closes_at": "17:00",
        },
        {"id": "s2", "freq": "WEEKLY", "byday": "SA", "opens_at": "10:00+09:00", "closes_at": "12:00+09:00"},
    ],
    "languages": [{"id": "l1", "name": "英語"}, {"id": "l2", "code": "pt"}],
    "service_areas": [{"id": "a1", "name": "かもめ市"}, {"id": "a2", "name": "よその市"}],
    "service_at_locations": [
        {
            "id": "sl1",
            "location": {
                "id": "lo1",
                "location_type": "physical",
                "latitude": 34.76,
                "longitude": 134.83,
                "addresses": [
                    {
                        "id": "ad1",
                        "address_1": "港町1-1",
                        "city": "かもめ市",
                        "state_province": "兵庫県",
                        "postal_code": "675-0000",
                        "country": "JP",
                        "address_type": "physical",
                    }
                ],
                "accessibility": [{"id": "ac1", "description": "段差なし"}],
            },
        }
    ],
    "attributes": [{"id": "at1", "taxonomy_term": {"id": "t1", "name": "Counselling", "description": "…"}}],
}


def test_a_page_of_services_with_all_they_have(office):
    nameless = {"id": "x", "status": "active", "phones": None, "schedules": [None, {"byday": 3}]}
    page = {"total_items": 2, "page_number": 1, "empty": False, "contents": [CLINIC, nameless, "service"]}
    file = office.file(json.dumps(page, ensure_ascii=False), "page.json")
    assert file.told == ["Open Referral HSDS 3として読みます。"]
    done = office.takes(file)
    assert done.counts == {"added": 1, "refused": 2}
    assert [(one.line, one.column) for one in done.problems] == [(2, "name"), (3, "")]
    (entry,) = office.all()
    assert entry.id == f"hsds-{CLINIC['id']}"
    assert (entry.name, entry.kana, entry.organisation) == ("海のそばの相談室", "うみのそばのそうだんしつ", "海の会")
    assert (entry.phones, entry.fax) == (["079-424-4318"], "079-425-4711")
    assert entry.description == "心配ごとを聞きます。\n内線: 12"
    assert entry.address == "〒675-0000 兵庫県かもめ市港町1-1"
    assert (entry.latitude, entry.longitude, entry.accessibility) == (34.76, 134.83, "段差なし")
    assert (entry.cost, entry.eligibility, entry.languages) == ("無料", "市内に住む人", "英語;pt")
    assert hours.read(entry.hours) == hours.read("月・火・水 9:00～17:00、土 10:00～12:00")
    assert (entry.areas, entry.category) == (["かもめ市"], "")  # what this city does not know, it does not take
    assert entry.status == "draft"
    assert office.takes(file).counts == {"unchanged": 1, "refused": 2}


def test_an_organisation_with_its_services_and_a_service_on_each_line(office):
    owner = {"id": "o1", "name": "海の会", "locations": CLINIC["service_at_locations"], "phones": CLINIC["phones"]}
    parts = [{"id": f"part-{n}", "name": f"海の会の{n}つめ", "status": "active"} for n in range(3)]
    assert office.takes(office.file(json.dumps([{**owner, "services": parts}]), "org.json")).counts == {"added": 3}
    assert {entry.organisation for entry in office.all()} == {"海の会"}
    assert {tuple(entry.phones) for entry in office.all()} == {("079-424-4318",)}
    lines = "\n".join(json.dumps({**part, "id": f"line-{part['id']}"}) for part in parts)
    assert office.takes(office.file(lines, "lines.json")).counts == {"added": 3}


def test_a_schedule_that_is_no_week_keeps_its_words(office):
    monthly = {
        "id": "m",
        "name": "月1回の会",
        "schedules": [{"freq": "MONTHLY", "byday": "2MO", "description": "第2月曜の午後"}],
    }
    office.takes(office.file(json.dumps([monthly]), "m.json"))
    assert office.has("hsds-m").hours == "第2月曜の午後"
