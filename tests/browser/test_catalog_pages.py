"""The catalogue's editor in a browser: a saved name is on the board, nobody's edit is lost, files are shown first."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from support.pages import HOSTILE, SIZES, THEMES, Arena, Pages, Theme, allow, check_axe, fits

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]


def save(page: Page, name: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Save").click()


def named(pages: Pages, arena: Arena, artist: str) -> str:
    """What the board of votes calls an artist at this moment."""
    rows = arena.tenant.get("/api/leaderboards", metric="votes", entity="artist", limit=1000)["rows"]
    return next((row["name"] for row in rows if row["id"] == artist), "")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "path",
    [
        "catalog/artists",
        "catalog/tracks",
        "catalog/artists/edit?id=long",
        "catalog/events/edit",
        "catalog/venues/import",
    ],
)
def test_each_page_fits_and_is_sound(pages: Pages, path: str, size: str, theme: Theme) -> None:
    with pages.open(path, size=size, theme=theme) as page:
        fits(page)
        check_axe(page)


def test_a_saved_name_is_on_the_board_and_in_the_history_with_who_saved_it(pages: Pages, arena: Arena) -> None:
    name = f"Velda Moor {time.time_ns()}"
    with pages.open("catalog/artists/edit?id=velda-moor", role="admin") as page:
        city = page.get_by_label("City").input_value()
        save(page, name)
        expect(page.get_by_role("status").first).to_contain_text("Saved: velda-moor")
        arena.system.wait_for(lambda: named(pages, arena, "velda-moor") == name, "the board to take the name")
        page.get_by_role("link", name="Open").click()
        expect(page.locator(".history li").first).to_contain_text(name)
        expect(page.locator(".history li").first).to_contain_text("person:")
        assert page.get_by_label("City").input_value() == city


def test_of_two_editors_the_second_is_shown_what_the_first_has_saved(pages: Pages) -> None:
    path = "catalog/artists/edit?id=tin-cathedral"
    with pages.open(path, role="owner") as one, pages.open(path, role="admin") as two:
        save(one, "Saved first")
        expect(one.get_by_role("status").first).to_contain_text("Saved")
        save(two, "Saved second")
        allow(two, "412")
        alert = two.get_by_role("alert").first
        expect(alert).to_contain_text("Somebody else has saved meanwhile")
        expect(alert).to_contain_text("Saved first")
        expect(alert).to_contain_text("Saved second")
        check_axe(two)
        two.get_by_role("button", name="Save over theirs").click()
        expect(two.get_by_role("status").first).to_contain_text("Saved")


def test_what_is_wrong_is_said_at_its_field_and_nothing_that_was_typed_is_lost(pages: Pages) -> None:
    with pages.open("catalog/events/edit") as page:
        page.get_by_label("Id", exact=True).fill("wrong-night")
        page.get_by_label("Begins").fill("tomorrow")
        page.get_by_label("Bill").fill("velda-moor\ntin-cathedral")
        save(page, "A Night")
        expect(page.locator("#startsAt-wrong")).to_contain_text("tomorrow")
        allow(page, "400")
        assert page.get_by_label("Bill").input_value() == "velda-moor\ntin-cathedral"
        page.get_by_label("Begins").fill("2026-06-21 20:15")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status").first).to_contain_text("Saved: wrong-night")


def test_hostile_names_are_texts_everywhere(pages: Pages) -> None:
    with pages.open("catalog/artists?search=onerror") as page:
        page.get_by_role("link", name="<img").click()
        assert page.get_by_label("Name").input_value() == HOSTILE
        assert page.locator("h1").inner_text() == HOSTILE
        assert page.locator("body").get_attribute("data-hacked") is None


def test_a_file_is_shown_with_its_faults_then_done_and_twice_is_nothing(pages: Pages, tmp_path: Path) -> None:
    mark = time.time_ns()
    file = tmp_path / "venues.csv"
    file.write_bytes(
        f'\ufeffKey;Title;Seats\nhall-{mark};"The\nHall";100\nbad-{mark};No Number;many\n;Nobody;1\n'.encode()
    )
    with pages.open("catalog/venues/import") as page:
        page.locator("#file").set_input_files(file)
        expect(page.locator(".outcome.created strong")).to_have_text("1")
        expect(page.locator(".outcome.faults strong")).to_have_text("2")
        faults = page.locator("#faults tr")
        expect(faults.nth(0)).to_contain_text("no whole number")
        expect(faults.nth(0).locator("td").first).to_have_text("4")
        check_axe(page)
        button = page.locator("#apply")
        expect(button).to_be_disabled()
        page.locator("#partial").check()
        button.click()
        expect(page.locator("#result")).to_contain_text("Done: 1 new, 0 changed, 0 unchanged, 2 left out.")
        page.reload()
        page.locator("#file").set_input_files(file)
        expect(page.locator(".outcome.unchanged strong")).to_have_text("1")
        expect(button).to_be_disabled()
        page.locator("#map-name").select_option("Key")
        expect(page.locator(".outcome.changed strong")).to_have_text("1")


def test_a_file_that_is_no_table_is_refused_in_words(pages: Pages, tmp_path: Path) -> None:
    file = tmp_path / "sheet.xlsx"
    file.write_bytes(b"PK\x03\x04\x00\x00\x00")
    with pages.open("catalog/artists/import") as page:
        page.locator("#file").set_input_files(file)
        expect(page.get_by_role("alert")).to_contain_text("Save it as CSV")
        allow(page, "400")


def test_an_export_is_handed_over_as_a_file(pages: Pages) -> None:
    with pages.open("catalog/artists", role="analyst") as page:
        with page.expect_download() as download:
            page.get_by_role("button", name="Export as CSV").click()
        assert download.value.suggested_filename == "artists.csv"
        assert Path(download.value.path()).read_text("utf-8-sig").startswith("id,name,genres,city,country,picture")


def test_who_may_not_edit_reads(pages: Pages) -> None:
    with pages.open("catalog/artists/edit?id=velda-moor", role="analyst") as page:
        assert page.get_by_role("button", name="Save").count() == 0
        assert page.get_by_label("Name").is_editable() is False
    with pages.open("catalog/artists/import", role="analyst") as page:
        expect(page.locator("h1")).to_have_text("This is not yours to see")
        allow(page, "403")


def test_it_is_edited_without_a_script(pages: Pages) -> None:
    with pages.open("catalog/venues/edit", java_script_enabled=False) as page:
        page.get_by_label("Id", exact=True).fill(f"quiet-{time.time_ns()}")
        save(page, "Quiet Hall")
        expect(page.get_by_role("status").first).to_contain_text("Saved: quiet-")


def test_pictures(pages: Pages) -> None:
    pages.shoot("catalog", "catalog/artists")
    pages.shoot("catalog-edit", "catalog/artists/edit?id=velda-moor")
    pages.shoot("catalog-import", "catalog/artists/import")
