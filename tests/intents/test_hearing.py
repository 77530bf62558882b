"""What residents want is heard in dialect, kana, typing mistakes; figures by `sasaeai intents eval`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.commands.intents import intents as command
from handlers import intents

HERE = Path(__file__).parent


@pytest.mark.parametrize("file", ["utterances.jsonl", "unseen.jsonl"])
def test_most_is_heard_and_almost_nothing_is_taken_for_something_else(file):
    told = CliRunner().invoke(command, ["eval", str(HERE / file), "--json"])
    figures = json.loads(told.output)
    assert figures["lines"] > 100
    assert figures["accuracy"] >= 0.94, figures["wrong"]
    assert figures["wrong_guesses"] <= 0.03, figures["wrong"]


def test_the_lines_measured_are_not_the_examples_learnt():
    learnt = {intents._fold(text) for text in intents._learnt().folded}
    for file in ("utterances.jsonl", "unseen.jsonl"):
        lines = [json.loads(line)["text"] for line in (HERE / file).read_text().splitlines()]
        assert not [text for text in lines if text in learnt]


def test_a_broken_line_is_named(tmp_path):
    file = tmp_path / "lines.jsonl"
    file.write_text('{"text": "こんにちは", "intent": "greeting"}\n{"text": 1\n')
    told = CliRunner().invoke(command, ["eval", str(file)])
    assert told.exit_code == 1
    assert "line 2" in told.output


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ありがとうごさいます", "thanks"),
        ("こんにちわ", "greeting"),
        ("せってい画面", "settings"),
        ("データをけして", "erase"),
        ("ちゃうちゃう", "not_this"),
        ("🙂🙂", "small_talk"),
        ("", "small_talk"),
    ],
)
def test_typing_mistakes_and_kana(typed, meant):
    assert intents.understood(typed) == meant


def test_two_wishes_in_one_sentence_are_asked_about(town):
    both = next(
        text
        for text in ("匿名で職員さんに相談したい", "匿名で人と話したい", "サロンを教えたい、サロンはどこ")
        if len(intents.near_tie(text)) == 2
    )
    hana = town.resident("ハナ")
    hana.says(both)
    hana.sees("どちら")
