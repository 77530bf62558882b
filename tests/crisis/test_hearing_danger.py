"""Danger is heard in many words, and everyday words alarm nobody; figures by `sasaeai safety eval`."""

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.safety import safety
from bot.services import crisis
from bot.services.crisis import detect, learnt, lines

DEVELOPMENT = Path(__file__).with_name("development.jsonl")
BLIND = sorted(Path(__file__).parent.glob("unseen*.jsonl"))


def rows(file: Path = DEVELOPMENT) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_the_development_set_is_heard():
    told = CliRunner().invoke(safety, ["eval", str(DEVELOPMENT), "--json"])
    figures = json.loads(told.output)
    assert figures["lines"] >= 300
    assert figures["recall"] >= 0.97, figures["misses"]
    assert figures["benign_flagged"] <= 0.03, figures["misses"]


@pytest.mark.parametrize("file", BLIND, ids=lambda file: file.stem)
def test_lines_written_blind_are_heard_hardly_worse(file):
    """Written before looking at the examples, and full of traps. Not to become worse."""
    figures = json.loads(CliRunner().invoke(safety, ["eval", str(file), "--json"]).output)
    assert figures["lines"] >= 300
    assert figures["recall"] >= 0.96, figures["misses"]
    assert figures["benign_flagged"] <= 0.04, figures["misses"]


def test_what_was_learnt_is_kept_and_fresh():
    assert learnt.is_fresh(), "the words of danger were changed: run `sasaeai safety learn`"


def test_everyday_talk_alarms_hardly_anybody():
    """The labelled lines of the intents: greetings, thanks, questions for help."""
    folder = DEVELOPMENT.parent.parent / "intents"
    lines = [
        json.loads(line)
        for name in ("utterances", "unseen")
        for line in (folder / f"{name}.jsonl").read_text().splitlines()
    ]
    talk = [line["text"] for line in lines if line["intent"] not in ("worry", "question")]
    alarmed = [text for text in talk if crisis.look(text).verdict == "crisis"]
    assert len(talk) > 200
    assert len(alarmed) <= 0.01 * len(talk), alarmed


@pytest.mark.parametrize(
    "said",
    ["電気代が払えへん", "うちの子が学校に行かれへん", "母の物忘れがひどい", "こんにちは"],
)
def test_ordinary_questions_for_help_are_searched_for(said):
    assert crisis.look(said).verdict == "none"


def test_the_lines_measured_are_not_the_examples_learnt():
    examples = tomllib.loads((learnt.HERE / "examples.toml").read_text())
    known = {text for texts in examples.values() for text in texts}
    measured = [row["text"] for file in (DEVELOPMENT, *BLIND) for row in rows(file)]
    assert not [text for text in measured if text in known]


@pytest.mark.parametrize("said", ["たすけて", "助けて", "タスケテ!", "110番して", "119", "救急車呼んで"])
def test_a_bare_cry_for_help_is_never_passed_over(said):
    assert crisis.look(said).verdict != "none"


@pytest.mark.parametrize(
    "said", ["079-427-9382", "09012345678", "７Ｋ２Ｍ-QX9D-0000-AAAA-WWWW", "当番登録 ABCD2345", "12"]
)
def test_numbers_and_codes_alarm_nobody(said):
    assert crisis.look(said).verdict == "none"


@pytest.mark.parametrize("said", ["死にたい 1234-5678", "0790-42-4219 夫に殴られています"])
def test_no_cry_hides_beside_a_number(said):
    assert crisis.look(said).verdict == "crisis"


@pytest.mark.parametrize(
    ("said", "is_about_another"),
    [
        ("友達が死にたいと言っている", True),
        ("娘がリストカットしているのを見つけました", True),
        ("ともだちがしにたいっていってる", True),
        ("夫が死んで、わたしも死にたい", False),
        ("親に死ねと言われて死にたい", False),
        ("子どもが寝たら死のうと思っています", False),
        ("彼氏に振られて死にたくなってる", False),
        ("死にたい", False),
    ],
)
def test_another_s_despair_is_told_from_one_s_own(said, is_about_another):
    assert crisis.look(said).is_about_another is is_about_another


def test_what_began_long_ago_and_goes_on_is_heard():
    assert crisis.look("昔から死にたいと思っています").verdict == "crisis"
    assert crisis.look("去年夫が死にました。わたしも死にたいです").verdict == "crisis"


def test_a_denial_is_asked_about_gently():
    assert crisis.look("死にたいわけじゃないんです、ただ疲れました").verdict == "check"


def test_every_kind_has_rules_examples_lines_and_numbers():
    examples = tomllib.loads((learnt.HERE / "examples.toml").read_text())
    assert set(examples) == {*crisis.KINDS, "benign"}
    assert {rule.kind for rule in detect.rules().rules} == set(crisis.KINDS)
    assert set(lines.LINES) == set(crisis.KINDS)
    assert {row["kind"] for row in rows() if row["label"] == "crisis"} == set(crisis.KINDS)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("もう終わりにしたい", "suicide_or_self_harm"),
        ("消えたい", "suicide_or_self_harm"),
        ("薬ためてる", "suicide_or_self_harm"),
        ("シニタイ", "suicide_or_self_harm"),
        ("父が倒れて動かない", "medical_emergency"),
        ("となりの子がたたかれてる", "child_abuse"),
        ("人生も仕事も終わりにしたい", "suicide_or_self_harm"),
        ("孫がお腹をすかせています。両親は留守です", "child_abuse"),
        ("あの子、三か月もお風呂に入れてもらってへん", "child_abuse"),
        ("整骨院の先生に、胸をもまれました", "sexual_violence"),
        ("父が行方不明です", "missing_person"),
    ],
)
def test_veiled_words_kana_and_dialect(said, kind):
    found = crisis.look(said)
    assert (found.verdict, found.kind) == ("crisis", kind)


@pytest.mark.parametrize(
    "said",
    [
        "死ぬほど暑い",
        "腹減って死にそう",
        "いのちの電話の番号は?",
        "十年前に死にたいと思ったけど今は元気です",
        "昔、認知症の祖母がいなくなって、みんなで探したことがあります",
        "もう終わりにしたいのは、この契約です",
        "おばあちゃんが行方不明…と思ったら畑におった",
        "夜に何度も起きて、わたしもつかれました",
        "",
        "🙂",
        "。。。",
    ],
)
def test_idioms_questions_and_the_past_alarm_nobody(said):
    assert crisis.look(said).verdict != "crisis"


def test_a_cry_in_the_middle_of_a_long_text_is_heard():
    weather = "今日は良い天気で、孫と公園に行きました。花もきれいでした。"
    assert crisis.look(weather * 20).verdict == "none"
    assert crisis.look(weather * 20 + "もう生きていたくないです。" + weather * 20).kind == "suicide_or_self_harm"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read(text):
    assert crisis.look(text).verdict in ("crisis", "check", "none")


@pytest.mark.parametrize("line", ['{"text": "a"}', '{"text": "a", "label": "maybe"}', "nonsense"])
def test_a_broken_line_is_named(tmp_path, line):
    file = tmp_path / "lines.jsonl"
    file.write_text('{"text": "死にたい", "label": "crisis"}\n' + line + "\n")
    told = CliRunner().invoke(safety, ["eval", str(file)])
    assert told.exit_code == 1
    assert "line 2" in told.output
