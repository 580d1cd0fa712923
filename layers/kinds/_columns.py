"""Columns and code lists that several layer kinds share."""

from __future__ import annotations

from layers.schema import Field, Phrase


def titles(words: str) -> tuple[str, ...]:
    """Return column titles that ledgers of several departments use for one field, written with spaces between."""
    return tuple(words.split())


TENURES = {
    "granted": ("国有出让", "State land, granted"),
    "allocated": ("国有划拨", "State land, allocated"),
    "reserve": ("储备地", "Reserve land"),
    "collective": ("集体", "Collective land"),
    "public_unit": ("公共单位用地", "Public unit's land"),
    "under_bridge": ("桥下空间", "Under a bridge"),
    "road_leftover": ("道路边角地", "Leftover of a road"),
    "green_leftover": ("绿地边角地", "Leftover of a green"),
    "unknown": ("不明", "Unknown"),
}
OWNERSHIPS = {
    "state": ("国有(直管公房等)", "State or directly managed"),
    "state_enterprise": ("国有企业", "State enterprise"),
    "sub_district": ("街道", "Sub-district office"),
    "collective": ("集体", "Collective"),
    "private": ("私人", "Private"),
    "mixed": ("混合", "Mixed"),
    "trust": ("代管", "Held in trust"),
    "religious": ("宗教", "Religious"),
    "military": ("军队", "Military"),
    "unknown": ("不明", "Unknown"),
}
INCOME_OWNERS = {
    "treasury": ("财政", "Treasury"),
    "owners": ("全体业主", "Owners"),
    "collective": ("集体经济组织", "Collective"),
    "state_enterprise": ("国有企业", "State enterprise"),
    "operator": ("运营企业", "Operator"),
    "unknown": ("不明", "Unknown"),
}
ROOM_INCOME_OWNERS = INCOME_OWNERS | {"trust": ("代管专户", "Trust account")}
"""Rent of a house held in trust (代管) belongs to its absent owner: neither the treasury's nor the operator's."""

TO_THE_TREASURY = Phrase(
    "财政|上缴|收支两条线", "treasury", r"上缴(?:区|市|省)?(?:级)?财政|收入(?:全额|全部)?上缴|收支两条线"
)
"""Whose income it is, as remarks say it."""

GRADES = {
    "A": ("A级", "Grade A, sound"),
    "B": ("B级", "Grade B, minor faults"),
    "C": ("C级", "Grade C, partly dangerous"),
    "D": ("D级", "Grade D, dangerous"),
}
ACCESSES = {
    "public": ("对外开放", "Public"),
    "permit": ("业主或职工", "Residents or staff"),
    "private": ("私用", "Private"),
}
HERITAGE_CLASSES = {
    "national_unit": ("全国重点文物保护单位", "National protected site"),
    "provincial_unit": ("省级文物保护单位", "Provincial protected site"),
    "city_unit": ("市级文物保护单位", "City protected site"),
    "district_unit": ("区级文物保护单位", "District protected site"),
    "unclassified_relic": ("尚未核定公布的不可移动文物", "Registered, not yet classified relic"),
    "historic_block": ("历史文化街区", "Historic block"),
    "historic_building": ("历史建筑", "Historic building"),
    "traditional_building": ("传统风貌建筑", "Building of traditional character"),
    "ancient_tree": ("古树名木", "Ancient or notable tree"),
    "unknown": ("不明", "Unknown"),
}

SUBDISTRICT = Field(
    "subdistrict_code",
    "string",
    "镇街代码",
    "Sub-district code",
    aliases=titles("街道代码 镇街代码 镇街编码 街道编码 街镇代码 乡镇代码 乡镇街道代码"),
)
PROVENANCE = (
    Field("source", "string", "数据来源", "Source"),
    Field(
        "source_id",
        "string",
        "来源编号",
        "Id in the source",
        aliases=titles(
            "来源编号 编号 唯一编号 id 宗地号 宗地代码 地块编号 小区编号 备案编号 工单编号 备案号 登记号 工单号 受理号 "
            "受理编号 场库编号"
        ),
    ),
    Field(
        "data_date",
        "date",
        "数据日期",
        "Date of the data",
        aliases=titles(
            "数据日期 填报日期 更新日期 统计日期 填报时间 更新时间 数据时间 采集日期 采集时间 摸查日期 摸查时间"
        ),
    ),
    Field(
        "position",
        "string",
        "定位方式",
        "How it was placed",
        codes={
            "exact": ("坐标定位", "By coordinates"),
            "approximate": ("近似定位", "Approximate"),
            "unlocated": ("待落图", "Not yet placed"),
        },
    ),
    Field(
        "placed_by",
        "string",
        "推定依据",
        "What placed it, where its source does not",
        codes={
            "by_standard_address": ("按标准地址推定", "By its standard address"),
            "by_building_code": ("按楼栋编码推定", "By its building code"),
            "by_same_asset": ("按同一资产推定", "By the same asset"),
            "by_same_name": ("按同名记录推定", "By a record of the same name"),
            "by_same_door": ("按同一门牌推定", "By a record at the same door"),
            "by_community": ("按所提小区推定", "By the community it names"),
            "by_grid_code": ("按网格编码推定", "By its grid code"),
            "by_subdistrict": ("按所在镇街推定", "By its sub-district"),
        },
    ),
    Field("is_sample", "bool", "示例数据", "Sample data"),
    Field("sources", "string", "各部门所报", "What each source said of a merged record"),
    Field(
        "remark",
        "string",
        "备注",
        "Remark",
        aliases=titles("备注 说明 remarks note notes 备注说明 备注信息 补充说明 其他说明"),
    ),
)


def asset(*own: Field, name_aliases: tuple[str, ...] = (), address_aliases: tuple[str, ...] = ()) -> tuple[Field, ...]:
    """Return the columns of an input kind: identity, its own, then where each record came from."""
    return (
        Field("asset_id", "string", "资产编号", "Asset id"),
        Field("name", "string", "名称", "Name", aliases=("名称", "name", *name_aliases)),
        Field(
            "address",
            "string",
            "地址",
            "Address",
            aliases=(
                *titles(
                    "地址 标准地址 详细地址 坐落 位置 具体位置 发生地址 address 具体地址 坐落位置 坐落地址 座落 "
                    "座落地址 所在位置 所在地址 所在地点 所处位置 地理位置 详细位置 门牌地址"
                ),
                *address_aliases,
            ),
        ),
        SUBDISTRICT,
        *own,
        *PROVENANCE,
    )


GRID_FIELDS = (
    Field(
        "grid_capacity_kw",
        "float",
        "可接入容量",
        "Grid capacity that can be connected",
        "kW",
        0,
        100_000,
        aliases=titles("可接入容量 可接入容量(kW) 可接入供电容量 可用供电容量 供电可接入容量"),
    ),
    Field(
        "is_grid_confirmed",
        "bool",
        "供电已核实",
        "Grid capacity confirmed",
        aliases=titles("供电已核实 供电是否核实 供电核实 供电容量是否核实 可接入容量是否核实"),
    ),
)
"""What the grid can bear at a place, and whether its company has said so."""
