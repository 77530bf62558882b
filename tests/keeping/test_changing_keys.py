"""The key under which everything is encrypted is changed while the town goes on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import LargeBinary, select, type_coerce

from bot.settings import Settings
from bot.store import ciphers
from bot.store.engine import Store
from bot.store.rekey import encrypt_anew
from bot.store.residents import Resident
from bot.store.tables import Base
from bot.store.talk import Utterance
from tests.town import KEY

BIN = Path(sys.executable).parent


@pytest.fixture(autouse=True)
def old_key_again():
    yield
    ciphers.use_keys([KEY], read_again=lambda: [KEY])


def all_sealed(store: Store) -> list[bytes]:
    found = []
    with store.reading() as session:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, ciphers.EncryptedText | ciphers.EncryptedJson | ciphers.EncryptedBytes):
                    found += session.scalars(select(type_coerce(column, LargeBinary)).where(column.is_not(None)))
    return [bytes(one) for one in found]


def test_everything_is_under_the_fresh_key_and_reads_as_before(any_town):
    hana = any_town.resident("ハナ", area="氷丘")
    hana.says("母の名前は山田花子です")
    fresh = Fernet.generate_key().decode()
    ciphers.use_keys([fresh, KEY])
    sealed = len(all_sealed(any_town.store))
    assert encrypt_anew(any_town.store.engine, fresh) == sealed
    assert encrypt_anew(any_town.store.engine, fresh) == 0
    ciphers.use_keys([fresh], read_again=lambda: [fresh])
    with any_town.store.reading() as session:
        assert session.scalars(select(Resident)).one().line_id == hana.phone.user_id
        assert "母の名前は山田花子です" in [one.words for one in session.scalars(select(Utterance))]
    for one in all_sealed(any_town.store):
        with pytest.raises(InvalidToken):
            Fernet(KEY).decrypt(one)
    hana.says("ありがとう")
    hana.sees("どういたしまして")


def test_a_running_program_reads_what_another_wrote_under_a_key_it_does_not_know_yet(town, tmp_path, monkeypatch):
    hana = town.resident("ハナ")
    fresh = Fernet.generate_key().decode()
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text(f"DATA_KEYS={fresh},{KEY}\n")
    ciphers.use_keys([KEY], read_again=lambda: Settings.load().data_keys)
    with town.store.turn() as session:
        resident = session.scalars(select(Resident)).one()
        sealed = Fernet(fresh).encrypt("ハナ子".encode())
        session.execute(Resident.__table__.update().values(name=type_coerce(sealed, LargeBinary)))
        session.refresh(resident)
        assert resident.name == "ハナ子"
    hana.says("ありがとう")
    hana.sees("どういたしまして")
    with pytest.raises(ciphers.WrongKeys):
        ciphers.decrypt(Fernet(Fernet.generate_key()).encrypt(b"x"))


def test_the_commands_change_the_file_in_one_step_and_forget_the_old_key_last(town, tmp_path):
    hana = town.resident("ハナ")
    hana.says("こんにちは")
    file = tmp_path / ".env"
    file.write_text(f"# ours\nDATABASE_URL={town.settings.database_url}\nDATA_KEYS={KEY}\nTZ=Asia/Tokyo\n")
    env = {name: value for name, value in os.environ.items() if name not in ("DATA_KEYS", "DATABASE_URL")}

    def keys(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [str(BIN / "sasaeai"), "keys", *arguments]
        return subprocess.run(command, env={**env, **more}, cwd=tmp_path, capture_output=True, text=True)

    only_one = keys("forget")
    assert only_one.returncode == 1 and "only one key" in only_one.stderr
    elsewhere = keys("rotate", DATA_KEYS=KEY)
    assert elsewhere.returncode == 1 and "does not come from .env" in elsewhere.stderr
    assert keys("rotate", "--wait", "0").returncode == 0
    written = file.read_text()
    fresh, old = written.split("DATA_KEYS=")[1].splitlines()[0].split(",")
    assert old == KEY and written.startswith("# ours\n") and written.endswith("TZ=Asia/Tokyo\n")
    assert file.stat().st_mode & 0o077 == 0
    ciphers.use_keys([fresh, KEY])
    hana.says("ありがとう")
    hana.sees("どういたしまして")
    assert keys("forget").returncode == 0
    assert f"DATA_KEYS={fresh}\n" in file.read_text()
    for one in all_sealed(town.store):
        Fernet(fresh).decrypt(one)
