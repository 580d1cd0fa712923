"""Idle land of every tenure."""

from __future__ import annotations

from layers.kinds._columns import GRID_FIELDS, INCOME_OWNERS, TENURES, TO_THE_TREASURY, asset, titles
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
            aliases=titles("闲置类别 闲置类型 闲置分类 闲置性质"),
            phrases=(
                Phrase("疑似闲置", "suspected_idle", ended="处置|排除|消除|盘活"),
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
            aliases=titles(
                "土地性质 权属性质 用地性质 土地权属性质 土地所有权性质 所有权性质 权属类型 土地权属类型 "
                "使用权类型 土地使用权类型 使用权性质 取得方式 土地取得方式 供地方式"
            ),
            phrases=(
                Phrase("收储|储备", "reserve", r"收储地|已收储|储备(?:用|土)?地", ended="出让|划拨|供应|供地"),
                Phrase("桥", "under_bridge", r"高架桥?(?:底|下)|桥下空间|立交桥?(?:底|下)|桥底空(?:间|地)"),
            ),
        ),
        Field(
            "owner",
            "string",
            "权属单位",
            "Owner or manager",
            aliases=titles(
                "权属单位 权属/管理单位 权属人 管理单位 权属 权利人 土地权利人 使用权人 土地使用权人 使用权单位 "
                "土地使用权单位 土地使用者 土地权属单位 权属主体 产权单位 管理主体 管养单位"
            ),
        ),
        Field(
            "zoning",
            "string",
            "规划用途",
            "Zoning code (GB 50137)",
            aliases=titles(
                "规划用途 规划用地性质 用地代码 规划性质 规划用地 规划用地类型 规划用地类别 规划用地代码 "
                "规划土地用途 控规用途 控规性质 控规用地性质"
            ),
        ),
        Field(
            "area_m2",
            "float",
            "面积(台账)",
            "Area as recorded",
            "m2",
            0,
            5_000_000,
            aliases=titles(
                "面积 用地面积 面积（㎡） 面积(㎡) 面积(平方米) 占地面积 土地面积 宗地面积 地块面积 总用地面积 "
                "总面积 实测面积 图斑面积 闲置面积"
            ),
        ),
        Field(
            "certificate_no",
            "string",
            "闲置土地认定书文号",
            "Idle-land certificate",
            aliases=titles("认定书 认定书文号 闲置土地认定书文号 认定文号 认定书编号 闲置认定书文号 闲置认定文号"),
        ),
        Field(
            "certificate_date",
            "date",
            "认定日期",
            "Date of certificate",
            aliases=titles("认定日期 认定时间 认定书日期 闲置认定日期 闲置认定时间"),
        ),
        Field(
            "agreed_start_date",
            "date",
            "约定动工日期",
            "Agreed start of works",
            aliases=titles(
                "约定动工日期 约定开工日期 约定动工时间 约定开工时间 合同约定动工日期 合同约定动工时间 "
                "合同约定开工日期 合同约定开工时间 应动工日期 应开工日期"
            ),
        ),
        Field(
            "extended_start_date",
            "date",
            "延期后动工日期",
            "Start of works after an extension",
            aliases=titles(
                "延期后动工日期 延期动工日期 延期后动工时间 延期动工时间 延长后动工日期 延期后开工日期 延期开工日期 "
                "补充协议约定动工日期 补充协议动工日期 变更后动工日期 重新约定动工日期"
            ),
        ),
        Field(
            "handover_date",
            "date",
            "交地日期",
            "Handed over on",
            aliases=titles("交地日期 交地时间 土地交付日期 实际交地日期 实际交地时间 土地交付时间"),
            phrases=(Phrase("交地|交付", None, rf"{_DAY} ?(?:交地|交付土地|土地交付)"),),
        ),
        Field(
            "stopped_since",
            "date",
            "停工日期",
            "Works stopped since",
            aliases=titles("停工日期 中止开发日期 停工时间 停建日期 停建时间 中止开发时间"),
        ),
        Field(
            "started_area_share",
            "float",
            "已动工面积占比",
            "Share of area started",
            "fraction",
            0,
            1,
            aliases=titles("已动工面积占比 已开发面积占比 已动工面积比例 已开发面积比例 动工面积占比"),
        ),
        Field(
            "invested_share",
            "float",
            "已投资占比",
            "Share of investment made",
            "fraction",
            0,
            1,
            aliases=titles("已投资占比 投资占比 已投资比例 已投资额占比"),
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
            aliases=titles("土地价款 出让价款 出让金 土地出让价款 土地出让金 地价款 成交价款 成交总价"),
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
            aliases=titles("闲置原因 闲置成因 造成闲置原因"),
        ),
        Field(
            "available_until",
            "date",
            "可用至",
            "Available until",
            aliases=titles(
                "可用至 可使用期限 协议至 可使用至 可利用至 使用期限至 使用截止日期 协议到期日 协议到期日期"
            ),
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
            aliases=titles(
                "现状地表 现状 现状情况 现状描述 地块现状 土地现状 用地现状 场地现状 地表现状 地面现状 地表情况 "
                "地面情况 现场情况 现场状况"
            ),
        ),
        Field(
            "slope_share",
            "float",
            "坡度",
            "Slope",
            "fraction",
            0,
            1,
            aliases=titles("坡度 场地坡度 地形坡度 地面坡度 平均坡度 最大坡度 现状坡度 自然坡度"),
        ),
        Field(
            "is_fenced",
            "bool",
            "是否围蔽",
            "Fenced",
            aliases=titles("是否围蔽 围蔽 围蔽情况 是否已围蔽 有无围蔽 是否围挡 围挡 围挡情况 有无围挡"),
        ),
        Field(
            "in_litigation",
            "bool",
            "涉诉",
            "In litigation",
            aliases=titles(
                "涉诉 是否涉诉 涉诉情况 有无诉讼 是否存在诉讼 是否诉讼 是否诉讼中 是否涉及诉讼 是否有诉讼 有无涉诉 "
                "诉讼情况 是否存在诉讼纠纷 有无诉讼纠纷 是否涉及诉讼纠纷"
            ),
            phrases=(
                Phrase(
                    "诉讼|涉诉",
                    True,
                    r"诉讼中|涉诉|在诉讼|诉讼(?:未结|期间)|"
                    r"(?:诉讼|涉诉)[^:；]*: ?[^；非不无没否]*(?:审理|在审|[一二再]审|起诉|立案|执行中|查封|未[结了决])|"
                    r"(?:诉讼|涉诉)[^:；]*[数额][^:；]*: ?[1-9]",
                ),
            ),
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
            aliases=titles("控制因素 限制条件 控制要素 限制因素 制约因素"),
        ),
        *GRID_FIELDS,
        Field(
            "land_rent_cny_m2_month",
            "float",
            "土地租金",
            "Land rent",
            "CNY/m2/month",
            0,
            1_000,
            aliases=titles("土地租金 租金单价 地租 土地租金单价"),
        ),
        Field(
            "income_owner",
            "string",
            "收入归属",
            "Whose income",
            codes=INCOME_OWNERS,
            aliases=titles("收入归属 收入去向 收益归属 土地收益归属 经营收入归属"),
            phrases=(TO_THE_TREASURY,),
        ),
        Field(
            "pledgeable_share",
            "float",
            "可还本收入占比",
            "Share of the income that may repay",
            "fraction",
            0,
            1,
            aliases=titles("可还本收入占比 可还本比例 收入可用于还本比例"),
        ),
        Field(
            "pledge_document",
            "string",
            "收入可还本依据文号",
            "Document that lets the income repay",
            aliases=titles("收入可还本依据文号 还本依据文号 收入用于还本的文件"),
        ),
        name_aliases=titles(
            "地块名称 宗地名称 宗地名 地块 地块名 闲置地块名称 闲置土地名称 用地名称 土地名称 图斑名称 场地名称 "
            "空地名称"
        ),
        address_aliases=titles(
            "地块位置 地块坐落 地块地址 地块四至位置 宗地位置 宗地坐落 宗地地址 土地坐落 土地位置 土地地址 "
            "用地位置 用地坐落 图斑位置 场地位置"
        ),
    ),
)


LAND = (IDLE_LAND,)
