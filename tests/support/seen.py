"""Pages without a browser: what a member is answered, and what stands in it."""

from html.parser import HTMLParser

from coliseum import wiring
from coliseum.web.app import build_app
from support.asgi import Http
from support.services import World


def with_pages(world: World) -> World:
    """The same world, whose application has the pages, too."""
    app = build_app(lambda: wiring.open_services(world.settings), "test")
    app.state.services = world.services
    world.http = Http(app)
    return world


class Parts(HTMLParser):
    """The parts of a page by their names: the texts in each, and the addresses that it leads to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: dict[str, list[str]] = {"": []}
        self.links: dict[str, list[str]] = {"": []}
        self._open: list[tuple[str, str]] = [("", "")]
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("data-part") or self._open[-1][1]
        self.texts.setdefault(name, [])
        self.links.setdefault(name, [])
        if tag == "a" and given.get("href"):
            self.links[name].append(given["href"] or "")
        if tag not in ("input", "img", "link", "meta", "br"):
            self._open.append((tag, name))

    def handle_endtag(self, tag: str) -> None:
        if tag in [each for each, _ in self._open]:
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts[self._open[-1][1]].append(" ".join(data.split()))
