"""Pages in a browser: reading, clicking and typing, in both themes and widths."""

from __future__ import annotations

import os
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browsing import Open, Scheme

NAMES = (
    *("ac_finished", "ac_odd_tools", "ac_odd_metadata", "ac_deleted", "ac_running"),
    *("week", "nothing", "hostile", "hostile_week", "audio"),
)


def _shown(page: Page) -> list[str]:
    texts: list[str] = page.locator(".timeline > li:visible").all_inner_texts()
    return texts


def _is_in_view(page: Page, address: str) -> bool:
    top, bottom = page.evaluate(
        "id => { const box = document.querySelector(id).getBoundingClientRect();"
        " return [box.top, box.bottom]; }",
        address,
    )
    return bool(0 <= top < bottom <= 900)


@pytest.mark.parametrize(("width", "scheme"), [*product((400, 1400), ("light", "dark"))])
@pytest.mark.parametrize("name", NAMES)
def test_a_page_opens_fits_and_is_accessible(
    open_page: Open, pages: Path, name: str, width: int, scheme: Scheme
) -> None:
    axe = Path(os.environ["AXE_PATH"]).read_text(encoding="utf-8")
    with open_page(pages / f"{name}.html", width=width, scheme=scheme) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate(axe)
        found: Any = page.evaluate("axe.run()")
        assert [
            (one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]
        ] == []


def test_the_timeline_is_filtered_by_kind_level_and_text(open_page: Open, pages: Path) -> None:
    with open_page(pages / "ac_finished.html") as page:
        everything = _shown(page)
        output = page.locator(".filter output")
        expect(output).to_have_text(f"{len(everything)} of {len(everything)} entries")

        page.get_by_label("logs").uncheck()
        assert not any("DEBUG" in entry for entry in _shown(page))
        assert any("Buonasera" in entry for entry in _shown(page))
        page.get_by_label("logs").check()
        for kind in ("turns", "tools", "events"):
            page.get_by_label(kind).uncheck()
        page.get_by_label("Log level").select_option("ERROR and above")
        (error,) = _shown(page)
        assert "The kitchen did not answer" in error
        page.locator("form").evaluate("form => { form.reset(); }")
        page.get_by_label("Text").fill("TIMEOUTERROR")
        assert _shown(page) == [error]
        expect(output).to_have_text(f"1 of {len(everything)} entries")
        page.get_by_label("Text").fill("")
        assert _shown(page) == everything


def test_a_click_in_the_picture_scrolls_to_the_entry(open_page: Open, pages: Path) -> None:
    with open_page(pages / "ac_finished.html") as page:
        part = page.locator("svg a.agent").last
        address = part.get_attribute("href")
        assert address
        assert not _is_in_view(page, address)
        part.click()
        page.wait_for_url(f"**{address}")
        assert _is_in_view(page, address)
        assert "Pronto alle dieci" in page.locator(address).inner_text()


def test_the_picture_works_with_the_keyboard(open_page: Open, pages: Path) -> None:
    with open_page(pages / "ac_finished.html") as page:
        page.locator(".picture").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("End")
        page.keyboard.press("ArrowLeft")
        address = page.evaluate("document.activeElement.getAttribute('href')")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{address}")
        assert _is_in_view(page, address)

        page.locator(".picture").focus()
        narrow = page.locator(".picture svg").bounding_box()
        page.keyboard.press("+")
        wide = page.locator(".picture svg").bounding_box()
        page.keyboard.press("0")
        again = page.locator(".picture svg").bounding_box()
        assert narrow
        assert wide
        assert again
        assert wide["width"] == 2 * narrow["width"] == 2 * again["width"]


def test_every_control_is_reached_by_tab(open_page: Open, pages: Path) -> None:
    with open_page(pages / "ac_finished.html") as page:
        reached: set[str] = set()
        for _ in range(60):
            page.keyboard.press("Tab")
            reached.add(
                page.evaluate(
                    "(one => one.className.baseVal ?? (one.className || one.name || one.tagName))"
                    "(document.activeElement)"
                )
            )
        assert {"copy js", "picture", "kind", "level", "text", "at", "SUMMARY"} <= reached
        assert not {"agent", "caller"} & reached, "the arrow keys lead there"


def test_a_link_to_a_hidden_entry_shows_it(open_page: Open, pages: Path) -> None:
    with open_page(pages / "ac_finished.html") as page:
        page.get_by_label("Text").fill("margherita")
        page.locator(".problems a").first.click()
        page.wait_for_function("location.hash")
        address = page.evaluate("location.hash")
        assert page.locator(address).is_visible()
        assert _is_in_view(page, address)
        assert page.get_by_label("Text").input_value() == ""


@pytest.mark.parametrize("name", ["hostile", "hostile_week"])
def test_markup_and_terminal_escapes_are_text(open_page: Open, pages: Path, name: str) -> None:
    with open_page(pages / f"{name}.html") as page:
        text = page.locator("main").inner_text()
        assert "<script>document.title = 'owned'</script><img src=x onerror=alert(1)>" in text
        assert "\\x1b[31mred\\x07" in text
        assert page.locator("img").count() == 0
        assert page.title() != "owned"


def test_the_policy_refuses_foreign_content(open_page: Open, pages: Path) -> None:
    with open_page(pages / "ac_finished.html", is_watched=False) as page:
        refused = page.evaluate(
            """async () => {
                const found = [];
                addEventListener("securitypolicyviolation", (event) => found.push(event.effectiveDirective));
                const image = new Image();
                image.src = "http://127.0.0.1:9/x.png";
                const script = document.createElement("script");
                script.textContent = "document.title = 'owned'";
                document.body.append(image, script);
                const frame = document.createElement("iframe");
                frame.src = "http://127.0.0.1:9/";
                document.body.append(frame);
                try { await fetch("http://127.0.0.1:9/"); } catch {}
                while (found.length < 4) await new Promise((done) => setTimeout(done, 10));
                return found.sort();
            }"""
        )
        assert refused == ["connect-src", "frame-src", "img-src", "script-src-elem"]
        assert page.title() != "owned"


def test_a_page_can_be_read_without_scripts(open_page: Open, pages: Path) -> None:
    with open_page(pages / "ac_finished.html", scripts=False) as page:
        assert "Pronto alle dieci" in page.locator(".timeline").inner_text()
        assert page.locator(".js:visible").count() == 0
        page.locator("svg a.agent").last.click()
        page.wait_for_url("**#e*")
        page.locator(".timeline summary").click()
        assert "raise TimeoutError" in page.locator(".timeline").inner_text()


def test_a_printed_page_has_no_controls_and_nothing_folded(open_page: Open, pages: Path) -> None:
    with open_page(pages / "ac_finished.html") as page:
        page.emulate_media(media="print")
        assert page.locator(".js:visible").count() == 0
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert "raise TimeoutError" in page.locator(".timeline").inner_text()
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert "raise TimeoutError" not in page.locator(".timeline").inner_text()


def test_a_click_on_a_turn_plays_from_there(open_page: Open, pages: Path) -> None:
    with open_page(pages / "audio.html") as page:
        turn = page.locator(".timeline .agent").nth(1)
        at = float(turn.get_attribute("data-at") or "nan")
        turn.get_by_role("button").click()
        page.wait_for_function("at => document.querySelector('audio').currentTime >= at", arg=at)
        page.wait_for_function(
            "document.querySelector('.playhead').getAttribute('visibility') === 'visible'"
        )
        page.locator("audio").evaluate("audio => audio.pause()")
        assert page.locator("audio").evaluate("audio => audio.error") is None


def test_an_id_is_copied(open_page: Open, pages: Path) -> None:
    with open_page(pages / "ac_finished.html") as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        button = page.get_by_role("button", name="Copy the call's id")
        button.click()
        expect(button).to_have_text("copied")
        assert page.evaluate("navigator.clipboard.readText()") == "ac_finished"


def test_a_call_of_2000_turns_and_50000_lines_opens_in_under_3_s_and_scrolls(
    open_page: Open, pages: Path
) -> None:
    with open_page(pages / "long.html") as page:
        page.wait_for_function("performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
        loaded = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
        assert loaded < 3000
        frames = page.evaluate(
            """async () => {
                const start = performance.now();
                for (let frame = 0; frame < 30; frame += 1) {
                    scrollBy(0, 2000);
                    await new Promise(requestAnimationFrame);
                }
                return (performance.now() - start) / 30;
            }"""
        )
        assert frames < 250
        page.evaluate("location.hash = '#e2000'")
        page.wait_for_function("document.querySelector('#e2000').getBoundingClientRect().top < 200")
        assert _is_in_view(page, "#e2000")
