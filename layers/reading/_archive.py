"""Archives: what is in a zip file, which member is meant, and that member unpacked for a moment, within bounds."""

from __future__ import annotations

import contextlib
import lzma
import re
import struct
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from layers.errors import ReadError
from layers.quality import Text
from layers.reading._refusals import AGAIN, IS_IT_RIGHT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

MAX_MEMBERS = 10_000
MAX_UNPACKED_BYTES = 2 * 1024**3
MAX_RATIO = 200
"""Packing tables and maps saves nine tenths, rarely 98 %; 200 to 1 is a bomb once it is more than 50 MB."""
RATIO_FROM_BYTES = 50_000_000
_BLOCK_BYTES = 1 << 20
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_UNICODE_PATH = 0x7075
_ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz")
_MAX_NAME_BYTES = 200
ZIP_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, struct.error, OSError,
    KeyError, IndexError, MemoryError, OverflowError, lzma.LZMAError,
)  # fmt: skip
"""What the zip reader of Python raises at bytes that are none, or none it knows."""


@dataclass(frozen=True)
class Member:
    """One file of an archive: its place in it, and its name in the characters that were meant."""

    info: zipfile.ZipInfo
    path: PurePosixPath

    @property
    def name(self) -> str:
        """The whole name, folders included."""
        return str(self.path)

    @property
    def suffix(self) -> str:
        """The suffix in lower case."""
        return self.path.suffix.lower()


def check_sizes(path: Path, infos: Sequence[zipfile.ZipInfo], limit: int = MAX_UNPACKED_BYTES) -> None:
    """Raise unless an archive unpacks to a sane size.

    Raises
    ------
    ReadError
        If it has too many members, unpacks to more than ``limit`` bytes, or to more than :data:`MAX_RATIO` times its
        size.
    """
    unpacked = sum(item.file_size for item in infos)
    packed = max(min(sum(item.compress_size for item in infos), path.stat().st_size), 1)
    if len(infos) > MAX_MEMBERS:
        raise ReadError(
            f"{path.name} holds {len(infos)} files",
            f"{path.name} 里有 {len(infos)} 个文件",
            hint="pack only the file that is meant",
            hint_zh="请只打包要导入的文件",
        )
    if unpacked > limit or (unpacked > RATIO_FROM_BYTES and unpacked / packed > MAX_RATIO):
        raise ReadError(
            f"{path.name} unpacks to {unpacked / 1e6:.0f} MB, {unpacked // packed} times its size",
            f"{path.name} 解开后有 {unpacked / 1e6:.0f} MB，是压缩包的 {unpacked // packed} 倍",
            hint="this is no ordinary file; bring what is in it without packing",
            hint_zh="这不是正常的文件，请不压缩、直接导入其中的文件",
        )


def members(path: Path, limit: int = MAX_UNPACKED_BYTES) -> list[Member]:
    """Return the files in an archive, without what systems leave there (``__MACOSX``, ``.DS_Store``, ``~$…``).

    Raises
    ------
    ReadError
        If the file is no zip archive or a damaged one, is encrypted, unpacks to more than is sane, or holds a name
        that leads out of its folder.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except ZIP_DAMAGE:
        raise ReadError(
            f"{path.name} is no zip archive, or a damaged one",
            f"{path.name} 不是 zip 压缩包，或已损坏",
            **AGAIN,
        ) from None
    check_sizes(path, infos, limit)
    found: list[Member] = []
    for info in infos:
        name = _name(info)
        if _leads_out(name):
            shown = re.sub(r"[\x00-\x1f]", "?", name)[:80]
            raise ReadError(
                f"{path.name} holds {shown!r}, a name that leads out of its folder",
                f"{path.name} 里有跳出文件夹的文件名 {shown!r}",
                hint="do not trust this archive; ask its sender for another",
                hint_zh="请勿信任这个压缩包，请向来源方另要一份",
            )
        parts = PurePosixPath(name)
        if not name.endswith("/") and parts.name and not _is_litter(parts):
            found.append(Member(info, parts))
    if any(item.info.flag_bits & _ENCRYPTED_FLAG for item in found):
        raise ReadError(
            f"{path.name} is locked with a password",
            f"{path.name} 设有密码",
            hint="unpack it and bring the file itself",
            hint_zh="请先解压，再导入其中的文件",
        )
    return found


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name of a member: as its Unicode field or flag says, else by its bytes UTF-8, else GB18030."""
    if info.flag_bits & _UTF8_FLAG:
        return info.filename.replace("\\", "/")
    try:
        data = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename.replace("\\", "/")
    stated = _unicode_path(info.extra, data)
    if stated is not None:
        return stated.replace("\\", "/")
    for encoding in ("utf-8", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            return data.decode(encoding).replace("\\", "/")
    return info.filename.replace("\\", "/")


def _unicode_path(extra: bytes, name: bytes) -> str | None:
    """Return the name in the Unicode field of a member, if there is one and it belongs to this name."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        body = extra[at + 4 : at + 4 + size]
        if (
            kind == _UNICODE_PATH
            and len(body) == size
            and size > 5
            and body[1:5] == struct.pack("<I", zlib.crc32(name))
        ):
            with contextlib.suppress(UnicodeDecodeError):
                return body[5:].decode("utf-8")
        at += 4 + size
    return None


def _leads_out(name: str) -> bool:
    return name.startswith("/") or re.match(r"[A-Za-z]:", name) is not None or ".." in name.split("/")


def _is_litter(path: PurePosixPath) -> bool:
    return "__MACOSX" in path.parts or path.name.startswith((".", "~$")) or path.name.lower() == "thumbs.db"


def choose(
    path: Path, there: Sequence[Member], readable: Collection[str], wanted: str | None, likely: Collection[str]
) -> tuple[Member, str | None]:
    """Return the member that is meant, and the layer in it that is named, if one is.

    Parameters
    ----------
    path
        The archive.
    there
        Its files.
    readable
        Suffixes of files that can be read.
    wanted
        What the user names: a member by its name with or without folder and suffix, and behind it ``/`` and a layer;
        or a layer of the only member.
    likely
        Names by which a member is meant among several (the kind's).

    Raises
    ------
    ReadError
        If nothing in it can be read, or several files can and none is named.
    """
    candidates = [item for item in there if item.suffix in readable]
    telling = [item for item in candidates if item.suffix not in (".txt", ".json")]
    if wanted is not None:
        named = _named(candidates, wanted)
        if named is not None:
            return named
    candidates = telling or candidates  # a readme or a style beside the map is not what is meant
    if len(candidates) == 1:
        return candidates[0], wanted
    if not candidates:
        raise _nothing(path, there)
    fitting = [item for item in candidates if item.path.stem in likely]
    if wanted is None and len(fitting) == 1:
        return fitting[0], None
    shown = ", ".join(item.name for item in candidates[:20]) + (" …" if len(candidates) > 20 else "")
    is_there = "" if wanted is None else f"，没有 {wanted!r}"
    offered = _shortest(candidates[0], candidates)
    raise ReadError(
        f"{path.name} holds {shown}" if wanted is None else f"{path.name} has no {wanted!r}, but {shown}",
        f"{path.name} 里有 {shown}{is_there}",
        hint=f"name one: {path.name}|layername={offered}",
        hint_zh=f"请指明一个：{path.name}|layername={offered}",
    )


def _spellings(member: Member) -> tuple[str, ...]:
    """Return the names that a member answers to, the whole one last."""
    return member.path.stem, member.path.name, str(member.path.with_suffix("")), member.name


def _shortest(member: Member, candidates: Sequence[Member]) -> str:
    """Return the shortest name that stands for a member and for no other."""
    spelled = [name for item in candidates if item is not member for name in _spellings(item)]
    return next((name for name in _spellings(member) if name not in spelled), member.name)


def _named(candidates: Sequence[Member], wanted: str) -> tuple[Member, str | None] | None:
    """Return the one member that a name stands for, and the layer named behind it."""
    texts = [(wanted, None)] + [(wanted[:at], wanted[at + 1 :]) for at, sign in enumerate(wanted) if sign == "/"]
    for text, layer in texts:
        for names in zip(*map(_spellings, candidates), strict=True):
            hits = [item for item, name in zip(candidates, names, strict=True) if name == text]
            if len(hits) == 1:
                return hits[0], layer
    return None


def _nothing(path: Path, there: Sequence[Member]) -> ReadError:
    inner = next((item for item in there if item.suffix in _ARCHIVES), None)
    if inner is not None:
        return ReadError(
            f"{path.name} holds another archive, {inner.path.name}",
            f"{path.name} 里又是压缩包 {inner.path.name}",
            hint="unpack it and bring the file itself",
            hint_zh="请先解压，再导入其中的文件",
        )
    shown = ", ".join(item.path.name for item in there[:10]) or "nothing"
    return ReadError(
        f"{path.name} holds nothing that can be read ({shown})", f"{path.name} 里没有可读的文件", **IS_IT_RIGHT
    )


@contextlib.contextmanager
def unpacked(path: Path, there: Sequence[Member], chosen: Member) -> Iterator[Path]:
    """Yield a member as a file in a temporary folder that is removed in any case; a shapefile comes with its parts.

    Raises
    ------
    ReadError
        If a member is damaged, or holds more than it says.
    """
    with tempfile.TemporaryDirectory(prefix="panhuo-") as folder:
        targets = {item: Path(folder) / _file_name(item.path) for item in _parts(there, chosen)}
        try:
            with zipfile.ZipFile(path) as archive:
                for item, target in targets.items():
                    _unpack(archive, item, target)
        except ZIP_DAMAGE as error:
            reason = " ".join(str(error).split())[:120] or type(error).__name__
            raise ReadError(f"{path.name} cannot be unpacked ({reason})", f"{path.name} 解压失败", **AGAIN) from None
        yield targets[chosen]


def _parts(there: Sequence[Member], chosen: Member) -> list[Member]:
    """Return a member and, of a shapefile, those that belong to it: same folder, same name."""
    if chosen.suffix != ".shp":
        return [chosen]
    stem, folder = chosen.path.stem.lower(), chosen.path.parent
    beside = {
        item.suffix: item for item in there if item.path.parent == folder and item.path.stem.lower() == stem
    }  # one a suffix: names that differ by case alone are one file on most systems
    return list({**beside, chosen.suffix: chosen}.values())


def _file_name(path: PurePosixPath) -> str:
    """Return a name that any file system takes: no control characters, not too long."""
    stem = (
        re.sub(r"[\x00-\x1f/\\:]", "_", path.stem)
        .encode("utf-8", "replace")[:_MAX_NAME_BYTES]
        .decode("utf-8", "ignore")
    )
    return (stem or "file") + path.suffix.lower()[:16]


def _unpack(archive: zipfile.ZipFile, member: Member, target: Path) -> None:
    """Write a member to a file, stopping where it is longer than the archive says."""
    left = member.info.file_size
    with archive.open(member.info) as source, target.open("wb") as sink:
        while block := source.read(_BLOCK_BYTES):
            left -= len(block)
            if left < 0:
                raise zipfile.BadZipFile("a member is longer than it says")
            sink.write(block)


def told(chosen: Member, there: Sequence[Member], readable: Collection[str]) -> Text:
    """Return what to say of an archive: the member that was read, and which others could have been."""
    others = [item.path.name for item in there if item is not chosen and item.suffix in readable]
    tail = f"；另有 {len(others)} 个可读的文件未读：{'、'.join(others[:5])}" if others else ""
    tail_en = f"; {len(others)} other readable files are not read: {', '.join(others[:5])}" if others else ""
    return Text(f"压缩包里的 {chosen.name}{tail}", f"{chosen.name} in the archive{tail_en}")
