"""The oracle of the drift check: the `diff` of Redocly's CLI, pinned by a committed lockfile."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from _spec_forms import is_prose
from _yaml_text import JsonObject, JsonValue, as_list, as_object, parse_json
from upstream_check.differences import Difference, Kind, Place

_INSTALL_SECONDS = 300.0
_DIFF_SECONDS = 120.0
_STEPS_TO_COMPONENT = 3
_PINNED = ("package.json", "package-lock.json", ".npmrc")
# It looks for newer versions and sends usage data by default.
_QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "CI": "true"}


class RedoclyMissingError(Exception):
    """Redocly can't be used here, for the reason in the message."""


@dataclass(frozen=True)
class Redocly:
    """The installed command and its settings."""

    command: Path
    config: Path

    def differences(self, before: JsonObject, after: JsonObject) -> list[Difference]:
        """Return the differences that Redocly finds, without its ratings.

        Raises:
            RedoclyMissingError: It fails on these documents.
        """
        with tempfile.TemporaryDirectory(prefix="redocly-") as temporary:
            names = ("vendored.json", "upstream.json")
            for name, value in zip(names, (before, after), strict=True):
                (Path(temporary) / name).write_text(json.dumps(value), encoding="utf-8")
            words = [
                str(self.command), "diff", *names, "--format", "json", "--output", "diff.json",
                "--fail-on", "none", "--config", str(self.config),
            ]  # fmt: skip
            _run(words, Path(temporary), _DIFF_SECONDS)
            try:
                text = (Path(temporary) / "diff.json").read_text(encoding="utf-8")
                report = parse_json(text)
            except (OSError, ValueError) as error:
                raise RedoclyMissingError(f"its report can't be read: {error}") from error
        return list(_read(report))


def install_redocly(pinned: Path, cache: Path) -> Redocly:
    """Install the packages of the lockfile, unless they are installed already.

    Args:
        pinned: The folder with package.json, package-lock.json, .npmrc and redocly.yaml.
        cache: The folder to install into; it stays as it is if it holds exactly that.

    Raises:
        RedoclyMissingError: Node or npm is missing, or the installation fails.
    """
    missing = [program for program in ("node", "npm") if shutil.which(program) is None]
    if missing:
        raise RedoclyMissingError(f"{' and '.join(missing)} not found")
    command = cache / "node_modules" / ".bin" / "redocly"
    is_current = command.exists() and all(
        (cache / name).is_file() and (cache / name).read_bytes() == (pinned / name).read_bytes()
        for name in _PINNED
    )
    if not is_current:
        shutil.rmtree(cache, ignore_errors=True)
        cache.mkdir(parents=True)
        for name in _PINNED:
            shutil.copy(pinned / name, cache)
        _run(["npm", "ci", "--no-progress"], cache, _INSTALL_SECONDS)
    return Redocly(command.absolute(), (pinned / "redocly.yaml").absolute())


def unseen(theirs: Sequence[Difference], ours: Sequence[Difference]) -> list[Difference]:
    """Return the differences that only Redocly finds, at places where the other comparison has none."""
    known = {pointer for one in ours for pointer in one.pointers}
    return [
        one
        for one in theirs
        if not (ours and all(_is_component(pointer) for pointer in one.pointers))
        and not any(_are_nested(pointer, other) for pointer in one.pointers for other in known)
    ]


def _is_component(pointer: str) -> bool:
    """Return whether a whole component was added or removed; its references count, not itself."""
    return pointer.startswith("#/components/") and pointer.count("/") == _STEPS_TO_COMPONENT


def _are_nested(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def _read(report: JsonValue) -> Iterator[Difference]:
    for item in as_list(as_object(report).get("changes")):
        change = as_object(item)
        base, revision = (as_object(change.get(key)) for key in ("base", "revision"))
        if ("value" in base) != ("value" in revision):
            # For a missing key, Redocly names the mapping that lacks it.
            (revision if "value" in base else base).pop("pointer", None)
        subject = str(change.get("property") or change.get("typeName"))
        yield Difference(
            Kind.PROSE if is_prose(subject) else Kind.KEYWORD_CHANGED,
            subject,
            Place(carrier="seen by Redocly alone"),
            cast("str | None", base.get("pointer")),
            cast("str | None", revision.get("pointer")),
            base.get("value"),
            revision.get("value"),
        )


def _run(words: list[str], folder: Path, seconds: float) -> None:
    name = Path(words[0]).name
    try:
        done = subprocess.run(
            words,
            cwd=folder,
            env={"npm_config_cache": str(folder / ".npm")} | os.environ | _QUIET,
            timeout=seconds,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RedoclyMissingError(f"{name} did not run: {error}") from error
    if done.returncode != 0:
        output = (done.stderr or done.stdout).strip().splitlines()
        raise RedoclyMissingError(f"{name} failed: {' '.join(output[-3:])}")
