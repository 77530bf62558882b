"""The stand-in as a web server: LINE's API, the chat page, and a small control interface for other programs."""

import json
import threading
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request, send_from_directory
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from bot.simulator.api import api
from bot.simulator.line import Simulator
from bot.simulator.phone import Resident, Shown
from bot.simulator.rich_menus import menus
from bot.simulator.troubles import Trouble

api.register_blueprint(menus)  # behind the same checks of token, size and trouble
STATIC = Path(__file__).parent / "static"
CONTENT_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"  # fmt: skip


class QuietHandler(WSGIRequestHandler):
    """Keep-alive, and no line on the terminal for each request."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_: Any) -> None:
        pass

    def log_error(self, *_: Any) -> None:
        pass


class Server:
    """The stand-in listening on this machine. `url` has no slash at the end."""

    def __init__(self, line: Simulator, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._http: BaseWSGIServer = make_server(
            host, port, make_app(line), threaded=True, request_handler=QuietHandler
        )
        self._http.daemon_threads = True  # type: ignore[attr-defined]
        self.url = f"http://{host}:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), name="simulator", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()


class QuietApp(Flask):
    """Says nothing of connections that are cut on purpose."""

    def log_exception(self, exc_info: Any) -> None:
        if not isinstance(exc_info[1], ConnectionAbortedError):
            super().log_exception(exc_info)


def make_app(line: Simulator) -> Flask:
    """LINE's API, the chat page at `/`, and the control interface under `/_/`."""
    app = QuietApp("simulator", static_folder=None)
    app.extensions["line"] = line
    app.register_blueprint(api)

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response

    @app.get("/")
    def page() -> Response:
        return send_from_directory(STATIC, "chat.html")

    @app.get("/static/<path:name>")
    def static_file(name: str) -> Response:
        return send_from_directory(STATIC, name)

    @app.get("/_/state")
    def state() -> Response:
        return jsonify(state_of(line))

    @app.get("/_/changes")
    def changes() -> Response:
        def stream() -> Iterator[str]:
            seen = -1
            while True:
                seen = line.wait_for_change(seen, 15)
                yield f"data: {json.dumps(state_of(line), ensure_ascii=False)}\n\n"

        return Response(stream(), mimetype="text/event-stream", headers={"Cache-Control": "no-store"})

    @app.post("/_/residents")
    def add_resident() -> Response:
        given = request.get_json(force=True)
        resident = line.resident(str(given["name"])[:20], str(given.get("user_id", "")))
        if given.get("follows", True):
            resident.follows()
        return jsonify(user_id=resident.user_id)

    @app.post("/_/residents/<user_id>/<deed>")
    def do(user_id: str, deed: str) -> tuple[Response, int] | Response:
        resident = line.residents.get(user_id)
        if resident is None:
            return jsonify(error="nobody has this id"), 404
        try:
            event = _do(resident, deed, request.get_json(silent=True) or {})
        except (LookupError, ValueError) as trouble:
            return jsonify(error=str(trouble)), 400
        return jsonify(event=event, phone_calls=resident.phone_calls[-1:], opened=resident.opened[-1:])

    @app.post("/_/troubles")
    def begin_trouble() -> Response:
        line.troubles.begin(Trouble(**request.get_json(force=True)))
        return jsonify(ok=True)

    @app.delete("/_/troubles")
    def end_troubles() -> Response:
        line.troubles.end_all()
        return jsonify(ok=True)

    @app.post("/_/redeliver")
    def redeliver() -> Response:
        return jsonify(left=line.redeliver_undelivered())

    @app.post("/_/settings")
    def change_settings() -> Response:
        given = request.get_json(force=True)
        for name in ("monthly_limit", "used_this_month", "webhook_url", "redelivers"):
            if name in given:
                setattr(line, name, given[name])
        return jsonify(ok=True)

    @app.get("/_/rich-menu/<menu_id>")
    def rich_menu_image(menu_id: str) -> Response:
        kind, image = line.rich_menu_images.get(menu_id, ("image/png", b""))
        return Response(image, 200 if image else 404, mimetype=kind)

    @app.get("/_/content/<message_id>")
    def picture(message_id: str) -> Response:
        found = line.contents.get(message_id)
        return Response(found or b"", 200 if found else 404, mimetype="image/jpeg")

    return app


def _do(resident: Resident, deed: str, given: dict[str, Any]) -> dict[str, Any] | None:
    """One thing a person does, asked for over HTTP. ValueError for a deed that is not known."""
    match deed:
        case "say":
            return resident.says(str(given["text"])[:5000])
        case "tap":
            return resident.taps(str(given["label"]), given.get("params"))
        case "act":
            return resident.acts(given["action"], given.get("params"))
        case "sticker":
            return resident.sends_sticker()
        case "location":
            return resident.sends_location(
                float(given["latitude"]), float(given["longitude"]), str(given.get("address", ""))
            )
        case "picture":
            return resident.sends_file_like("image", bytes.fromhex(given.get("hex", "ffd8ffd9")))
        case "audio" | "video":
            return resident.sends_file_like(deed, b"0", duration=1000)
        case "file":
            return resident.sends_file_like("file", b"0", fileName="memo.txt", fileSize=1)
        case "follow":
            return resident.follows()
        case "block":
            return resident.blocks()
        case "unsend":
            found = next((one for one in resident.shown if one.message_id == given.get("message_id")), None)
            if found is None:
                raise ValueError("there is no such message")
            return resident.unsends(found)
    raise ValueError(f"nobody can {deed} here")


def state_of(line: Simulator) -> dict[str, Any]:
    """Everything the chat page shows."""
    return {"residents": [_resident_state(line, one) for one in list(line.residents.values())]}


def _resident_state(line: Simulator, resident: Resident) -> dict[str, Any]:
    menu = line.rich_menus.get(resident.rich_menu_id or line.default_rich_menu or "")
    with resident.guard:
        shown = [_shown_state(one) for one in resident.shown[-200:]]
    return {
        "user_id": resident.user_id,
        "name": resident.name,
        "blocked": resident.has_blocked,
        "typing": resident.is_typing,
        "shown": shown,
        "menu": menu,
    }


def _shown_state(shown: Shown) -> dict[str, Any]:
    plain = asdict(shown)
    at: datetime = plain.pop("at")
    return {**plain, "at": at.isoformat()}
