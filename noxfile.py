"""The one task runner. `nox --list` says what there is; each session makes its own environment.

What a session keeps stays in the checkout, below `.nox/`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import nox

ROOT = Path(__file__).parent
PYPROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PYPROJECT)
PRODUCT = ".[cli,export,sandbox]"

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["lint", "types", "drift", "tests"]
nox.options.reuse_existing_virtualenvs = True

# Caches that would else go to the home folder.
CACHES = ROOT / ".nox" / "cache"
os.environ.setdefault("PIP_CACHE_DIR", str(CACHES / "pip"))
os.environ.setdefault("PYRIGHT_PYTHON_CACHE_DIR", str(CACHES / "pyright"))
os.environ.setdefault("npm_config_cache", str(CACHES / "npm"))
os.environ.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")


def _group(name: str) -> list[str]:
    return list(nox.project.dependency_groups(PYPROJECT, name))


def _install_product(session: nox.Session, *groups: str) -> None:
    """Install the built wheel, as users get it, and the groups."""
    requirements = [requirement for group in groups for requirement in _group(group)]
    session.install(PRODUCT, *requirements)


def _pytest(session: nox.Session, *arguments: str) -> None:
    # Outside the checkout, since a test may depend on being in no repository; gone afterwards.
    with tempfile.TemporaryDirectory() as temporary:
        session.run("pytest", *arguments, *session.posargs, env={"TMPDIR": temporary})


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests on the built wheel, with the Python that runs nox."""
    _install_product(session, "tests")
    _pytest(session)


@nox.session(python=PYTHONS)
def matrix(session: nox.Session) -> None:
    """Run all tests on every Python that the classifiers name."""
    _install_product(session, "tests")
    _pytest(session)


@nox.session
def lowest(session: nox.Session) -> None:
    """Run all tests with the oldest dependencies that pyproject.toml allows."""
    session.install("uv")
    python = str(Path(session.bin) / "python")
    requirements = [PRODUCT, *_group("tests")]
    session.run(
        "uv",
        "pip",
        "install",
        "--no-cache",
        "--python",
        python,
        "--resolution=lowest-direct",
        *requirements,
        # As pip does: certificates of the machine, which may be behind a proxy of its own.
        env={"UV_SYSTEM_CERTS": "1"},
    )
    _pytest(session)


@nox.session
def contract(session: nox.Session) -> None:
    """Hold the wrapper to the vendored spec."""
    _install_product(session, "tests")
    _pytest(session, "tests/contract")


@nox.session
def interop(session: nox.Session) -> None:
    """Hold the sandbox to the provider's own SDK, and our client to what that one sees."""
    _install_product(session, "interop")
    _pytest(session, "tests/interop")


@nox.session(name="export-queries")
def export_queries(session: nox.Session) -> None:
    """Run the queries of docs/export.md with DuckDB and Polars."""
    _install_product(session, "export")
    _pytest(session, "tests/export/test_export_queries.py")


@nox.session(name="export-spark")
def export_spark(session: nox.Session) -> None:
    """Run the query of docs/export.md that is for Spark with Spark (large; needs Java)."""
    if shutil.which("java") is None:
        session.error("java not found: install Java 17 or newer, then run this again")
    _install_product(session, "export", "spark")
    _pytest(session, "tests/export/test_export_queries.py")


@nox.session(name="export-kill")
def export_kill(session: nox.Session) -> None:
    """Kill an export of 10,000 calls 20 times, and compare with one that was left alone."""
    _install_product(session, "tests")
    _pytest(session, "tests/export_scale")


@nox.session(name="export-scale")
def export_scale(session: nox.Session) -> None:
    """Measure an export's memory and throughput, and write the figures into docs/export.md."""
    session.install(PRODUCT)
    session.run("python", "benchmarks/export_scale.py", *session.posargs)


@nox.session
def prism(session: nox.Session) -> None:
    """Hold client and sandbox to Prism, an OpenAPI server of other hands (needs Node.js)."""
    missing = [program for program in ("node", "npm") if shutil.which(program) is None]
    if missing:
        session.error(
            f"{' and '.join(missing)} not found: install Node.js 20 or newer with npm "
            "(https://nodejs.org, or the packages nodejs and npm), then run this again"
        )
    _install_product(session, "tests")
    folder = Path(session.create_tmp()) / "prism"
    folder.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / "tests" / "prism" / name, folder)
    with session.chdir(folder):
        session.run("npm", "ci", external=True)
    session.env["PRISM_COMMAND"] = str(folder / "node_modules" / ".bin" / "prism")
    _pytest(session, "tests/prism")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format of all hand-written code."""
    session.install(*_group("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Check types: mypy and pyright, both strict, on hand-written and generated code."""
    _install_product(session, "types")
    session.run("mypy")
    session.run("mypy", "generated/cartesia_api")
    session.run("pyright")


@nox.session
def regenerate(session: nox.Session) -> None:
    """Generate generated/cartesia_api anew from openapi/latest.yml."""
    session.install(*_group("generator"))
    session.run("python", "scripts/regenerate.py", *session.posargs)


@nox.session
def drift(session: nox.Session) -> None:
    """Check that generated/cartesia_api is what the generator makes of openapi/latest.yml."""
    session.install(*_group("generator"))
    session.run("python", "scripts/regenerate.py", "--check")


@nox.session
def vendor(session: nox.Session) -> None:
    """Take reference pages or specs, named behind `--`, into openapi/latest.yml."""
    session.install(*_group("generator"))
    session.run("python", "scripts/vendor_spec.py", *session.posargs)


@nox.session
def demo(session: nox.Session) -> None:
    """Show the main job against the embedded sandbox."""
    session.install(PRODUCT)
    session.run("cartesia-calls", "demo")


@nox.session
def build(session: nox.Session) -> None:
    """Build sdist and wheel into dist/, and try the wheel alone in an empty environment."""
    session.install("build", PRODUCT)
    for old in (ROOT / "dist").glob("*"):
        old.unlink()
    session.run("python", "-m", "build", "--outdir", "dist")
    (wheel,) = (ROOT / "dist").glob("*.whl")
    alone = Path(session.create_tmp()) / "alone"
    session.run("python", "-m", "venv", "--clear", str(alone))
    session.run(str(alone / "bin" / "pip"), "install", "--quiet", str(wheel), external=True)
    session.run("python", "scripts/try_command.py", str(alone / "bin" / "cartesia-calls"))
