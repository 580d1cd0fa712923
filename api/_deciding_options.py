"""Options of the commands that decide on a finished run: bundles, sites, walks; those that several share stand once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from api import _arguments
from api._help import both

# Bundles; the time is that of all three.
Subdistrict = Annotated[
    str | None,
    typer.Option(
        metavar="CODE",
        help=both("只在这个镇街内找（接着改：none 取消）", "Only in this sub-district (--again: or none)."),
    ),
]
Within = Annotated[
    str | None,
    typer.Option(
        metavar="AREA",
        help=both(
            "包不跨界：subdistrict（镇街）或 district（区）；none 不限",
            "No bundle crosses: subdistrict or district; none: they may.",
        ),
    ),
]
Most = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, max=60, help=both("每包至多几个成员", "Members of a bundle at most [12]")),
]
WorkingCapital = Annotated[
    str | None,
    typer.Option(
        metavar="CNY", help=both("每包累计垫资上限，如 5000万", "How deep the account of one bundle may run.")
    ),
]
PublicBudget = Annotated[
    str | None,
    typer.Option(
        metavar="CNY[,CNY…]",
        help=both(
            "财政出资上限，逐年写，如 8000万,5000万；只写一个则各年同",
            "Public money of each year (one: the same in each).",
        ),
    ),
]
TransferCap = Annotated[
    str | None,
    typer.Option(
        metavar="CNY",
        help=both(
            "包与包之间盈利反哺的上限（默认0，none 同）", "What bundles may give each other in all [0]; none: 0."
        ),
    ),
]
ElementCap = Annotated[
    str | None,
    typer.Option(
        metavar="CNY",
        help=both(
            "一个包内要素之间盈利反哺的上限（默认不限，可写 none 或 不限）：亏损的改造等可从停车、充电等取多少",
            "Within one bundle: what elements that lose may take from those that earn [no cap]; none: no cap.",
        ),
    ),
]
Robust = Annotated[
    str | None,
    typer.Option(
        metavar="SHARE",
        help=both(
            "稳健：各参数取区间两端，至少这个比例的情景平衡，如 0.4；0 或 none 不要求",
            "Robust: parameters at the ends of their ranges, balanced in this share of scenarios, as 0.4; "
            "0 or none: not asked.",
        ),
    ),
]
Keep = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ID|NAME",
        help=both("必须入包（编号或名称），可写多次", "Must be in a bundle (id or name); may be repeated."),
    ),
]
Forbid = Annotated[
    list[str] | None,
    typer.Option(metavar="ID|NAME", help=both("不得入包，可写多次", "May be in none; may be repeated.")),
]
Together = Annotated[
    list[str] | None,
    typer.Option(metavar="ID,ID", help=both("两个须同包，可写多次", "Share a bundle; may be repeated.")),
]
Apart = Annotated[
    list[str] | None,
    typer.Option(metavar="ID,ID", help=both("两个不得同包，可写多次", "Never in one bundle; may be repeated.")),
]
Again = Annotated[
    bool,
    typer.Option(
        "--again",
        help=both(
            "从上次方案改起：上次的要求（含种子）全部保留，再加这次写的（冲突以这次为准）；"
            "取消：--robust、--within、--subdistrict、--transfer-cap、--element-cap 写 none，"
            "另有 --without-unclear、--release ID",
            "Go on from the last plan: all that was asked then (its seed too), and what is asked now (which wins). To "
            "take back: none for --robust, --within, --subdistrict, --transfer-cap, --element-cap; --without-unclear; "
            "--release ID.",
        ),
    ),
]
Move = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ID,ID",
        help=both(
            "前一个移到后一个所在的包，与原包其余成员分开；含 --again，可写多次",
            "The first goes into the bundle of the second, away from those it was with; implies --again.",
        ),
    ),
]
Release = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ID|NAME",
        help=both(
            "取消以前对它的要求（必入、不入、同包、分开）；含 --again，可写多次",
            "Nothing asked of it before holds on; implies --again.",
        ),
    ),
]
WithUnclear = Annotated[
    bool | None,
    typer.Option(
        "--with-unclear/--without-unclear",
        show_default=False,
        help=both("许可待核实的也计入，或不计入（默认）", "Options of open permission as well, or not [not]."),
    ),
]
Seconds = Annotated[
    float,
    typer.Option(
        metavar="S",
        min=0,
        max=86_400,
        help=both("搜索时限；Ctrl-C 取当前最好", "Time; Ctrl-C keeps the best so far."),
    ),
]
BundleSeconds = Annotated[
    float | None,
    typer.Option(
        "--seconds",
        metavar="S",
        min=0,
        max=86_400,
        help=both(
            "搜索时限（默认 60，接着改 10）；Ctrl-C 取当前最好",
            "Time [60; going on from a plan: 10]; Ctrl-C keeps the best so far.",
        ),
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        min=0,
        help=both("随机种子（默认 0，接着改用上次的）", "Seed of the search [0; --again: that of the last plan]."),
    ),
]
Workbook = Annotated[
    Path | None,
    typer.Option(metavar="FILE.xlsx", help=both("写出资金平衡表", "Write the accounts with live formulas.")),
]

# Walks.
Hours = Annotated[str, typer.Option(metavar="H", help=both("全程几小时，如 4 或 2.5", "Hours in all, as 4 or 2.5."))]
Start = Annotated[
    str | None,
    typer.Option(
        metavar="ID|LON,LAT",
        help=both(
            "起点：任一图层的编号或名称，或 经度,纬度（WGS 84）；不写则自选",
            "Start: id or name of any record, or lon,lat (WGS 84); else wherever is best.",
        ),
    ),
]
End = Annotated[str | None, typer.Option(metavar="ID|LON,LAT", help=both("终点，写法相同", "End, written alike."))]
IsRound = Annotated[bool, typer.Option("--round", help=both("走一圈回到起点", "Come back to the start."))]
Theme = Annotated[
    list[str] | None,
    typer.Option(
        metavar="THEME",
        help=both(
            "只看这个主题，可写多次：red 红色、lingnan 岭南建筑、residence 名人故居、food 美食",
            "Only this theme, may be repeated: red, lingnan, residence, food.",
        ),
    ),
]
Must = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", help=both("必看的编号或名称，可写多次", "To be seen; may be repeated.")),
]
Avoid = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", help=both("不看的编号或名称，可写多次", "To be avoided; may be repeated.")),
]
RouteSubdistrict = Annotated[
    str | None, typer.Option(metavar="CODE", help=both("只看这个镇街的", "Only sights in this sub-district."))
]
Depart = Annotated[str, typer.Option(metavar="HH:MM", help=both("出发时刻", "When the walk starts."))]
Day = Annotated[
    date | None,
    typer.Option(
        "--day",
        parser=lambda text: _arguments.day(text, "--day"),
        metavar="YYYY-MM-DD",
        help=both("哪一天走（按周几开放）", "Day of the walk, for weekly opening hours."),
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help=both("写出线路和停留点：.geojson .kml", "Write line and stops: .geojson .kml")),
]
RouteSeed = Annotated[
    int | None,
    typer.Option(metavar="N", min=0, help=both("随机种子（默认用分析的）", "Seed of the search [the run's].")),
]

# Sites.
Action = Annotated[
    list[str],
    typer.Option(
        metavar="ACTION",
        help=both(
            "改成什么：surface_parking、mechanical_parking（可一起写）、charging、ebike_charging",
            "What they become: surface_parking, mechanical_parking (these two together), charging, ebike_charging.",
        ),
    ),
]
Budget = Annotated[
    str | None,
    typer.Option(metavar="CNY", help=both("预算，如 3000000 或 300万", "Money to spend, as 3000000.")),
]
Mode = Annotated[
    str,
    typer.Option(
        metavar="MODE",
        help=both(
            "serve 按容量补缺口，cover 最大覆盖，all 全覆盖最省，nearest 步行最近",
            "serve: most of the gap; cover: most people reached; all: everybody, cheapest; nearest: least walking.",
        ),
    ),
]
Count = Annotated[
    int | None,
    typer.Option(metavar="N", help=both("至多选几处（nearest 必写）", "Sites at most; nearest needs it.")),
]
By = Annotated[
    str,
    typer.Option(
        metavar="WHAT",
        help=both("cover、nearest 按 people（人）或 gap（缺口）计", "What cover and nearest count: people or gap."),
    ),
]
SiteSubdistrict = Annotated[
    str | None,
    typer.Option(metavar="CODE", help=both("只看这个镇街的资产和小区", "Only assets and communities of it.")),
]
SiteWithUnclear = Annotated[
    bool, typer.Option("--with-unclear", help=both("许可待核实的也可选", "Assets of unclear permission as well."))
]
ElderlyFirst = Annotated[
    bool,
    typer.Option(
        "--elderly-first",
        help=both("老年人优先（site.elderly_extra）", "People over 60 count more (site.elderly_extra)."),
    ),
]
Decided = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ASSET",
        help=both("此前已定、不再花钱的资产，可写多次", "Decided before, nothing more to pay; may be repeated."),
    ),
]
SiteForbid = Annotated[
    list[str] | None,
    typer.Option(metavar="ASSET", help=both("不选的资产，可写多次", "May not be chosen; may be repeated.")),
]
