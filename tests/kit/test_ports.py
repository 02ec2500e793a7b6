"""Choosing a port."""

import socket

import pytest

from opsforge.kit import ports
from opsforge.kit.ports import RANGE, free_port


def test_a_free_port_can_be_listened_on_and_is_never_handed_out_by_the_kernel() -> None:
    port = free_port()
    assert port < int(RANGE.read_text().split()[0])
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_a_port_that_is_taken_is_not_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = free_port()
    choices = iter([taken - ports.LOWEST, taken - ports.LOWEST + 1])
    monkeypatch.setattr("opsforge.kit.ports.secrets.randbelow", lambda _: next(choices))
    with socket.create_server(("127.0.0.1", taken)):
        assert free_port() == taken + 1


def test_says_when_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = free_port()
    monkeypatch.setattr("opsforge.kit.ports.secrets.randbelow", lambda _: taken - ports.LOWEST)
    with socket.create_server(("127.0.0.1", taken)), pytest.raises(OSError, match="no free port"):
        free_port()
