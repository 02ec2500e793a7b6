"""A script inside a real service tries to get out; each try is a test."""

import contextlib
import os
import signal
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from opsforge.forkserver import landlock
from tests.forkserver.conftest import World
from tests.forkserver.hub import TOKEN, Kernel, Service
from tests.support.sandboxes import is_of_user

pytestmark = pytest.mark.integration
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can lay the bait")

_HELP = r"""
import ctypes, errno, fcntl, os, platform, socket, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"
def call(number, *arguments):
    "Name of the error, or what came back"
    result = libc.syscall(number, *arguments)
    return errno.errorcode[ctypes.get_errno()] if result < 0 else result
def attempt(function, *arguments, **named):
    try:
        return function(*arguments, **named)
    except OSError as error:
        return errno.errorcode[error.errno]
"""


@pytest.fixture(scope="module")
def script(alice: Service, bob: Service) -> Iterator[Kernel]:
    assert bob.get("/api").status_code == 200
    with alice.kernel() as kernel:
        assert kernel.run(_HELP) == ""
        yield kernel


def said(script: Kernel, expression: str) -> str:
    return script.run(f"print({expression})")


class TestFileSystem:
    def test_root_holds_nothing_of_the_machine(self, script: Kernel) -> None:
        seen = set(said(script, "*os.listdir('/')").split())
        system = {"usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "etc", "dev", "proc"}
        own = {"tmp", "var", "run", "home", "kaggle", "sys"}
        interpreter = {
            Path(p).parts[1]
            for p in said(
                script, "*[p for p in [sys.base_prefix, *sys.path] if p.startswith('/')]"
            ).split()
        }
        assert seen <= system | own | interpreter

    def test_nobody_else_has_a_home(self, script: Kernel) -> None:
        assert set(said(script, "*os.listdir('/home')").split()) == {"alice", "mw"}

    def test_data_directory_of_the_platform(self, world: World, script: Kernel) -> None:
        for path in (world.data, world.volume("bob"), world.hub.directory, world.data.parent):
            assert said(script, f"os.path.exists({str(path)!r})") == "False"

    def test_climbing_out_by_dots(self, script: Kernel) -> None:
        assert said(script, "os.path.samefile('/' + '../' * 20, '/')") == "True"

    def test_root_of_process_1(self, script: Kernel) -> None:
        assert said(script, "attempt(os.listdir, '/proc/1/root')") in ("EACCES", "EPERM")
        assert said(script, "attempt(os.listdir, '/proc/1/cwd')") in ("EACCES", "EPERM")

    @pytest.mark.parametrize(
        "path",
        [
            "/x",
            "/usr/x",
            "/etc/x",
            "/etc/passwd",
            "/lib/x",
            "/dev/x",
            "/kaggle/x",
            "/home/x",
            "/run/x",
        ],
    )
    def test_write_to_system(self, script: Kernel, path: str) -> None:
        assert said(script, f"attempt(open, {path!r}, 'a')") in ("EROFS", "EACCES", "EPERM")

    @pytest.mark.parametrize("path", ["input/x", "public/x", "public/input/x", "public/work/x"])
    def test_write_to_read_only_parts_of_home(self, script: Kernel, path: str) -> None:
        assert said(script, f"attempt(open, '/home/alice/{path}', 'a')") in ("EROFS", "EACCES")

    def test_change_a_public_file(self, script: Kernel) -> None:
        path = "/home/alice/public/input/open/a.csv"
        assert said(script, f"attempt(open, {path!r}, 'r+')") in ("EROFS", "EACCES")
        assert said(script, f"attempt(os.chmod, {path!r}, 0o777)") in ("EROFS", "EPERM")
        assert said(script, f"attempt(os.unlink, {path!r})") in ("EROFS", "EACCES")

    def test_hard_link_out_of_read_only(self, script: Kernel) -> None:
        source, target = "/home/alice/public/input/open/a.csv", "/home/alice/work/link.csv"
        assert said(script, f"attempt(os.link, {source!r}, {target!r})") in ("EXDEV", "EPERM")

    def test_move_a_mount_point(self, script: Kernel) -> None:
        for name in ("input", "public"):
            code = f"attempt(os.rename, '/home/alice/{name}', '/home/alice/{name}-2')"
            assert said(script, code) == "EBUSY"

    def test_remount_writable(self, script: Kernel) -> None:
        number = "165 if X86 else 40"
        assert said(script, f"call({number}, None, b'/', None, 32, None)") == "EPERM"

    def test_unmount(self, script: Kernel) -> None:
        assert said(script, "call(166 if X86 else 39, b'/home/alice/input', 2)") == "EPERM"

    def test_new_mount_interface(self, script: Kernel) -> None:
        assert said(script, "call(428, -100, b'/', 1)") == "EPERM"
        assert said(script, "call(430, b'tmpfs', 0)") == "EPERM"
        assert said(script, "call(442, -100, b'/', 0, bytes(32), 32)") == "EPERM"

    def test_pivot_root_and_chroot(self, script: Kernel) -> None:
        assert said(script, "call(155 if X86 else 41, b'.', b'.')") == "EPERM"
        assert said(script, "attempt(os.chroot, '/tmp')") == "EPERM"

    def test_handle_to_a_file(self, script: Kernel) -> None:
        assert said(script, "call(304 if X86 else 265, -100, bytes(128), 0)") == "EPERM"

    def test_tmp_is_private_and_bounded(self, script: Kernel) -> None:
        with tempfile.NamedTemporaryFile(dir="/tmp") as mine:
            assert said(script, f"os.path.exists({mine.name!r})") == "False"
        size = said(script, "os.statvfs('/tmp').f_blocks * os.statvfs('/tmp').f_frsize")
        assert int(size) == 1 << 30
        assert said(script, "os.statvfs('/dev/shm').f_blocks * os.statvfs('/tmp').f_frsize") == size

    def test_volume_behind_a_link_is_not_mounted(self, world: World) -> None:
        mallory = world.volume("mallory")
        world.hub.start_service("mallory")
        world.hub.stop_service("mallory")
        (mallory / "input").rmdir()
        (mallory / "input").symlink_to(world.volume("bob"))
        with pytest.raises(RuntimeError, match="NotADirectoryError"):
            world.hub.start_service("mallory")


class TestDevicesAndSetuid:
    def test_only_harmless_devices(self, script: Kernel) -> None:
        names = set(said(script, "*os.listdir('/dev')").split())
        harmless = {"null", "zero", "full", "random", "urandom", "tty", "pts", "ptmx", "shm", "fd"}
        assert names == harmless | {"stdin", "stdout", "stderr"}

    def test_make_a_device_node(self, script: Kernel) -> None:
        for directory in ("/tmp", "/home/alice/work", "/dev/shm"):  # noqa: S108 - Inside.
            code = f"attempt(os.mknod, '{directory}/disk', 0o60666, os.makedev(8, 0))"
            assert said(script, code) == "EPERM"

    @as_root
    def test_a_device_node_in_the_volume_does_not_open(self, world: World, script: Kernel) -> None:
        node = world.volume("alice") / "work" / "zero"
        os.mknod(node, stat.S_IFCHR | 0o666, os.makedev(1, 5))
        node.chmod(0o666)
        assert said(script, "attempt(open, '/home/alice/work/zero')") == "EACCES"

    @as_root
    def test_a_setuid_program_in_the_volume_gains_nothing(
        self, world: World, script: Kernel
    ) -> None:
        program = world.volume("alice") / "work" / "id"
        program.write_bytes(Path("/usr/bin/id").read_bytes())
        program.chmod(0o4755)
        uid = said(script, "os.getuid()")
        assert (
            said(script, "subprocess.check_output(['/home/alice/work/id', '-u'])") == f"b'{uid}\\n'"
        )

    def test_become_another_user(self, script: Kernel) -> None:
        for code in ("os.setuid, 0", "os.setresuid, 0, 0, 0", "os.setgid, 0", "os.setgroups, [0]"):
            assert said(script, f"attempt({code})") in ("EPERM", "EINVAL")

    def test_capabilities_are_gone_for_good(self, script: Kernel) -> None:
        status = said(script, "open('/proc/self/status').read()")
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            assert int(fields[name], 16) == 0
        assert fields["NoNewPrivs"] == "1"
        assert fields["Seccomp"] == "2"


class TestProcesses:
    def test_only_own_processes_are_seen(self, script: Kernel) -> None:
        pids = said(script, "*[p for p in os.listdir('/proc') if p.isdigit()]").split()
        assert len(pids) < 12
        owners = said(
            script, "*{os.stat('/proc/' + p).st_uid for p in os.listdir('/proc') if p.isdigit()}"
        )
        # Process 1 cannot be traced, so its files belong to root (to nobody in a user namespace).
        assert set(owners.split()) <= {said(script, "os.getuid()"), "0", "65534"}

    def test_signal_a_neighbour(self, world: World, script: Kernel) -> None:
        for pid in world.fork_server.ask("status")["services"].values():
            if pid > 100:
                assert said(script, f"attempt(os.kill, {pid}, 0)") == "ESRCH"

    def test_trace_process_1(self, script: Kernel) -> None:
        assert said(script, "call(101 if X86 else 117, 16, 1, 0, 0)") == "EPERM"

    def test_read_memory_of_process_1(self, script: Kernel) -> None:
        assert said(script, "attempt(open, '/proc/1/mem', 'rb')") in ("EACCES", "EPERM")
        assert said(script, "attempt(open, '/proc/1/environ')") in ("EACCES", "EPERM")

    def test_kill_process_1(self, script: Kernel) -> None:
        said(script, "attempt(os.kill, 1, 9)")
        assert said(script, "1 + 1") == "2"

    @pytest.mark.parametrize(
        "name", ["sys/kernel/core_pattern", "sysrq-trigger", "sys/vm/swappiness"]
    )
    def test_write_to_proc(self, script: Kernel, name: str) -> None:
        refused = ("EROFS", "EACCES", "EPERM", "ENOENT")
        assert said(script, f"attempt(open, '/proc/{name}', 'w')") in refused

    @pytest.mark.parametrize("name", ["kcore", "keys", "kmsg", "kallsyms", "timer_list"])
    def test_hidden_in_proc(self, script: Kernel, name: str) -> None:
        code = f"attempt(lambda: open('/proc/{name}', 'rb').read(10))"
        assert said(script, code) in ("b''", "ENOENT", "EACCES")

    def test_push_characters_into_a_terminal(self, script: Kernel) -> None:
        code = "attempt(fcntl.ioctl, os.openpty()[1], 0x5412, b'x')"
        assert said(script, code) == "EPERM"

    def test_own_session(self, script: Kernel) -> None:
        assert said(script, "os.getsid(0) == os.getpid()") == "True"

    def test_system_call_of_another_architecture(self, script: Kernel) -> None:
        if said(script, "X86") != "True":
            pytest.skip("int 0x80 is x86's")
        code = (
            "import mmap, ctypes; m = mmap.mmap(-1, 4096, prot=7);"
            "m.write(bytes.fromhex('b814000000cd80c3'));"
            "ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))()"
        )
        ended = said(script, f"subprocess.run([sys.executable, '-c', {code!r}]).returncode")
        assert ended == f"-{signal.SIGSYS}"


class TestKernelInterfaces:
    @pytest.mark.parametrize("flag", [0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x08000000])
    def test_new_namespace_by_unshare(self, script: Kernel, flag: int) -> None:
        assert said(script, f"call(272 if X86 else 97, {flag})") == "EPERM"

    def test_new_namespace_by_clone(self, script: Kernel) -> None:
        code = "call(56 if X86 else 220, 0x10000000 | 17, 0, 0, 0, 0)"
        assert said(script, code) == "EPERM"

    def test_new_namespace_by_clone3(self, script: Kernel) -> None:
        assert said(script, "call(435, bytes(88), 88)") == "ENOSYS"

    def test_enter_a_namespace(self, script: Kernel) -> None:
        code = (
            "with open('/proc/self/ns/net') as f: print(call(308 if X86 else 268, f.fileno(), 0))"
        )
        assert script.run(code) == "EPERM"

    @pytest.mark.parametrize(
        ("name", "number"),
        [
            ("keyctl", "250 if X86 else 219"),
            ("add_key", "248 if X86 else 217"),
            ("request_key", "249 if X86 else 218"),
            ("io_uring_setup", "425"),
            ("bpf", "321 if X86 else 280"),
            ("perf_event_open", "298 if X86 else 241"),
            ("userfaultfd", "323 if X86 else 282"),
            ("init_module", "175 if X86 else 105"),
            ("kexec_load", "246 if X86 else 104"),
            ("reboot", "169 if X86 else 142"),
            ("syslog", "103 if X86 else 116"),
            ("clock_settime", "227 if X86 else 112"),
            ("personality", "135 if X86 else 92"),
            ("pidfd_getfd", "438"),
        ],
    )
    def test_refused_system_call(self, script: Kernel, name: str, number: str) -> None:
        assert said(script, f"call({number}, 0, 0, 0, 0, 0)") == "EPERM", name

    @pytest.mark.parametrize("family", [17, 38, 40, 44, 30, 21])
    def test_exotic_socket(self, script: Kernel, family: int) -> None:
        assert said(script, f"attempt(socket.socket, {family}, 3)") == "EAFNOSUPPORT"


class TestSocketsAndSecrets:
    def test_socket_of_the_fork_server(self, world: World, script: Kernel) -> None:
        path = str(world.fork_server.control)
        assert said(script, f"attempt(socket.socket(1).connect, {path!r})") == "ENOENT"

    def test_socket_of_a_neighbour(self, world: World, script: Kernel) -> None:
        for directory in (world.fork_server.runtime / "services").iterdir():
            path = str(directory / "http.sock")
            assert said(script, f"attempt(socket.socket(1).connect, {path!r})") == "ENOENT"

    def test_abstract_socket_of_the_machine(self, script: Kernel) -> None:
        if landlock.abi_version() < 6:
            pytest.skip("this kernel cannot scope abstract sockets")
        name = f"\0forkserver-test-{os.getpid()}"
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(name)
            listening.listen()
            assert said(script, f"attempt(socket.socket(1).connect, {name!r})") == "EPERM"

    def test_environment_holds_only_the_service_s_own(self, script: Kernel) -> None:
        names = set(said(script, "*os.environ").split())
        assert not {n for n in names if "PROXY" in n or "SECRET" in n or "PASSWORD" in n}
        assert TOKEN not in said(script, "dict(os.environ)")

    def test_environment_of_the_process_as_it_was_started(self, script: Kernel) -> None:
        text = said(script, "open('/proc/self/environ').read()")
        assert "TOKEN" not in text
        assert "PROXY" not in text

    def test_descriptors_that_were_inherited(self, script: Kernel) -> None:
        code = (
            "sorted({os.readlink(f'/proc/{p}/fd/{f}') for p in os.listdir('/proc')"
            " if p.isdigit() and p != '1' for f in os.listdir(f'/proc/{p}/fd')"
            " if os.path.lexists(f'/proc/{p}/fd/{f}')})"
        )
        allowed = (
            "socket:",
            "pipe:",
            "anon_inode:",
            "/dev/",
            "/home/alice/",
            "/run/service/",
            "/proc/",
        )
        for target in eval(said(script, code)):  # noqa: S307 - A list that we had printed.
            assert target.startswith(allowed), target

    def test_token_of_a_service_is_not_in_the_zygote(self, world: World, script: Kernel) -> None:
        token = said(script, "os.environ['JUPYTERHUB_API_TOKEN']")
        assert len(token) >= 32
        assert not _memory_holds(world.fork_server.ask("status")["zygote"], token.encode())

    def test_two_kernels_draw_different_numbers(self, alice: Service) -> None:
        code = (
            "import random, numpy, multiprocessing\n"
            "key = multiprocessing.current_process().authkey\n"
            "print(random.random(), numpy.random.rand(), bytes(key).hex())"
        )
        first, second = alice.run(code).split(), alice.run(code).split()
        assert len(first) == 3
        assert not set(first) & set(second)


class TestReport:
    """What a service says of itself while it starts is the user's to write, too."""

    @pytest.mark.parametrize(
        "said",
        [
            pytest.param(b'{"pid": %d}\n{"ready": true}\n', id="another process"),
            pytest.param(b'{"pid": %d, "ready": true}\n', id="another process, ready"),
            pytest.param(b"[%d]\n", id="no object"),
            pytest.param(b"\xff%d\n" * 9, id="no text"),
            pytest.param(b"%d" + b"x" * (1 << 20), id="no end"),
        ],
    )
    def test_a_service_names_a_process_of_the_machine_as_its_own(
        self, world: World, said: bytes
    ) -> None:
        configuration = world.volume("trudy") / ".jupyter"
        with subprocess.Popen(["sleep", "1000"]) as victim:  # noqa: S607 - Anywhere.
            world.hub.start_service("trudy")
            world.hub.stop_service("trudy")
            configuration.mkdir(exist_ok=True)
            configuration.chmod(0o777)
            (configuration / "jupyter_server_config.py").write_text(
                "import os, stat\n"
                f"said = {said.replace(b'%d', b'%d' % victim.pid)!r}\n"
                "for fd in range(3, 200):\n"
                "    try:\n"
                "        if stat.S_ISSOCK(os.fstat(fd).st_mode): os.write(fd, said)\n"
                "    except OSError: pass\n"
            )
            try:
                with contextlib.suppress(RuntimeError):
                    world.hub.start_service("trudy")
                assert victim.pid not in world.fork_server.ask("status")["services"].values()
                world.hub.stop_service("trudy")
                assert victim.poll() is None
                assert not [p for p in psutil.process_iter() if is_of_user(p, "trudy")]
            finally:
                (configuration / "jupyter_server_config.py").unlink()
                victim.kill()


def _memory_holds(pid: int, needle: bytes) -> bool:
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, permissions, *_ = line.split()
            if "w" not in permissions:
                continue
            first, last = (int(part, 16) for part in span.split("-"))
            with contextlib.suppress(OSError):
                memory.seek(first)
                if needle in memory.read(last - first):
                    return True
    return False
