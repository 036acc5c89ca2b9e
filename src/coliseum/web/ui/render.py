"""Templates: everything is escaped, all words are of the catalogue, and nothing but our own files may run or load."""

from functools import cache
from typing import Any, Final

import jinja2
from litestar import Response
from markupsafe import Markup

from coliseum.web.headers import PAGE_POLICY
from coliseum.web.ui.assets import assets
from coliseum.web.ui.compiled import compiled_beside
from coliseum.web.ui.formats import FILTERS
from coliseum.web.ui.numbers import figures
from coliseum.web.ui.text import SOURCE, translations

SECURITY: Final = {"content-security-policy": PAGE_POLICY}
COMPILED: Final = compiled_beside(__file__)


@cache
def templates(language: str = SOURCE) -> jinja2.Environment:
    """The templates with the words of a language."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("coliseum.web.ui"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=COMPILED,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    words = translations(language)
    environment.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.policies["ext.i18n.trimmed"] = True

    def told(text: str, **variables: Any) -> str:
        """``_("…")``. What has no variables may come from anywhere, and so is escaped like everything else."""
        return Markup(words.gettext(text)) % variables if variables else words.gettext(text)  # noqa: S704 - of ours

    environment.globals["_"] = told
    environment.filters["figures"] = figures
    environment.filters.update(FILTERS)
    environment.globals["asset"] = assets().address
    return environment


def html(template: str, /, status: int = 200, **values: Any) -> Response[str]:
    """A template that needs to know nothing of who is looking, as a page."""
    headers = {**SECURITY, "Cache-Control": "no-store"}
    if status == 503:
        headers["Retry-After"] = "1"
    body = templates().get_template(template).render(**values)
    return Response(body, status_code=status, media_type="text/html", headers=headers)
