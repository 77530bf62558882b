"""Whatever bytes come in, nobody sees a traceback: rows, problems, or one clear sentence."""

import io
import json
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store.knowledge import Resource
from knowledge import exchange
from knowledge.exchange import NotReadable, Problem, Row, cells, columns, datasets, hsds
from knowledge.exchange.exporting import OPEN_DATA
from knowledge.exchange.rows import LineReading

SAMPLES = sorted((Path(__file__).parent / "samples").iterdir())
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FORMATS = st.sampled_from(["auto", *exchange.FORMATS])
WORDS = st.text(st.characters(codec="utf-8"), max_size=30)
SIGNS = "あアｱ漢字１2三-－ー−()（）:：年月日時分令和元平成昭RHS.,、;；/ 　\t\n\"'=+@東西0123456789"
JAPANESE = st.text(SIGNS, max_size=20)
HEADINGS = st.sampled_from(
    [
        *[column.name for kind in ("resource", "answer") for column in columns.of(kind)],
        *[spelling for spellings in columns.JAPANESE.values() for spelling in spellings],
        *[spelling for dataset in datasets.DATASETS for names in dataset.columns.values() for spelling in names],
        *[spelling for names in datasets.COMMON.values() for spelling in names],
        *OPEN_DATA,
    ]
)
MEMBERS = st.sampled_from(
    [
        *("id", "name", "organization", "services", "phones", "number", "type", "attributes", "label", "value"),
        *("link_type", "service_at_locations", "location", "addresses", "schedules", "byday", "latitude"),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | WORDS,
    lambda some: st.lists(some) | st.dictionaries(MEMBERS | WORDS, some),
    max_leaves=30,
)
SETTLED = (cells.phone, cells.url, cells.email, cells.entry_id, cells.narrow, cells.text, cells.clock)
READERS = (
    *SETTLED,
    *(cells.phones, cells.day, cells.status, cells.yes_or_no, cells.items, cells.number, cells.hiragana),
    cells.special_days,
)
SAID_IN_WORDS = ("name", "kana", "organisation", "description", "address", "hours", "languages", "audience")


def read_through(content: bytes, format: str = "auto") -> list[Row | Problem]:
    """Everything a file yields; a refusal must be one sentence for people."""
    try:
        found = list(exchange.open_file(content, "file", format))
    except NotReadable as refused:
        assert str(refused) and "\n" not in str(refused) and "Error" not in str(refused)
        return []
    for one in found:
        if isinstance(one, Problem):
            assert one.wrong and one.line >= 1 and "\n" not in str(one)
        else:
            assert one.entry_id and one.title and len(one.entry_id) <= 64
    return found


def with_bytes_gone_wrong(content: bytes, data: st.DataObject, most: int) -> bytes:
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, most))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    return bytes(changed)


@cache
def a_spreadsheet() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["ID", "名称", "分類", "電話"])
    book.active.append(["a", "所", "子育て", "079-424-4318"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@FEW
@given(st.binary(max_size=2_000), FORMATS)
def test_any_bytes(content, format):
    read_through(content, format)


@FEW
@given(st.sampled_from(SAMPLES), st.data(), FORMATS)
def test_a_real_file_with_bytes_gone_wrong(path, data, format):
    content = with_bytes_gone_wrong(path.read_bytes(), data, most=20)
    read_through(content, format)
    read_through(content[: data.draw(st.integers(0, len(content)))], format)


@FEW
@given(st.data())
def test_a_spreadsheet_with_bytes_gone_wrong(data):
    read_through(with_bytes_gone_wrong(a_spreadsheet(), data, most=8))


@FEW
@given(
    st.lists(HEADINGS | WORDS, min_size=1, max_size=12),
    st.lists(st.lists(JAPANESE | WORDS, max_size=14), max_size=5),
    st.sampled_from(["utf-8", "utf-8-sig", "cp932", "euc_jp", "utf-16"]),
    st.sampled_from([",", "\t", ";"]),
    FORMATS,
)
def test_any_table(office, header, lines, encoding, separator, format):
    written = ""
    for line in (header, *lines):
        written += separator.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in line) + "\r\n"
    found = read_through(written.encode(encoding, "replace"), format)
    with office.store.turn() as session:
        done = exchange.apply(session, found, now=office.now)
        again = exchange.plan(session, [row for row in found if isinstance(row, Row)], now=office.now)
        assert again.counts["added"] == again.counts["changed"] == 0
        session.rollback()
    assert done.rows == len(found)


@FEW
@given(JSON)
def test_any_json(told):
    for content in (told, [told], {"contents": [told]}):
        read_through(json.dumps(content).encode(), "hsds")


@FEW
@given(st.binary(max_size=300), st.sampled_from([b'[{"name": "a"}', b'{"contents": [{"a": 1},', b'{"name": "a"}\n']))
def test_json_that_breaks_off(rest, begins):
    read_through(begins + rest, "hsds")


@pytest.mark.parametrize("nested", [b"[" * 100_000, b'{"a":' * 100_000, b'[{"name":' * 50_000])
def test_endlessly_nested_json_is_refused(nested):
    read_through(nested, "hsds")


@FEW
@given(st.one_of(JAPANESE, WORDS, st.from_regex(r"[0-9０-９()（）ー\-+＋ #]{1,16}")))
def test_any_cell_is_read_or_refused_and_reading_again_changes_nothing(cell):
    for read in READERS:
        try:
            value = read(cell)
        except cells.BadCell as bad:
            assert bad.wrong and bad.expected
            continue
        if read in SETTLED:
            assert read(value) == value


@FEW
@given(WORDS | JAPANESE)
def test_disarmed_cells_come_back_and_begin_like_no_formula(cell):
    disarmed = cells.disarm(cell)
    assert cells.rearm(disarmed) == cell
    assert not disarmed.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


@FEW
@given(st.lists(WORDS | JAPANESE, max_size=6))
def test_lists_come_back_from_their_cell(values):
    kept = [kept for value in values if (kept := cells.text(value)) and "\\" not in kept]
    assert cells.items(cells.of_items(kept)) == kept


@FEW
@given(st.dictionaries(st.sampled_from(SAID_IN_WORDS), JAPANESE | WORDS))
def test_any_words_survive_hsds(office, told):
    with office.store.turn() as session:
        entry = Resource(id="x", name="名前")
        session.add(entry)
        session.flush()  # the database fills in what is empty
        for name, value in told.items():
            setattr(entry, name, cells.text(value) or "名前")
        (row,) = read_through(json.dumps([hsds.service(entry, "")]).encode(), "hsds")
        assert isinstance(row, Row)
        assert {name: row.facts[name] for name in SAID_IN_WORDS} == {
            name: getattr(entry, name) for name in SAID_IN_WORDS
        }
        session.rollback()


def test_reading_keeps_the_first_thing_that_is_wrong():
    reading = LineReading("f", 3)
    reading.take(cells.phone, "電話", "123456")
    reading.take(cells.day, "日", "いつか")
    assert reading.problem is not None and reading.problem.column == "電話"
