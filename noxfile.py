"""The task runner. `nox --list` shows the sessions; each has its own environment.

Sessions write only inside the checkout, below `.nox/`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from functools import partial
from pathlib import Path

import nox
from nox.command import CommandFailed

ROOT = Path(__file__).parent
PYPROJECT = nox.project.load_toml("pyproject.toml")
_requirements = partial(nox.project.dependency_groups, PYPROJECT)
PYTHONS = nox.project.python_versions(PYPROJECT)
EXTRAS_WITHOUT_FAST = "cli,duckdb,export,mcp,otel,report,sandbox"
EXTRAS = f"{EXTRAS_WITHOUT_FAST},fast"
ALL_EXTRAS = f"{EXTRAS},dask,dlt"

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["lint", "types", "drift", "tests"]
nox.options.reuse_existing_virtualenvs = True

# Caches that would otherwise be in the home folder.
CACHES = ROOT / ".nox" / "cache"
os.environ.setdefault("PIP_CACHE_DIR", str(CACHES / "pip"))
os.environ.setdefault("UV_CACHE_DIR", str(CACHES / "uv"))
os.environ.setdefault("PYRIGHT_PYTHON_CACHE_DIR", str(CACHES / "pyright"))
os.environ.setdefault("npm_config_cache", str(CACHES / "npm"))
os.environ.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
# Like pip, trust the certificates of the machine, which a proxy may need.
os.environ.setdefault("UV_SYSTEM_CERTS", "1")

# Each file of tests runs in one process, so that the fixtures of a module run once. Files start in the
# order of tests/conftest.py. One process more than processors, since some tests wait.
_PROCESSES = str((os.cpu_count() or 1) + 1)
IN_PARALLEL = ("-n", _PROCESSES, "--dist", "loadfile", "--no-loadscope-reorder")

READERS_OF_EXPORTS = (
    "tests/examples/test_examples.py",
    "tests/export/test_export_columns.py",
    "tests/export/test_export_queries.py",
    "tests/export/test_export_readers.py",
    "tests/export/test_rows_readers.py",
    "tests/export/test_stats_in_duckdb.py",
)


def _install_product(session: nox.Session, *groups: str, extras: str = EXTRAS) -> None:
    """Install the built wheel, as users get it, and the groups."""
    session.install(f".[{extras}]", *_requirements(*groups))


def _run(session: nox.Session, *command: str) -> None:
    """Run a command, and what follows `--` as its last arguments."""
    # Outside the checkout, since some tests must not run inside a repository. Removed afterwards.
    with tempfile.TemporaryDirectory() as temporary:
        session.run(*command, *session.posargs, env={"TMPDIR": temporary})


def _test(
    session: nox.Session,
    *arguments: str,
    groups: tuple[str, ...] = ("tests",),
    extras: str = EXTRAS,
) -> None:
    """Install the product and the groups, and run tests."""
    _install_product(session, *groups, extras=extras)
    _run(session, "pytest", *arguments)


def _require(session: nox.Session, *programs: str, to_install: str) -> None:
    missing = " and ".join(name for name in programs if shutil.which(name) is None)
    if missing:
        session.error(f"{missing} not found: install {to_install}, then run this again")


def _npm_ci(session: nox.Session, name: str) -> Path:
    """Install the packages that `tests/NAME/package-lock.json` names; return their folder."""
    node = "Node.js 20 or newer with npm (https://nodejs.org, or the packages nodejs and npm)"
    _require(session, "node", "npm", to_install=node)
    folder = Path(session.create_tmp()) / name
    folder.mkdir(exist_ok=True)
    for file in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / "tests" / name / file, folder)
    with session.chdir(folder):
        session.run("npm", "ci", external=True)
    return folder / "node_modules"


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests on the built wheel, with the Python that runs nox."""
    _test(session, *IN_PARALLEL)


@nox.session(python=PYTHONS)
def matrix(session: nox.Session) -> None:
    """Run all tests on every Python that the classifiers name."""
    _test(session, *IN_PARALLEL)


@nox.session
def lowest(session: nox.Session) -> None:
    """Run the library's tests with the oldest dependencies that pyproject.toml allows.

    First without the extra `fast`: the tests of the client and of the formats of exports. Left out
    are the tests of scripts, whose tools are pinned, and the many situations of the laboratory.
    """
    session.install("uv")
    client = ("tests/unit", "tests/faults/test_over_tls.py")
    formats = ("tests/export/test_export_formats.py", "tests/export/test_export_columns.py")
    others = ("tests/contract", "tests/export", "tests/mcp", "tests/otel", "tests/report")
    install = ("uv", "pip", "install", "--resolution=lowest-direct", "--python")
    for extras, paths in ((EXTRAS_WITHOUT_FAST, formats), (EXTRAS, others)):
        session.run(*install, f"{session.bin}/python", f".[{extras}]", *_requirements("tests"))
        _run(session, "pytest", *IN_PARALLEL, *client, *paths)


@nox.session
def coverage(session: nox.Session) -> None:
    """Check that the tests reach every line and branch of wrapper/, and print the rest.

    Programs that the tests start count too. Left out are the tests of scripts, which add nothing.
    """
    _install_product(session, "coverage", extras=ALL_EXTRAS)
    session.env["COVERAGE_FILE"] = str(Path(session.create_tmp()) / "coverage")
    session.run("coverage", "erase")
    # With the tests of Dask and dlt, which pyproject.toml leaves out.
    skip = ".* browser drift export_s* frozen growth* interop mocking prism scale scripts upstream"
    options = (*IN_PARALLEL, f"--override-ini=norecursedirs={skip}")
    _run(session, "coverage", "run", "-m", "pytest", *options)
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report")


@nox.session
def mutants(session: nox.Session) -> None:
    """Change the code of retries, errors and settings, and count the changes that the tests notice."""
    _install_product(session, "mutants")
    session.run("python", "scripts/mutants.py")


@nox.session
def contract(session: nox.Session) -> None:
    """Check that the wrapper matches the vendored spec."""
    _test(session, "tests/contract")


@nox.session
def faults(session: nox.Session) -> None:
    """Put clients of every engine into every situation of docs/internals/faults.md."""
    _test(session, "tests/faults")


@nox.session
def fuzz(session: nox.Session) -> None:
    """Send random responses to every engine, for 60 seconds or the number after `--`."""
    _install_product(session, "tests")
    paths = [str(ROOT / "tests" / name) for name in ("support", "faults")]
    session.env["PYTHONPATH"] = os.pathsep.join(paths)
    session.run("python", "tests/fuzz/fuzzing.py", *(session.posargs or ["60"]))


@nox.session
def audit(session: nox.Session) -> None:
    """Look up known vulnerabilities of the dependencies, extras included (needs network).

    It also fails if a package could not be looked up.
    """
    session.install(*_requirements("audit"))
    # Only the dependencies of the product, at the newest versions that it allows.
    requirements = Path(session.create_tmp()) / "requirements.txt"
    extras = PYPROJECT["project"]["optional-dependencies"].values()
    needed = {*PYPROJECT["project"]["dependencies"], *(one for extra in extras for one in extra)}
    requirements.write_text("\n".join(sorted(needed)) + "\n", encoding="utf-8")
    try:
        session.run("pip-audit", "--strict", "--requirement", str(requirements), *session.posargs)
    except CommandFailed:
        session.error(
            "a package has a known vulnerability; without a table above, a package could not be "
            "looked up. Run this where pip-audit can reach its service, or use another one: "
            "nox -s audit -- --vulnerability-service osv"
        )


@nox.session
def interop(session: nox.Session) -> None:
    """Run the provider's SDK against the sandbox, and compare our client with it."""
    _test(session, "tests/interop", groups=("interop",))


@nox.session
def mocking(session: nox.Session) -> None:
    """Mock, record and trace the engine `httpx` with respx, pytest-httpx, vcrpy and OpenTelemetry."""
    _test(session, "tests/mocking", groups=("mocking",))


@nox.session
def frozen(session: nox.Session) -> None:
    """Freeze an app with PyInstaller (a minute), and run command, library and sandbox in it."""
    _test(session, "tests/frozen", groups=("frozen",))


@nox.session(name="export-queries")
def export_queries(session: nox.Session) -> None:
    """Read exports with pandas, Polars, DuckDB and pyarrow, and run the documented queries."""
    _test(session, *READERS_OF_EXPORTS, groups=("export",))


@nox.session(name="export-spark")
def export_spark(session: nox.Session) -> None:
    """Read exports with Spark too (large; needs Java)."""
    _require(session, "java", to_install="Java 17 or newer")
    _test(session, *READERS_OF_EXPORTS, groups=("export", "spark"))


@nox.session(name="export-s3")
def export_s3(session: nox.Session) -> None:
    """Export to S3 (moto, a third-party server on loopback), with failures and interruptions."""
    _test(session, "tests/export_s3", groups=("tests", "s3"))


@nox.session(name="export-dask")
def export_dask(session: nox.Session) -> None:
    """Export over a Dask cluster of two worker processes, one of which is killed."""
    _test(session, "tests/export_dask", extras=f"{EXTRAS},dask")


@nox.session(name="export-dlt")
def export_dlt(session: nox.Session) -> None:
    """Load into DuckDB with dlt, with failures and interruptions."""
    paths = ("tests/export_dlt", "tests/export/test_export_dlt_memory.py")
    _test(session, *IN_PARALLEL, *paths, extras=f"{EXTRAS},dlt")


@nox.session(name="export-kill")
def export_kill(session: nox.Session) -> None:
    """Kill exports of thousands of calls, make their requests fail, and compare the results."""
    _test(session, "tests/export_scale")


@nox.session(name="export-scale")
def export_scale(session: nox.Session) -> None:
    """Measure an export's memory and throughput, and write the figures into docs/internals/exports.md."""
    _install_product(session)
    session.run("python", "benchmarks/export_scale.py", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """Open pages about calls in Chromium, and check their accessibility (needs Chromium and npm)."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = filter(None, map(shutil.which, names))
    command = os.environ.get("BROWSER_COMMAND") or next(found, None)
    if command is None:
        session.error(
            "Chromium not found: install the package chromium, or set BROWSER_COMMAND to the path of "
            "a Chromium or Chrome, then run this again"
        )
    packages = _npm_ci(session, "browser")
    session.env["HOME"] = session.create_tmp()  # Chromium leaves its settings there
    session.env["BROWSER_COMMAND"] = command
    session.env["AXE_PATH"] = str(packages / "axe-core" / "axe.min.js")
    _test(session, "tests/browser", groups=("browser",))


@nox.session
def prism(session: nox.Session) -> None:
    """Check client and sandbox with Prism, a third-party OpenAPI server (needs Node.js)."""
    session.env["PRISM_COMMAND"] = str(_npm_ci(session, "prism") / ".bin" / "prism")
    _test(session, "tests/prism")


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style and format of hand-written code, and the language of all prose."""
    session.install(*_requirements("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("typos")
    session.run("python", "tests/language/check.py")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation site into .nox/site, and run every example in it."""
    _install_product(session, "docs")
    # Material for MkDocs would otherwise advertise its successor in every build.
    session.run("mkdocs", "build", env={"NO_MKDOCS_2_WARNING": "1"})
    session.env["CARTESIA_DOCS_COMPLETE"] = "yes"
    _run(session, "pytest", "tests/docs")


@nox.session
def workflows(session: nox.Session) -> None:
    """Check the CI workflows, their shell and their security."""
    session.install(*_requirements("workflows"))
    session.run("actionlint", "-shellcheck", "shellcheck")
    session.run("zizmor", "--offline", "--quiet", ".github")


@nox.session
def types(session: nox.Session) -> None:
    """Check types: mypy and pyright, both strict, on hand-written and generated code."""
    _install_product(session, "types", extras=ALL_EXTRAS)
    session.run("mypy")
    session.run("mypy", "generated/cartesia_api")
    session.run("pyright")


@nox.session
def regenerate(session: nox.Session) -> None:
    """Generate generated/cartesia_api from openapi/latest.yml."""
    session.install(*_requirements("generator"))
    session.run("python", "scripts/regenerate.py", *session.posargs)


@nox.session
def drift(session: nox.Session) -> None:
    """Check that generated/cartesia_api matches openapi/latest.yml."""
    session.install(*_requirements("generator"))
    session.run("python", "scripts/regenerate.py", "--check")


@nox.session
def vendor(session: nox.Session) -> None:
    """Take the reference pages or specs that follow `--` into openapi/latest.yml."""
    session.install(*_requirements("generator"))
    session.run("python", "scripts/vendor_spec.py", *session.posargs)


@nox.session(name="check-upstream")
def check_upstream(session: nox.Session) -> None:
    """Compare the vendored spec with the pages or specs that follow `--`, and report breaking changes."""
    _install_product(session, "generator")
    session.run("python", "scripts/check_upstream.py", *session.posargs)


@nox.session
def upstream(session: nox.Session) -> None:
    """Compare the drift check's findings with those of Redocly (needs Node.js)."""
    _test(session, "tests/upstream")


@nox.session(name="update-spec")
def update_spec(session: nox.Session) -> None:
    """Vendor, regenerate, check types, run the tests and write a report, or change nothing."""
    _install_product(session, "tests", "types")
    session.run("python", "scripts/update_spec.py", *session.posargs)


@nox.session
def growth(session: nox.Session) -> None:
    """Add a response field of each shape to the spec, one at a time, and read it (an hour)."""
    # Each test reads in a process of its own, so files need not stay in one process.
    _test(session, "-n", "auto", "tests/growth_each", groups=("tests", "types"))


@nox.session
def scale(session: nox.Session) -> None:
    """Vendor, generate and check large specs (minutes); `-- --write-docs` writes docs/internals/scale.md."""
    _test(session, "tests/scale")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the client against its peers; `-- --quick` for one round instead of ten minutes."""
    _install_product(session, "bench", extras="cli,fast,sandbox")
    session.run("python", "benchmarks/bench.py", *session.posargs)


@nox.session
def demo(session: nox.Session) -> None:
    """Run the demo of the command against the sandbox."""
    _install_product(session)
    session.run("cartesia-calls", "demo")


@nox.session
def build(session: nox.Session) -> None:
    """Build sdist and wheel into dist/ with pinned tools, check both, and try each on its own."""
    _install_product(session, "build")
    dist = ROOT / "dist"
    for old in dist.glob("*"):
        old.unlink()
    session.run("python", "-m", "build", "--no-isolation", "--outdir", str(dist))
    built = sorted(map(str, dist.iterdir()))
    session.run("twine", "check", "--strict", *built)
    session.run("check-wheel-contents", str(dist))
    for package in built:
        alone = Path(session.create_tmp()) / "alone"
        session.run("python", "-m", "venv", "--clear", str(alone))
        session.run(str(alone / "bin" / "pip"), "install", "--quiet", package, external=True)
        session.run("python", "scripts/try_command.py", str(alone / "bin" / "cartesia-calls"))
