"""Arguments of the command as people write them; what is wrong with one is told as any other error."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

from layers.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

LAST_PORT = 65535
TIMES = {"": 1.0, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8}


def port(text: object) -> int:
    """Return the number of a port; a default is handed in as the number that it is."""
    number = int(str(text)) if re.fullmatch(r"[0-9]{1,5}", str(text)) else 0
    if not 1 <= number <= LAST_PORT:
        raise UsageError(
            f"--port {text} is no port",
            f"--port {text} 不是端口号",
            hint=f"give a number from 1 to {LAST_PORT}",
            hint_zh=f"请写 1 到 {LAST_PORT} 之间的数",
        )
    return number


def day(text: object, option: str = "--as-of") -> date:
    """Return a day written year, month, day: 2026-06-30, 2026/6/30, 2026.6.30 or 2026年6月30日."""
    found = re.fullmatch(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", str(text).strip())
    with suppress(ValueError):
        if found is not None:
            return date(int(found[1]), int(found[2]), int(found[3]))
    raise UsageError(
        f"{option} {text} is no day",
        f"{option} {text} 不是日期",
        hint="write one like 2026-06-30",
        hint_zh="请写成 2026-06-30",
    )


def hours(text: str) -> float:
    """Return a number of hours; whether so many make sense is asked later."""
    with suppress(ValueError):
        return float(text)
    raise UsageError(
        f"--hours {text} is no number of hours",
        f"--hours {text} 不是小时数",
        hint="write one like 4 or 2.5",
        hint_zh="请写成 4 或 2.5",
    )


def clock(text: str, option: str) -> float:
    """Return a time of day, written 09:00 or 9:00, in minutes since midnight."""
    found = re.fullmatch(r"([01]?[0-9]|2[0-3])[:：]([0-5][0-9])", text.strip())
    if found is None:
        raise UsageError(
            f"{option} {text} is no time of day",
            f"{option} {text} 不是时刻",
            hint="write one like 09:00",
            hint_zh="请写成 09:00",
        )
    return int(found[1]) * 60.0 + int(found[2])


def money(text: str | None, option: str) -> float | None:
    """Return an amount in CNY as people write it: 3000000, 3,000,000, 300万, 8千万, 0.5亿."""
    if text is None:
        return None
    found = re.fullmatch(r"([0-9][0-9,_]*(?:\.[0-9]+)?)\s*(千万|百万|千|万|亿|)元?", text.strip())
    if found is None:
        raise UsageError(
            f"{option} {text!r} is no amount of money",
            f"{option} {text!r} 不是金额",
            hint="write CNY, 0 or more, like 3000000 or 300万",
            hint_zh="请写不小于 0 的金额，如 3000000 或 300万",
        )
    return float(re.sub("[,_]", "", found[1])) * TIMES[found[2]]


def pairs(given: Iterable[str] | None, option: str, form: str) -> dict[str, str]:
    """Return options of the form ``key=value`` as a mapping."""
    found = {}
    for item in given or ():
        key, mark, value = item.partition("=")
        if not mark or not key.strip() or not value.strip():
            raise UsageError(
                f"{option} {item!r} is not of the form {form}",
                f"{option} {item!r} 写法不对",
                hint=f"write {option} {form}",
                hint_zh=f"请写成 {option} {form}",
            )
        found[key.strip()] = value.strip()
    return found
