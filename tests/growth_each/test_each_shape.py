"""A spec that gains a field of one shape results in a client that reads it; all of them are typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from growth import VERSIONS, package_of, problems_of
from growth_shape import Shape
from growth_shapes import SHAPES, shapes_of
from growth_values import SAME_NAMES


@pytest.mark.parametrize("version", VERSIONS)
def test_the_package_of_all_shapes_is_typed(tmp_path: Path, version: str) -> None:
    package = package_of(tmp_path, version, shapes_of(version))
    arguments = ["--strict", "--cache-dir", str(tmp_path / "cache"), str(package)]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("version", "shape"),
    [(version, shape) for version in VERSIONS for shape in shapes_of(version)],
    ids=lambda one: repr(one.name) if isinstance(one, Shape) else one,
)
def test_a_spec_with_a_field_of_one_shape_is_vendored_and_read(
    tmp_path: Path, version: str, shape: Shape
) -> None:
    shapes = [shape]
    if shape.is_untyped:  # because another field has its name
        shapes += [one for one in SHAPES if one.name == dict(SAME_NAMES)[shape.name]]
    assert problems_of(package_of(tmp_path, version, tuple(shapes)), version, tuple(shapes)) == []
