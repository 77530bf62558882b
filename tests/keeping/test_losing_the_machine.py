"""The machine is lost; a backup and DATA_KEYS bring everything back, on the same kind of database or the other."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from bot.services import erasure
from bot.store import backup, ciphers, migrate, sealed
from bot.store.base import Base
from bot.store.engine import Store, database_url
from bot.store.residents import Resident, Thread
from bot.store.talk import Utterance
from tests.consultation import asks_for_a_person
from tests.town import KEY

BIN = Path(sys.executable).parent
OTHER_KEY = "7HfPsxGG7vGvcbHGcIBQPVZcVd3GO8Ij9p1fTQ0Gpfs="
PASSPHRASE = "加古川の 川風は 涼しい 2026"


def copy_of(town, passphrase: str = "") -> bytes:
    file = io.BytesIO()
    backup.make(town.settings.database_url, file, now=town.clock.now(), passphrase=passphrase)
    return file.getvalue()


def rows(url: str) -> dict[str, list[tuple]]:
    """Every row of every table as the program reads it, without what is true only while it runs."""
    store = Store(url, [KEY])
    with store.reading() as session:
        found = {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns))]
            for table in Base.metadata.sorted_tables
            if table.name not in backup.NOT_KEPT
        }
    store.close()
    return found


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_everything_comes_back_on_either_kind_of_database(any_town, tmp_path, empty_postgres, passphrase):
    hana = any_town.resident("ハナ", area="氷丘")
    hana.says("母の名前は山田花子です")
    asks_for_a_person(hana)
    before = rows(any_town.settings.database_url)
    assert before["consultation_case"] and before["resource"] and before["utterance"]
    file = copy_of(any_town, passphrase)
    for url in (f"sqlite:///{tmp_path / 'new.db'}", empty_postgres):
        counts = backup.restore(url, io.BytesIO(file), passphrase=passphrase)
        assert rows(url) == before
        assert counts == {name: len(found) for name, found in before.items()}
        store = Store(url, [KEY])
        with store.turn() as session:  # life goes on: new rows get numbers of their own
            hana_again = session.scalars(select(Resident)).one()
            assert hana_again.line_id == hana.phone.user_id
            session.add(
                Utterance(resident_id=hana_again.id, said_at=any_town.clock.now(), speaker="resident", words="ただいま")
            )
        with store.turn() as session:
            thread = session.scalars(select(Thread)).one()
            assert erasure.erase(session, thread.resident, thread, now=any_town.clock.now()).said > 1
        store.close()


def test_a_copy_is_of_one_instant_while_others_write(any_town):
    hana = any_town.resident("ハナ")
    hana.says("ありがとう")

    class WritesMeanwhile(io.BytesIO):
        done = False

        def write(self, data) -> int:
            if not self.done:
                self.done = True
                hana.says("こんにちは")
            return super().write(data)

    file = WritesMeanwhile()
    before = rows(any_town.settings.database_url)
    counts = backup.make(any_town.settings.database_url, file, now=any_town.clock.now())
    after = rows(any_town.settings.database_url)
    assert len(after["utterance"]) > len(before["utterance"])
    assert counts["utterance"] in (len(before["utterance"]), len(after["utterance"]))
    assert counts["inbox_event"] - counts["utterance"] in {
        len(one["inbox_event"]) - len(one["utterance"]) for one in (before, after)
    }


def test_a_stolen_copy_tells_nothing(town):
    hana = town.resident("ハナ")
    hana.says("母の名前は山田花子です")
    file = copy_of(town)
    for secret in ("山田花子", hana.phone.user_id, KEY, "氷丘", "079-424-4318"):
        assert secret.encode() not in file
    with pytest.raises(sealed.CannotOpen, match="DATA_KEYS"):
        opened_with([OTHER_KEY], file)
    # Who has the passphrase but not DATA_KEYS reads what is public, and no word, name or LINE id.
    lines = opened_with([OTHER_KEY], copy_of(town, PASSPHRASE), PASSPHRASE)
    assert b"079-424-4318" in lines
    assert "山田花子".encode() not in lines and hana.phone.user_id.encode() not in lines


def opened_with(keys: list[str], file: bytes, passphrase: str = "") -> bytes:
    ciphers.use_keys(keys)
    try:
        source = io.BytesIO(file)
        with sealed.reading(source, sealed.first_line(source), passphrase=passphrase) as lines:
            return lines.read()
    finally:
        ciphers.use_keys([KEY])


def test_what_cannot_be_restored_says_why_and_leaves_the_database_as_it_was(town, tmp_path):
    town.resident("ハナ")
    good, url = copy_of(town), f"sqlite:///{tmp_path / 'new.db'}"
    locked = copy_of(town, PASSPHRASE)
    changed = bytearray(good)
    changed[len(good) // 2] ^= 1
    for file, passphrase, says in [
        (b"hello", "", "no backup file"),
        (b"", "", "no backup file"),
        (good[: len(good) // 2], "", "not whole"),
        (bytes(changed), "", "not whole"),
        (locked, "", "locked by a passphrase"),
        (locked, "wrong passphrase", "not the one"),
    ]:
        with pytest.raises(sealed.CannotOpen, match=says):
            backup.restore(url, io.BytesIO(file), passphrase=passphrase)
        if migrate.current(url) is not None:
            assert rows(url)["resident"] == []
    with pytest.raises(backup.NotEmpty):
        backup.restore(town.settings.database_url, io.BytesIO(good))
    newer = good.replace(migrate.newest().encode(), b"9999", 1)
    with pytest.raises(backup.TooNew):
        backup.restore(url, io.BytesIO(newer))


def test_the_commands_copy_restore_and_refuse_in_one_sentence(town, tmp_path):
    hana = town.resident("ハナ")
    file, restored = tmp_path / "copy", f"sqlite:///{tmp_path / 'restored.db'}"
    env = {**os.environ, "DATA_KEYS": KEY}

    def sasaeai(url: str, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(BIN / "sasaeai"), *arguments],
            env={**env, "DATABASE_URL": url},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            input=typed,
        )

    made = sasaeai(town.settings.database_url, "backup", str(file))
    assert made.returncode == 0 and "Keep DATA_KEYS" in made.stdout, made.stderr
    assert file.stat().st_mode & 0o077 == 0
    again = sasaeai(town.settings.database_url, "backup", str(file))
    assert again.returncode == 1 and "is there already" in again.stderr
    short = sasaeai(town.settings.database_url, "backup", str(tmp_path / "b"), "--passphrase-file", "-", typed="kurz\n")
    assert "at least 12" in short.stderr and not (tmp_path / "b").exists()
    back = sasaeai(restored, "restore", str(file))
    assert back.returncode == 0, back.stderr
    twice = sasaeai(restored, "restore", str(file))
    assert twice.returncode == 1 and "data in this database already" in twice.stderr
    engine = create_engine(database_url(restored))
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from resident")) == 1
    engine.dispose()
    assert hana.phone.user_id.encode() not in (tmp_path / "restored.db").read_bytes()
