"""What happens while the program starts, which an upgrade and every restart go through."""

import threading

from werkzeug.serving import make_server

from bot.app import Running
from tests.line.test_delivering import said_thanks
from tests.town import waits_for


def test_line_is_answered_while_words_and_sentences_are_still_being_loaded(town):
    hana = town.resident("ハナ")
    town.worker.stop()
    starting = Running(town.settings, web=True, worker=True)
    assert starting.app is not None
    web = make_server("127.0.0.1", 0, starting.app, threaded=True)
    threading.Thread(target=web.serve_forever, args=(0.02,), daemon=True).start()
    town.line.webhook_url = f"http://127.0.0.1:{web.server_port}/line/webhook"

    with starting.parts.library._guard:  # it loads for as long as we like
        starting.start()
        event = hana.phone.says("ありがとう")
        assert town.line.webhook_answers[-1] == (event["webhookEventId"], 200)
        assert not said_thanks(hana)
    waits_for(lambda: said_thanks(hana))
    web.shutdown()
    starting.stop()
    web.server_close()
