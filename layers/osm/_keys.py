"""Which ``disused:*`` and ``abandoned:*`` keys occur in a file, found without looking at its objects.

osmium drops objects by exact key before Python sees them, which is most of the speed; but the keys of what went out of
use are open-ended. An ``.osm.pbf`` keeps all its text in tables, one for each block (OpenStreetMap wiki, "PBF
Format"), so a look through the tables gives the exact keys in a fraction of the time.
"""

from __future__ import annotations

import re
import struct
import zlib
from typing import TYPE_CHECKING

import osmium

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIFECYCLE = ("disused", "abandoned")
_ENTRY = re.compile(rb"\n([\x07-\x7f])(?=disused|abandoned)")  # field 1 of a string table, its length, the text
_SIZE, _RAW, _ZLIB = 3, 1, 3  # field numbers: BlobHeader.datasize, Blob.raw, Blob.zlib_data
_LENGTH = struct.Struct(">I")


def lifecycle_keys(path: Path, file: osmium.io.File) -> tuple[str, ...]:
    """Return the keys ``disused``, ``abandoned`` and those that begin so with a colon, as far as the file has them.

    Values that look like such a key come along; they do no harm. Blocks that are neither plain nor zlib, and formats
    other than PBF, are read object by object instead.
    """
    found: set[str] = set()
    try:
        for block in _blocks(path):
            for entry in _ENTRY.finditer(block):
                found.add(block[entry.end() : entry.end() + entry[1][0]].decode("utf-8", "replace"))
    except (ValueError, IndexError, struct.error, zlib.error):
        tagged = osmium.FileProcessor(file).with_filter(osmium.filter.EmptyTagFilter())
        found = {tag.k for item in tagged for tag in item.tags}
    return tuple(sorted(key for key in found if key.partition(":")[0] in LIFECYCLE))


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while head := stream.read(_LENGTH.size):
            numbers, _ = _fields(stream.read(_LENGTH.unpack(head)[0]))
            _, texts = _fields(stream.read(numbers.get(_SIZE, 0)))
            if _RAW in texts:
                yield texts[_RAW]
            elif _ZLIB in texts:
                yield zlib.decompress(texts[_ZLIB])
            else:
                raise ValueError("no PBF block, or a compression other than zlib")


def _fields(message: bytes) -> tuple[dict[int, int], dict[int, bytes]]:
    """Return the fields of a protocol-buffers message that are numbers, and those that are bytes, by field number."""
    numbers: dict[int, int] = {}
    texts: dict[int, bytes] = {}
    place = 0
    while place < len(message):
        tag, place = _varint(message, place)
        value, place = _varint(message, place)
        if tag & 7 == 0:
            numbers[tag >> 3] = value
        elif tag & 7 == 2:
            texts[tag >> 3] = message[place : place + value]
            place += value
        else:
            raise ValueError("no PBF block")
    return numbers, texts


def _varint(message: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place
