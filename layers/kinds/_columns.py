"""Columns and code lists that several layer kinds share."""

from __future__ import annotations

from layers.schema import Field, Phrase

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
    "财政|收入上缴|收支两条线", "treasury", r"上缴(?:区|市|省)?(?:级)?财政|收入(?:全额|全部)?上缴|收支两条线"
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
    aliases=("街道代码", "镇街代码", "镇街编码", "街道编码"),
)
PROVENANCE = (
    Field("source", "string", "数据来源", "Source"),
    Field(
        "source_id",
        "string",
        "来源编号",
        "Id in the source",
        aliases=("来源编号", "编号", "唯一编号", "id", "宗地号", "地块编号", "小区编号", "备案编号", "工单编号"),
    ),
    Field(
        "data_date", "date", "数据日期", "Date of the data", aliases=("数据日期", "填报日期", "更新日期", "统计日期")
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
    Field("is_sample", "bool", "示例数据", "Sample data"),
    Field("sources", "string", "各部门所报", "What each source said of a merged record"),
    Field("remark", "string", "备注", "Remark", aliases=("备注", "说明", "remarks", "note", "notes")),
)


def asset(*own: Field, name_aliases: tuple[str, ...] = ()) -> tuple[Field, ...]:
    """Return the columns of an input kind: identity, its own, then where each record came from."""
    return (
        Field("asset_id", "string", "资产编号", "Asset id"),
        Field("name", "string", "名称", "Name", aliases=("名称", "name", *name_aliases)),
        Field(
            "address",
            "string",
            "地址",
            "Address",
            aliases=("地址", "标准地址", "详细地址", "坐落", "位置", "具体位置", "发生地址", "address"),
        ),
        SUBDISTRICT,
        *own,
        *PROVENANCE,
    )
