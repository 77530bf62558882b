"""Lists as cities publish them: every encoding, every spelling, and each thing that was made one is told."""

from datetime import date
from pathlib import Path

import pytest

from knowledge import exchange, hours
from knowledge.exchange import datasets
from tests.town import START

SAMPLES = Path(__file__).parent / "samples"


def takes(office, name):
    file = exchange.open_file(
        SAMPLES / name, source_url="https://www.city.minato-sample.lg.jp/opendata", credit="みなと市 CC BY 4.0",
        today=START.date(),
    )  # fmt: skip
    assert file.format == "opendata"
    return file, office.takes(file)


def told(done):
    return {what for _column, what in done.rewritten}


@pytest.mark.parametrize(
    ("name", "title", "encoding", "counts"),
    [
        ("facilities_2019_sjis.csv", "公共施設一覧", "Shift_JIS（CP932）", {"added": 2, "refused": 3}),
        ("facilities_2024_utf8bom.csv", "公共施設一覧", "UTF-8", {"added": 2}),
        ("care_2018_sjis.csv", "介護サービス事業所一覧", "Shift_JIS（CP932）", {"added": 2}),
        ("care_ministry_utf8bom.csv", "介護サービス事業所一覧", "UTF-8", {"added": 1}),
        ("medical_utf16_tabs.csv", "医療機関一覧", "UTF-16", {"added": 1}),
        ("childcare_utf8.csv", "子育て施設一覧", "UTF-8", {"added": 1, "refused": 1}),
        ("events_eucjp.csv", "イベント一覧", "EUC-JP", {"added": 1, "refused": 1}),
        ("shelters_sjis.csv", "指定緊急避難場所一覧", "Shift_JIS（CP932）", {"added": 1}),
    ],
)
def test_each_list_is_known_by_its_header_and_twice_is_once(office, name, title, encoding, counts):
    file, done = takes(office, name)
    assert f"「{title}」として" in file.told[0] and encoding in file.told[1]
    assert done.counts == counts
    assert all(entry.status == "draft" and entry.verified_on is None for entry in office.all())
    assert {entry.credit for entry in office.all()} == {"みなと市 CC BY 4.0"}
    again = office.takes(file)
    assert again.counts == {("unchanged" if deed == "added" else deed): count for deed, count in counts.items()}


def test_a_hall_of_an_old_list_in_shift_jis(office):
    file, done = takes(office, "facilities_2019_sjis.csv")
    assert "見出しは3行目です。その上は読みません。" in file.told
    hall, community = office.all()
    assert (hall.id, hall.name, hall.kana) == ("facility-282999-0000000001", "みなと市民会館", "みなとしみんかいかん")
    assert hall.address == "兵庫県みなと市港町1丁目2－3 2階"
    assert (hall.latitude, hall.longitude) == (34.750123, 134.830456)
    assert (hall.phones, hall.url) == (["079-000-1234"], "http://www.city.minato-sample.lg.jp/hall")
    assert hall.hours == "火～日 9:00～21:30（祝日の翌日は休館）"
    assert (hall.organisation, hall.accessibility, hall.keywords) == ("みなと市", "車いす用トイレあり", ["市民ホール"])
    assert "電話: 内線12" in hall.description
    assert hours.read(hall.hours) is None  # closed after holidays: shown, but nothing is computed
    assert (community.latitude, community.longitude) == (34.760002, 134.840001)  # they stood the other way round
    assert hours.read(community.hours) == hours.read("月～金 9:00～17:00")
    assert (community.url, community.description) == ("", "調理室と会議室があります\n備考: 駐車場10台")
    assert told(done) >= {
        "全角数字を半角にしました",
        "半角カナを全角にしました",
        "読みをひらがなにしました",
        "電話番号の書き方をそろえました",
        "時刻の書き方をそろえました",
        "入れ替わっていた緯度と経度を直しました",
        "URL に http:// を補いました",
    }
    assert [(one.line, one.column, one.wrong) for one in done.problems] == [
        (6, "名称", "空欄です。"),
        (7, "緯度", "緯度と経度の片方だけがあります。"),
        (8, "電話番号", "電話番号として読めません。"),
    ]
    assert str(done.problems[2]) == (
        "facilities_2019_sjis.csv 8行目「電話番号」: 電話番号として読めません。"
        "市外局番から、079-424-4318 のような形で書いてください。（値: 79-000-45678）"
    )


def test_places_of_a_list_of_today(office):
    _file, done = takes(office, "facilities_2024_utf8bom.csv")
    library, welfare = office.all()
    assert (library.address, library.phones) == ("〒675-0000 兵庫県みなと市港町5-6", ["0790001111"])
    assert (library.email, library.hours) == ("library@minato-sample.lg.jp", "毎日 10:00～20:00")
    assert welfare.address == "〒675-0001 兵庫県みなと市丘一丁目7番8号 福祉棟"
    assert welfare.phones == ["079-000-2222"]
    assert (welfare.latitude, welfare.longitude) == (None, None)
    assert hours.read(welfare.hours).closed_at_year_end
    assert welfare.description == "備考: =1+1"
    assert library.areas == []  # no such area in this city: we do not guess
    assert not done.problems


def test_two_services_of_one_care_office_are_two_entries(office):
    _file, done = takes(office, "care_2018_sjis.csv")
    entries = office.all()
    assert len({entry.id for entry in entries}) == 2
    assert all(entry.id.startswith("care-2870000001-") and entry.category == "高齢・介護" for entry in entries)
    assert sorted(entry.keywords[0] for entry in entries) == ["訪問介護", "通所介護"]
    day_care = next(entry for entry in entries if entry.keywords == ["通所介護"])
    assert day_care.fax == "079-000-5002" and "定員: 25" in day_care.description
    assert "URL として読めません" in told(done)  # a mail address; the office comes in without it


def test_a_clinic_saved_by_a_spreadsheet_as_utf16(office):
    file, _done = takes(office, "medical_utf16_tabs.csv")
    assert not any("読めない文字" in words for words in file.told)
    (clinic,) = office.all()
    assert (clinic.latitude, clinic.longitude) == (34.751389, 134.831)
    assert clinic.phones == ["079-000-7001"]
    assert clinic.keywords == ["内科", "小児科", "診療所"]
    assert "時間外: 留守番電話" in clinic.description
    assert hours.read(clinic.hours) is None  # 木・土は午前のみ: shown as it stands, nothing is computed


def test_an_event_in_era_years_and_one_that_is_over(office):
    _file, done = takes(office, "events_eucjp.csv")
    (gathering,) = office.all()
    assert "日時: 2026年12月6日（日） 10:00～12:30" in gathering.description
    assert "申し込みは2026年11月30日（月）17:00まで" in gathering.description
    assert (gathering.organisation, gathering.cost) == ("みなと市", "無料")
    assert gathering.ends_on == date(2026, 12, 6)  # after it residents do not see it any more
    assert "和暦を西暦にしました" in told(done)
    assert (done.problems[0].line, done.problems[0].wrong) == (3, "もう終わったイベントです。")


def test_a_shelter_says_for_which_disasters(office):
    takes(office, "shelters_sjis.csv")
    (school,) = office.all()
    assert "対応する災害: 洪水、地震、大規模な火事" in school.description
    assert school.keywords == ["避難場所", "洪水", "地震", "大規模な火事"]
    assert (school.category, school.phones) == ("災害", ["079-000-0101"])


def test_a_number_that_now_leads_to_another_place_is_refused(office):
    takes(office, "shelters_sjis.csv")
    renumbered = (SAMPLES / "shelters_sjis.csv").read_bytes().decode("cp932")
    renumbered = renumbered.replace("みなと小学校", "丘中学校").replace("港町8-8", "丘5-5")
    done = office.takes(office.file(renumbered, "new.csv", "cp932"))
    assert done.counts == {"refused": 1}
    assert "別の所のようです" in done.problems[0].wrong
    assert office.has("shelter-282999-S1").name == "みなと小学校"


def test_a_spreadsheet_with_the_same_columns_reads_the_same(office, tmp_path):
    import csv

    import openpyxl

    lines = list(csv.reader((SAMPLES / "facilities_2024_utf8bom.csv").read_text("utf-8-sig").splitlines()))
    book = openpyxl.Workbook()
    book.active.title = "説明"
    book.active.append(["このファイルの説明"])
    sheet = book.create_sheet("一覧")
    for line in lines:
        sheet.append(line)
    sheet.cell(2, lines[0].index("電話番号") + 1).value = 790001111  # what a spreadsheet makes of 0790001111
    sheet.cell(2, lines[0].index("緯度") + 1).value = 34.751
    book.save(tmp_path / "list.xlsx")
    done = office.takes(exchange.open_file(tmp_path / "list.xlsx"))
    assert done.counts == {"added": 2}
    assert office.has("facility-282999-F001").phones == ["0790001111"]
    assert "先頭の 0 を補いました" in told(done)


def test_headings_are_compared_without_width_case_and_brackets():
    header = [
        "ＮＯ",
        "名　称",
        "名称（カナ）",
        "所在地＿連結表記",
        "緯 度",
        "経度",
        "ｕｒｌ",
        "都道府県コード\n又は市区町村コード",
    ]
    found = datasets.recognise(header)
    assert found is not None and found[0].title == "公共施設一覧"
    assert set(datasets.columns_of(found[0], header)) == {
        "number", "name", "kana", "address", "latitude", "longitude", "url", "code",
    }  # fmt: skip
