"""Plain data kept between processes in a file of the user, and believed only when nothing is doubtful.

A file is read only if it and its folder are ours and nobody else may write to them, if it was written for this very
key, and if its bytes are those that were written (a digest comes before them). Whatever else is found, or cannot be
found, is « nothing kept »: the caller works it out again, and no error leaves this module. Files appear complete, by
renaming: a reader never meets half of one, and of two writers the last one stands.

Folder: REPORTER_CACHE_DIR (empty: nothing is kept), else the cache folder of the user on this platform.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

VARIABLE = "REPORTER_CACHE_DIR"
NAME = "fhir-reporter"
KEPT = 16
"""Files kept of each kind: an overlay being written makes a new one with every change."""
_SUFFIX = ".cache"
_SIZE = 32
_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_FLAGS = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK", "O_BINARY"))


def folder() -> Path | None:
    """Where files are kept; None when they are not."""
    chosen = os.environ.get(VARIABLE)
    if chosen is not None:
        return Path(chosen) if chosen else None
    with suppress(RuntimeError):  # nobody's home: no cache
        return _of_user() / NAME
    return None


def _of_user() -> Path:
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) if local else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return named if named.is_absolute() else Path.home() / ".cache"


def read(kind: str, key: bytes) -> Any:
    """What was kept under the key, or None."""
    place = folder()
    if place is None:
        return None
    try:
        if not _only_ours(place.stat()):
            return _refused(kind, "owner")
        content = _content(place / _name(kind, key))
    except OSError:
        return None
    if content is None:
        return _refused(kind, "owner")
    payload = content[2 * _SIZE :]
    if content[:_SIZE] != key or content[_SIZE : 2 * _SIZE] != _digest(payload):
        return _refused(kind, "damaged")
    try:
        return marshal.loads(payload)  # noqa: S302 - our own bytes: owner, key and digest were checked
    except (EOFError, TypeError, ValueError):
        return _refused(kind, "unreadable")


def write(kind: str, key: bytes, value: Any) -> None:
    """Keep a value for other processes, if that is possible: no room, no right or no folder is no error."""
    place = folder()
    if place is None:
        return
    with suppress(OSError, ValueError):  # ValueError: a type that marshal does not write
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _only_ours(place.stat()):
            payload = marshal.dumps(value)
            _put(place / _name(kind, key), key + _digest(payload) + payload)
            _prune(place, kind)


def _name(kind: str, key: bytes) -> str:
    return f"{kind}-{key.hex()}{_SUFFIX}"


def _digest(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, digest_size=_SIZE).digest()


def _only_ours(status: os.stat_result) -> bool:
    """Nobody else owns it or may write to it. Windows keeps the folders of a user by other means."""
    if not hasattr(os, "geteuid"):
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & _OTHERS


def _content(path: Path) -> bytes | None:
    """Its bytes; None when it is not a plain file of ours."""
    with os.fdopen(os.open(path, _FLAGS), "rb") as file:
        status = os.fstat(file.fileno())
        return file.read() if stat.S_ISREG(status.st_mode) and _only_ours(status) else None


def _put(path: Path, content: bytes) -> None:
    import tempfile  # only the process that fills the cache needs it

    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem[:16]}-")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _prune(place: Path, kind: str) -> None:
    """Only the newest files of a kind stay."""
    aged = sorted(((path.stat().st_mtime, path) for path in place.glob(f"{kind}-*{_SUFFIX}")), reverse=True)
    for _, path in aged[KEPT:]:
        path.unlink(missing_ok=True)


def _refused(kind: str, reason: str) -> None:
    """Say it in the log: names only, nothing of what the file held."""
    import logging  # costs more than reading a good file

    fields = {"kind": kind, "reason": reason}
    logging.getLogger("reporter.catalog").info("catalog.cache.refused", extra={"event": fields})
