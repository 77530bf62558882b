"""`sasaeai kb import` and `sasaeai kb export`, as somebody at the office types them."""

import json

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet

from bot.commands.kb import kb

HEADER = "id,name,category,phone,status,source_url,verified_on\n"


@pytest.fixture
def sasaeai(office_template, tmp_path, monkeypatch):
    """Types a command at a small office's own database; gives back what stands on the screen, and the exit code."""
    (tmp_path / "office.db").write_bytes(office_template.read_bytes())
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'office.db'}",
        "DATA_KEYS": Fernet.generate_key().decode(),
        "LOG_LEVEL": "WARNING",
    }.items():
        monkeypatch.setenv(name, value)

    def types(*arguments: str) -> tuple[str, int]:
        ran = CliRunner().invoke(kb, arguments)
        assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exc_info
        return ran.output, ran.exit_code

    return types


def test_an_office_looks_first_then_takes_a_list_over_then_gives_it_out(sasaeai, tmp_path):
    (tmp_path / "list.csv").write_text(
        HEADER + "a,お茶の会,居場所・サロン,０７９-４２４-４３１８,published,広報,令和8年11月1日\nb,,子育て,,,,\n",
        "cp932",
    )
    told, code = sasaeai("import", "list.csv", "--dry-run")
    assert code == 0
    assert "文字コード: Shift_JIS（CP932）" in told and "Nothing has been changed" in told
    assert "1 would be added, 0 would be changed, 0 unchanged, 1 refused." in told
    assert "空欄です。" in told and "全角" not in told and "電話番号の書き方をそろえました" in told
    told, code = sasaeai("import", "list.csv")
    assert (code, told.splitlines()[-1]) == (0, "1 added, 0 changed, 0 unchanged, 1 refused.")
    told, _code = sasaeai("import", "list.csv", "--format", "csv")
    assert told.splitlines()[-1] == "0 added, 0 changed, 1 unchanged, 1 refused."

    for format, name in (("csv", "out.csv"), ("hsds", "out.json"), ("opendata", "facilities.csv")):
        told, code = sasaeai("export", "--format", format, "--output", name)
        assert (code, told.strip()) == (0, "1 entries written.")
    assert (tmp_path / "out.csv").read_bytes().startswith("\ufeffid,name".encode())
    (service,) = json.loads((tmp_path / "out.json").read_text())
    assert (service["name"], service["phones"][0]["number"]) == ("お茶の会", "079-424-4318")
    assert (service["status"], service["assured_date"]) == ("active", "2026-11-01")
    assert not list(tmp_path.glob("*.unfinished"))
    told, _code = sasaeai("import", "out.json")
    assert told.splitlines()[-1] == "0 added, 0 changed, 1 unchanged."


def test_what_cannot_be_done_says_so_in_one_sentence(sasaeai, tmp_path):
    (tmp_path / "photo.csv").write_bytes(bytes(range(256)) * 20)
    told, code = sasaeai("import", "photo.csv")
    assert code == 1 and told.startswith("Error: ") and len(told.splitlines()) == 1
    told, code = sasaeai("import", "nowhere.csv")
    assert code == 2 and "does not exist" in told
    told, code = sasaeai("import")
    assert code == 2 and "FILE" in told
    told, code = sasaeai("export", "--output", "nowhere/out.csv")
    assert code == 1 and "Cannot write nowhere/out.csv" in told
