"""Bytes that a copy of a data set shares with the original: nobody in a service changes them.

The copy is made by the platform's own storage, as hard links, and a script inside a real service
tries every way to write to it, through the copy and through the public original.
"""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from opsforge.storage.local import LocalStorage
from opsforge.storage.port import Area, Place
from tests.forkserver.conftest import World
from tests.forkserver.hub import Kernel, Service
from tests.support.trees import gathered, publish, put

pytestmark = pytest.mark.integration

CONTENT = b"timestamp,value\n1,2\n"
ORIGINAL = Place(None, Area.INPUT, "shared")
COPY = Place("alice", Area.INPUT, "shared")
REFUSALS = {"EACCES", "EBADF", "EBUSY", "EINVAL", "EPERM", "EROFS", "ETXTBSY", "EXDEV"}

_HELP = r"""
import ctypes, errno, fcntl, json, mmap, os, platform, shutil, socket, subprocess
libc = ctypes.CDLL(None, use_errno=True)
def attempt(function):
    try:
        function()
    except OSError as error:
        return errno.errorcode[error.errno]
    except ValueError as error:  # mmap says so of a map that is read only.
        return "EINVAL"
    return "done"
def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
def on(flags, use):
    fd = os.open(path, flags)
    try:
        use(fd)
    finally:
        os.close(fd)
def write(fd):
    os.write(fd, b"changed")
def reopen(fd, flags):
    again = os.open(f"/proc/self/fd/{fd}", flags)
    try:
        write(again)
    finally:
        os.close(again)
def own_file(use):
    mine = os.path.expanduser("~/work/mine")
    with open(mine, "wb") as file:
        file.write(b"changed")
    use(mine)
def map_shared(fd, protection):
    with mmap.mmap(fd, 0, flags=mmap.MAP_SHARED, prot=protection) as view:
        view[:7] = b"changed"
def protect(fd):
    libc.mmap.restype = ctypes.c_void_p
    length = 4096
    address = libc.mmap(None, ctypes.c_size_t(length), 1, mmap.MAP_SHARED, fd, 0)
    checked(libc.mprotect(ctypes.c_void_p(address), ctypes.c_size_t(length), 3))
    ctypes.memmove(address, b"changed", 7)
def run(*words):
    if subprocess.run(words, capture_output=True).returncode:
        raise OSError(errno.EACCES, "refused")
"""

TRIES = {
    "open for writing": "on(os.O_WRONLY, write)",
    "open for reading and writing": "on(os.O_RDWR, write)",
    "open for appending": "on(os.O_WRONLY | os.O_APPEND, write)",
    "open and truncate": "on(os.O_RDONLY | os.O_TRUNC, lambda fd: None)",
    "truncate": "os.truncate(path, 0)",
    "truncate what is open for reading": "on(os.O_RDONLY, lambda fd: os.ftruncate(fd, 0))",
    "write to what is open for reading": "on(os.O_RDONLY, write)",
    "write at a place": "on(os.O_RDONLY, lambda fd: os.pwrite(fd, b'changed', 0))",
    "make writable": "os.chmod(path, 0o666)",
    "make writable, open": "on(os.O_RDONLY, lambda fd: os.fchmod(fd, 0o666))",
    "make writable, through proc": (
        "on(os.O_RDONLY, lambda fd: os.chmod(f'/proc/self/fd/{fd}', 0o666))"
    ),
    "give away": "os.chown(path, os.getuid(), os.getgid())",
    "give away, open": "on(os.O_RDONLY, lambda fd: os.fchown(fd, os.getuid(), os.getgid()))",
    "open again through proc": "on(os.O_RDONLY, lambda fd: reopen(fd, os.O_WRONLY))",
    "open again through proc, truncating": (
        "on(os.O_RDONLY, lambda fd: reopen(fd, os.O_RDWR | os.O_TRUNC))"
    ),
    "open a path again through proc": "on(os.O_PATH, lambda fd: reopen(fd, os.O_RDWR))",
    "truncate through proc": "on(os.O_RDONLY, lambda fd: os.truncate(f'/proc/self/fd/{fd}', 0))",
    "open through the root of proc": "(lambda: open('/proc/self/root' + path, 'r+b'))()",
    "open through the thread in proc": "(lambda: open('/proc/thread-self/root' + path, 'r+b'))()",
    "map for writing": (
        "on(os.O_RDONLY, lambda fd: map_shared(fd, mmap.PROT_READ | mmap.PROT_WRITE))"
    ),
    "make a map writable": "on(os.O_RDONLY, protect)",
    "rename over": "own_file(lambda mine: os.replace(mine, path))",
    "rename away": "os.rename(path, os.path.expanduser('~/work/taken'))",
    "rename beside": "os.rename(path, path + '.old')",
    "rename the folder": "os.rename(os.path.dirname(path), os.path.dirname(path) + '2')",
    "remove": "os.unlink(path)",
    "put a file beside": "(lambda: open(path + '.new', 'wb'))()",
    "link into work": "os.link(path, os.path.expanduser('~/work/linked'))",
    "link through proc": (
        "on(os.O_RDONLY, lambda fd: os.link(f'/proc/self/fd/{fd}', "
        "os.path.expanduser('~/work/linked'), follow_symlinks=True))"
    ),
    "copy over": "own_file(lambda mine: shutil.copyfile(mine, path))",
    "clone over": (
        "own_file(lambda mine: on(os.O_RDONLY, "
        "lambda fd: fcntl.ioctl(fd, 0x40049409, os.open(mine, os.O_RDONLY))))"
    ),
    "copy inside the kernel": (
        "own_file(lambda mine: on(os.O_RDONLY, "
        "lambda fd: os.copy_file_range(os.open(mine, os.O_RDONLY), fd, 7)))"
    ),
    "send inside the kernel": (
        "own_file(lambda mine: on(os.O_RDONLY, "
        "lambda fd: os.sendfile(fd, os.open(mine, os.O_RDONLY), 0, 7)))"
    ),
    "punch a hole": "on(os.O_RDONLY, lambda fd: checked(libc.fallocate(fd, 3, 0, 4096)))",
    "reserve room": "on(os.O_RDONLY, lambda fd: os.posix_fallocate(fd, 0, 1 << 20))",
    "change times": "os.utime(path, (0, 0))",
    "change attributes": "os.setxattr(path, 'user.x', b'x')",
    "write with a shell": "run('sh', '-c', 'echo changed > \"$0\"', path)",
    "write with dd": "run('dd', 'if=/dev/zero', 'of=' + path, 'conv=notrunc', 'count=1')",
    "edit in place": "run('sed', '-i', 's/value/changed/', path)",
}


@pytest.fixture(scope="module")
async def files(world: World, alice: Service) -> dict[str, Path]:
    """The public original and Alice's copy of it, made while her service runs."""
    del alice
    storage = LocalStorage(world.data)
    await storage.open()
    await put(storage, ORIGINAL, a_csv=CONTENT)
    async with gathered(storage, COPY) as staging:
        await staging.link_tree(ORIGINAL)
        await publish(storage, staging)
    return {
        "/home/alice/public/input/shared/a.csv": world.data / "public/input/shared/a.csv",
        "/home/alice/input/shared/a.csv": world.data / "users/alice/input/shared/a.csv",
    }


@pytest.fixture(scope="module")
def script(alice: Service) -> Iterator[Kernel]:
    with alice.kernel() as kernel:
        assert kernel.run(_HELP) == ""
        yield kernel


@pytest.mark.parametrize("name", ["public/input", "input"])
@pytest.mark.parametrize("what", TRIES)
def test_bytes_that_a_copy_shares_can_not_be_changed(
    what: str, name: str, script: Kernel, files: dict[str, Path]
) -> None:
    path = f"/home/alice/{name}/shared/a.csv"
    before = [state_of(file) for file in files.values()]
    assert before[0] == before[1]  # They are one file.
    answer = script.run(
        f"path = {path!r}\nprint(json.dumps([open(path, 'rb').read().decode(), "
        f"attempt(lambda: {TRIES[what]})]))"
    )
    content, outcome = json.loads(answer)
    assert content.encode() == CONTENT  # It can be read, so the refusal is of the writing.
    assert outcome in REFUSALS
    assert [state_of(file) for file in files.values()] == before


def state_of(file: Path) -> tuple[object, ...]:
    status = file.lstat()
    return (
        file.read_bytes(),
        status.st_ino,
        status.st_nlink,
        stat.filemode(status.st_mode),
        status.st_uid,
        status.st_mtime_ns,
        [path.name for path in sorted(file.parent.iterdir())],
    )
