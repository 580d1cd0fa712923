"""Ways that a search has yet to look at, in buckets of like length.

A heap would give the shortest of all each time. Here it is any of the shortest bucket, and a node is looked at again
where a shorter way is found later, which is rare as long as a bucket is no broader than a street is long
(delta-stepping: U. Meyer and P. Sanders, Journal of Algorithms 49, 2003). The distances come out the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis._compiled import compiled

if TYPE_CHECKING:
    from gis._graph import Floats, Ints

FIRST_ROOM = 1024
"""Entries that a queue or a list of results has room for at first; it doubles when full."""

MOST_BUCKETS = 4096
"""The last one takes whatever is longer."""


class Queue(NamedTuple):
    """The last way of each bucket or -1; of each way the one before it there, its metres and what it leads to."""

    last: Ints
    before: Ints
    metres: Floats
    item: Ints


@compiled()
def empty_queue(cutoff_m: float, bucket_m: float, room: int) -> Queue:
    """Return a queue for ways up to ``cutoff_m`` in buckets ``bucket_m`` broad."""
    buckets = int(min(max(cutoff_m, 0.0) / bucket_m + 1, MOST_BUCKETS))
    return Queue(np.full(buckets, -1), np.empty(room, np.int64), np.empty(room), np.empty(room, np.int64))


@compiled()
def with_room(queue: Queue, size: int) -> Queue:
    """Return the queue with room for ``size`` ways: as it is, or with twice as much."""
    last, before, metres, item = queue
    while item.size < size:
        before, metres, item = np.append(before, before), np.append(metres, metres), np.append(item, item)
    return Queue(last, before, metres, item)


@compiled(inline=True)
def put(queue: Queue, number: int, bucket_m: float, metres: float, item: int) -> None:
    """Put a way into its bucket as ``number``."""
    bucket = min(int(metres / bucket_m), queue.last.size - 1)
    queue.before[number], queue.last[bucket] = queue.last[bucket], number
    queue.metres[number], queue.item[number] = metres, item


@compiled(inline=True)
def take(queue: Queue, bucket: int) -> int:
    """Take the last way out of a bucket and return its number; -1 where the bucket is empty."""
    number = int(queue.last[bucket])
    if number >= 0:
        queue.last[bucket] = queue.before[number]
    return number
