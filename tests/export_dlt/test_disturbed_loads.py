"""Loads that are killed or refused, or lose their state: the next run loses and doubles no row."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from dlt.pipeline.exceptions import PipelineStepFailed

from cartesia_calls import AsyncClient, AuthenticationError
from cartesia_calls.export.dlt import calls_source
from fake_server import KEY
from many_calls import AGENT, ManyCalls, call_id, lines
from pipelines import MakePipeline, Rows
from terminal import environment

CALLS = 300
KILLS = 4
# For root, dlt keeps a file in /var, wherever its data are.
NOT_ROOT = "import os; os.geteuid = lambda: 1000\n"
LOADS = f"""{NOT_ROOT}
import os, signal, sys
import dlt
from cartesia_calls.export.dlt import calls_source

folder, agent, *steps = sys.argv[1:]
pipeline = dlt.pipeline(
    "calls",
    destination=dlt.destinations.duckdb(folder + "/warehouse.duckdb"),
    dataset_name="calls",
    pipelines_dir=folder + "/pipelines",
)
for step in steps:
    if step == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    else:
        source = calls_source(agents=agent, until=os.environ.get("UNTIL"))
        getattr(pipeline, step)(*([source] if step in ("run", "extract") else []))
"""


def _words(folder: Path, *steps: str) -> list[str]:
    return [sys.executable, "-c", LOADS, str(folder), AGENT, *steps]


def _environment(server: ManyCalls, folder: Path) -> dict[str, str]:
    return environment(
        CARTESIA_API_KEY=KEY,
        CARTESIA_BASE_URL=server.url,
        HOME=str(folder / "home"),
        DLT_DATA_DIR=str(folder / "home" / "dlt"),
        RUNTIME__DLTHUB_TELEMETRY="false",
    )


def _load(server: ManyCalls, folder: Path, *steps: str, **variables: str) -> int:
    """Run a program of these steps to its end, or until it kills itself."""
    env = _environment(server, folder) | variables
    return subprocess.run(_words(folder, *steps), env=env, cwd=folder, check=False).returncode


def _kill_at_request(server: ManyCalls, number: int, folder: Path) -> int:
    last = server.requests + number
    with subprocess.Popen(
        _words(folder, "run", "run"), env=_environment(server, folder), cwd=folder
    ) as process:
        server.interfere = lambda heard, _: process.kill() if heard >= last else None
        code = process.wait()
    server.interfere = lambda _number, _path: None
    return code


def _expected(count: int) -> list[tuple[str, int, str]]:
    return [
        (call_id(number), index, text)
        for number in range(count)
        for index, text in enumerate(lines(number))
    ]


@pytest.fixture
def loaded(rows: Rows) -> Any:  # noqa: ANN401 - a function
    return partial(rows, 'SELECT call_id, "index", text FROM logs ORDER BY ALL')


def test_killed_repeatedly_it_ends_as_an_undisturbed_one(tmp_path: Path, loaded: Any) -> None:  # noqa: ANN401
    draw = random.Random(5)  # noqa: S311 - no secret
    with ManyCalls(CALLS) as server:
        for _ in range(KILLS):
            code = _kill_at_request(server, draw.randint(1, CALLS), tmp_path)
            assert code == -signal.SIGKILL
        assert _load(server, tmp_path, "run", "run") == 0
    assert loaded() == _expected(CALLS)


@pytest.mark.parametrize("steps", [("extract",), ("extract", "normalize")])
def test_data_fetched_before_a_kill_are_loaded_by_the_next_run_without_requests(
    tmp_path: Path,
    loaded: Any,  # noqa: ANN401
    steps: tuple[str, ...],
) -> None:
    with ManyCalls(CALLS) as server:
        # Into an existing warehouse: without one, dlt would begin again.
        assert _load(server, tmp_path, "run", UNTIL="2026-03-01T10:00Z") == 0
        assert 0 < server.fetched.total() < CALLS
        assert _load(server, tmp_path, *steps, "die") == -signal.SIGKILL
        assert server.fetched.total() == CALLS
        assert _load(server, tmp_path, "run") == 0
        assert loaded() == _expected(CALLS)
        assert _load(server, tmp_path, "run") == 0
        assert server.fetched.total() == CALLS
    assert loaded() == _expected(CALLS)


@pytest.mark.parametrize("steps", [("extract", "die"), ("run",)])
def test_a_run_without_its_folder_uses_the_state_in_the_warehouse(
    tmp_path: Path,
    loaded: Any,  # noqa: ANN401
    steps: tuple[str, ...],
) -> None:
    with ManyCalls(CALLS) as server:
        _load(server, tmp_path, *steps)
        shutil.rmtree(tmp_path / "pipelines")
        assert _load(server, tmp_path, "run") == 0
        again = CALLS if "die" in steps else 0
        assert server.fetched.total() == CALLS + again
    assert loaded() == _expected(CALLS)


def test_a_new_warehouse_gets_everything(tmp_path: Path, loaded: Any) -> None:  # noqa: ANN401
    with ManyCalls(CALLS) as server:
        assert _load(server, tmp_path, "run") == 0
        (tmp_path / "warehouse.duckdb").unlink()
        assert _load(server, tmp_path, "run") == 0
    assert loaded() == _expected(CALLS)


def test_a_refused_key_ends_the_load_with_its_error(
    make_pipeline: MakePipeline,
    tmp_path: Path,
    loaded: Any,  # noqa: ANN401
) -> None:
    refusal = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
    with ManyCalls(CALLS) as server:
        source = partial(
            calls_source, agents=AGENT, connect=partial(AsyncClient, KEY, base_url=server.url)
        )
        server.interfere = lambda heard, _: refusal if heard > 40 else None
        with pytest.raises(PipelineStepFailed, match="API key") as failure:
            make_pipeline().run(source())
        assert server.requests <= 40 + 8 + 1
        causes = [failure.value, failure.value.__cause__, failure.value.__cause__.__cause__]  # type: ignore[union-attr]  # dlt's two
        assert isinstance(causes[-1], AuthenticationError)
        server.interfere = lambda _number, _path: None
        make_pipeline().run(source())
    assert loaded() == _expected(CALLS)
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert not [file for file in files if KEY.encode() in file.read_bytes()]


def test_an_abandoned_run_ends_and_the_next_one_loads_the_rest(
    make_pipeline: MakePipeline,
    loaded: Any,  # noqa: ANN401
) -> None:
    with ManyCalls(CALLS, delay=0.001) as server:
        source = partial(
            calls_source, agents=AGENT, connect=partial(AsyncClient, KEY, base_url=server.url)
        )
        some = source()
        some.resources["calls"].add_limit(3)
        make_pipeline().run(some)
        assert 0 < len(loaded()) < len(_expected(CALLS))
        make_pipeline().run(source())
    assert loaded() == _expected(CALLS)


def test_a_user_s_script_leaves_nothing_outside_its_folders(tmp_path: Path) -> None:
    script = (
        f"{NOT_ROOT}import dlt\n"
        "from cartesia_calls.export.dlt import calls_source\n"
        'pipeline = dlt.pipeline("mine", destination="duckdb")\n'
        f"print(pipeline.run(calls_source(agents={AGENT!r})))\n"
    )
    folders = [tmp_path / name for name in ("work", "temporary", "home", "dlt")]
    for folder in folders:
        folder.mkdir()
    work, temporary, home, data = folders
    with ManyCalls(30) as server:
        env = _environment(server, tmp_path) | {"TMPDIR": str(temporary), "DLT_DATA_DIR": str(data)}
        done = subprocess.run(
            [sys.executable, "-c", script], env=env, cwd=work, capture_output=True, check=False
        )
    assert done.returncode == 0, done.stderr.decode()
    assert b"1 load package(s) were loaded" in done.stdout
    assert b"WARNING" not in done.stderr
    assert [path.name for path in work.iterdir()] == ["mine.duckdb"]
    assert not list(temporary.iterdir())
    assert {path.name for path in home.rglob("*") if path.is_file()} <= {".anonymous_id"}
    state = json.loads((data / "pipelines" / "mine" / "state.json").read_text())
    assert state["sources"]["cartesia_calls"]["resources"]["logs"][AGENT][""]["calls"] == {}
