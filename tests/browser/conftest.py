"""One real Chromium for all stories of a test process, and what it complained about."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """Without any window from the story before."""
    yield chromium
    for window in chromium.contexts:
        window.close()


@pytest.fixture
def troubles() -> list[str]:
    """What the browser complained about."""
    return []


def watch(page: Page, troubles: list[str]) -> Page:
    """The page, with its complaints gathered in `troubles`."""
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda told: troubles.append(told.text) if told.type == "error" else None)
    return page
