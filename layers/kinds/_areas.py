"""Areas of government: district, sub-district, governance area."""

from __future__ import annotations

from layers.kinds._columns import asset, titles
from layers.schema import Field, Kind

POPULATION = Field(
    "population",
    "int",
    "常住人口",
    "Population",
    "persons",
    0,
    5_000_000,
    aliases=titles("人口 常住人口 人口数 常住人口数 人口总数 总人口 总人口数 人口数量"),
)
HOUSEHOLDS = Field(
    "household_count",
    "int",
    "户数",
    "Households",
    "households",
    0,
    1_000_000,
    aliases=titles("户数 总户数 居民户数 住户数"),
)

AREAS = (
    Kind(
        "district",
        "区",
        "District",
        "input",
        ("polygon",),
        asset(
            Field(
                "district_code",
                "string",
                "区划代码",
                "Division code",
                aliases=("区划代码", "adcode", "admincode", "代码"),
            ),
            POPULATION,
            name_aliases=titles("区名 区县名称 行政区 区县 行政区名称 区名称"),
        ),
    ),
    Kind(
        "subdistrict",
        "镇街",
        "Sub-district",
        "input",
        ("polygon",),
        asset(
            POPULATION,
            HOUSEHOLDS,
            Field(
                "parking_zone",
                "string",
                "停车分区",
                "Parking zone",
                codes={"A": ("A区(中心)", "Zone A, centre"), "B": ("B区(其他)", "Zone B, elsewhere")},
                aliases=("停车分区",),
            ),
            name_aliases=titles(
                "镇街 街道 镇街名称 街道名称 镇街名 街道名 街镇 街镇名称 乡镇名称 乡镇街道 乡镇街道名称"
            ),
        ),
        aliases=("street_office",),
    ),
    Kind(
        "governance_area",
        "治理片区",
        "Governance area",
        "input",
        ("polygon",),
        asset(
            Field(
                "area_type",
                "string",
                "片区类型",
                "Type of area",
                codes={
                    "old_communities": ("老旧小区片区", "Area of old communities"),
                    "urban_village": ("城中村", "Urban village"),
                    "urban_rural_fringe": ("城乡结合部", "Urban-rural fringe"),
                },
                aliases=titles("片区类型 类型 片区类别 类别"),
            ),
            HOUSEHOLDS,
            name_aliases=titles("片区名称 片区 片区名 治理片区名称"),
        ),
    ),
)
