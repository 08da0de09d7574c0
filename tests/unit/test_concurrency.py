"""One client, many threads or tasks: no response is lost or crossed, nothing leaks or hangs."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from cartesia_calls import APITimeoutError, AsyncClient, CartesiaError, Client
from echo_server import EchoServer
from engines import INSTALLED, EngineName
from fake_server import KEY

ENGINES = pytest.mark.parametrize("engine", INSTALLED)
THREADS = 64
TASKS = 256
_MOST_LOOKS = 600


@pytest.fixture(scope="module")
def server() -> Iterator[EchoServer]:
    with EchoServer() as server:
        yield server


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _settled(count: Callable[[], int]) -> int:
    """Return the least of a few looks, since the server closes its side a moment later."""
    moment = threading.Event()
    return min(count() for _ in range(5) if not moment.wait(0.1))


def _comes_down_to(most: int, count: Callable[[], int]) -> bool:
    """Look until the kernel, the server and the last thread have closed theirs."""
    moment = threading.Event()
    return any(count() <= most or moment.wait(0.1) for _ in range(_MOST_LOOKS))


def _client(server: EchoServer, engine: EngineName, **settings: float) -> Client:
    return Client(KEY, base_url=server.url, engine=engine, max_retries=0, **settings)  # type: ignore[arg-type]  # timeouts


def _async_client(server: EchoServer, engine: EngineName, **settings: float) -> AsyncClient:
    return AsyncClient(KEY, base_url=server.url, engine=engine, max_retries=0, **settings)  # type: ignore[arg-type]  # timeouts


def _in_threads(work: Callable[[int], None]) -> None:
    """Do the work once in each thread; every thread must end without an error."""
    with ThreadPoolExecutor(THREADS) as pool:
        _end([pool.submit(work, n) for n in range(THREADS)])


def _end(futures: list[Future[None]]) -> None:
    done, still_running = wait(futures, timeout=600)
    assert not still_running
    for future in done:
        future.result()


@ENGINES
def test_each_thread_gets_the_responses_to_its_own_requests(
    server: EchoServer, engine: EngineName
) -> None:
    with _client(server, engine) as client:

        def fetch(thread: int) -> None:
            for n in range(10):
                call_id = f"ac_{thread}_{n}"
                assert client.calls.logs(call_id).logs == [call_id]

        before = server.requests
        _in_threads(fetch)
        assert server.requests - before == THREADS * 10


@ENGINES
def test_each_task_gets_the_responses_to_its_own_requests(
    server: EchoServer, engine: EngineName
) -> None:
    async def fetch_all() -> None:
        async with _async_client(server, engine) as client:

            async def fetch(task: int) -> None:
                for n in range(4):
                    call_id = f"ac_{task}_{n}"
                    assert (await client.calls.logs(call_id)).logs == [call_id]

            await asyncio.gather(*(fetch(task) for task in range(TASKS)))

    before = server.requests
    asyncio.run(fetch_all())
    assert server.requests - before == TASKS * 4


@ENGINES
def test_threads_that_time_out_disturb_no_other(server: EchoServer, engine: EngineName) -> None:
    with _client(server, engine) as client:
        impatient = client.with_options(timeout=0.1)

        def fetch(thread: int) -> None:
            for n in range(3):
                call_id = f"ac_{thread}_{n}"
                if (thread + n) % 3 == 0:
                    with pytest.raises(APITimeoutError):
                        impatient.calls.logs(f"silent_{call_id}")
                assert client.calls.logs(call_id).logs == [call_id]

        _in_threads(fetch)


@ENGINES
def test_tasks_that_are_cancelled_or_time_out_disturb_no_other(
    server: EchoServer, engine: EngineName
) -> None:
    chance = random.Random(7)  # noqa: S311 - the same moments in every run

    async def fetch_all() -> None:
        async with _async_client(server, engine) as client:
            impatient = client.with_options(timeout=0.1)

            async def fetch(task: int) -> None:
                call_id = f"ac_{task}"
                if task % 4 == 0:
                    with pytest.raises(APITimeoutError):
                        await impatient.calls.logs(f"silent_{call_id}")
                elif task % 4 == 1:
                    with pytest.raises(TimeoutError):
                        async with asyncio.timeout(chance.uniform(0, 0.1)):
                            await client.calls.logs(f"silent_{call_id}")
                elif task % 4 == 2:  # cancelled at any moment: before, during or after the response
                    fetching = asyncio.ensure_future(client.calls.logs(call_id))
                    await asyncio.sleep(chance.uniform(0, 0.02))
                    fetching.cancel()
                    await asyncio.gather(fetching, return_exceptions=True)
                assert (await client.calls.logs(call_id)).logs == [call_id]

            await asyncio.gather(*(fetch(task) for task in range(TASKS)))

    asyncio.run(fetch_all())


@ENGINES
def test_closing_in_the_middle_ends_every_thread(server: EchoServer, engine: EngineName) -> None:
    client = _client(server, engine, timeout=5)
    begun = threading.Barrier(THREADS + 1)
    closed = threading.Event()

    def fetch(thread: int) -> None:
        call_id = f"ac_{thread}"
        begun.wait(600)
        try:
            while not closed.is_set():
                assert client.calls.logs(call_id).logs == [call_id]
            client.calls.logs(call_id)
        except CartesiaError:
            return
        pytest.fail("the client could still be used after it was closed")

    def close_soon(_: int) -> None:
        begun.wait(600)
        server.wait_for_a_request()
        client.close()
        closed.set()

    with ThreadPoolExecutor(THREADS + 1) as pool:
        closing = pool.submit(close_soon, 0)
        futures = [pool.submit(fetch, thread) for thread in range(THREADS)]
        _end([closing, *futures])


@ENGINES
def test_a_task_that_is_cancelled_when_its_response_comes_is_cancelled(
    server: EchoServer, engine: EngineName
) -> None:
    async def run() -> None:
        async with _async_client(server, engine) as client:
            for _ in range(30):
                tasks = [asyncio.create_task(client.calls.logs(f"ac_{n}")) for n in range(64)]
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                cancelled = [task for task in tasks if task.cancel()]
                await asyncio.gather(*tasks, return_exceptions=True)
                assert all(task.cancelled() for task in cancelled)

    asyncio.run(run())


@ENGINES
def test_closing_in_the_middle_ends_every_task(server: EchoServer, engine: EngineName) -> None:
    async def fetch_all() -> None:
        client = _async_client(server, engine, timeout=5)

        async def fetch(task: int) -> None:
            call_id = f"ac_{task}"
            while True:  # until it fails, since the client is closed
                assert (await client.calls.logs(call_id)).logs == [call_id]

        fetching = [asyncio.ensure_future(fetch(task)) for task in range(TASKS)]
        await asyncio.sleep(0.05)
        await client.close()
        async with asyncio.timeout(600):
            outcomes = await asyncio.gather(*fetching, return_exceptions=True)
        assert all(isinstance(outcome, CartesiaError) for outcome in outcomes)

    asyncio.run(fetch_all())


@ENGINES
def test_a_closed_client_leaves_no_connection_file_or_thread(
    server: EchoServer, engine: EngineName
) -> None:
    def use_and_close() -> None:
        with _client(server, engine) as client:
            impatient = client.with_options(timeout=0.05)

            def fetch(thread: int) -> None:
                assert client.calls.logs(f"ac_{thread}").logs
                with pytest.raises(APITimeoutError):
                    impatient.calls.logs(f"silent_{thread}")

            _in_threads(fetch)

    async def use_and_close_async() -> None:
        async with _async_client(server, engine) as client:
            await asyncio.gather(*(client.calls.logs(f"ac_{n}") for n in range(TASKS)))

    use_and_close()  # create now what a process creates once
    asyncio.run(use_and_close_async())
    server.wait_until_idle()
    files, threads = _settled(_open_files), _settled(threading.active_count)
    for _ in range(3):
        use_and_close()
        asyncio.run(use_and_close_async())
    server.wait_until_idle()
    assert _comes_down_to(files, _open_files)
    assert _comes_down_to(threads, threading.active_count)


# Python rightly warns of a fork in a process with threads; users fork anyway.
_FORKS = """
import os, sys, warnings
from cartesia_calls import CartesiaError, Client
warnings.simplefilter("ignore")
client = Client("sk_car_0123456789abcdefghij", base_url=sys.argv[1], engine=sys.argv[2],
                max_retries=0, timeout=20)
assert client.calls.logs("ac_before").logs == ["ac_before"]
child = os.fork()
name = "parent" if child else "child"
for n in range(20):
    call_id = f"ac_{name}_{n}"
    try:
        assert client.calls.logs(call_id).logs == [call_id], "crossed"
    except CartesiaError as error:
        print(name, error, flush=True)
        break
else:
    print(name, "got a response", flush=True)
if not child:
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
"""


@ENGINES
def test_after_a_fork_the_child_gets_a_response_or_an_error_with_a_hint(
    server: EchoServer, engine: EngineName
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FORKS, server.url, engine],
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
        cwd=Path(__file__).parent,
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert found["parent"] == "got a response"
    assert found["child"] == "got a response" or "process" in found["child"]
