"""The 40 items of renovation (国办发〔2020〕23号) in codes, and the words by which ledgers name them."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TIERS: Mapping[str, str] = MappingProxyType({"基础类": "basic", "完善类": "improve", "提升类": "upgrade"})


@dataclass(frozen=True)
class RenovationItem:
    """One item of the three lists.

    Parameters
    ----------
    code
        ``water``, ``lifts`` …
    tier
        ``basic`` (基础类), ``improve`` (完善类) or ``upgrade`` (提升类).
    zh, en
        Its names.
    words
        Regular expression of the words by which ledgers name it.
    """

    code: str
    tier: str
    zh: str
    en: str
    words: str


def _utility(letter: str) -> str:
    """Return the pattern of an item that ledgers name by one letter among others: 水, 水电气, 水电路改造."""
    return rf"^[水电气路暖网]*{letter}[水电气路暖网]*(?:管|管网|线路|设施|改造|更新|老化|问题)*$"


WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "供水": ("water", rf"供水|给水|自来水|水压|水管|水表|供排水|给排水|{_utility('水')}"),
        "排水": ("drainage", r"排水|雨污|污水|下水|排污|化粪池|内涝|积水|水浸|供排水|给排水"),
        "供电": ("power", rf"供电|电力|电网|配电|用电|电表|变压器|{_utility('电')}"),
        "弱电": ("low_voltage", r"弱电"),
        "道路": ("roads", rf"道路|路面|巷道|车道|坑洼|{_utility('路')}"),
        "供气": ("gas", rf"供气|燃气|煤气|天然气|{_utility('气')}"),
        "供热": ("heating", rf"供热|供暖|暖气|{_utility('暖')}"),
        "消防": ("fire", r"消防|灭火|消火栓|生命通道|疏散"),
        "安防": ("security", r"安防|监控|门禁|技防|防盗|治安"),
        "生活垃圾分类": ("waste", r"垃圾"),
        "移动通信": ("mobile", r"移动通信|通信基站|手机信号|信号(?:差|弱)"),
        "光纤入户": ("fibre", r"光纤"),
        "架空线规整入地": (
            "overhead_lines",
            r"架空线|三线|飞线|蜘蛛网|线缆|(?:电线|管线|线路)(?:凌|杂|混)?乱|管线(?:下地|规整|整治)",
        ),
        "屋面外墙楼梯等公共部位维修": (
            "public_parts",
            r"屋面|屋顶|天面|外墙|外立面|墙面|墙体|楼梯|楼道(?!灯|照明|堆|杂物)|漏水|渗水|渗漏|防水|批荡|公共部位",
        ),
        "拆除违法建设": ("illegal_structures", r"违法建|违建|违章建|违章搭|搭建|私搭"),
        "绿化": ("greening", r"绿化|绿地|园林"),
        "照明": ("lighting", r"照明|路灯|楼道灯"),
        "适老设施": ("ageing_friendly", r"适老|扶手"),
        "无障碍设施": ("barrier_free", r"无障碍|坡道|轮椅"),
        "停车库(场)": (
            "parking",
            r"(?<!自行车)(?<!非机动车)(?<!电动车)(?<!电单车)(?<!单车)停车(?!棚)|车位|泊位|车库",
        ),
        "电动自行车充电": (
            "ebike_charging",
            r"(?:电动自行车|电动单车|电动车|电单车|电瓶车|非机动车).{0,6}充电|充电车棚",
        ),
        "汽车充电": ("ev_charging", r"汽车.{0,4}充电|新能源.{0,4}充电|(?<!自行车)(?<!电动车)(?<!电单车)充电桩"),
        "智能快件箱": ("parcel_lockers", r"快件箱|快递柜|智能柜"),
        "智能信包箱": ("mail_lockers", r"信包箱|信报箱|信箱"),
        "文化休闲设施": ("culture_leisure", r"文化|文体|休闲|活动室|活动场地"),
        "体育健身设施": ("sports", r"体育|文体|健身|运动"),
        "物业用房": ("property_office", r"物业(?:服务|管理)?用房"),
        "建筑节能改造": ("energy_retrofit", r"节能|保温"),
        "加装电梯": ("lifts", r"电梯|加梯"),
        "社区综合服务设施": ("service_centre", r"社区综合服务|社区服务(?:设施|中心|站|用房)|党群服务"),
        "卫生服务站": ("clinic", r"卫生服务|卫生站|社康|诊所|医疗"),
        "幼儿园": ("kindergarten", r"幼儿园"),
        "周界防护等智能感知": ("smart_sensing", r"周界|智能感知|人脸识别"),
        "养老": ("elderly_care", r"养老|日间照料|老年(?:人)?(?:服务|活动|照料)"),
        "托育": ("childcare", r"托育|托幼|托儿"),
        "助餐": ("meals", r"助餐|饭堂|食堂|老年餐"),
        "家政保洁": ("home_services", r"家政"),
        "便民市场": ("market", r"便民市场|菜市|农贸|肉菜"),
        "便利店": ("shop", r"便利店|超市|小卖"),
        "邮政快递末端综合服务站": ("express_station", r"快递(?!柜)|驿站|邮政"),
    }
)
"""Item of ``renovation_items.csv`` -> its code and words. Words that may mean two things (充电 without saying of what)
are in none: they stay unread and are told."""


def renovation_items(rows: Iterable[Mapping[str, str]]) -> tuple[RenovationItem, ...]:
    """Return the items of ``renovation_items.csv`` (``class``, ``item``, ``item_en``) in its order.

    What stands in brackets behind an English name (``heating (n/a in Guangzhou)``) is a remark on it, no part of it.
    """
    return tuple(
        RenovationItem(
            code=WORDS[row["item"]][0],
            tier=TIERS[row["class"]],
            zh=row["item"],
            en=row["item_en"].partition(" (")[0],
            words=WORDS[row["item"]][1],
        )
        for row in rows
    )
