"""Pages in a real Chromium, driven by Playwright: signed in, at any size and theme, and looked at for what is wrong.

Every page that is opened is watched: a line on the console, a broken script, a refusal by the content security policy, a
load from anywhere but the server, or an answer of 500 fails the test when the page is closed.
"""

import base64
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect, sync_playwright

from support.browser import BROWSERS, program
from support.people import PASSWORD
from support.system import System, Tenant

Theme = Literal["light", "dark"]
ROLES = ("owner", "admin", "analyst", "viewer")
SIZES: dict[str, tuple[int, int]] = {"phone": (390, 844), "laptop": (1440, 900), "stadium": (3840, 2160)}
THEMES: tuple[Theme, ...] = ("light", "dark")
ROOT = Path(__file__).parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SCREENS = ROOT / "docs" / "screens"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HOSTILE = "<img src=x onerror=\"document.body.dataset.hacked='yes'\">"
RIGHT_TO_LEFT = "فرقة الليل العربي"
LONG = "An Endless Title " * 15 + "!"
PATIENCE_MS = 15_000


@dataclass(frozen=True)
class Arena:
    """A running system with a tenant that much has happened to, and people of it."""

    system: System
    tenant: Tenant
    people: dict[str, str] = field(default_factory=lambda: {role: f"{role}@arena.example" for role in ROLES})
    """The e-mail address of the member with each role; all have the password ``PASSWORD``."""

    @property
    def slug(self) -> str:
        """The tenant's short name."""
        return self.tenant.slug


class Watched:
    """One page and what was wrong on it."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.told: list[str] = []
        self._meant: list[str] = []
        self._origin = origin
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.told.append(f"script: {error}"))
        page.on("response", self._answered)
        page.on("request", lambda request: self._asked(request.url))

    def allow(self, pattern: str) -> None:
        """Take what matches for meant, such as the browser's line about an answer of 404: told already or not yet."""
        self._meant.append(pattern)

    @property
    def wrong(self) -> list[str]:
        """What was told and not meant."""
        return [each for each in self.told if not any(re.search(pattern, each) for pattern in self._meant)]

    def check(self) -> None:
        """Nothing was wrong."""
        assert not self.wrong, self.wrong

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.told.append(f"console: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.told.append(f"{response.status}: {response.url}")

    def _asked(self, url: str) -> None:
        # Pictures of the catalogue may be anywhere; the tests' own are data addresses.
        if not url.startswith((self._origin, "data:", "blob:", "about:")):
            self.told.append(f"external: {url}")


class Pages:
    """A browser, and pages of one system in it."""

    def __init__(self, browser: Browser, arena: Arena) -> None:
        self.browser = browser
        self.arena = arena
        self._signed_in: dict[str, Any] = {}

    @contextmanager
    def open(
        self,
        path: str = "",
        *,
        role: str | None = "owner",
        size: str = "laptop",
        theme: Theme = "light",
        check: bool = True,
        **context: Any,
    ) -> Iterator[Page]:
        """A page of its own context; ``path``: absolute, or below the tenant's. ``role=None``: signed out.

        ``context``: more of Playwright's, such as ``java_script_enabled=False`` or ``locale="de-DE"``.
        """
        with self.context(role=role, size=size, theme=theme, **context) as opened:
            page = opened.new_page()  # the end of its context closes it; closing a page by itself once hung for minutes
            with self._watching(page, check=check):
                page.goto(self.url(path))
                yield page

    @contextmanager
    def context(
        self, *, role: str | None = "owner", size: str = "laptop", theme: Theme = "light", **more: Any
    ) -> Iterator[BrowserContext]:
        """A browser as of one person, with nothing in it but their log-in."""
        width, height = SIZES[size]
        state = None if role is None else self._state(role)
        opened = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            storage_state=state,
            **{"locale": "en-US", **more},
        )
        opened.set_default_timeout(PATIENCE_MS)
        try:
            yield opened
        finally:
            opened.close()

    @contextmanager
    def page(self, context: BrowserContext, *, check: bool = True) -> Iterator[Page]:
        """A new page, watched."""
        page = context.new_page()
        try:
            with self._watching(page, check=check):
                yield page
        finally:
            page.close()

    @contextmanager
    def _watching(self, page: Page, *, check: bool) -> Iterator[None]:
        watched = Watched(page, self.arena.system.url)
        WATCHED[page] = watched
        try:
            yield
            if check:
                watched.check()
        finally:
            WATCHED.pop(page)

    def url(self, path: str = "") -> str:
        """The address of a page: absolute, or below the tenant's."""
        below = path if path.startswith("/") else f"/t/{self.arena.slug}/{path}".rstrip("/")
        return self.arena.system.url + below

    def shoot(
        self, name: str, path: str, *, role: str | None = "owner", prepare: Callable[[Page], None] | None = None
    ) -> None:
        """Open a page at each size and theme, look that it fits, and ``keep`` its picture."""
        for size in SIZES:
            for theme in THEMES:
                with self.open(path, role=role, size=size, theme=theme) as page:
                    if prepare is not None:
                        prepare(page)
                    fits(page)
                    self.keep(page, name, size, theme)

    def keep(self, page: Page, name: str, size: str, theme: str) -> None:
        """A picture for ``docs/screens``, when ``SCREENS=1`` asks for them; a stadium's at half its size."""
        if not os.environ.get("SCREENS"):
            return
        SCREENS.mkdir(parents=True, exist_ok=True)
        session = page.context.new_cdp_session(page)
        scale = 0.5 if size == "stadium" else 1
        width, height = SIZES[size]
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": scale}
        taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": 60, "clip": clip})
        (SCREENS / f"{name}-{size}-{theme}.webp").write_bytes(base64.b64decode(taken["data"]))

    def _state(self, role: str) -> Any:
        """The cookie of this role's log-in; one log-in serves all pages."""
        if role not in self._signed_in:
            self._signed_in[role] = sign_in(self.browser, self.arena.system.url, self.arena.people[role])
        return self._signed_in[role]


WATCHED: dict[Page, Watched] = {}


def sign_in(browser: Browser, url: str, email: str, password: str = PASSWORD) -> Any:
    """Log in as a page of the server would; the state of a context that has done so."""
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(f"{url}/static/mark.svg")
        status = page.evaluate(
            """async (said) => (await fetch("/api/auth/login", {
                method: "POST", headers: {"content-type": "application/json"}, body: JSON.stringify(said),
            })).status""",
            {"email": email, "password": password, "kind": "cookie"},
        )
        assert status == 200, (email, status)
        state = context.storage_state()
        assert any(cookie["name"] == "__Host-coliseum" for cookie in state["cookies"]), state
        return state
    finally:
        context.close()


def fits(page: Page) -> None:
    """Nothing makes the page wider than the window."""
    wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide[0] <= wide[1], f"{page.url} is {wide[0]} px wide in {wide[1]} px"


def check_axe(page: Page, *, without: tuple[str, ...] = ()) -> None:
    """Axe finds nothing; ``without``: selectors of what is not ours."""
    assert AXE.exists(), "axe-core is not installed: run `npm ci` in frontend"
    page.evaluate(f"(() => {{ {AXE.read_text()} }})()")
    found = page.evaluate(
        "([tags, without]) => axe.run({exclude: without.map((each) => [each])}, {runOnly: tags, resultTypes: ['violations']})",
        [TAGS, list(without)],
    )
    told = [
        f"{each['id']}: {each['help']}: "
        + "; ".join(f"{node['html'][:160]} ({node['failureSummary']})" for node in each["nodes"][:3])
        for each in found["violations"]
    ]
    assert not told, "\n".join(told)


def allow(page: Page, pattern: str) -> None:
    """Take what matches for meant on this page."""
    WATCHED[page].allow(pattern)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium of this machine, and patience with what it shall show."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=program(BROWSERS), args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        try:
            yield opened
        finally:
            with suppress(Exception):
                opened.close()
