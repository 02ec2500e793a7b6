"""The terminal says which volumes of other hosts notebooks won't see."""

import os
import subprocess
from pathlib import Path

import pytest

from opsforge.settings import Settings, SftpHostSettings, StorageSettings
from opsforge.supervisor.mounts import find_missing_mounts

HOST = SftpHostSettings.model_validate(
    {
        "name": "archive",
        "host": "archive.example.com",
        "username": "root",
        "path": "/srv/opsforge",
        "key": "key",
        "known_hosts": "known",
    }
)


def settings(data: Path, **storage: object) -> Settings:
    hosts = StorageSettings.model_validate({"hosts": (HOST.model_dump(),), **storage})
    return Settings(data=data, storage=hosts)


def test_local_volumes_need_none(tmp_path: Path) -> None:
    assert find_missing_mounts(settings(tmp_path)) == []


def test_each_folder_of_another_host_is_named(tmp_path: Path) -> None:
    users, public = find_missing_mounts(
        settings(tmp_path, default="archive", volumes={"alice": "local"})
    )
    assert f"{tmp_path}/users should" in users
    assert f"{tmp_path}/public should" in public
    [line] = find_missing_mounts(settings(tmp_path, volumes={"alice": "archive"}))
    assert f"{tmp_path}/users/alice should show what archive has" in line


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts file systems")
def test_what_is_mounted_is_not_named(tmp_path: Path) -> None:
    users = tmp_path / "users"
    (users / "alice").mkdir(parents=True)
    subprocess.run(["/bin/mount", "-t", "tmpfs", "tmpfs", str(users)], check=True)
    try:
        assert find_missing_mounts(settings(tmp_path, volumes={"alice": "archive"})) == []
    finally:
        subprocess.run(["/bin/umount", str(users)], check=True)
