"""Documents that are kept true."""

import re
from pathlib import Path

import pytest

from bot.cli import COMMANDS
from bot.settings import Settings

ROOT = Path(__file__).parents[2]


def test_the_settings_table_says_what_the_program_reads():
    told = re.findall(r"^\| `([A-Z_]+)` \| (.+?) \| (.+?) \|$", (ROOT / "README.md").read_text(), re.M)
    expected = [
        (name.upper(), f"`{field.default}`" if field.default not in ("", ()) else "(empty)", field.description)
        for name, field in Settings.model_fields.items()
    ]
    assert told == expected


def test_every_command_is_told_in_the_readme():
    text = (ROOT / "README.md").read_text()
    for name in COMMANDS:
        assert f"`sasaeai {name}" in text, name


@pytest.mark.parametrize("page", ["docs/where-things-go.md", "README.md"])
def test_paths_named_in_the_documents_exist(page):
    text = (ROOT / page).read_text()
    named = re.findall(r"`((?:bot|handlers|knowledge|admin|tests|bench|docs)/[\w./-]*)`", text)
    named += re.findall(r"\]\((?!http)([^)]+)\)", text)
    for path in named:
        base = (ROOT / page).parent if path.startswith("..") or "](" + path in text else ROOT
        assert (base / path).exists() or (ROOT / path).exists(), path


def test_lock_files_name_no_host():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert "--hash=sha256:" in text
