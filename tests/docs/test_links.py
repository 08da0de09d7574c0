"""Every link in the project's Markdown leads somewhere."""

from __future__ import annotations

import pytest

from markdown_pages import PAGES, ROOT, Page

# A picture for one of the site's colour schemes.
SCHEMES = {"only-light", "only-dark"}
# The anchors of the reference are made by the site; MkDocs checks links to them.
REFERENCE = ROOT / "docs" / "reference"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_relative_links_lead_to_files_and_headings(page: Page) -> None:
    broken: list[str] = []
    for link in page.links:
        target, _, anchor = link.partition("#")
        if ":" in target or (anchor in SCHEMES and (page.path.parent / target).exists()):
            continue
        path = (page.path.parent / target).resolve() if target else page.path
        if not path.exists() or (
            anchor and path.parent != REFERENCE and anchor not in Page(path).anchors
        ):
            broken.append(link)
    assert broken == []
