"""What `panhuo route` prints: the stops by the clock, what the walk takes, and how good it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api import _cli_output as output
from api import _console as console
from api._help import both
from layers import schema

if TYPE_CHECKING:
    from pathlib import Path

    from api.routing import Routed

TITLES = (
    *("序 no", "到达 arrive", "离开 leave", "步行 walk", "等候 wait", "停留 stay"),
    *("名称 name", "看法 how", "价值 value", "提示 note"),
)


def tell(done: Routed, out: Path | None, directory: Path, *, as_json: bool) -> None:
    """Print a walk."""
    told, table = done.walk.told, done.walk.table
    stops = table[table["part"] == "stop"].drop(columns="geometry").astype(object)
    stops = stops.where(stops.notna(), None)
    if as_json:
        rows: list[dict[str, Any]] = stops.drop(columns=["value_bound", "is_proven", "stop_count"]).to_dict("records")
        run = {"run_id": done.run.run_id, "is_cut": done.is_cut, "file": None if out is None else str(out)}
        console.show_json({**run, **told, "stops": rows})
        return
    whole = table.iloc[0]
    console.show_line(both(str(whole["name"]), str(whole["name_en"])))
    codes = schema.kind("route")["visit"].codes or {}
    rows_shown = [
        (
            row["stop_order"],
            row["arrive_clock"],
            row["leave_clock"],
            f"{row['walk_minutes']:.1f}′ {row['walk_m']:.0f} m" if row["walk_m"] else "",
            f"{row['wait_minutes']:.0f}′" if row["wait_minutes"] else "",
            f"{row['stay_minutes']:.0f}′" if row["stay_minutes"] else "",
            _twice(row["name"], row["name_en"]),
            " ".join(codes[row["visit"]]),
            f"{row['value']:.2f}" if row["value"] else "",
            _twice(row["note"], row["note_en"]),
        )
        for row in stops.to_dict("records")
    ]
    console.show_table(TITLES, rows_shown, giving_way=(TITLES[-1:], TITLES[6:7]))
    console.show_line(
        both(
            f"{whole['stop_count']}处，共{told['minutes']:.0f}分钟：步行{whole['walk_minutes']:.0f}分钟"
            f"（{told['walk_m'] / 1000:.1f}公里），停留{whole['stay_minutes']:.0f}，等候{whole['wait_minutes']:.0f}",
            f"{whole['stop_count']} sights in {told['minutes']:.0f} minutes: {whole['walk_minutes']:.0f} on foot "
            f"({told['walk_m'] / 1000:.1f} km), {whole['stay_minutes']:.0f} at sights, "
            f"{whole['wait_minutes']:.0f} waited",
        )
    )
    for note in told["notes"]:
        console.show_line(f"· {both(note['zh'], note['en'])}")
    if done.is_cut:
        console.show_line(both("搜索提前结束，取当时最好的", "the search was ended early: the best so far"))
    if out is not None:
        console.show_line(both(f"已写出 {out}", "wrote the line and its stops"))
    console.show_line(both(f"已存为分析 {done.run.run_id}", "kept as a run of its own"))
    if out is None:
        output.tell_next(f"panhuo export {directory} route --out route.geojson")


def _twice(zh: object, en: object) -> str:
    """Return a text in both languages, once where they are alike or one is lacking."""
    told = [str(said) for said in (zh, en) if said is not None and said == said]  # noqa: PLR0124  (NaN)
    return " | ".join(said for said in dict.fromkeys(told) if said)
