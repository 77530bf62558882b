"""Rich menus on LINE's side: made, given a picture, shown to everybody or to one person, and reached by an alias.

Rules from https://developers.line.biz/en/reference/messaging-api/#rich-menu.
"""

import re
import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from bot.simulator.api import body, line, said, wrong
from bot.simulator.rules import Fault, faults_of_menu

ALIAS = re.compile(r"[a-z0-9_-]{1,32}")
LARGEST_IMAGE = 1024 * 1024
MOST_MENUS = 1_000

menus = Blueprint("menus", __name__)


@menus.post("/v2/bot/richmenu")
def create_menu() -> Response:
    menu = body()
    if found := faults_of_menu(menu):
        return _has_faults(found)
    if len(line().rich_menus) >= MOST_MENUS:
        return wrong(400, "The number of rich menus has reached its limit")
    menu_id = "richmenu-" + secrets.token_hex(16)
    line().rich_menus[menu_id] = {**menu, "richMenuId": menu_id}
    return said(200, {"richMenuId": menu_id})


@menus.post("/v2/bot/richmenu/validate")
def validate_menu() -> Response:
    found = faults_of_menu(body())
    return _has_faults(found) if found else said(200)


@menus.get("/v2/bot/richmenu/list")
def list_menus() -> Response:
    return said(200, {"richmenus": list(line().rich_menus.values())})


@menus.get("/v2/bot/richmenu/<menu_id>")
def get_menu(menu_id: str) -> Response:
    return _with_menu(menu_id, lambda: said(200, line().rich_menus[menu_id]))


@menus.delete("/v2/bot/richmenu/<menu_id>")
def delete_menu(menu_id: str) -> Response:
    def forget() -> Response:
        line().forget_menu(menu_id)
        return said(200)

    return _with_menu(menu_id, forget)


@menus.post("/v2/bot/richmenu/<menu_id>/content")
def upload_menu_image(menu_id: str) -> Response:
    image = request.get_data()
    if menu_id in line().rich_menu_images:
        return wrong(400, "An image has already been uploaded to the richmenu")
    if not image or len(image) > LARGEST_IMAGE or request.mimetype not in ("image/png", "image/jpeg"):
        return wrong(400, "The image must be a JPEG or PNG of at most 1 MB")

    def keep() -> Response:
        line().rich_menu_images[menu_id] = (request.mimetype, image)
        line().changed()
        return said(200)

    return _with_menu(menu_id, keep)


@menus.get("/v2/bot/richmenu/<menu_id>/content")
def menu_image(menu_id: str) -> Response:
    kind, image = line().rich_menu_images.get(menu_id, ("", b""))
    return Response(image, 200, mimetype=kind) if image else wrong(404, "Not found")


# ── shown to everybody ──


@menus.post("/v2/bot/user/all/richmenu/<menu_id>")
def set_default_menu(menu_id: str) -> Response:
    def choose() -> Response:
        line().default_rich_menu = menu_id
        line().changed()
        return said(200)

    return _with_menu(menu_id, choose, needs_image=True)


@menus.get("/v2/bot/user/all/richmenu")
def default_menu() -> Response:
    menu_id = line().default_rich_menu
    return said(200, {"richMenuId": menu_id}) if menu_id else wrong(404, "no default richmenu")


@menus.delete("/v2/bot/user/all/richmenu")
def no_default_menu() -> Response:
    line().default_rich_menu = None
    line().changed()
    return said(200)


# ── shown to one person ──


@menus.post("/v2/bot/user/<user_id>/richmenu/<menu_id>")
def link_menu(user_id: str, menu_id: str) -> Response:
    def link() -> Response:
        if resident := line().residents.get(user_id):
            resident.rich_menu_id = menu_id
            line().changed()
        return said(200)  # also for people who are no friends: it only has no effect

    return _with_menu(menu_id, link, needs_image=True)


@menus.get("/v2/bot/user/<user_id>/richmenu")
def menu_of(user_id: str) -> Response:
    resident = line().residents.get(user_id)
    if resident is None or resident.rich_menu_id is None:
        return wrong(404, "the user has no richmenu")
    return said(200, {"richMenuId": resident.rich_menu_id})


@menus.delete("/v2/bot/user/<user_id>/richmenu")
def unlink_menu(user_id: str) -> Response:
    if resident := line().residents.get(user_id):
        resident.rich_menu_id = None
        line().changed()
    return said(200)


# ── aliases ──


@menus.post("/v2/bot/richmenu/alias")
def create_alias() -> Response:
    given = body()
    name, menu_id = str(given.get("richMenuAliasId", "")), str(given.get("richMenuId", ""))
    if not ALIAS.fullmatch(name):
        return _has_faults([("Must match [a-z0-9_-]{1,32}", "richMenuAliasId")])
    if name in line().rich_menu_aliases:
        return wrong(400, "conflict richmenu alias id")
    return _point(name, menu_id)


@menus.get("/v2/bot/richmenu/alias/list")
def list_aliases() -> Response:
    known = [_alias(name) for name in sorted(line().rich_menu_aliases)]
    return said(200, {"aliases": known})


@menus.get("/v2/bot/richmenu/alias/<name>")
def get_alias(name: str) -> Response:
    return said(200, _alias(name)) if name in line().rich_menu_aliases else _no_alias()


@menus.post("/v2/bot/richmenu/alias/<name>")
def update_alias(name: str) -> Response:
    return _point(name, str(body().get("richMenuId", ""))) if name in line().rich_menu_aliases else _no_alias()


@menus.delete("/v2/bot/richmenu/alias/<name>")
def delete_alias(name: str) -> Response:
    return said(200) if line().rich_menu_aliases.pop(name, None) else _no_alias()


def _point(name: str, menu_id: str) -> Response:
    if menu_id not in line().rich_menu_images:
        return wrong(400, "richmenu not found" if menu_id not in line().rich_menus else "must upload richmenu image")
    line().rich_menu_aliases[name] = menu_id
    return said(200)


def _alias(name: str) -> dict[str, Any]:
    return {"richMenuAliasId": name, "richMenuId": line().rich_menu_aliases[name]}


def _no_alias() -> Response:
    return wrong(404, "richmenu alias not found")


def _has_faults(found: list[Fault]) -> Response:
    return wrong(400, f"The request body has {len(found)} error(s)", found)


def _with_menu(menu_id: str, action: Callable[[], Response], *, needs_image: bool = False) -> Response:
    if menu_id not in line().rich_menus:
        return wrong(404, "richmenu not found")
    if needs_image and menu_id not in line().rich_menu_images:
        return wrong(400, "must upload richmenu image before applying it to user")
    return action()
