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


def day(text: object) -> date:
    """Return a day written year, month, day: 2026-06-30, 2026/6/30, 2026.6.30 or 2026年6月30日."""
    found = re.fullmatch(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", str(text).strip())
    with suppress(ValueError):
        if found is not None:
            return date(int(found[1]), int(found[2]), int(found[3]))
    raise UsageError(
        f"--as-of {text} is no day",
        f"--as-of {text} 不是日期",
        hint="write one like 2026-06-30",
        hint_zh="请写成 2026-06-30",
    )


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
