"""Our own CSV and spreadsheets: out and in again without loss, each bad row told, each good row taken."""

import csv
import io
import json
import re
import uuid
import zipfile
from datetime import date
from pathlib import Path
from typing import get_args

import openpyxl
import pytest

from bot.store.knowledge import Answer, Resource
from knowledge import entries, exchange, rules
from knowledge.exchange import NotReadable, cells, checking, columns, datasets

FULL = {
    "name": "みんなのサロン",
    "kana": "みんなのさろん",
    "organisation": "港町自治会",
    "category": "居場所・サロン",
    "audience": "だれでも",
    "description": "毎週木曜のお茶会です。\n「手ぶら」で、どうぞ。",
    "eligibility": "=1+1",
    "cost": "-100円（お茶代）",
    "phones": ["079-424-4318", "#8008"],
    "fax": "079-425-4711",
    "email": "salon@example.jp",
    "url": "https://example.jp/salon",
    "address": "〒675-8577 かもめ市港町1-1",
    "latitude": 34.768528,
    "longitude": 134.836053,
    "areas": ["かもめ市"],
    "hours": "木 10:00～12:00",
    "special_days": [{"from": "2026-12-31", "to": "2027-01-02", "hours": "", "why": "年末年始"}],
    "languages": "英語;中国語",
    "accessibility": "段差なし",
    "keywords": ["お茶", "a;b", "＝話"],
    "source_url": "かもめ市の広報",
    "verified_on": date(2026, 11, 1),
    "credit": "かもめ市",
    "status": "published",
    "is_internal": True,
    "paused_message": "'改装中です",
    "to_confirm": "@時間",
    "proposed_on": date(2026, 10, 1),
    "ends_on": date(2027, 3, 31),
}


def keeps(office, entry_id="salon", kind=Resource, **facts):
    with office.store.turn() as session:
        entries.keep(session, kind, entry_id, {**FULL, **facts} if kind is Resource else facts, now=office.now)


def gives_out(office, format):
    out = io.StringIO(newline="")
    with office.store.reading() as session:
        exchange.export(session, format, out)
    return out.getvalue()


def empties(office):
    with office.store.turn() as session:
        session.query(Resource).delete()
        session.query(Answer).delete()


def facts_of(entry):
    return entries.plain(entry)


def test_the_story_entry_fills_every_field_there_is():
    fields = {column.key for column in Resource.__table__.columns} - {"id", "version"}
    assert set(FULL) == fields  # whoever adds a field adds it here, and sees whether it comes back


@pytest.mark.parametrize("format", ["csv", "hsds"])
def test_everything_comes_back_as_it_was(office, format):
    keeps(office)
    with office.store.turn() as session:
        session.add(Resource(id="bare", name="名前だけ"))
    before = {entry.id: facts_of(entry) for entry in office.all()}
    written = gives_out(office, format)
    assert office.takes(office.file(written, f"out.{format}")).counts == {"unchanged": 2}
    empties(office)
    assert office.takes(office.file(written, f"out.{format}")).counts == {"added": 2}
    assert {entry.id: facts_of(entry) for entry in office.all()} == before


# schema/*.json of github.com/openreferral/specification, 3.x: what each object must have, and what of the rest we use.
HSDS = {
    "service": (
        {"id", "name", "status"},
        {"alternate_name", "description", "url", "email", "alert", "fees_description", "eligibility_description"}
        | {"assured_date", "organization", "phones", "schedules", "languages", "service_areas"}
        | {"service_at_locations", "attributes"},
    ),
    "organization": ({"id", "name", "description"}, set()),
    "phone": ({"id", "number"}, {"type"}),
    "schedule": ({"id"}, {"freq", "interval", "byday", "opens_at", "closes_at", "description"}),
    "language": ({"id"}, {"name"}),
    "service_area": ({"id"}, {"name"}),
    "service_at_location": ({"id"}, {"location"}),
    "location": ({"id", "location_type"}, {"name", "latitude", "longitude", "addresses", "accessibility"}),
    "address": (
        {"id", "address_1", "city", "state_province", "postal_code", "country", "address_type"},
        set(),
    ),
    "accessibility": ({"id"}, {"description"}),
    "attribute": ({"id"}, {"link_entity", "link_type", "label", "value", "taxonomy_term"}),
    "taxonomy_term": ({"id", "name", "description"}, set()),
}
CALLED = {"addresses": "address", "accessibility": "accessibility"}


def hsds_objects(kind, one):
    yield kind, one
    for field, value in one.items():
        for inside in value if isinstance(value, list) else [value]:
            if isinstance(inside, dict):
                yield from hsds_objects(CALLED.get(field, field if field in HSDS else field.removesuffix("s")), inside)


def test_what_we_give_out_has_the_fields_of_the_standard(office):
    keeps(office)
    with office.store.turn() as session:
        session.add(Resource(id="bare", name="名前だけ"))
    services = json.loads(gives_out(office, "hsds"))
    assert len(services) == 2
    seen = set()
    for kind, one in (pair for service in services for pair in hsds_objects("service", service)):
        must, may = HSDS[kind]
        assert must <= one.keys() <= must | may, (kind, one)
        assert uuid.UUID(one["id"])
        assert one.get("status", "active") in ("active", "inactive", "defunct", "temporarily closed")
        assert one.get("freq", "WEEKLY") == "WEEKLY" and one.get("location_type", "physical") == "physical"
        seen.add(kind)
    assert seen == set(HSDS)


def test_answers_come_back_as_they_were(office):
    facts = {
        "question": "お茶はどこで飲めますか",
        "other_questions": ["茶飲みたい", "のど乾いた;暑い"],
        "answer": "みんなのサロンです。",
        "resources": ["salon"],
        "category": "居場所・サロン",
        "keywords": ["お茶"],
        "source_url": "広報",
        "verified_on": date(2026, 11, 1),
        "status": "published",
    }
    keeps(office, "cha", Answer, **facts)
    before = facts_of(office.has("cha", Answer))
    written = gives_out(office, "answers")
    empties(office)
    file = office.file(written)
    assert file.format == "answers"
    assert office.takes(file).counts == {"added": 1}
    assert facts_of(office.has("cha", Answer)) == before


def test_no_cell_of_an_export_is_computed_by_a_spreadsheet(office):
    keeps(office)
    for format in ("csv", "opendata"):
        for row in csv.reader(io.StringIO(gives_out(office, format).removeprefix("\ufeff"))):
            assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")) for cell in row)


def test_open_data_hold_only_what_residents_see(office):
    keeps(office)
    keeps(office, "open", name="見える所", is_internal=False)
    keeps(office, "draft", name="下書きの所", is_internal=False, status="draft")
    written = gives_out(office, "opendata")
    assert "見える所" in written and "下書きの所" not in written and "みんなのサロン" not in written


def test_an_edit_in_a_spreadsheet_of_what_was_exported_is_taken_over(office):
    keeps(office)
    with office.store.turn() as session:
        session.add(Resource(id="other", name="別の所", phones=["079-424-4318"]))
    written = gives_out(office, "csv").replace("079-424-4318", "079-421-2000")
    office.edits("other", description="書き出したあとに職員が直しました。")
    planned = office.looks_at(office.file(written))
    assert planned.counts == {"changed": 1, "kept": 1}
    assert office.takes(office.file(written), staff_id=3).counts == planned.counts
    assert office.has("salon").phones == ["079-421-2000", "#8008"]
    assert office.has("other").phones == ["079-424-4318"]
    assert office.takes(office.file(written)).counts == {"unchanged": 1, "kept": 1}


def test_what_was_edited_in_a_spreadsheet_is_as_safe_as_what_was_edited_at_the_desk(office):
    list_of_the_city = office.file("id,name,phone\nsalon,みんなのサロン,079-424-4318\n", "city.csv")
    office.takes(list_of_the_city)
    edited = gives_out(office, "csv").replace("079-424-4318", "079-421-2000")
    assert office.takes(office.file(edited)).counts == {"changed": 1}
    assert office.takes(list_of_the_city).counts == {"unchanged": 1}
    assert office.has("salon").phones == ["079-421-2000"]


def test_an_edit_at_the_desk_and_one_in_a_spreadsheet_come_together(office):
    office.takes(office.file("id,name,phone,cost\nsalon,みんなのサロン,079-424-4318,無料\n", "city.csv"))
    edited = gives_out(office, "csv").replace("079-424-4318", "079-421-2000")
    office.edits("salon", cost="100円")
    assert office.takes(office.file(edited)).counts == {"changed": 1}
    assert (office.has("salon").phones, office.has("salon").cost) == (["079-421-2000"], "100円")


def test_a_file_that_breaks_off_gives_what_was_readable(office):
    book = openpyxl.Workbook()
    book.active.append(["ID", "名称"])
    for number in range(2_000):
        book.active.append([f"p{number}", f"場所{number}"])
    whole, broken = io.BytesIO(), io.BytesIO()
    book.save(whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(broken, "w") as target:
        for member in source.infolist():
            content = source.read(member)
            if member.filename == "xl/worksheets/sheet1.xml":
                content = content[: len(content) // 2]
            target.writestr(member.filename, content)
    done = office.takes(exchange.open_file(broken.getvalue()))
    assert done.counts["added"] > 500 and done.counts["refused"] == 1
    assert "壊れています" in done.problems[0].wrong


def test_each_bad_row_is_told_with_what_was_expected_and_the_good_ones_go_in(office):
    done = office.takes(
        office.file(
            "名称,分類,電話,緯度,経度,確認日,状態,ID,地域,変な列\n"
            "良い所,子育て,０７９-４２４-４３１８,34.76,134.83,令和8年11月1日,公開,ok,かもめ市,x\n"
            ",子育て,,,,,,a,,\n"
            "電話,子育て,1234,,,,,b,,\n"
            "位置,子育て,,95,134,,,c,,\n"
            "日付,子育て,,,,平成40年1月1日,,d,,\n"
            "未来,子育て,,,,2027-01-01,,e,,\n"
            "状態,子育て,,,,,公表,f,,\n"
            "分類,子育でて,,,,,,g,,\n"
            "ID,子育て,,,,,,g h,,\n"
            "同じ,子育て,,,,,,ok,,\n"
            "地域,子育て,,,,,,i,かもぬ市,\n"
            "死番,子育て,0570-064-000,,,,,j,,\n"
            "列数,子育て,,,,,,k,,,余り\n"
            '引用,子育て,"079,,,,,l,,\n'
        )
    )
    assert done.counts == {"added": 1, "refused": 13}
    assert office.has("ok").phones == ["079-424-4318"]
    told = [(one.line, one.column, one.wrong) for one in done.problems]
    assert told == [
        (3, "名称", "空欄です。"),
        (4, "電話", "電話番号として読めません。"),
        (5, "緯度", "日本の中の位置ではありません。"),
        (6, "確認日", "その日付はありません。"),
        (7, "verified_on", "まだ来ていない日です。"),
        (8, "状態", "状態として読めません。"),
        (9, "category", "この分類はありません。"),
        (10, "ID", "ID に使えない文字があります。"),
        (11, "ID", "2行目と同じ ID です。"),
        (12, "area", "この地域はありません。"),
        (13, "phone", "使われなくなった番号です。"),
        (14, "", "列が多すぎます（11列）。"),
        (15, "", '引用符（"）が閉じていません。ここから先を読めません。'),
    ]
    assert all(one.file == "list.csv" and one.expected for one in done.problems)
    assert "「子育て」ではありませんか" in done.problems[6].expected
    assert "189" in done.problems[10].expected
    assert ("電話", "電話番号の書き方をそろえました") in done.rewritten
    assert ("確認日", "和暦を西暦にしました") in done.rewritten


def test_the_page_for_the_office_names_every_column_and_format():
    page = (Path(__file__).parents[2] / "docs" / "knowledge-files.md").read_text()
    resources, answers = page.split("## よくある質問の表")[0], page.split("## よくある質問の表")[1]
    for kind, part in (("resource", resources), ("answer", answers)):
        told = set(re.findall(r"`([a-z_]+)`", part))
        assert {column.name for column in columns.of(kind)} | {"id", columns.REVISION} <= told
    for heading in re.findall(r"^\| `\w+` \| ([^|`]+) \|", resources.split("## 社会資源の表")[1], re.M):
        assert any(heading.strip() in spellings for spellings in columns.JAPANESE.values()) or heading.strip() == "ID"
    assert all(f"`{format}`" in page for format in (*exchange.FORMATS, *get_args(exchange.ExportFormat)))
    assert all(dataset.title in page for dataset in datasets.DATASETS)


def test_every_rule_has_its_words_for_the_office():
    assert set(checking.WORDS) | set(checking.NOT_YET_PUBLIC) == set(get_args(rules.Rule))


def test_a_trial_changes_nothing(office):
    file = office.file("id,name,category\na,所,子育て\n")
    assert office.looks_at(file).counts == {"added": 1}
    assert office.all() == [] and office.history("a") == []


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("079-424-4318", "079-424-4318"),
        ("０７９（４２４）４３１８", "079-424-4318"),
        ("(079)424-4318", "079-424-4318"),
        ("079ー424―4318", "079-424-4318"),
        ("TEL：079 424 4318", "079-424-4318"),
        ("+81-79-424-4318", "079-424-4318"),
        ("0120279338", "0120-279-338"),
        ("09012345678", "090-1234-5678"),
        ("0312345678", "03-1234-5678"),
        ("794244318", "0794244318"),
        ("079-424-4318（代表）", "079-424-4318"),
        ("0120-0-78310", "0120-0-78310"),
        ("#8008", "#8008"),
        ("189", "189"),
        ("なし", ""),
    ],
)
def test_telephone_numbers_are_written_one_way(written, read):
    assert cells.phone(written) == read


@pytest.mark.parametrize(
    "written", ["424-4318", "079-424-431", "000-0000-0000", "代表番号", "079-424-4318～9", "1234", "#800"]
)
def test_what_is_no_telephone_number_is_not_mended_into_one(written):
    with pytest.raises(cells.BadCell):
        cells.phone(written)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-24", date(2026, 11, 24)), ("2026/4/1", date(2026, 4, 1)), ("２０２６年４月１日", date(2026, 4, 1)),
        ("令和元年5月1日", date(2019, 5, 1)), ("R8.4.1", date(2026, 4, 1)), ("令8. 4. 1", date(2026, 4, 1)),
        ("平成31年4月30日", date(2019, 4, 30)), ("昭32. 7. 1", date(1957, 7, 1)), ("20260401", date(2026, 4, 1)),
        ("2026-04-01 00:00:00", date(2026, 4, 1)), ("", None), ("なし", None),
    ],
)  # fmt: skip
def test_days_are_read_in_every_era(written, read):
    assert cells.day(written) == read


@pytest.mark.parametrize(
    "written", ["令和0年1月1日", "平成31年5月1日", "2026-02-30", "46113", "来月", "昭和65年1月1日"]
)
def test_a_day_that_is_none_is_refused(written):
    with pytest.raises(cells.BadCell):
        cells.day(written)


def test_what_is_written_beside_a_number_moves_to_the_description(office):
    header = "id,name,phone,description\n"
    office.takes(office.file(header + "a,所,079-424-4318（内線12）；079-421-2000（夜間）,お茶の会。\n"))
    assert office.has("a").phones == ["079-424-4318", "079-421-2000"]
    assert office.has("a").description == "お茶の会。（電話: 内線12、夜間）"
    done = office.takes(office.file("id,name,phone\nb,所,079-424-4318（夜間）\n"))
    assert done.problems[0].wrong == "番号でないものがあります。"  # it would be lost, for there is no place for it


def test_a_sheet_with_phones_and_days_as_a_spreadsheet_keeps_them(office, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["ID", "名称", "分類", "電話", "確認日", "出典", "状態"])
    book.active.append(["x1", "所", "子育て", 794244318, date(2026, 11, 1), "広報", "公開"])
    book.active.append([None, "=SUM(A1)", "子育て", "#REF!", None, None, None])
    book.save(tmp_path / "a.xlsx")
    done = office.takes(exchange.open_file(tmp_path / "a.xlsx"))
    assert done.counts == {"added": 1, "refused": 1}
    entry = office.has("x1")
    assert (entry.phones, entry.verified_on, entry.status) == (["0794244318"], date(2026, 11, 1), "published")


def test_formatted_words_count_and_excels_own_readings_do_not(office):
    book = openpyxl.Workbook()
    book.active.append(["ID", "名称", "分類"])
    book.active.append(["f", "PLACE", "子育て"])
    plain, rich = io.BytesIO(), io.BytesIO()
    book.save(plain)
    runs = '<r><t>港の</t></r><r><rPr><b/></rPr><t>広場</t></r><rPh sb="0" eb="1"><t>ミナト</t></rPh>'
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(rich, "w") as target:
        for member in source.infolist():
            content = source.read(member).decode().replace("<t>PLACE</t>", runs)
            target.writestr(member.filename, content)
    assert office.takes(exchange.open_file(rich.getvalue())).counts == {"added": 1}
    assert office.has("f").name == "港の広場"


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "空です"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100, "古い形式の Excel"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x1f\x8b\x08\x00", "圧縮"),
        (b"<!DOCTYPE html><html></html>", "ウェブページ"),
        (b"a,b\n1,2\n", "見出し"),
        (b"id,name\n" + b"a" * 3_000_000, "長すぎます"),
        (b"\x00\x01\x02\x03" * 50, "見出し"),
        (b"PK\x03\x04broken", "Excel ファイルとして読めません"),
        (zipped(readme_xml=b"hello"), "圧縮ファイル"),
        (
            zipped(xl__workbook_xml=b"<a/>", xl__worksheets__sheet1_xml=b'<!DOCTYPE x [<!ENTITY a "b">]><a/>'),
            "読めません",
        ),
        (zipped(xl__workbook_xml=b"<a/>", xl__theme_xml=b"0" * 30_000_000), "大きくなりすぎる"),
        (zipped(xl__workbook_xml=b"<a/>", xl__worksheets__s_xml=b"<row>" + b"<c/>" * 9_000_000), "大きくなりすぎる"),
        (b'{"contents": "\x82\xa0"}', "UTF-8"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_in_one_sentence(content, why):
    with pytest.raises(NotReadable, match=why) as refused:
        list(exchange.open_file(content))
    assert "\n" not in str(refused.value)
