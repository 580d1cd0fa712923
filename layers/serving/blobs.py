"""Many texts one behind the other in one file, mapped and not read: a record's text costs what it is long."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Blob:
    """Texts by number, as UTF-8.

    Parameters
    ----------
    data
        All of them.
    starts
        Where each begins, and the end.
    """

    data: mmap.mmap | bytes
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, number: int) -> bytes:
        return bytes(self.data[self.starts[number] : self.starts[number + 1]])

    @classmethod
    def load(cls, folder: Path, name: str) -> Self:
        """Map the texts that :func:`write_blob` wrote."""
        return cls(mapped(folder / f"{name}.bin"), mapped_array(folder / f"{name}_starts.npy"))


def write_blob(folder: Path, name: str, texts: Iterable[str]) -> None:
    """Write ``texts`` as the blob ``name`` into ``folder``."""
    with (folder / f"{name}.bin").open("wb") as stream:
        lengths = [stream.write(text.encode()) for text in texts]
    np.save(folder / f"{name}_starts.npy", np.concatenate(([0], np.cumsum(lengths))).astype(np.int64))


def mapped(path: Path) -> mmap.mmap | bytes:
    """Return a file's bytes, mapped; an empty one cannot be."""
    with path.open("rb") as stream:
        if path.stat().st_size == 0:
            return b""
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


def mapped_array(path: Path) -> NDArray[Any]:
    """Return the array of a ``.npy`` file, mapped; as a plain array, whose pieces cost a fifth of a memmap's."""
    return np.asarray(np.load(path, mmap_mode="r"))
