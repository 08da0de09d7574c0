"""Permissions of the CI workflows, and the shell scripts of the spec watch."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

WORKFLOWS = Path(__file__).parents[2] / ".github" / "workflows"
NAMES = sorted(path.name for path in WORKFLOWS.iterdir())
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
# The permissions of each job; a new one must be added here.
RIGHTS = {
    ("ci.yml", "checks"): {"contents": "read"},
    ("ci.yml", "tests"): {"contents": "read"},
    ("release.yml", "build"): {"contents": "read"},
    ("release.yml", "publish"): {"id-token": "write"},
    ("spec-watch.yml", "check"): {"contents": "read"},
    ("spec-watch.yml", "issue"): {"issues": "write"},
    ("spec-watch.yml", "pull-request"): {"contents": "write", "pull-requests": "write"},
}


def text_of(name: str) -> str:
    return (WORKFLOWS / name).read_text(encoding="utf-8")


def workflow(name: str) -> dict[str, Any]:
    # BaseLoader: YAML 1.1 takes the key `on` for true.
    return cast("dict[str, Any]", yaml.load(text_of(name), Loader=yaml.BaseLoader))  # noqa: S506 - text only


def jobs() -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    for name in NAMES:
        whole = workflow(name)
        for job_name, job in whole["jobs"].items():
            yield name, job_name, whole, job


@pytest.mark.parametrize("name", NAMES)
def test_every_action_is_pinned_to_a_commit_with_its_version(name: str) -> None:
    used = [line.strip(" -") for line in text_of(name).splitlines() if "uses:" in line]
    assert used
    assert [line for line in used if not PINNED.fullmatch(line)] == []


@pytest.mark.parametrize("action", ["checkout", "setup-python", "download-artifact"])
def test_an_action_is_pinned_to_one_commit_everywhere(action: str) -> None:
    found = {
        line.split("uses: ")[1]
        for name in NAMES
        for line in text_of(name).splitlines()
        if f"uses: actions/{action}@" in line
    }
    assert len(found) == 1


def test_every_job_has_only_the_permissions_that_it_needs() -> None:
    found = {
        (name, job_name): job.get("permissions", whole.get("permissions"))
        for name, job_name, whole, job in jobs()
    }
    assert found == RIGHTS


def test_every_job_has_a_timeout_and_no_token_in_its_checkout() -> None:
    for _, _, _, job in jobs():
        assert "timeout-minutes" in job
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"] == {"persist-credentials": "false"}


@pytest.mark.parametrize("name", NAMES)
def test_runs_of_one_workflow_do_not_overlap(name: str) -> None:
    assert workflow(name)["concurrency"]["group"].startswith(name.removesuffix(".yml"))


@pytest.mark.parametrize("name", NAMES)
def test_the_only_secret_is_the_token_of_the_run(name: str) -> None:
    assert "secrets" not in text_of(name)
    assert "pull_request_target" not in text_of(name)


def test_only_steps_without_third_party_code_get_the_token() -> None:
    for _, job_name, _, job in jobs():
        for step in job["steps"]:
            if "github.token" in str(step):
                assert job_name in {"issue", "pull-request"}
                assert not re.search(r"\b(python|pip|npm|npx|nox)\b", step["run"])


def test_no_expression_is_pasted_into_a_script() -> None:
    for name, _, _, job in jobs():
        for step in job["steps"]:
            if name != "ci.yml":  # its only expression is a session's name, from the same file
                assert "${{" not in step.get("run", "")


# The scripts of the spec watch, run with fakes of the programs that use GitHub.


def script(job: str) -> str:
    (run,) = (
        step["run"]
        for step in workflow("spec-watch.yml")["jobs"][job]["steps"]
        if "run" in step and not step["run"].startswith(("pip ", "npm "))
    )
    return str(run)


class Runner:
    """A folder to run a workflow's script in; programs in it record their arguments."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "calls.txt"
        self.out = folder / "out"
        (folder / "bin").mkdir()

    def program(self, name: str, does: str = "") -> None:
        path = self.folder / "bin" / name
        path.write_text(f'#!/bin/bash\necho "{name} $*" >> "{self.log}"\n{does}\n')
        path.chmod(0o755)

    def run(self, job: str, **environment: str) -> int:
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        places = {"OUT": str(self.out), "GITHUB_OUTPUT": str(self.folder / "output")}
        return subprocess.run(
            ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script(job)],
            cwd=self.folder,
            env={"PATH": path, "RUN": "https://run", **places, **environment},
            check=False,
        ).returncode

    def calls(self) -> list[str]:
        return self.log.read_text().splitlines()


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def check(
    runner: Runner,
    *,
    code: int,
    update: int = 0,
    sources: str = "a.md b.md",
    report: str = "the report",
) -> int:
    """Run the check with two scripts that exit with these codes; the first prints this report."""
    does = f"""
case $1 in
  *check_upstream.py) echo -n "{report}" > "{runner.out}/report.md"; exit {code} ;;
  *) echo the reason >&2; exit {update} ;;
esac"""
    runner.program("python", does)
    runner.program("git", 'if [ "$1" = diff ]; then echo the patch; fi')
    return runner.run("check", SOURCES=sources)


@pytest.mark.parametrize(("code", "result"), [(0, "none"), (1, "allowed"), (2, "breaking")])
def test_the_exit_code_of_the_check_decides_the_next_step(
    runner: Runner, code: int, result: str
) -> None:
    assert check(runner, code=code) == 0
    assert (runner.folder / "output").read_text() == f"result={result}\n"
    updated = any("update_spec.py a.md b.md" in call for call in runner.calls())
    assert updated == (code == 1)
    assert (runner.out / "update.patch").exists() == (code == 1)


def test_a_failed_check_fails_the_job(runner: Runner) -> None:
    assert check(runner, code=3) == 3
    assert not (runner.folder / "output").exists()


def test_a_crash_of_the_check_is_not_allowed_drift(runner: Runner) -> None:
    assert check(runner, code=1, report="") == 1
    assert not (runner.folder / "output").exists()


def test_without_sources_none_are_named(runner: Runner) -> None:
    assert check(runner, code=0, sources="") == 0
    assert runner.calls() == [f"python scripts/check_upstream.py --markdown {runner.out}/report.md"]


def test_an_update_that_fails_becomes_an_issue_with_its_reason(runner: Runner) -> None:
    assert check(runner, code=1, update=1) == 0
    assert (runner.folder / "output").read_text() == "result=breaking\n"
    report = (runner.out / "report.md").read_text()
    assert report.startswith("the report\n")
    assert "## The update failed" in report
    assert "the reason" in report
    assert not (runner.out / "update.patch").exists()


@pytest.mark.parametrize("number", ["", "7"])
def test_one_issue_is_opened_or_updated(runner: Runner, number: str) -> None:
    (runner.folder / "report.md").write_text("é" * 40_000, encoding="utf-8")
    runner.program("gh", f'if [ "$2" = list ]; then echo "{number}"; fi')
    assert runner.run("issue") == 0
    last = runner.calls()[-1]
    assert last.startswith("gh issue edit 7 " if number else "gh issue create ")
    assert "--body-file body.md" in last
    body = (runner.folder / "body.md").read_bytes()
    assert len(body) < 65_000
    assert body.decode().endswith("The full report is an artifact of https://run.\n")


@pytest.mark.parametrize("number", ["", "7"])
def test_one_pull_request_has_the_patch(runner: Runner, number: str) -> None:
    runner.out.mkdir()
    (runner.out / "report.md").write_text("the report")
    runner.program("gh", f'if [ "$2" = list ]; then echo "{number}"; fi')
    runner.program("git")
    assert runner.run("pull-request", BRANCH="spec-watch/update", TITLE="Title") == 0
    calls = runner.calls()
    assert f"git apply --index {runner.out}/update.patch" in calls
    assert "git push --force origin spec-watch/update" in calls
    assert calls[-1].startswith(
        "gh pr edit 7 " if number else "gh pr create --head spec-watch/update"
    )
    assert (runner.out / "body.md").read_text().startswith("the report\n")
