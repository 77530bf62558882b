"""What the bot says stands in `handlers/copy/`, and can be translated from there."""

import ast
import gettext
import re
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo

from handlers import copy
from handlers.copy import lookup as say
from handlers.copy import speaking

ROOT = Path(__file__).parents[2]
JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")


def sentences_in(module: Path) -> list[str]:
    """Strings that read as sentences, docstrings aside."""
    tree = ast.parse(module.read_text())
    described = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in described
        and JAPANESE.search(node.value) and re.search("[。？]|です|ます", node.value)
    ]  # fmt: skip


def test_no_sentence_for_residents_hides_in_the_code():
    rooms = [
        *(one for one in (ROOT / "handlers").rglob("*.py") if "copy" not in one.parts),
        *(ROOT / "bot/services").rglob("*.py"),
        *(ROOT / "bot/work").glob("*.py"),
    ]
    assert len(rooms) > 20
    hidden = {module.name: found for module in rooms if (found := sentences_in(module))}
    assert hidden == {}


def test_every_sentence_can_be_extracted_for_translators():
    found = {message for _, _, message, _, _ in extract_from_dir(str(ROOT / "handlers/copy"))}
    assert len(found) > 100
    assert all(isinstance(message, str) and JAPANESE.search(message) for message in found)


def test_a_catalogue_makes_the_bot_speak_another_language(tmp_path, monkeypatch):
    catalogue = Catalog(locale="en", domain="bot")
    catalogue.add("こちらに相談できます。", "You can ask for help here.")
    compiled = tmp_path / "en" / "LC_MESSAGES" / "bot.mo"
    compiled.parent.mkdir(parents=True)
    written = BytesIO()
    write_mo(written, catalogue)
    compiled.write_bytes(written.getvalue())
    assert gettext.translation("bot", tmp_path, ["en"])
    monkeypatch.setattr(copy, "CATALOGUES", tmp_path)
    copy._catalogue.cache_clear()
    with speaking("en"):
        assert say.here_it_is(1).words == "You can ask for help here."
        assert say.might_be().words.startswith("もしかして")  # what is not translated yet is said in Japanese
    assert say.here_it_is(1).words == "こちらに相談できます。"
    copy._catalogue.cache_clear()
