"""The campaign, which runs once for all tests, a page to fetch, and the command."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
import yaml

import check_upstream
from drift_campaign import BASE_SPEC, Outcome, base_spec, run_campaign
from fake_pages import Pages, serving
from reference_pages import SEED_PAGE


@pytest.fixture(scope="session")
def outcomes() -> list[Outcome]:
    return list(run_campaign())


@pytest.fixture
def pages() -> Generator[Pages]:
    with serving(SEED_PAGE.read_bytes()) as page:
        yield page


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., int]:
    """Run the command on files, or on a spec whose operations in `facts` come from facts."""

    def run(*arguments: str | dict[str, Any], facts: tuple[str, ...] = ()) -> int:
        record = tmp_path / "sources.yml"
        entries = {
            operation["operationId"]: {
                "operation": f"{method.upper()} {path}",
                "source": "somewhere",
                "origin": "facts" if operation["operationId"] in facts else "page",
                "retrieved": "2026-03-01",
                "sha256": "0",
            }
            for path, item in base_spec()["paths"].items()
            for method, operation in item.items()
        }
        record.write_text(yaml.safe_dump(entries), encoding="utf-8")
        given = ["--spec", str(BASE_SPEC), "--sources", str(record)]
        for argument in arguments:
            if isinstance(argument, str):
                given.append(argument)
            else:
                path = tmp_path / "upstream.yml"
                path.write_text(yaml.safe_dump(argument, sort_keys=False), encoding="utf-8")
                given.append(str(path))
        return check_upstream.main(given)

    return run


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Callable[[], dict[str, Any]]:
    """Return the JSON that the command has printed."""

    def read() -> dict[str, Any]:
        printed: dict[str, Any] = json.loads(capsys.readouterr().out)
        return printed

    return read
