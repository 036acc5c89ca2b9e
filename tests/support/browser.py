"""A real Chromium, driven through its ChromeDriver, that may talk to nobody but the server under test."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webdriver import WebDriver

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DRIVERS = ("chromedriver",)
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def program(names: tuple[str, ...]) -> str | None:
    """The path of the first of these programs that this machine has."""
    return next((path for name in names if (path := shutil.which(name))), None)


def missing() -> str | None:
    """Why no browser can be driven here; None when one can."""
    absent = [" or ".join(names) for names in (BROWSERS, DRIVERS) if program(names) is None]
    return f"not on this machine: {', '.join(absent)}" if absent else None


@contextmanager
def browser(profile: Path) -> Iterator[WebDriver]:
    """A browser with an empty profile that writes down its console and its requests."""
    options = webdriver.ChromeOptions()
    options.binary_location = program(BROWSERS) or ""
    for option in OPTIONS:
        options.add_argument(option)
    options.add_argument(f"--user-data-dir={profile}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, Service(program(DRIVERS)))
    try:
        driver.set_script_timeout(20)
        yield driver
    finally:
        driver.quit()


def emulate(driver: WebDriver, **features: str) -> None:
    """Let the page's media queries see these features, such as ``prefers_color_scheme="dark"``."""
    named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
    command(driver, "Emulation.setEmulatedMedia", features=named)


def resize(driver: WebDriver, width_px: int, height_px: int) -> None:
    """Make the window of the page so large."""
    command(
        driver,
        "Emulation.setDeviceMetricsOverride",
        width=width_px,
        height=height_px,
        deviceScaleFactor=1,
        mobile=width_px < 500,
    )


def command(driver: WebDriver, name: str, **arguments: Any) -> Any:
    """A command of the DevTools protocol."""
    return driver.execute_cdp_cmd(name, arguments)
