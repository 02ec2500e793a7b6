"""Making and undoing moves on a file system of this machine.

Every function finds the trees by name, below the open data directory: the process that undoes a
move need not be the one that made it. Each ends with the directories flushed to the disk, so that
the database never knows of more than the disk does.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from opsforge.storage import trees
from opsforge.storage.moves import (
    Exchange,
    Merge,
    Move,
    Parts,
    Publish,
    Rename,
    Replace,
    TakeAway,
    TakeOut,
)
from opsforge.storage.scratch import TREE
from opsforge.storage.syscalls import rename_exchange, rename_no_replace
from opsforge.storage.trees import opened_directory

STAGING = "staging"


def make_move(root: int, move: Move) -> bool:
    """Make a move; see `opsforge.storage.port.Storage.make`."""
    match move:
        case Publish():
            with _both_ends(root, move) as (scratch, parent):
                _flush_staged(scratch)
                rename_no_replace(scratch, TREE, parent, move.place[-1])
                _flush(scratch, parent)
        case Replace():
            with _both_ends(root, move) as (scratch, parent):
                _flush_staged(scratch)
                rename_exchange(scratch, TREE, parent, move.place[-1])
                _flush(scratch, parent)
        case Merge():
            with _both_trees(root, move) as (source, target):
                trees.link_into(source, target, leave_out=move.leave_out)
        case Exchange():
            with _both_trees(root, move) as (source, target):
                _exchange(source, target, move)
        case TakeOut():
            with _both_trees(root, move) as (taken, tree):
                _move_files(tree, taken, move)
        case TakeAway():
            return _take_away(root, move)
        case Rename():
            with _parents(root, move.source, move.target) as (source, target):
                rename_no_replace(source, move.source[-1], target, move.target[-1])
                _flush(source, target)
    return True


def undo_move(root: int, move: Move) -> None:
    """Undo a move; see `opsforge.storage.port.Storage.undo`."""
    try:
        match move:
            case Publish():
                _undo_publish(root, move)
            case Replace():
                _undo_replace(root, move)
            case Merge():
                with _both_trees(root, move) as (source, target):
                    trees.unlink_from(
                        source, target, new_folders=move.new_folders, leave_out=move.leave_out
                    )
            case Exchange():
                with _both_trees(root, move) as (source, target):
                    _undo_exchange(source, target, move)
            case TakeOut():
                with _both_trees(root, move) as (taken, tree):
                    _move_files(taken, tree, move)
            case TakeAway():
                _undo_take_away(root, move)
            case Rename():
                _undo_rename(root, move)
    except (FileNotFoundError, NotADirectoryError):
        # The place is gone, with all that the move left there, or the move was never made.
        if isinstance(move, (TakeAway, Replace)) and _holds_tree(root, move.staging):
            raise


def _take_away(root: int, move: TakeAway) -> bool:
    try:
        with _both_ends(root, move) as (scratch, parent):
            rename_no_replace(parent, move.place[-1], scratch, TREE)
            _flush(scratch, parent)
    except FileNotFoundError:
        return False
    return True


def _undo_publish(root: int, move: Publish) -> None:
    with _both_ends(root, move) as (scratch, parent):
        if _identity(parent, move.place[-1]) == move.identity:
            rename_no_replace(parent, move.place[-1], scratch, TREE)
            _flush(scratch, parent)


def _undo_replace(root: int, move: Replace) -> None:
    with _both_ends(root, move) as (scratch, parent):
        if _identity(parent, move.place[-1]) == move.identity:
            rename_exchange(scratch, TREE, parent, move.place[-1])
            _flush(scratch, parent)
        elif _identity(scratch, TREE) not in {move.identity, None}:
            _put_back(scratch, parent, move.place[-1])


def _undo_take_away(root: int, move: TakeAway) -> None:
    with _both_ends(root, move) as (scratch, parent):
        if _identity(scratch, TREE) is not None:
            _put_back(scratch, parent, move.place[-1])


def _undo_rename(root: int, move: Rename) -> None:
    with _parents(root, move.source, move.target) as (source, target):
        if _identity(target, move.target[-1]) == move.identity:
            rename_no_replace(target, move.target[-1], source, move.source[-1])
            _flush(source, target)


def _exchange(source: int, target: int, move: Exchange) -> None:
    for path, _ in move.files:
        with _both_folders(source, target, path) as (staged, folder, name):
            try:
                rename_exchange(staged, name, folder, name)
            except FileNotFoundError:  # Its user deleted it meanwhile.
                rename_no_replace(staged, name, folder, name)
            _flush(staged, folder)


def _undo_exchange(source: int, target: int, move: Exchange) -> None:
    for path, identity in reversed(move.files):
        try:
            with _both_folders(source, target, path) as (staged, folder, name):
                if _identity(folder, name) != identity:
                    continue  # Not made, or its user's again.
                if _identity(staged, name) is None:
                    rename_no_replace(folder, name, staged, name)
                else:
                    rename_exchange(staged, name, folder, name)
                _flush(staged, folder)
        except (FileNotFoundError, NotADirectoryError):
            continue  # The folder is gone, with all that the move left there.


def _move_files(source: int, target: int, move: TakeOut) -> None:
    for name in move.names:
        trees.check_component(name)
        with suppress(FileNotFoundError):
            rename_no_replace(source, name, target, name)
    _flush(source, target)


@contextmanager
def _both_folders(source: int, target: int, path: str) -> Iterator[tuple[int, int, str]]:
    """The folders of a path, in the staged tree and in the one at the place, and its name."""
    *folders, name = path.split("/")
    trees.check_component(name)
    with (
        opened_directory(folders, at=source) as staged,
        opened_directory(folders, at=target) as folder,
    ):
        yield staged, folder, name


def _put_back(scratch: int, parent: int, name: str) -> None:
    """Put a tree back where it was; beside it, when something new is there."""
    try:
        rename_no_replace(scratch, TREE, parent, name)
    except FileExistsError:
        beside = f"{name}.restored-{secrets.token_hex(4)}"
        rename_no_replace(scratch, TREE, parent, beside)
    _flush(scratch, parent)


@contextmanager
def _both_ends(root: int, move: Publish | Replace | TakeAway) -> Iterator[tuple[int, int]]:
    """The scratch directory and the directory that the place is in."""
    trees.check_component(move.place[-1])
    with (
        opened_directory((STAGING, move.staging), at=root) as scratch,
        opened_directory(move.place[:-1], at=root) as parent,
    ):
        yield scratch, parent


@contextmanager
def _both_trees(root: int, move: Merge | Exchange | TakeOut) -> Iterator[tuple[int, int]]:
    """The staged tree and the one at the place."""
    with (
        opened_directory((STAGING, move.staging, TREE), at=root) as source,
        opened_directory(move.place, at=root) as target,
    ):
        yield source, target


@contextmanager
def _parents(root: int, source: Parts, target: Parts) -> Iterator[tuple[int, int]]:
    trees.check_component(target[-1])
    with (
        opened_directory(source[:-1], at=root) as source_fd,
        opened_directory(target[:-1], at=root) as target_fd,
    ):
        yield source_fd, target_fd


def _holds_tree(root: int, staging: str) -> bool:
    return trees.inode_of((STAGING, staging, TREE), at=root) is not None


def _identity(parent: int, name: str) -> str | None:
    inode = trees.inode_of((name,), at=parent)
    return None if inode is None else str(inode)


def _flush_staged(scratch: int) -> None:
    with opened_directory((TREE,), at=scratch) as tree:
        trees.flush_directories(tree)


def _flush(*directories: int) -> None:
    for fd in directories:
        os.fsync(fd)
