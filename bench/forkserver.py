"""How fast services start, stop and grow: the fork server beside JupyterHub's own spawner.

Both hubs run at the same time and are asked in turn, so that both see the same machine. Writes
``results.json``, ``table.md`` and plots into the directory that is named.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import matplotlib as mpl

from tests.forkserver.hub import ForkServer, Hub, Kernel, Service

CELL = "import pandas, sklearn.ensemble; print(pandas.DataFrame({'a': [1]}).a.sum())"
_PERCENTILE_99 = 0.99


class Starter(Protocol):
    """Starts and stops the service of a user; the answer comes when it is ready."""

    def start_service(self, user: str) -> Service:
        """The service, ready."""

    def stop_service(self, user: str) -> None:
        """Nothing runs any more."""


@dataclass
class Peer:
    """One of the two that are measured, and what was measured on it."""

    name: str
    hub: Starter
    find_processes: Callable[[], list[int]]
    seconds: dict[str, list[float]] = field(default_factory=dict)
    herd: dict[int, float] = field(default_factory=dict)
    pss_mib: dict[str, float] = field(default_factory=dict)

    def note(self, what: str, began: float) -> None:
        """Keep the seconds since ``began``."""
        self.seconds.setdefault(what, []).append(time.perf_counter() - began)


@contextmanager
def peers() -> Iterator[list[Peer]]:
    """Both hubs, up and warm."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        directory = Path(name)
        for part in ("ours", "stock"):
            (directory / part).mkdir()
        fork_server = ForkServer(directory / "ours/run", directory / "ours")
        fork_server.start()
        ours = Hub(directory / "ours", control=str(fork_server.control))
        stock = Hub(directory / "stock", spawner="stock")
        ours.start()
        stock.start()

        def ours_processes() -> list[int]:
            # The zygote is the fork server's child, and so are the services.
            return tree(fork_server.pid)

        def stock_processes() -> list[int]:
            # The hub's children are the servers.
            return tree(stock.pid)[1:]

        try:
            yield [Peer("fork server", ours, ours_processes), Peer("stock", stock, stock_processes)]
        finally:
            stock.stop()
            ours.stop()
            fork_server.stop()


def tree(root: int) -> list[int]:
    """A process and all below it."""
    found = [root]
    for parent in found:
        with suppress(OSError):
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
            found += [int(child) for child in children.split()]
    return found


def pss(pids: list[int]) -> float:
    """Proportional set size of processes, in MiB: shared pages count by their share."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def answer(service: Service) -> None:
    """The service's first answer."""
    service.get("/api/status").raise_for_status()


def one_user(peer: Peer, user: str) -> None:
    """Start, first answer, first cell, stop."""
    began = time.perf_counter()
    service = peer.hub.start_service(user)
    answer(service)
    peer.note("service answers", began)
    kernel = Kernel(service, service.post("/api/kernels", {}).json()["id"])
    printed = kernel.run(CELL)
    peer.note("first cell with pandas and scikit-learn", began)
    if printed != "1":
        raise RuntimeError(printed)
    kernel.close()
    began = time.perf_counter()
    peer.hub.stop_service(user)
    peer.note("stop", began)


def herd(peer: Peer, size: int) -> None:
    """Many at once; how long until the last one answers."""
    users = [f"herd{number}" for number in range(size)]

    def start(user: str) -> None:
        answer(peer.hub.start_service(user))

    with ThreadPoolExecutor(size) as pool:
        began = time.perf_counter()
        list(pool.map(start, users))
        peer.herd[size] = time.perf_counter() - began
        list(pool.map(peer.hub.stop_service, users))


def memory(peer: Peer, users: int = 10) -> None:
    """What a service adds to the memory in use, idle and with a kernel that has run the cell."""
    peer.pss_mib["before the first"] = before = pss(peer.find_processes())
    names = [f"mem{number}" for number in range(users)]
    services = [peer.hub.start_service(name) for name in names]
    for service in services:
        answer(service)
    time.sleep(3)
    peer.pss_mib["each, idle"] = (pss(peer.find_processes()) - before) / users
    kernels = [Kernel(s, s.post("/api/kernels", {}).json()["id"]) for s in services]
    for kernel in kernels:
        kernel.run(CELL)
    time.sleep(3)
    peer.pss_mib["each, after a pandas cell"] = (pss(peer.find_processes()) - before) / users
    for kernel, name in zip(kernels, names, strict=True):
        kernel.close()
        peer.hub.stop_service(name)


def percentile(values: list[float], share: float) -> float:
    """The value that ``share`` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def summary(peer: Peer) -> dict[str, Any]:
    """Numbers of one peer."""
    return {
        "seconds": {
            what: {
                "p50": statistics.median(values),
                "p99": percentile(values, _PERCENTILE_99),
                "n": len(values),
                "all": values,
            }
            for what, values in peer.seconds.items()
        },
        "herd_last_seconds": peer.herd,
        "pss_mib": peer.pss_mib,
    }


def rows(results: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """The table: what, ours, stock, ratio."""
    ours, stock = results["peers"].values()
    for what in ours["seconds"]:
        for part in ("p50", "p99"):
            pair = ours["seconds"][what][part], stock["seconds"][what][part]
            first, second = (f"{seconds:.2f} s" for seconds in pair)
            yield f"{what}, {part}", first, second, f"{pair[1] / pair[0]:.1f} ×"
    for size, first in ours["herd_last_seconds"].items():
        second = stock["herd_last_seconds"].get(size)
        ratio = f"{second / first:.1f} ×" if second else ""
        yield f"{size} at once, last", f"{first:.2f} s", f"{second:.2f} s" if second else "–", ratio
    for what, first in ours["pss_mib"].items():
        second = stock["pss_mib"][what]
        ratio = f"{second / first:.1f} ×" if second else ""
        yield f"memory {what}", f"{first:.0f} MiB", f"{second:.0f} MiB", ratio


def write(results: dict[str, Any], directory: Path) -> None:
    """JSON, table, plots."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "results.json").write_text(json.dumps(results, indent=1))
    lines = [f"| | {' | '.join(results['peers'])} | ratio |", "| --- | --- | --- | --- |"]
    lines += [f"| {' | '.join(row)} |" for row in rows(results)]
    (directory / "table.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))
    plot(results, directory)


def plot(results: dict[str, Any], directory: Path) -> None:
    """Every single start as a dot, on a logarithmic scale."""
    mpl.use("agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - After the choice of the backend.

    figure, axes = plt.subplots(1, 3, figsize=(11, 3.5), constrained_layout=True)
    names = list(results["peers"])
    for axis, what in zip(axes, results["peers"][names[0]]["seconds"], strict=True):
        for position, name in enumerate(names):
            values = results["peers"][name]["seconds"][what]["all"]
            axis.plot([position] * len(values), values, "o", alpha=0.4)
        axis.set(title=what, yscale="log", ylabel="seconds", xlim=(-0.5, 1.5))
        axis.set_xticks(range(len(names)), names)
    figure.savefig(directory / "starts.svg")


def machine() -> dict[str, Any]:
    """What it was measured on."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return {
        "processors": os.cpu_count(),
        "model": model,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load_before": os.getloadavg()[0],
        "as_root": os.geteuid() == 0,
    }


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=30)
    parser.add_argument("--herds", type=int, nargs="*", default=[1, 10, 50])
    parser.add_argument(
        "--stock-herd", type=int, default=10, help="largest herd that the stock spawner gets"
    )
    parser.add_argument("--output", type=Path, default=Path("bench/results/forkserver"))
    options = parser.parse_args()
    facts = machine()
    with peers() as both:
        for peer in both:
            one_user(peer, "warmup")
            peer.seconds.clear()
        for number in range(options.starts):
            for peer in both:
                one_user(peer, f"user{number}")
            print(f"\r{number + 1}/{options.starts} starts", end="", file=sys.stderr)
        for peer in both:
            memory(peer)
        for size in options.herds:
            for peer in both:
                if peer.name == "fork server" or size <= options.stock_herd:
                    herd(peer, size)
        facts["load_after"] = os.getloadavg()[0]
        results = {"machine": facts, "peers": {peer.name: summary(peer) for peer in both}}
    write(results, options.output)


if __name__ == "__main__":
    main()
