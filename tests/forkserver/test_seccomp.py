"""The filter as a program, run here for each architecture by a small BPF machine."""

import errno
import struct

import pytest

from opsforge.forkserver import linux, seccomp

ARCHITECTURES = ("x86_64", "aarch64")
ALLOW, KILL = 0x7FFF0000, 0x80000000


def decide(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    """What the kernel would do: an error's number, 0 for allowed, -1 for killed."""
    own = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}[machine]
    padded = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("=IIQ6Q", number, architecture or own, 0, *padded)
    position = accumulator = 0
    steps = seccomp.program(machine)
    while True:
        code, yes, no, value = steps[position]
        position += 1
        match code:
            case 0x20:
                (accumulator,) = struct.unpack_from("=I", data, value)
            case 0x15:
                position += yes if accumulator == value else no
            case 0x35:
                position += yes if accumulator >= value else no
            case 0x45:
                position += yes if accumulator & value else no
            case 0x06:
                return {ALLOW: 0, KILL: -1}.get(value, value & 0xFFFF)
            case _:
                raise AssertionError(code)


@pytest.mark.parametrize("machine", ARCHITECTURES)
class TestFilter:
    def test_refuses_every_call_of_the_table(self, machine: str) -> None:
        for numbers in seccomp._REFUSED.values():
            number = numbers[ARCHITECTURES.index(machine)]
            if number is not None:
                assert decide(machine, number) == errno.EPERM

    def test_allows_what_is_not_in_it(self, machine: str) -> None:
        read, write = {"x86_64": (0, 1), "aarch64": (63, 64)}[machine]
        assert decide(machine, read) == decide(machine, write) == 0

    def test_kills_calls_of_another_architecture(self, machine: str) -> None:
        assert decide(machine, 1, architecture=0x40000003) == -1

    def test_threads_may_be_made_and_namespaces_not(self, machine: str) -> None:
        clone = {"x86_64": 56, "aarch64": 220}[machine]
        assert decide(machine, clone, 0x003D0F00) == 0
        for flag in (linux.CLONE_NEWUSER, linux.CLONE_NEWNS, linux.CLONE_NEWNET):
            assert decide(machine, clone, flag | 17) == errno.EPERM
        assert decide(machine, 435) == errno.ENOSYS

    def test_characters_cannot_be_pushed_into_a_terminal(self, machine: str) -> None:
        ioctl = {"x86_64": 16, "aarch64": 29}[machine]
        assert decide(machine, ioctl, 0, 0x5413) == 0
        assert decide(machine, ioctl, 0, 0x5412) == errno.EPERM
        assert decide(machine, ioctl, 0, 0x541C) == errno.EPERM
        # The kernel reads 32 bits of the request; so do we.
        assert decide(machine, ioctl, 0, 0x1_0000_5412) == errno.EPERM

    def test_only_common_socket_families(self, machine: str) -> None:
        socket = {"x86_64": 41, "aarch64": 198}[machine]
        assert [f for f in range(64) if decide(machine, socket, f) == 0] == [1, 2, 10, 16]


def test_x32_calls_are_unknown() -> None:
    assert decide("x86_64", 0x40000000 | 165) == errno.ENOSYS
