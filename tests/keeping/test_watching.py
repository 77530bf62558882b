"""Whoever watches the program learns whether residents are served, and nothing about anybody."""

import re
from pathlib import Path

from bot.services import health
from bot.simulator.troubles import Trouble
from bot.store.running import Heartbeat
from bot.work import signs_of_life
from tests.desk import hire_everyone, signed_in


def ready(town) -> tuple[int, dict]:
    answer = town.app.test_client().get("/readyz")
    return answer.status_code, answer.get_json()["signs"]


def wrong(town) -> set[str]:
    return {name for name, sign in ready(town)[1].items() if not sign["ok"]}


def everything_beats(town) -> None:
    for part in ("web", "worker", "clock", "rounds"):
        signs_of_life.beat(town.store, part, now=town.clock.now())


def test_a_town_in_which_all_parts_live_is_ready(any_town):
    assert wrong(any_town) == {"web", "worker", "clock", "check-ins"}
    everything_beats(any_town)
    assert ready(any_town)[0] == 200


def test_a_clock_that_has_stopped_is_told_after_two_minutes(town):
    everything_beats(town)
    town.clock.moves_on(seconds=85)
    assert wrong(town) == set()
    town.clock.moves_on(seconds=34)
    assert wrong(town) == {"check-ins"}  # nobody who is silent may wait for two minutes
    town.clock.moves_on(seconds=2)
    for part in ("web", "worker"):
        signs_of_life.beat(town.store, part, now=town.clock.now())
    assert wrong(town) == {"clock", "check-ins"}
    assert ready(town)[0] == 503


def test_a_line_that_takes_nothing_is_told_after_five_minutes(town):
    hana = town.resident("ハナ")
    town.line.troubles.begin(Trouble("500", "/message/"))
    hana.phone.says("ありがとう")
    town.settles()
    everything_beats(town)
    assert wrong(town) == set()
    town.clock.moves_on(minutes=12)
    everything_beats(town)
    assert "LINE" in wrong(town) and "outbox age" in wrong(town)
    town.line.troubles.end_all()
    town.delivers_everything()
    assert wrong(town) == set()


def test_messages_that_nobody_answers_are_told_after_a_minute(town):
    hana = town.resident("ハナ")
    town.worker.stop()
    hana.phone.says("ありがとう")
    town.clock.moves_on(seconds=61)
    everything_beats(town)
    assert wrong(town) == {"inbox age"}


def test_the_counts_name_states_and_nobody(any_town):
    hana = any_town.resident("ハナ", area="氷丘")
    hana.says("電気代が払えへん")
    hana.says("母の名前は山田花子です")
    told = any_town.app.test_client().get("/metrics").text
    assert 'sasaeai_waiting{queue="inbox"} 0.0' in told
    assert 'sasaeai_deliveries_last_day{state="sent"}' in told
    assert 'sasaeai_lookups{outcome="found"}' in told
    assert "sasaeai_webhook_seconds_count" in told and "sasaeai_turn_seconds_count" in told
    for private in ("ハナ", "山田", "氷丘", hana.phone.user_id):
        assert private not in told


def test_strangers_learn_only_that_it_is_alive(town):
    client = town.app.test_client()
    far = {"X-Forwarded-For": "8.8.8.8"}
    assert client.get("/healthz", headers=far).text == "ok\n"
    assert client.get("/readyz", headers=far).status_code == 404
    assert client.get("/metrics", headers=far).status_code == 404


def test_a_disk_that_is_nearly_full_is_told_while_there_is_still_room(town, monkeypatch):
    hire_everyone(town)
    everything_beats(town)
    tanaka = signed_in(town.app.test_client, "counsellor")
    assert wrong(town) == set() and "ディスク" not in tanaka.get("/admin/").text
    assert "sasaeai_disk_free_bytes" in town.app.test_client().get("/metrics").text
    monkeypatch.setattr(health, "LEAST_FREE", 2**62)
    assert wrong(town) == {"disk"}
    assert "もうすぐいっぱい" in tanaka.get("/admin/").text


def test_without_a_database_it_says_so_instead_of_failing(town):
    everything_beats(town)
    with town.store.turn() as session:
        Heartbeat.__table__.drop(session.connection())
    status, signs = ready(town)
    assert status == 503 and signs["database"]["ok"] is False
    assert town.app.test_client().get("/metrics").status_code == 200


def test_every_sign_and_every_figure_of_the_runbook_is_what_the_program_tells(town):
    everything_beats(town)
    town.resident("ハナ").says("ありがとう")
    runbook = (Path(__file__).parents[2] / "docs/runbook.md").read_text()
    for sign in ready(town)[1]:
        assert f"`{sign}`" in runbook, sign
    told = town.app.test_client().get("/metrics").text
    for figure in re.findall(r"`(sasaeai_\w+)", runbook):
        assert f"# HELP {figure.removesuffix('_total')}" in told, figure
