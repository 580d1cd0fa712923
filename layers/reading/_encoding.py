"""Which encoding a text is in, judged by its bytes, block by block: UTF-8, UTF-16, GB18030 (GBK) or Big5."""

from __future__ import annotations

import codecs
import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from layers.errors import ReadError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

TITLES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 (BOM)",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "gb18030": "GB18030 (GBK)",
    "big5": "Big5",
    "cp950": "Big5",
    "ascii": "ASCII",
}
MAX_LINE_BYTES = 64 * 1024**2
"""Longest line of a table: a ledger's longest cell (the WKT of a district) is some 5 MB; ASSUMPTION: 12 times that."""
BLOCK_BYTES = 4 * 1024**2
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_HEAD_BYTES = 65_536
_SAMPLE_BYTES = 512 * 1024
_BROKEN_SHARE = 0.1
_MARGIN_BYTES = 500_000
_HALF_NULS = 0.2  # ASSUMPTION: of a UTF-16 table at least a fifth is ASCII: commas, digits, line ends
_GB_COMMON, _BIG5_COMMON = 0.9, 0.95  # ASSUMPTION: shares of everyday characters in texts of either encoding


class Scan(NamedTuple):
    """What one pass over a text file gives: its encoding, and whether it has anything but white space."""

    encoding: str
    is_blank: bool


def scan(path: Path, encoding: str = "auto", *, lines: bool = True) -> Scan:
    """Return the encoding of a text file; memory stays at a few blocks however long the file or its lines are.

    By the byte-order mark, else UTF-8 if all its bytes are that, else GB18030, or Big5 where the bytes leave no doubt.

    Parameters
    ----------
    path
        A text file.
    encoding
        ``auto``, or the encoding that the user names; the file is then checked against it.
    lines
        Whether the length of lines is limited (a map may be one line).

    Raises
    ------
    ReadError
        If the bytes are in no such encoding, are no text, are UTF-8 with damaged places (which GB18030 would turn
        into nonsense), or a line is longer than :data:`MAX_LINE_BYTES`.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if encoding.lower() != "auto":
        return Scan(encoding, _decodes(path, encoding, lines=lines))
    marked = next((name for mark, name in _BOMS if head.startswith(mark)), "") or _utf16_without_mark(head)
    if marked:
        return Scan(marked, _is_blank_as_marked(path, marked, lines=lines))
    if b"\0" in head:
        raise ReadError(
            f"{path.name} is not a text file",
            f"{path.name} 不是文本文件",
            hint="is its suffix right?",
            hint_zh="请核对文件后缀",
        )
    try:
        return Scan("utf-8", _is_blank(path, "utf-8", lines=lines))
    except UnicodeDecodeError as error:
        _refuse_mixed(path, error.start)
        _refuse_damaged_utf8(path, error.start)
    return _chinese(path, lines=lines)


def _is_blank_as_marked(path: Path, encoding: str, *, lines: bool) -> bool:
    """Return whether a file is blank whose byte-order mark says what it is in.

    Raises
    ------
    ReadError
        If it is not in that, but for its first bytes.
    """
    try:
        return _is_blank(path, encoding, lines=lines)
    except UnicodeDecodeError as error:
        if encoding == "utf-8-sig":
            _refuse_mixed(path, error.start)
        line, title = _line_of(path, error.start), TITLES[encoding]
        raise ReadError(
            f"{path.name} begins with the mark of {title}, but line {line} is not in it (byte {error.start + 1})",
            f"{path.name} 开头标明 {title}，第 {line} 行却不是（第 {error.start + 1} 字节）",
            hint="mend that line, or save the file again in one encoding",
            hint_zh="请改正这一行，或统一编码后重新保存",
        ) from None


def _decodes(path: Path, encoding: str, *, lines: bool) -> bool:
    """Return whether a file that must be in an encoding is blank.

    Raises
    ------
    UsageError
        If there is no such encoding.
    ReadError
        If the file is not in it.
    """
    try:
        return _is_blank(path, known(encoding), lines=lines)
    except UnicodeDecodeError as error:
        _refuse_mixed(path, error.start)
        line = _line_of(path, error.start)
        raise ReadError(
            f"{path.name} is not {encoding} (line {line}, byte {error.start + 1})",
            f"{path.name} 的字符编码不是 {encoding}（第 {line} 行，第 {error.start + 1} 字节）",
            hint="leave --encoding out to have it found",
            hint_zh="去掉 --encoding 由程序判断",
        ) from None


def known(encoding: str) -> str:
    """Return the name of an encoding, as it is.

    Raises
    ------
    UsageError
        If there is none of that name.
    """
    try:
        with contextlib.suppress(UnicodeError):
            b"\n".decode(encoding)  # says whether it is one, and one of texts
        codecs.getincrementaldecoder(encoding)
    except (LookupError, TypeError, ValueError):
        raise UsageError(
            f"there is no encoding {encoding!r}",
            f"没有 {encoding!r} 这种字符编码",
            hint="use auto, utf-8, gb18030 or big5",
            hint_zh="可用 auto、utf-8、gb18030、big5",
        ) from None
    return encoding


def _chinese(path: Path, *, lines: bool) -> Scan:
    """Return GB18030 or Big5, whichever all bytes and the characters that they make speak for."""
    is_gb = is_big5 = True
    try:
        is_blank = _is_blank(path, "gb18030", lines=lines)
    except UnicodeDecodeError as error:
        is_gb, at = False, error.start
    with path.open("rb") as stream:
        sample = b"".join(line for line in stream.read(_SAMPLE_BYTES).splitlines() if not line.isascii())
    if is_gb and not looks_like_big5(sample):
        return Scan("gb18030", is_blank)
    try:
        return Scan("cp950", _is_blank(path, "cp950", lines=lines)) if looks_like_big5(sample) else _neither(path, at)
    except UnicodeDecodeError:
        is_big5 = False
    return Scan("gb18030", is_blank) if is_gb and not is_big5 else _neither(path, at)


def _neither(path: Path, at: int) -> Scan:
    raise ReadError(
        f"{path.name} is neither UTF-8 nor GB18030 (line {_line_of(path, at)}, byte {at + 1})",
        f"{path.name} 既不是 UTF-8 也不是 GB18030（第 {_line_of(path, at)} 行，第 {at + 1} 字节）",
        hint="name its encoding with --encoding",
        hint_zh="请用 --encoding 说明字符编码",
    )


def looks_like_big5(data: bytes) -> bool:
    """Return whether bytes are surely Big5: everyday characters in it, and hardly any in GB 2312.

    The second byte of an everyday GB 2312 character is always above 0xA0; of Big5's, four in ten are ASCII.
    """
    return common_share(data, "big5") >= _BIG5_COMMON and common_share(data, "gb18030") < _GB_COMMON


def common_share(data: bytes, encoding: str) -> float:
    """Return the share of pairs of bytes that are everyday Chinese characters or punctuation in an encoding.

    Parameters
    ----------
    data
        Text in ``gb18030`` (GB 2312: 0xA1-0xF7 then 0xA1-0xFE) or ``big5`` (0xA1-0xC6 then 0x40-0x7E, 0xA1-0xFE).
    encoding
        Which of the two is supposed.
    """
    is_big5 = encoding == "big5"
    common = total = at = 0
    while at < len(data):
        first = data[at]
        if first < 0x80:
            at += 1
            continue
        second = data[at + 1] if at + 1 < len(data) else 0
        high = 0xA1 <= second <= 0xFE
        fits = 0xA1 <= first <= 0xC6 and (high or 0x40 <= second <= 0x7E) if is_big5 else 0xA1 <= first <= 0xF7 and high
        common += fits
        total += 1
        at += 2
    return common / total if total else 0.0


def _utf16_without_mark(head: bytes) -> str:
    """Return UTF-16 in the byte order in which one half of the bytes is often zero and the other (一: 4E00) seldom."""
    even, odd = head[0::2].count(0) * 2 / max(len(head), 1), head[1::2].count(0) * 2 / max(len(head), 1)
    if odd > _HALF_NULS and even < odd / 4:
        return "utf-16-le"
    return "utf-16-be" if even > _HALF_NULS and odd < even / 4 else ""


def _is_blank(path: Path, encoding: str, *, lines: bool) -> bool:
    """Return whether a text is white space only, decoding all of it.

    Raises
    ------
    UnicodeDecodeError
        At the first bad byte, counted from the start of the file.
    ReadError
        If a line is too long.
    """
    decoder = codecs.getincrementaldecoder("utf-8" if encoding == "utf-8-sig" else encoding)()  # counts the mark, too
    blank, read, line = True, 0, 0
    with path.open("rb") as stream:
        while True:
            block = stream.read(BLOCK_BYTES)
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                start = read - pending + error.start
                raise UnicodeDecodeError(encoding, b"", start, start + 1, error.reason) from None
            blank = blank and not text.strip("\ufeff \t\r\n")
            if not block:
                return blank
            read += len(block)
            line = _check_line(path, block, line) if lines else 0


def _check_line(path: Path, block: bytes, line: int) -> int:
    """Return the bytes of the line that a block leaves open."""
    last = max(block.rfind(b"\n"), block.rfind(b"\r"))
    longest = line + len(block) if last < 0 else line + max(block.find(b"\n"), block.find(b"\r"))
    if longest > MAX_LINE_BYTES:
        raise ReadError(
            f"{path.name} has a line of more than {MAX_LINE_BYTES >> 20} MB",
            f"{path.name} 有一行超过 {MAX_LINE_BYTES >> 20} MB",
            hint="this is no ordinary table; is it the right file?",
            hint_zh="这不像表格，请核对是不是这个文件",
        )
    return longest if last < 0 else len(block) - last - 1


def _refuse_mixed(path: Path, at: int) -> None:
    """Raise if of the lines about a byte that is no UTF-8 some are UTF-8 and others GBK: files were put together."""
    start = max(0, at - _MARGIN_BYTES)
    with path.open("rb") as stream:
        stream.seek(start)
        lines = stream.read(2 * _MARGIN_BYTES).removeprefix(codecs.BOM_UTF8).split(b"\n")
    first = _line_of(path, start)
    found: dict[str, int] = {}
    for number, line in enumerate(lines[1:] if start else lines, start=first + bool(start)):
        for name in _SURE:
            if name not in found and not line.isascii() and _is_surely(line, name):
                found[name] = number
    if len(found) == len(_SURE):
        gbk, utf8 = found["gb18030"], found["utf-8"]
        raise ReadError(
            f"{path.name} mixes two encodings: line {gbk} is GBK (GB18030), line {utf8} UTF-8",
            f"{path.name} 混用两种字符编码：第 {gbk} 行是 GBK（GB18030），第 {utf8} 行是 UTF-8",
            hint="save the parts that it was put together from in one encoding, and join them again",
            hint_zh="请把拼在一起的各部分统一另存为 UTF-8，再合并导入",
        )


_SURE = ("utf-8", "gb18030")
_SURE_CHARACTERS = 4
"""Chinese characters in UTF-8 (three bytes each) that GBK gives by chance in one line of some hundred million."""


def _is_surely(line: bytes, encoding: str) -> bool:
    """Return whether the bytes of a line leave no doubt that it is UTF-8, or that it is GB18030."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return encoding == "gb18030" and common_share(line, "gb18030") >= _GB_COMMON
    return encoding == "utf-8" and sum("\u2e80" <= char <= "\uffef" for char in text) >= _SURE_CHARACTERS


def _line_of(path: Path, at: int) -> int:
    """Return the number of the line in which a byte stands."""
    line = 1
    with path.open("rb") as stream:
        while at > 0 and (block := stream.read(min(BLOCK_BYTES, at))):
            line += block.count(b"\n")
            at -= len(block)
    return line


def _refuse_damaged_utf8(path: Path, at: int) -> None:
    """Raise if a text is UTF-8 but for a few bad places."""
    with path.open("rb") as stream:
        stream.seek(max(0, at - _MARGIN_BYTES))
        sample = stream.read(2 * _MARGIN_BYTES).decode("utf-8", "replace")
    broken = sample.count("\ufffd")
    whole = sum(character > "\x7f" for character in sample) - broken
    if whole and broken / (whole + broken) < _BROKEN_SHARE:
        raise ReadError(
            f"{path.name} is UTF-8 but damaged in line {_line_of(path, at)} (byte {at + 1})",
            f"{path.name} 是 UTF-8，但第 {_line_of(path, at)} 行损坏（第 {at + 1} 字节）",
            hint="save it again, or cut the damaged line",
            hint_zh="请重新保存，或删去损坏的行",
        )


@contextlib.contextmanager
def as_utf8(path: Path, encoding: str = "auto", *, lines: bool = True) -> Iterator[tuple[Path, str]]:
    """Yield a text file as UTF-8 without a byte-order mark, and the encoding that it had.

    The file itself where it is so already; else a copy in a temporary folder, which is removed in any case.

    Raises
    ------
    ReadError
        As :func:`scan`.
    """
    name = scan(path, encoding, lines=lines).encoding
    if codecs.lookup(name).name == "utf-8":
        yield path, name
        return
    with tempfile.TemporaryDirectory(prefix="panhuo-") as folder:
        copy = Path(folder) / path.name
        with path.open(encoding=name, newline="") as source, copy.open("w", encoding="utf-8", newline="") as target:
            while text := source.read(BLOCK_BYTES):
                target.write(text)
        yield copy, name
