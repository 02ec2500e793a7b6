"""Secrets that the platform makes for itself and keeps in files of its own."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

SECRET_BYTES = 32


def keep_secret(directory: Path, name: str) -> str:
    """The secret of this name, 64 hexadecimal digits; made when there is none yet (mode 0600)."""
    path = directory / name
    with suppress(FileNotFoundError):
        return path.read_text().strip()
    value = secrets.token_hex(SECRET_BYTES)
    draft = directory / f".{name}.{secrets.token_hex(8)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(value + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link replaces nothing: of two processes that make it at once, both get the first one's.
        path.hardlink_to(draft)
    except FileExistsError:
        return path.read_text().strip()
    finally:
        draft.unlink()
    return value
