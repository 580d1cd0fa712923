"""Idle land of every tenure."""

from __future__ import annotations

from layers.kinds._columns import TENURES, asset
from layers.schema import Field, Kind, Phrase

_DAY = r"(?P<value>[0-9]{4}[-./年][0-9]{1,2}(?:[-./月][0-9]{1,2})?[日月]?)"

IDLE_LAND = Kind(
    "idle_land",
    "闲置用地",
    "Idle land",
    "input",
    ("polygon", "point"),
    asset(
        Field(
            "land_class",
            "string",
            "闲置类别",
            "Class",
            codes={
                "legal_idle": ("闲置土地(已认定)", "Legally idle land (certified)"),
                "suspected_idle": ("疑似闲置土地", "Suspected idle land"),
                "underused_space": ("低效利用空间", "Underused space"),
            },
            aliases=("闲置类别", "闲置类型"),
            phrases=(
                Phrase("疑似闲置", "suspected_idle"),
                Phrase(
                    "认定书",
                    "suspected_idle",
                    r"(?:无|没有|未出具|未取得)(?:闲置土地)?认定书|认定书[^:；]{0,3}: ?(?:无|没有|未)",
                    with_also=r"停工|未动工|未开工|未开发",
                ),
            ),
        ),
        Field(
            "tenure",
            "string",
            "土地性质",
            "Tenure",
            codes=TENURES,
            aliases=("土地性质", "权属性质", "用地性质"),
            phrases=(
                Phrase("收储|储备", "reserve", r"收储地|已收储|储备(?:用|土)?地"),
                Phrase("桥", "under_bridge", r"高架桥?(?:底|下)|桥下空间|立交桥?(?:底|下)|桥底空(?:间|地)"),
            ),
        ),
        Field(
            "owner",
            "string",
            "权属单位",
            "Owner or manager",
            aliases=("权属单位", "权属/管理单位", "权属人", "管理单位", "权属"),
        ),
        Field(
            "zoning", "string", "规划用途", "Zoning code (GB 50137)", aliases=("规划用途", "规划用地性质", "用地代码")
        ),
        Field(
            "area_m2",
            "float",
            "面积(台账)",
            "Area as recorded",
            "m2",
            0,
            5_000_000,
            aliases=("面积", "用地面积", "面积（㎡）", "面积(㎡)", "面积(平方米)"),
        ),
        Field(
            "certificate_no",
            "string",
            "闲置土地认定书文号",
            "Idle-land certificate",
            aliases=("认定书", "认定书文号", "闲置土地认定书文号"),
        ),
        Field("certificate_date", "date", "认定日期", "Date of certificate", aliases=("认定日期",)),
        Field(
            "agreed_start_date",
            "date",
            "约定动工日期",
            "Agreed start of works",
            aliases=("约定动工日期", "约定开工日期"),
        ),
        Field(
            "handover_date",
            "date",
            "交地日期",
            "Handed over on",
            aliases=("交地日期", "交地时间", "土地交付日期"),
            phrases=(Phrase("交地|交付", None, rf"{_DAY} ?(?:交地|交付土地|土地交付)"),),
        ),
        Field("stopped_since", "date", "停工日期", "Works stopped since", aliases=("停工日期", "中止开发日期")),
        Field(
            "started_area_share",
            "float",
            "已动工面积占比",
            "Share of area started",
            "fraction",
            0,
            1,
            aliases=("已动工面积占比", "已开发面积占比"),
        ),
        Field(
            "invested_share",
            "float",
            "已投资占比",
            "Share of investment made",
            "fraction",
            0,
            1,
            aliases=("已投资占比", "投资占比"),
            phrases=(Phrase("已投资", None, r"已投资(?P<value>约?[0-9.]+ ?%)"),),
        ),
        Field(
            "land_price_cny",
            "float",
            "土地价款",
            "Land price",
            "CNY",
            0,
            1e12,
            aliases=("土地价款", "出让价款", "出让金"),
        ),
        Field(
            "idle_cause",
            "string",
            "闲置原因",
            "Cause of idleness",
            codes={
                "government": ("政府原因", "Government"),
                "company": ("企业原因", "Company"),
                "unknown": ("不明", "Unknown"),
            },
            aliases=("闲置原因",),
        ),
        Field(
            "available_until",
            "date",
            "可用至",
            "Available until",
            aliases=("可用至", "可使用期限", "协议至"),
            phrases=(Phrase("协议至|可用至|使用至", None, rf"(?:协议|可用|使用)至{_DAY}"),),
        ),
        Field(
            "surface",
            "string",
            "现状地表",
            "Surface",
            codes={
                "paved": ("硬化地面", "Paved"),
                "bare": ("裸土", "Bare"),
                "grass": ("杂草", "Grass"),
                "built": ("有建(构)筑物", "Built"),
                "dug": ("已开挖", "Excavated"),
            },
            aliases=("现状地表", "现状"),
        ),
        Field("is_fenced", "bool", "是否围蔽", "Fenced", aliases=("是否围蔽", "围蔽")),
        Field(
            "in_litigation",
            "bool",
            "涉诉",
            "In litigation",
            aliases=("涉诉", "是否涉诉"),
            phrases=(Phrase("诉讼|涉诉", True, r"诉讼中|涉诉|在诉讼|诉讼(?:未结|期间)"),),
        ),
        Field(
            "constraint",
            "string",
            "控制因素",
            "Constraint",
            codes={
                "metro_protection": ("地铁保护区", "Metro protection zone"),
                "river_strip": ("河涌管理范围", "River strip"),
                "fire_lane": ("消防通道", "Fire lane"),
                "school": ("学校用地", "School land"),
                "military": ("军事用地", "Military land"),
                "religious": ("宗教用地", "Religious land"),
                "none": ("无", "None"),
            },
            aliases=("控制因素", "限制条件"),
        ),
        Field(
            "land_rent_cny_m2_month",
            "float",
            "土地租金",
            "Land rent",
            "CNY/m2/month",
            0,
            1_000,
            aliases=("土地租金", "租金单价"),
        ),
        name_aliases=("地块名称", "宗地名称", "地块"),
    ),
)


LAND = (IDLE_LAND,)
