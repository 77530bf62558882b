"""Signing in with an authenticator app, as a live installation asks of everybody."""

import pytest
from argon2 import PasswordHasher
from passlib.totp import TOTP
from playwright.sync_api import Page, expect

from bot.services import staff
from bot.services.access import RoleName
from tests.browser.conftest import watch
from tests.town import START, Town, copy_of

PASSWORD = "a long enough password"


@pytest.fixture
def guarded_town(sqlite_template, tmp_path, clock):
    town = Town(
        copy_of(sqlite_template, tmp_path), f"sqlite:///{tmp_path / 'jobs.db'}", clock, second_factor="required"
    )
    with town.store.turn() as session:
        staff.add(
            session, "tanaka@example.com", name="田中", role=RoleName.COUNSELLOR,
            password_hash=PasswordHasher().hash(PASSWORD), now=START,
        )  # fmt: skip
    yield town
    town.closes()


def signs_in(page: Page, town: Town) -> None:
    page.goto(f"{address_of(town)}/admin/")
    page.get_by_label("メールアドレス").fill("tanaka@example.com")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインインする").click()


def address_of(town: Town) -> str:
    """By its name: a passkey belongs to a name, never to a number."""
    return town.url.replace("127.0.0.1", "localhost")


def code_of(key: str) -> str:
    return TOTP(key=key.replace(" ", "").replace("-", "")).generate().token


def test_the_first_sign_in_sets_the_app_up_and_the_next_asks_for_its_number(guarded_town, browser, troubles):
    first = browser.new_context(viewport={"width": 820, "height": 1100})
    page = watch(first.new_page(), troubles)
    signs_in(page, guarded_town)
    expect(page.get_by_role("heading", level=1)).to_have_text("二段階の確認の準備")
    page.goto(f"{address_of(guarded_town)}/admin/")  # nobody slips past it
    expect(page.get_by_role("heading", level=1)).to_have_text("サインイン")
    signs_in(page, guarded_town)
    page.get_by_role("button", name="認証アプリで準備する").click()
    key = page.locator("code").inner_text()
    assert page.get_by_alt_text("認証アプリ用のQRコード").evaluate("picture => picture.naturalWidth") > 100
    page.get_by_label("6けたの数字").fill("000000")
    page.get_by_role("button", name="確かめる").click()
    expect(page.get_by_text("数字がちがいます").first).to_be_visible()
    signs_in(page, guarded_town)
    page.get_by_role("button", name="認証アプリで準備する").click()
    key = page.locator("code").inner_text()
    page.get_by_label("6けたの数字").fill(code_of(key))
    page.get_by_role("button", name="確かめる").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("はじめ")
    page.get_by_role("button", name="サインアウト").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("サインイン")

    signs_in(page, guarded_town)
    expect(page.get_by_role("heading", level=1)).to_have_text("二段階の確認")
    page.get_by_label("認証アプリの6けたの数字").fill("123")
    page.get_by_role("button", name="確かめる").click()
    expect(page.get_by_role("alert")).to_contain_text("数字がちがいます")
    page.get_by_label("認証アプリの6けたの数字").fill(code_of(key))
    page.get_by_role("button", name="確かめる").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("はじめ")

    with guarded_town.store.turn() as session:  # the telephone is lost: `sasaeai staff new-phone`
        staff.forget_second_factor(session, "Tanaka@example.com")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("サインイン")
    signs_in(page, guarded_town)
    expect(page.get_by_role("heading", level=1)).to_have_text("二段階の確認の準備")
    assert troubles == []
    first.close()


def test_a_passkey_signs_in_by_itself(guarded_town, browser, troubles):
    context = browser.new_context(viewport={"width": 820, "height": 1100})
    page = watch(context.new_page(), troubles)
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    authenticator = device.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    signs_in(page, guarded_town)
    page.get_by_role("button", name="認証アプリで準備する").click()
    page.get_by_label("6けたの数字").fill(code_of(page.locator("code").inner_text()))
    page.get_by_role("button", name="確かめる").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("はじめ")

    page.goto(f"{address_of(guarded_town)}/admin/me/")
    page.get_by_role("link", name="パスキーを登録する").click()
    page.get_by_label("この機械の名前").fill("事務所のパソコン")
    page.get_by_role("button", name="登録をはじめる").click()
    expect(page.get_by_role("status").first).to_contain_text("パスキーを登録しました")
    assert len(device.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]) == 1
    page.get_by_role("button", name="サインアウト").click()

    page.get_by_role("button", name="パスキーを使う").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("はじめ")
    page.get_by_role("button", name="サインアウト").click()

    device.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.get_by_role("button", name="パスキーを使う").click()  # somebody else's finger
    expect(page.locator("#passkey-words")).to_contain_text("パスキーを使えませんでした")
    device.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": True})

    with guarded_town.store.turn() as session:  # the machine is lost
        staff.forget_second_factor(session, "tanaka@example.com")
    page.goto(f"{address_of(guarded_town)}/admin/account/login")
    page.get_by_role("button", name="パスキーを使う").click()
    expect(page.get_by_role("status").first).to_contain_text("パスキーを確かめられませんでした")
    assert troubles == []
    context.close()
