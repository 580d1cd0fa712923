"""What is said of a chosen site, in two languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gis._notes import Note

if TYPE_CHECKING:
    from gis._site_ground import SiteGround
    from gis.site_choice import Wish

EXISTING = Note(
    "现有停车场和充电设施已在缺口中扣除，不作为候选、不重复计算",
    "existing car parks and stations are taken off the gap already: they are no candidates and count no second time",
)


def reason(ground: SiteGround, wish: Wish, row: dict[str, Any], *, decided: bool) -> Note:
    """Return why a site is chosen.

    Parameters
    ----------
    ground, wish
        What was chosen from, and for what.
    row
        ``row``, ``needs``, ``served_units`` and ``walk_m`` of the site.
    decided
        Whether it was decided before.
    """
    count, served = len(row["needs"]), _number(row["served_units"])
    room = _number(float(ground.room[row["row"]]))
    people = f"{ground.people[row['needs']].sum():,.0f}"
    good = ground.good
    homes = "1 community" if count == 1 else f"{count} communities"
    closes = Note(
        f"补缺{served}个{good.zh}（可提供{room}个）", f"closes {served} of the missing {good.en} (room {room})"
    )
    if wish.mode == "serve":
        found = Note(f"服务步行范围内{count}个缺口小区、{closes.zh}", f"serves {homes} within the walk and {closes.en}")
    elif wish.mode == "nearest":
        metres = "" if row["walk_m"] is None else f"{row['walk_m']:.0f}"
        found = Note(
            f"{count}个小区{people}人以它为最近，平均步行{metres}米",
            f"nearest for {homes} with {people} people, who walk {metres} m on average",
        )
    else:
        found = Note(
            f"步行{ground.radius_m:g}米内新覆盖{count}个小区{people}人，{closes.zh}",
            f"newly covers {homes} with {people} people within {ground.radius_m:g} m on foot, {closes.en}",
        )
    if wish.mode == "all" and (only := _only(ground, row)):
        found = Note(
            f"{found.zh}，其中{only}个小区只有它能到", f"{found.en}; for {only} of them nothing else is within the walk"
        )
    return Note(f"此前已定，{found.zh}", f"decided before; {found.en}") if decided else found


def _only(ground: SiteGround, row: dict[str, Any]) -> int:
    """Return how many communities of a site reach no other candidate."""
    return sum(int((ground.reached.need == need).sum() == 1) for need in row["needs"])


def _number(amount: float) -> str:
    """Return a number of stalls, whole: what is lacked is an estimate."""
    return f"{amount:,.0f}" if amount >= 0.5 or amount <= 0 else "<1"
