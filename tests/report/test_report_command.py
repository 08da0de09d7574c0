"""The commands `report` and `stats`, as a user runs them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from cartesia_calls import CallStats
from cartesia_calls.report import exported_calls
from cartesia_calls.sandbox import Sandbox
from fake_server import KEY
from pages import Page
from terminal import Done, environment, in_a_process, on_terminal, piped


@pytest.fixture(scope="module")
def env() -> Iterator[dict[str, str]]:
    with Sandbox() as sandbox:
        yield environment(CARTESIA_BASE_URL=sandbox.url, CARTESIA_API_KEY=KEY, TZ="Europe/Berlin")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, env: dict[str, str]) -> Path:
    return _export(tmp_path_factory.mktemp("export") / "calls", env)


def _export(folder: Path, env: dict[str, str], *words: str) -> Path:
    parts = ("--include", "record,transcript,logs", "--since", "3d", "--to", str(folder))
    assert piped("export", "--agent", "agent_busy", *parts, *words, env=env).code == 0
    return folder


def _read(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


def _report(*words: str, env: dict[str, str], folder: Path) -> Done:
    return piped("report", *words, "-o", str(folder / "page.html"), env=env)


def test_a_page_about_a_call_is_written_and_by_default_not_overwritten(
    tmp_path: Path, env: dict[str, str]
) -> None:
    done = _report("ac_finished", env=env, folder=tmp_path)
    assert (done.code, done.err) == (0, f"Wrote {tmp_path}/page.html.\n")
    page = _read(tmp_path / "page.html")
    assert "The kitchen did not answer within 5 s" in page.section("What went wrong")
    assert re.search(r"Times of day are in CES?T, UTC\+0[12]:00\.", page.section("Timeline"))
    assert len(page.entries) == 27

    again = _report("ac_finished", env=env, folder=tmp_path)
    assert again.code == 2
    assert "overwrite it with --force" in again.err
    assert _report("ac_odd_tools", "--force", env=env, folder=tmp_path).code == 0
    assert _read(tmp_path / "page.html").find("h1")[0].text.startswith("ac_odd_tools")


def test_a_page_goes_to_stdout(env: dict[str, str]) -> None:
    done = piped("report", "ac_finished", "-o", "-", env=env)
    assert (done.code, done.err) == (0, "")
    assert Page(done.out).find("h1")[0].text.startswith("ac_finished")


def test_the_page_of_a_call_without_logs_has_the_reason(
    tmp_path: Path, env: dict[str, str]
) -> None:
    assert _report("ac_deleted", env=env, folder=tmp_path).code == 0
    header = _read(tmp_path / "page.html").find("header")[0].text
    assert "its data were deleted" in header


def test_the_recording_is_embedded_if_there_is_one(tmp_path: Path, env: dict[str, str]) -> None:
    assert _report("ac_finished", "--audio", env=env, folder=tmp_path).code == 0
    (audio,) = _read(tmp_path / "page.html").find("audio")
    assert audio.attributes["src"].startswith("data:audio/wav;base64,UklGR")
    assert _report("ac_expired", "--audio", "--force", env=env, folder=tmp_path).code == 0
    page = _read(tmp_path / "page.html")
    assert "The call has no recording." in page.find("header")[0].text
    assert not page.find("audio")


def test_a_redacted_page_holds_no_phone_number_and_is_marked(
    tmp_path: Path, env: dict[str, str]
) -> None:
    words = ("ac_finished", "--redact", "--redact-pattern", "[Oo]riuolo")
    assert _report(*words, env=env, folder=tmp_path).code == 0
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "0142" not in text
    assert "riuolo" not in text
    assert "‹phone 1›" in text
    assert "is no guarantee" in Page(text).find("header")[0].text


def test_log_times_are_moved(tmp_path: Path, env: dict[str, str]) -> None:
    words = ("ac_finished", "--log-offset", "-7200")
    assert _report(*words, env=env, folder=tmp_path).code == 0
    page = _read(tmp_path / "page.html")
    assert "-7200 s were added" in page.section("Timeline")
    assert "--log-offset 0 " in page.find("header")[0].text


def test_a_page_about_many_calls(tmp_path: Path, env: dict[str, str]) -> None:
    done = _report("--agent", "agent_busy", "--since", "7d", env=env, folder=tmp_path)
    assert done.code == 0
    page = _read(tmp_path / "page.html")
    header = page.find("header")[0].text
    assert header.startswith("Calls of agent_busy Calls of agent_busy from 2")
    assert "The kitchen did not answer within … s 1 1 ac_finished" in page.section("Errors in logs")
    redacted = ("--redact", "--force", "--status", "completed", "--until", "1m")
    done = _report("--agent", "agent_busy", *redacted, env=env, folder=tmp_path)
    header = _read(tmp_path / "page.html").find("header")[0].text
    assert "with status completed before 2" in header
    assert "is no guarantee" in header


@pytest.mark.parametrize("redacted", [(), ("--redact",)])
def test_each_call_gets_a_page_and_all_get_an_index(
    tmp_path: Path, env: dict[str, str], redacted: tuple[str, ...]
) -> None:
    words = ("report", "--agent", "agent_busy", "--agent", "agent_odd", "--since", "2d", "--each")
    folder = tmp_path / "pages"
    done = piped(*words, "-o", str(folder), *redacted, env=env)
    assert done.code == 0
    index = _read(folder / "index.html")
    linked = {address for address in index.addresses if address.startswith("calls/")}
    assert linked == {f"calls/{file.name}" for file in (folder / "calls").iterdir()}
    assert f"Wrote {len(linked)} pages to {folder}/calls." in done.err
    assert f"Wrote {folder}/index.html." in done.err
    page = _read(folder / "calls" / "ac_finished.html")
    assert "The kitchen did not answer" in page.section("What went wrong")
    assert ("is no guarantee" in page.find("header")[0].text) == bool(redacted)

    again = piped(*words, "-o", str(folder), env=env)
    assert again.code == 2
    assert "index.html exists" in again.err


def test_calls_whose_ids_are_redacted_have_pages_of_their_own(
    tmp_path: Path, env: dict[str, str]
) -> None:
    words = ("report", "--agent", "agent_busy", "--since", "2d", "--each")
    done = piped(*words, "-o", str(tmp_path), "--redact-pattern", r"ac_\w+", env=env)

    assert done.code == 0
    files = {file.name for file in (tmp_path / "calls").iterdir()}
    assert f"Wrote {len(files)} pages" in done.err
    assert len(files) > 1
    assert not any("ac_" in name for name in files)


def test_numbers_as_text_fit_80_columns(env: dict[str, str]) -> None:
    done = piped("stats", "--agent", "agent_busy", "--since", "7d", env=env)
    assert done.code == 0
    assert re.match(r"Calls of agent_busy from .* CES?T on\. Times and days are in C", done.out)
    assert re.search(
        r"^  silence before a reply             0.50 s   0.50 s", done.out, re.MULTILINE
    )
    assert re.search(r"^    7.90 s  ac_finished  Pronto alle dieci", done.out, re.MULTILINE)
    assert "1      1  The kitchen did not answer within … s  (ac_finished)" in done.out
    assert "  send_message" not in done.out
    shown = on_terminal(
        *("stats", "--agent", "agent_odd", "--since", "7d"), env={**env, "COLUMNS": "80"}
    )
    assert shown.code == 0
    assert max(map(len, shown.out.splitlines())) <= 80
    assert re.search(r"^  send_message +1 +1 +-$", shown.out, re.MULTILINE)


def test_numbers_as_json_have_the_documented_keys(env: dict[str, str]) -> None:
    done = piped("stats", "--agent", "agent_busy", "--since", "7d", "--json", env=env)
    found = json.loads(done.out)
    assert found["zone"] in {"CET", "CEST"}
    assert found["calls"] == sum(found["by_status"].values()) > 40
    assert found["reply_gap_seconds"] == {"p50": 0.5, "p90": 0.5, "p95": 0.5, "p99": 7.9}
    assert set(found["tts_ttfb_seconds"]) == {"p50", "p90", "p95", "p99"}
    assert {"by_end_reason", "tools", "errors", "slowest_turns"} <= set(found)
    assert {"name", "calls", "failures"} <= set(found["tools"][0])


def test_logs_are_read_only_on_request(tmp_path: Path, env: dict[str, str]) -> None:
    words = ("--agent", "agent_busy", "--since", "7d", "--no-logs")
    done = piped("stats", *words, "--json", "-vv", env=env)
    assert json.loads(done.out)["errors"] == []
    assert "GET /agents/calls: 200" in done.err
    assert "/logs" not in done.err
    assert _report(*words, env=env, folder=tmp_path).code == 0
    assert "without logs" in _read(tmp_path / "page.html").find("header")[0].text
    assert _report("ac_finished", "--no-logs", "--force", env=env, folder=tmp_path).code == 0
    assert "There are no log lines." in _read(tmp_path / "page.html").section("Timeline")


def test_an_empty_list_of_calls_has_numbers(env: dict[str, str]) -> None:
    done = piped("stats", "--agent", "agent_busy", "--until", "2020-01-01", env=env)
    assert done.code == 0
    assert done.out.splitlines()[1:] == ["0 calls, 0 failed"]


def test_an_export_has_the_same_numbers_and_pages(tmp_path: Path, exported: Path) -> None:
    done = piped("stats", "--from", str(exported), "--json", env=environment(TZ="UTC"))
    assert done.code == 0
    stats = CallStats()
    for record, lines in exported_calls(str(exported)):
        stats.add(record, lines)
    assert json.loads(done.out) == {"zone": "UTC", "redacted": False, **stats.as_dict()}

    words = ("ac_finished", "--from", str(exported))
    assert _report(*words, env=environment(), folder=tmp_path).code == 0
    assert len(_read(tmp_path / "page.html").entries) == 27
    many = _report("--from", str(exported), "--force", env=environment(), folder=tmp_path)
    assert many.code == 0
    page = _read(tmp_path / "page.html")
    assert f"Calls in {exported}." in page.find("header")[0].text


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["stats", "--agent", "agent_buzy"], 4, "no agent 'agent_buzy'; did you mean agent_busy?"),
        (["report", "--agent", "unknown", "-o", "-"], 4, "holds no agent 'unknown'"),
        (["report", "ac_finish", "-o", "-"], 4, "'ac_finish'; did you mean ac_finished?"),
        (["report", "ac_finished", "--until", "2d", "-o", "-"], 4, "does not match --since"),
        (["stats", "--status", "complete"], 2, "did you mean completed?"),
        (["stats", "--since", "1d", "--until", "2d"], 2, "Swap them."),
    ],
)
def test_calls_that_an_export_lacks_are_refused_as_by_the_api(
    exported: Path, words: list[str], code: int, says: str
) -> None:
    done = piped(*words, "--from", str(exported), env=environment(COLUMNS="200"))
    assert (done.code, done.out) == (code, "")
    assert says in done.err


def test_a_page_for_each_call_that_fails_leaves_no_folder(
    tmp_path: Path, env: dict[str, str]
) -> None:
    words = ("report", "--agent", "agent_nope", "--each", "-o", str(tmp_path / "new" / "pages"))
    assert piped(*words, env=env).code == 4
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_no_connection_open() -> None:
    with Sandbox() as sandbox:
        sandbox.fail_next(status=403, operation="agents_get-call-logs")
        variables = {"CARTESIA_BASE_URL": sandbox.url, "CARTESIA_API_KEY": KEY}
        env = environment(**variables, PYTHONWARNINGS="default")
        done = piped("stats", "--agent", "agent_busy", env=env, run=in_a_process)
    assert done.code == 3
    assert "ResourceWarning" not in done.err


def test_an_export_is_opened_once(
    tmp_path: Path, exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    connect = duckdb.connect

    def counted() -> object:
        opened.append(connect())
        return opened[-1]

    monkeypatch.setattr(duckdb, "connect", counted)
    source = shutil.copytree(exported, tmp_path / "calls")
    assert piped("report", "--from", str(source), "-o", "-", env=environment()).code == 0
    assert len(opened) == 1


def test_pages_of_a_redacted_export_are_marked(tmp_path: Path, env: dict[str, str]) -> None:
    source = _export(tmp_path / "calls", env, "--redact")
    numbers = ("stats", "--from", str(source))
    assert "The export is redacted." in piped(*numbers, env=environment()).out
    assert json.loads(piped(*numbers, "--json", env=environment()).out)["redacted"] is True
    folder = tmp_path / "pages"
    words = ("report", "--from", str(source))
    assert piped(*words, "--each", "-o", str(folder), env=environment()).code == 0
    one = piped(*words, "ac_finished", "-o", "-", env=environment())
    pages = [_read(file) for file in folder.rglob("*.html")]
    assert len(pages) > 2
    for page in (Page(one.out), *pages):
        assert "is no guarantee" in page.find("header")[0].text


def test_without_logs_an_export_s_logs_are_not_read(
    tmp_path: Path, exported: Path, env: dict[str, str]
) -> None:
    source = Path(shutil.copytree(exported, tmp_path / "calls"))
    for file in (source / "logs").rglob("*.ndjson"):
        file.write_bytes(b"damaged")
    words = ("stats", "--from", str(source), "--json")
    assert piped(*words, env=env).code == 3
    assert json.loads(piped(*words, "--no-logs", env=env).out)["errors"] == []


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["report"], 2, "report ac_123`, or --agent ID --since 7d."),
        (["stats"], 2, "Try --agent ID --since 7d."),
        (["report", "ac_1", "--agent", "agent_1"], 2, "Give one."),
        (["report", "ac_1", "--each", "-o", "x"], 2, "Give one."),
        (["report", "ac_1", "--since", "1d"], 2, "choose among many calls"),
        (["report", "ac_1", "--audio", "--redact"], 2, "A recording cannot be redacted."),
        (["report", "ac_1", "--audio", "--redact-pattern", "x"], 2, "cannot be redacted."),
        (["report", "--agent", "agent_1", "--audio"], 2, "Leave it out."),
        (["report", "--agent", "agent_1", "--each"], 2, "Name a folder with -o."),
        (["report", "--agent", "agent_nope", "-o", "-"], 4, "There is no agent 'agent_nope'"),
        (["report", "ac_nope", "-o", "-"], 4, "There is no call"),
        (["stats", "--from", "/nonexistent"], 3, "holds no export with records"),
    ],
)
def test_impossible_options_are_refused_with_a_hint(
    env: dict[str, str], words: list[str], code: int, says: str
) -> None:
    done = piped(*words, env=env)
    assert done.code == code
    assert says in done.err


@pytest.mark.parametrize(
    ("module", "package", "words"),
    [
        ("jinja2", "jinja2", ["report", "ac_finished", "-o", "-"]),
        ("duckdb", "duckdb", ["stats", "--from", "x"]),
    ],
)
def test_a_missing_package_is_named_with_how_to_install_it(
    env: dict[str, str], tmp_path: Path, module: str, package: str, words: list[str]
) -> None:
    # An import of None fails like that of a missing package.
    hidden = f"import sys; sys.modules[{module!r}] = None\n"
    (tmp_path / "sitecustomize.py").write_text(hidden, encoding="utf-8")
    done = piped(*words, env={**env, "PYTHONPATH": str(tmp_path)}, run=in_a_process)
    assert done.code == 3
    assert f"needs what is not installed: {package}." in done.err
    assert re.search(rf"(?i)install .*'{package}>=", done.err)
