"""Where accepted layers lie: the workspace's own folder, or any fsspec URL (a bucket, a share).

Files are named by the hash of their bytes and never changed, so what is read can be checked against its name: a file
that was cut short or altered is refused, never shown. Files of the own folder are read where they lie; remote ones pass
through a bounded cache on this machine.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from abc import ABC, abstractmethod
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from layers.errors import UsageError, WorkspaceError
from layers.snapshot import HASH_LENGTH, flush, unwritable, write_text

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

CACHE_BYTES = 2 * 1024**3
"""ASSUMPTION: a district's current layers are some hundred MB, so 2 GiB hold them and the versions compared with."""
COPY_HINT = ("restore it from a copy of the workspace", "请用工作区的备份恢复")


class Storage(ABC):
    """Immutable files under names like ``snapshots/parking/HASH.parquet`` and small JSON texts beside them."""

    @abstractmethod
    def put(self, draft: Path, name: str) -> None:
        """Keep the finished file ``draft`` under ``name``, whole or not at all; the draft is used up.

        Raises
        ------
        WorkspaceError
            If the place cannot be written.
        """

    @abstractmethod
    def put_text(self, text: str, name: str) -> None:
        """Keep a text under ``name``, whole or not at all (see :meth:`put`)."""

    @abstractmethod
    def place(self, name: str) -> str:
        """Return where ``name`` lies, for people."""

    @abstractmethod
    def _bytes(self, name: str, *, again: bool = False) -> bytes:
        """Return the bytes under ``name``; ``again`` passes by any copy that was kept."""

    def read(self, name: str, hint: tuple[str, str] = COPY_HINT) -> bytes:
        """Return the bytes of a file that is named by their hash.

        Parameters
        ----------
        name
            Name under which it was put; its stem is the start of the SHA-256 of its bytes.
        hint
            The next step where it is missing or damaged, in English and Chinese.

        Raises
        ------
        WorkspaceError
            If it is missing, or its bytes are not those that were put.
        """
        wanted = PurePosixPath(name).stem
        data = self._told(name, hint)
        if bytes_hash(data) != wanted:
            data = self._told(name, hint, again=True)
        if bytes_hash(data) == wanted:
            return data
        where = self.place(name)
        raise WorkspaceError(
            f"{where} cannot be read: its hash is not its name, so it was altered or cut short",
            f"{where} 无法读取：内容与文件名的校验值不符，已被改动或截断",
            hint=hint[0],
            hint_zh=hint[1],
        )

    def read_text(self, name: str) -> str:
        """Return a text that was put.

        Raises
        ------
        WorkspaceError
            If it is missing or not text.
        """
        data = self._told(name, COPY_HINT)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise self._unreadable(name, "it is not text", COPY_HINT) from error

    def _told(self, name: str, hint: tuple[str, str], *, again: bool = False) -> bytes:
        try:
            return self._bytes(name, again=again)
        except OSError as error:
            cause = error.strerror or (str(error).splitlines() or [type(error).__name__])[0]
            raise self._unreadable(name, cause, hint) from error

    def _unreadable(self, name: str, cause: str, hint: tuple[str, str]) -> WorkspaceError:
        where = self.place(name)
        return WorkspaceError(
            f"{where} cannot be read: {cause}", f"{where} 无法读取（{cause}）", hint=hint[0], hint_zh=hint[1]
        )


class FolderStorage(Storage):
    """Files in the workspace's own folder, read where they lie."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, draft: Path, name: str) -> None:
        """Keep ``draft`` under ``name`` (:meth:`Storage.put`): flushed, renamed, and the folder's entry flushed too."""
        path = self._root / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            flush(draft)
            draft.replace(path)
            flush(path.parent)
        except OSError as error:
            raise unwritable(path, error) from error

    def put_text(self, text: str, name: str) -> None:
        """Keep a text (:meth:`Storage.put_text`)."""
        path = self._root / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(path, error) from error
        write_text(text, path)

    def place(self, name: str) -> str:
        """Return the path of ``name``."""
        return str(self._root / name)

    def _bytes(self, name: str, *, again: bool = False) -> bytes:  # noqa: ARG002  (a folder keeps no second copy)
        return (self._root / name).read_bytes()


class RemoteStorage(Storage):
    """Files under an fsspec URL, with copies of those last read in a folder of this machine.

    Parameters
    ----------
    url
        Any fsspec URL: ``s3://bucket/folder``, ``webdav://…``, ``file:///share``. What the service needs to know of its
        caller it takes from its own environment, never from the workspace.
    cache
        Folder for the copies; made when it is needed.
    cache_bytes
        Beyond so many bytes the copies that were not read for longest are removed.

    Raises
    ------
    UsageError
        If no such protocol is installed.
    """

    def __init__(self, url: str, cache: Path, *, cache_bytes: int = CACHE_BYTES) -> None:
        self._url, self._cache, self._cache_bytes = url.rstrip("/"), cache, cache_bytes
        self._fs, self._base = _opened(self._url)

    def put(self, draft: Path, name: str) -> None:
        """Keep ``draft`` under ``name`` (:meth:`Storage.put`); what is there whole already is left alone."""
        data = draft.read_bytes()
        if not self._has(name, data):
            self._write(data, name)
        draft.unlink(missing_ok=True)

    def put_text(self, text: str, name: str) -> None:
        """Keep a text (:meth:`Storage.put_text`)."""
        self._write(text.encode(), name)

    def place(self, name: str) -> str:
        """Return the URL of ``name``."""
        return f"{self._url}/{name}"

    def _has(self, name: str, data: bytes) -> bool:
        with contextlib.suppress(OSError):
            return bytes(self._fs.cat_file(self._remote(name))) == data
        return False

    def _write(self, data: bytes, name: str) -> None:
        """Write beside and rename: a name never shows half a file, on stores that rename and on those that copy."""
        path = self._remote(name)
        draft = f"{path}.{os.getpid()}.draft"
        try:
            self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
            self._fs.pipe_file(draft, data)
            self._fs.mv(draft, path)
        except OSError as error:
            raise unwritable(self.place(name), error) from error

    def _remote(self, name: str) -> str:
        return f"{self._base}/{name}"

    def _bytes(self, name: str, *, again: bool = False) -> bytes:
        kept = self._cache / name.replace("/", "-")
        if name.endswith(".json"):
            return bytes(self._fs.cat_file(self._remote(name)))
        with contextlib.suppress(OSError):
            if not again:
                data = kept.read_bytes()
                os.utime(kept)
                return data
        data = bytes(self._fs.cat_file(self._remote(name)))
        with contextlib.suppress(OSError):  # a machine without room for copies reads from afar each time
            self._keep(data, kept)
        return data

    def _keep(self, data: bytes, kept: Path) -> None:
        self._cache.mkdir(parents=True, exist_ok=True)
        draft = kept.with_name(f".{os.getpid()}-{kept.name}")
        try:
            draft.write_bytes(data)
            draft.replace(kept)
        finally:
            draft.unlink(missing_ok=True)
        newest_first = sorted(
            ((item.stat().st_mtime_ns, item.stat().st_size, item) for item in self._cache.glob("*.parquet")),
            reverse=True,
        )
        total = 0
        for _, size, item in newest_first:
            total += size
            if total > self._cache_bytes and item != kept:
                item.unlink(missing_ok=True)


def bytes_hash(data: bytes) -> str:
    """Return the part of the SHA-256 of ``data`` that names its file."""
    return hashlib.sha256(data).hexdigest()[:HASH_LENGTH]


def _opened(url: str) -> tuple[AbstractFileSystem, str]:
    from fsspec.core import url_to_fs  # noqa: PLC0415  (only workspaces with a URL need it)

    try:
        fs, base = url_to_fs(url)
    except (ImportError, ValueError) as error:
        told = " ".join(str(error).split())
        raise UsageError(
            f"snapshots cannot be kept under {url}: {told}",
            f"快照不能存放在 {url}：{told}",
            hint="install what that protocol needs (s3fs, adlfs, webdav4 …), or correct PANHUO_SNAPSHOTS_URL",
            hint_zh="请安装该协议所需的库（s3fs、adlfs、webdav4 等），或改正 PANHUO_SNAPSHOTS_URL",
        ) from error
    return fs, str(base).rstrip("/")
