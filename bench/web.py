"""Authenticated reads and log-ins: OpsForge's API beside bare Starlette and JupyterHub's API.

All three answer behind the same kind of proxy, and each knows who is asking. Needs `wrk` on the
machine and the built package:

    make setup && PYTHONPATH=. .venv/bin/python bench/web.py
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
from argon2 import PasswordHasher

from bench.forkserver import machine
from bench.logins import PASSWORD, Platform
from bench.proxy import SECONDS, measure, node_proxy, process, until_listening
from opsforge.settings import AuthSettings
from tests.support.installation import Installation, running_installation

LOGINS = 64
STARLETTE = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
async def answer(request):
    return JSONResponse({"user": {"username": request.headers["authorization"]}})
uvicorn.run(Starlette(routes=[Route("/", answer)]), uds=sys.argv[1], access_log=False)
"""


@contextmanager
def bare_starlette(folder: Path) -> Iterator[str]:
    """The least that an ASGI application does, on one process as ours is."""
    path = folder / "starlette.sock"
    target = f"http+unix://{str(path).replace('/', '%2F')}"
    with process(sys.executable, "-c", STARLETTE, path), node_proxy(folder, target) as (port, _):
        asyncio.run(until_listening(port))
        while not path.exists():
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/"


def read(url: str, authorization: str) -> dict[str, float | str]:
    """Requests a second and the 99th percentile of one address."""
    headers = {"Authorization": authorization}
    httpx.get(url, headers=headers).raise_for_status()
    measure(url, seconds=2, headers=headers)
    rate, p99 = measure(url, seconds=SECONDS, headers=headers)
    return {"requests_per_second": rate, "p99": p99}


def reads(installation: Installation, folder: Path) -> dict[str, Any]:
    """Who am I, asked of each."""
    origin = installation.origin
    with httpx.Client(base_url=f"{origin}/api/v1", headers={"X-OpsForge-Request": "1"}) as client:
        body = {"username": "admin", "password": installation.admin_password}
        session = client.post("/auth/login", json=body).raise_for_status().json()["token"]
        bearer = {"Authorization": f"Bearer {session}"}
        while client.get("/services/admin", headers=bearer).json()["state"] != "running":
            time.sleep(0.1)
        hub = client.get("/services/token", headers=bearer).raise_for_status().json()["token"]
        results = {
            "OpsForge, GET /api/v1/auth/session": read(
                f"{origin}/api/v1/auth/session", bearer["Authorization"]
            ),
            "OpsForge, GET /api/v1/projects": read(
                f"{origin}/api/v1/projects", bearer["Authorization"]
            ),
            "JupyterHub, GET /hub/api/user": read(f"{origin}/hub/api/user", f"token {hub}"),
        }
        client.post("/auth/logout", json={}, headers=bearer).raise_for_status()
    with bare_starlette(folder) as url:
        results["bare Starlette"] = read(url, "Bearer x")
    return results


def log_ins(installation: Installation) -> dict[str, Any]:
    """Many people at once, with a wrong password, so that nothing is started; and the hash alone.

    A right password costs the same hash; what the start of a service costs is in `bench/logins.py`.
    """
    web = web_process(installation)
    before = web.memory_info().rss
    peak = before
    # Each from an account of its own, since guesses at one account are throttled.
    with ThreadPoolExecutor(LOGINS) as pool:
        began = time.perf_counter()
        waiting = [pool.submit(_try, installation.origin, n) for n in range(LOGINS)]
        while not all(future.done() for future in waiting):
            peak = max(peak, web.memory_info().rss)
            time.sleep(0.005)
        seconds = time.perf_counter() - began
    statuses = sorted({future.result() for future in waiting})
    settings = AuthSettings()
    hasher = PasswordHasher(
        time_cost=settings.hash_passes, memory_cost=int(settings.hash_memory) // 1024
    )
    hashed = hasher.hash(PASSWORD)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        began = time.perf_counter()
        list(pool.map(lambda _: hasher.verify(hashed, PASSWORD), range(LOGINS)))
        alone = time.perf_counter() - began
    return {
        "log_ins_per_second": LOGINS / seconds,
        "argon2_alone_per_second": LOGINS / alone,
        "statuses": statuses,
        "memory_growth_mib": (peak - before) / 2**20,
    }


def _try(origin: str, number: int) -> int:
    body = {"username": f"user{number}", "password": "not the right one"}
    headers = {"X-OpsForge-Request": "1"}
    return httpx.post(
        f"{origin}/api/v1/auth/login", json=body, headers=headers, timeout=60
    ).status_code


def web_process(installation: Installation) -> psutil.Process:
    """The web service's process."""
    for found in psutil.process_iter():
        try:
            words = found.cmdline()
        except psutil.Error:
            continue
        if "opsforge.supervisor.web" in words and str(installation.data) in " ".join(
            [*words, *found.environ().values()]
        ):
            return found
    raise LookupError("the web service")


def main() -> None:
    """Measure and print."""
    facts = machine()
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as name,
        running_installation(
            Path(name) / "data", environment={"OPSFORGE_AUTH__FAILURES_PER_ADDRESS": "1000"}
        ) as installation,
    ):
        Platform(installation).add_users([f"user{number}" for number in range(LOGINS)])
        results = {
            "machine": facts,
            "reads": reads(installation, Path(name)),
            "log_ins": log_ins(installation),
        }
    output = Path("bench/results/web.json")
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(results, indent=1))
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
