import os
import socket
from pathlib import Path

import pytest
from pydantic import ValidationError

from opsforge.settings import ServerSettings, Settings
from opsforge.supervisor.installation import (
    UserError,
    load_runtime,
    lock_directory,
    prepare_directories,
    renew_hub_port,
    require_free_port,
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    prepare_directories(tmp_path / "data")
    return tmp_path / "data"


def test_preparing_again_changes_nothing(data: Path) -> None:
    (data / "users" / "alice").mkdir()
    prepare_directories(data)
    assert (data / "users" / "alice").is_dir()


def test_the_directory_is_this_users_alone_unless_it_was_there(data: Path, tmp_path: Path) -> None:
    assert data.stat().st_mode & 0o777 == 0o700
    given = tmp_path / "given"
    given.mkdir(mode=0o750)
    prepare_directories(given)
    assert given.stat().st_mode & 0o777 == 0o750


def test_a_place_that_cannot_be_written_is_one_sentence() -> None:
    with pytest.raises(UserError, match="/proc/opsforge can't be written to") as problem:
        prepare_directories(Path("/proc/opsforge"))
    assert "\n" not in str(problem.value)


def test_the_lock_is_one_persons_and_comes_back(data: Path) -> None:
    lock = lock_directory(data)
    with pytest.raises(UserError, match=rf"process {os.getpid()}\)"):
        lock_directory(data)
    os.close(lock)
    os.close(lock_directory(data))


@pytest.mark.parametrize("reuse", [0, 1])
def test_a_taken_port_is_seen(data: Path, reuse: int) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, reuse)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        settings = Settings(data=data, server=ServerSettings(port=port))
        with pytest.raises(UserError, match=f"Port {port} of 127.0.0.1 can't be used"):
            require_free_port(settings)
    require_free_port(settings)


def test_addresses_and_secrets_stay_the_same(data: Path) -> None:
    settings = Settings(data=data)
    first = load_runtime(settings)
    renew_hub_port(data)
    assert load_runtime(settings) == first
    assert first.secrets.cookie not in repr(first)


def test_a_hub_port_that_somebody_took_is_given_up(data: Path) -> None:
    settings = Settings(data=data)
    port = load_runtime(settings).hub_port
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        renew_hub_port(data)
        assert load_runtime(settings).hub_port != port


def test_sockets_of_a_long_path_lie_in_a_short_private_folder(tmp_path: Path) -> None:
    data = tmp_path / ("long" * 40)
    prepare_directories(data)
    folder = load_runtime(Settings(data=data)).web_socket.parent
    assert len(str(folder)) < 80
    assert folder.stat().st_mode & 0o077 == 0
    assert load_runtime(Settings(data=data)).proxy_socket.parent == folder
    folder.chmod(0o755)
    with pytest.raises(UserError, match="not this user's alone"):
        load_runtime(Settings(data=data))
    folder.rmdir()


@pytest.mark.parametrize(
    ("host", "address"),
    [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("127.0.0.2", "127.0.0.2"), ("::1", "[::1]")],  # noqa: S104
)
def test_the_platform_reaches_its_own_port(data: Path, host: str, address: str) -> None:
    server = ServerSettings.model_validate({"host": host, "port": 8001})
    assert load_runtime(Settings(data=data, server=server)).proxy_url == f"http://{address}:8001"


class TestOrigins:
    @pytest.mark.parametrize(
        ("public_url", "reason"),
        [
            (None, "a public_url whose host is a name"),
            ("http://192.0.2.1:8000", "a public_url whose host is a name"),
            ("http://[2001:db8::1]", "a public_url whose host is a name"),
            ("https://opsforge.example.com/path", "without a path"),
            ("opsforge.example.com", "without a path"),
        ],
    )
    def test_subdomains_need_a_domain(self, public_url: str | None, reason: str) -> None:
        with pytest.raises(ValidationError, match=reason):
            ServerSettings(public_url=public_url, subdomains=True)

    def test_each_user_has_an_origin(self) -> None:
        server = ServerSettings(public_url="https://OpsForge.example.com:8443/", subdomains=True)
        assert server.public_url == "https://opsforge.example.com:8443"
        assert server.service_origin("alice") == "https://alice.opsforge.example.com:8443"
        assert server.service_host("alice") == "alice.opsforge.example.com:8443"
        assert server.is_users_host("Alice.OpsForge.example.com")
        assert not server.is_users_host("opsforge.example.com")
        assert not server.is_users_host("xopsforge.example.com")

    def test_without_subdomains_there_is_one(self) -> None:
        server = ServerSettings(public_url="https://opsforge.example.com")
        assert (server.service_origin("alice"), server.service_host("alice")) == ("", None)
        assert not server.is_users_host("alice.opsforge.example.com")
