"""What `panhuo site` prints: the sites with their reasons, how good the choice is, and who stays without."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api import _cli_output as output
from api import _console as console
from api._help import both
from gis._site_ground import LEFT_OUT
from gis._site_words import EXISTING
from layers import schema

if TYPE_CHECKING:
    from pathlib import Path

    from api.siting import Sited

WAN = 1e4
ALL_BUT_SURE = 1e-6
MODES = {
    "serve": ("按容量补缺口最多", "most of the gap closed with the room there is"),
    "cover": ("覆盖最多", "most covered"),
    "all": ("全覆盖投资最省", "all covered for least money"),
    "nearest": ("步行最近", "least walking"),
}
VALUES = {
    "people": ("覆盖{}人", "{} people covered"),
    "units": ("补缺{}个", "{} of the gap closed"),
    "people_m": ("步行合计{}人·米", "{} person-metres of walking"),
    "units_m": ("步行合计{}缺口·米", "{} unit-metres of walking"),
    "communities": ("投资{}元", "{} CNY"),
}
UNCOVERED = {
    "no_candidate": ("步行范围内没有候选资产", "no candidate within the walk"),
    "not_chosen": (
        "有候选资产，但未选上（预算或处数不够）",
        "a candidate is near, but none was chosen (money or number)",
    ),
    "no_room": ("步行范围内已选，但容量不够", "a chosen site is near, but has no room left"),
}


def tell(done: Sited, directory: Path, *, as_json: bool) -> None:
    """Print what was chosen, in 万元; as JSON in CNY."""
    told, table = done.plan.told, done.plan.table
    if as_json:
        rows = table.drop(columns="geometry").astype(object)
        sites: list[dict[str, Any]] = rows.where(rows.notna(), None).to_dict("records")
        console.show_json({"run_id": done.run.run_id, **told, "is_cut": done.is_cut, "sites": sites})
        return
    for line in (*_asked(told), ""):
        console.show_line(line)
    _tell_sites(done)
    for line in ("", *_verdict(done), *_left(told)):
        console.show_line(line)
    console.show_line(both(f"已存为分析 {done.run.run_id}", "kept as a run of its own"))
    output.tell_next(f"panhuo export {directory} site_choice --out site_choice.geojson")


def _asked(told: dict[str, Any]) -> list[str]:
    """Return what was asked, and what was chosen from."""
    (zh, en), provides, radius = MODES[told["mode"]], told["provides"], told["radius_m"]
    asked = both(f"{zh}：{provides['zh']}，步行{radius:g}米", f"{en}: {provides['en']}, {radius:g} m on foot")
    lines = [asked]
    if told["mode"] in {"cover", "all"}:
        lines.append(
            both(
                "覆盖只看步行范围，不看容量；按容量选请用 --mode serve",
                "covering looks at no capacity; --mode serve does",
            )
        )
    if told["elderly_first"]:
        extra = told["elderly_extra"]
        lines.append(
            both(
                f"老年人优先：60岁以上每人按{1 + extra:g}人计（假定 site.elderly_extra，老年占比不明的按平均）",
                f"people over 60 count {1 + extra:g} times (ASSUMPTION site.elderly_extra; unknown shares: mean)",
            )
        )
    lines.append(
        both(
            f"候选{told['candidates']}处；{told['communities_in_need']}个小区共缺{told['gap_units']:,.0f}个"
            f"（另{told['communities_unknown']}个缺口不明或待落图）",
            f"{told['candidates']} candidates; {told['communities_in_need']} communities lack {told['gap_units']:,.0f}"
            f" ({told['communities_unknown']} more: unknown or not yet placed)",
        )
    )
    lines += [
        both(f"未作候选：{LEFT_OUT[why].zh} {count}处", f"no candidates: {count} {LEFT_OUT[why].en}")
        for why, count in told["left_out"].items()
    ]
    return [*lines, both(EXISTING.zh, EXISTING.en)]


def _tell_sites(done: Sited) -> None:
    rows = [
        (
            row["site_order"],
            row["name"] or row["asset_id"],
            _code("action", row["action"]),
            "此前已定 decided" if row["is_decided"] else f"{row['capex_cny'] / WAN:,.1f}",
            _code("permission", row["permission"]) + (" 临时 temporary" if row["is_temporary"] is True else ""),
            row["reason"],
            row["reason_en"],
        )
        for row in done.plan.table.astype(object).to_dict("records")
    ]
    titles = ("序 no", "名称 name", "动作 action", "投资 capex", "许可 permission", "理由", "why")
    console.show_line(both("选中的（投资：万元）", "chosen (capex in 10,000 CNY)"))
    console.show_table(titles, rows, giving_way=(("why",), ("理由",), ("名称 name",)))


def _code(field: str, code: str) -> str:
    return " ".join(dict.fromkeys((schema.kind("site_choice")[field].codes or {}).get(code, (code, code))))


def _verdict(done: Sited) -> list[str]:
    """Return what the choice costs and reaches, and how good it is proven to be."""
    told = done.plan.told
    spent = f"共{told['site_count']}处，投资{told['cost_cny'] / WAN:,.1f}万元"
    spent_en = f"{told['site_count']} {'site' if told['site_count'] == 1 else 'sites'} for {told['cost_cny']:,.0f} CNY"
    if told["budget_cny"] is not None:
        spent += f"（预算{told['budget_cny'] / WAN:,.1f}万元）"
        spent_en += f" of {told['budget_cny']:,.0f}"
    served, lacked = told["served_units"], told["gap_units"]
    lines = [
        both(spent, spent_en),
        both(
            f"步行范围内{told['communities_covered']}个小区{told['people_covered']:,.0f}人，补缺{served:,.0f}个"
            f"（缺{lacked:,.0f}个的{served / lacked:.0%}）",
            f"{told['communities_covered']} communities with {told['people_covered']:,.0f} people within the walk, "
            f"{served:,.0f} of {lacked:,.0f} missing closed",
        ),
        _proof(told),
    ]
    if done.is_cut:
        lines.append(both("时限已到，取当前最好；加时可能更好", "the search was ended: more may be found"))
    return lines


def _proof(told: dict[str, Any]) -> str:
    """Return how far from the best possible a choice is at most."""
    if told["gap"] <= ALL_BUT_SURE:
        return both("已证明没有更好的方案", "proven: no choice is better")
    zh, en = VALUES[told["value_of"]]
    value, bound = f"{told['value']:,.0f}", f"{told['bound']:,.0f}"
    weighted = ("（加权）", " (weighted)") if told["elderly_first"] else ("", "")
    least = told["mode"] in {"all", "nearest"}
    than = ("不会少于", "no choice takes less than") if least else ("不会超过", "no choice reaches more than")
    return both(
        f"目标值{weighted[0]}：{zh.format(value)}；已证明任何方案都{than[0]}{bound}，差距至多{told['gap']:.1%}",
        f"{en.format(value)}{weighted[1]}; proven: {than[1]} {bound}, gap at most {told['gap']:.1%}",
    )


def _left(told: dict[str, Any]) -> list[str]:
    """Return who stays without, and why."""
    lines = []
    for why, (zh, en) in UNCOVERED.items():
        part = told["uncovered"][why]
        if part["communities"]:
            most = "、".join(f"{item['name']}缺{item['units']:,.0f}" for item in part["most"])
            most_en = ", ".join(f"{item['name']} {item['units']:,.0f}" for item in part["most"])
            lines.append(
                both(
                    f"{zh}：{part['communities']}个小区，仍缺{part['units']:,.0f}个，最多的是{most}",
                    f"{en}: {part['communities']} communities, {part['units']:,.0f} still missing, most in {most_en}",
                )
            )
    return lines
