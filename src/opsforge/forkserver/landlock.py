"""Landlock, where the kernel has it (6.12): no abstract Unix socket from outside can be reached.

Abstract sockets belong to the network namespace, so a service that shares the machine's network
would otherwise see those of its desktop, its containers and other services.
"""

import os
import struct

from opsforge.forkserver import linux

_CREATE, _RESTRICT = 444, 446
_SCOPE_ABSTRACT_UNIX_SOCKET = 1
_ABI_WITH_SCOPES = 6


def abi_version() -> int:
    """Landlock's version, 0 without Landlock."""
    try:
        return linux.syscall(_CREATE, None, 0, 1)
    except OSError:
        return 0


def scope_abstract_sockets() -> bool:
    """Confine this process and its children; False where the kernel cannot. Needs no_new_privs."""
    if abi_version() < _ABI_WITH_SCOPES:
        return False
    attributes = struct.pack("=QQQ", 0, 0, _SCOPE_ABSTRACT_UNIX_SOCKET)
    ruleset = linux.syscall(_CREATE, attributes, len(attributes), 0)
    try:
        linux.syscall(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)
    return True
