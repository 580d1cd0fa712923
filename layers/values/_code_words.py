"""Words that ledgers of several departments use for a code, by field.

A word stands here only where it can mean nothing else in that column. Those behind ``=`` count only where they are all
that a cell says: inside other words they may mean something else (市级 of 市级历史建筑, 自管 of 业主自管).
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALONE = "="
_GRADES = {"A": "a =au级", "B": "b =bu级", "C": "c =cu级", "D": "d =du级"}
_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "land_class": {
            "suspected_idle": "=疑似 =疑似闲置 =疑似闲置地 =疑似闲置用地 =疑似闲置地块",
            "underused_space": "=低效 =低效地 =低效用地 =低效土地 =低效利用 =低效利用地 =低效利用土地 =边角地 "
            "=边角用地 =零星 =零星地 =零星用地 =零星地块 =零星边角地 =夹心地 =三角地 =桥底 =桥底空间 =桥下 =桥下空间",
        },
        "tenure": {
            "granted": "出让 =出让地 =有偿出让",
            "allocated": "划拨 划拨工业 =行政划拨",
            "reserve": "收储地 储备用地 储备土地 已收储 =收储 =储备 =土储 =政府储备 =政府收储 =土地储备",
            "collective": "集体用地 集体土地 留用地 =集体所有 =村集体",
            "public_unit": "=机关用地 =机关事业单位用地 =事业单位用地 =公共单位",
            "under_bridge": "桥底 高架桥底 桥下",
            "road_leftover": "道路用地 =道路边角 =道路边角用地 =路边边角地",
            "green_leftover": "公园绿地 防护绿地 绿地 =绿地边角 =绿化带 =绿化用地",
        },
        "ownership": {
            "state": "国有 直管公房 公房 =国家 =国家所有 =公产 =公产房 =直管 =直管房 =政府",
            "state_enterprise": "区属国企 市属国企 国企 =国有公司 =央企",
            "sub_district": "街道办 街道办事处 街道 =街属 =街办",
            "collective": "经联社 村集体 =经济联合社 =经济联社 =经济社 =集体经济组织 =股份合作社 =村社",
            "private": "私房 私有 个人 =私产 =私人产权",
            "trust": "代管侨房 侨房代管 =代管房 =代管产",
            "mixed": "公私混合 =公私共有 =混合产权",
            "religious": "=教产 =宗教产 =教会 =寺庙 =寺院",
            "military": "=部队 =军产 =军产房",
        },
        "heritage_class": {
            "national_unit": "全国重点 =国保 =国保单位 =国家级文保 国家级文保单位 国家级文物保护单位 "
            "国家级重点文物保护单位 全国文物保护单位 全国文保单位",
            "provincial_unit": "=省保 =省保单位 =省文保 =省级文保 省文保单位 省级文保单位 省文物保护单位 "
            "省重点文物保护单位 省级重点文物保护单位",
            "city_unit": "=市保 =市保单位 =市文保 =市级文保 市文保单位 市级文保单位 市文物保护单位 "
            "市重点文物保护单位 市级重点文物保护单位",
            "district_unit": "=区保 =县保 =区保单位 =县保单位 =区文保 =区级文保 =县文保 =县级文保 区文保单位 "
            "区级文保单位 县文保单位 县级文保单位 区县级文保单位 县级文物保护单位 区文物保护单位 县文物保护单位 "
            "区县级文物保护单位",
            "unclassified_relic": "尚未核定公布为文物保护单位的不可移动文物 未定级不可移动文物 未定级 =未定级文物 "
            "=尚未定级 尚未核定为文物保护单位的不可移动文物 未核定为文物保护单位的不可移动文物 "
            "未核定公布的不可移动文物 尚未定级的不可移动文物 一般不可移动文物 =一般文物点 =文物点 登记保护文物单位",
            "historic_block": "街区 =历史街区",
            "traditional_building": "=传统风貌",
            "ancient_tree": "古树 名木",
        },
        "structure": {
            "timber": "木 =木构 =木构架",
            "brick_timber": "砖木结构",
            "brick_concrete": "砖混结构",
            "masonry": "砖石结构 =石结构 =砖结构 =石构",
            "concrete": "框架 钢筋混凝土 混凝土 =钢砼 =钢筋砼 =框剪",
        },
        "use_state": {
            "vacant": "闲置 =空闲 =空关 =空房 =停用 =废弃 =荒废 =无人使用 =未使用 =未利用",
            "storage": "=仓储 =库房 =杂物房 =堆放杂物 =堆杂物",
            "residential": "租住 住宅 自住 =民居 =住人 =住家 =居民居住 =居民自住",
            "office": "=办公室 =办公用房 =单位办公 =机关办公",
            "commercial": "=商铺 =店铺 =商用 =经营 =营业 =餐饮 =民宿 =酒店",
            "cultural": "=展览 =展馆 =展示 =陈列 =陈列展览 =博物馆 =纪念馆 =陈列馆 =图书馆 =文化站 =开放参观 "
            "=参观 =对外开放",
            "worship": "=祭祀 =宗教 =宗教活动 =拜祭 =祭祖 =祠堂 =寺庙 =宗教场所",
        },
        "danger_grade": _GRADES,
        "condition_grade": _GRADES,
        "occupancy": {
            "vacant": "闲置 =空闲 =空房 =未出租 =未租 =待租 =待出租 =招租 =招租中",
            "partly_let": "部分在租 部分租出 部分已租 部分出租",
            "let": "出租 已出租 =已租 =出租中 =租赁中 =在租中 =正常出租 =全部出租",
            "occupied": "自用 占用 =街道自用 =单位自用 =被占用",
            "overdue": "超期占用 逾期占用 =逾期未退 =到期未退 =到期未腾退 =超期未退",
        },
        "income_owner": {
            "treasury": "上缴区财政 上缴财政 区财政 收支两条线 =市财政 =街道财政 =国库 =上缴国库 =非税收入",
            "owners": "全体业主 业主 =业主共有 =业主大会 =业委会",
            "collective": "经联社 =村集体 =集体 =经济社 =经济联社",
            "state_enterprise": "企业 =国企 =区属国企 =市属国企",
            "operator": "=运营单位 =运营方 =运营公司 =经营单位 =经营企业 =经营公司",
            "trust": "代管专户",
        },
        "access": {
            "public": "是 对外 开放 公共 公用 =社会公众 =公众 =面向社会 =向社会开放",
            "private": "否 不对外 =不开放 =不对外开放 =自用",
            "permit": "职工 业主 专用 =住户 =居民 =员工 =内部职工 =内部员工 =内部使用",
        },
        "property_management": {
            "company": "物业 =专业物业 =有物业公司 =物业服务企业 =专业物业公司",
            "unit": "=自管 =单位管理 =产权单位自管 =房管单位管理",
            "residents_committee": "居委 居委会 =社区居委会 =社区代管 =社区托管",
            "none": "无 三无 =没有 =没有物业 =无物业管理 =无人管理 =无管理",
        },
        "charger_type": {
            "car": "汽车 =新能源汽车 =小汽车 =汽车充电 =汽车桩",
            "ebike": "电动车 电单车 =电瓶车 =两轮车 =二轮车 =两轮电动车 =电动两轮车 =两轮",
            "battery_swap": "换电柜 =换电站",
        },
        "parking_type": {
            "public": "公共 =公共停车 =公共停车库 =社会公共停车场 =社会停车场 =社会公共",
            "residential": "=住宅 =住宅小区 =住宅小区配建 =小区配建 =居住小区 =居住小区配建 =居住配建 =住宅停车场",
            "attached": "公共建筑 =公建 =公建配套 =商业配建 =商务配建 =商场配建 =商业 =商场 =写字楼 =写字楼配建 "
            "=办公配建 =办公楼配建 =医院配建 =学校配建 =酒店配建 =商业综合体配建",
            "kerb": "路内 路边 路内泊位 路内停车 =路侧 =路侧泊位 =占道 =占道泊位 =占道停车 =道路停车 "
            "=道路停车泊位 =路内停车泊位 =路内临时泊位 =路内临时停车泊位 =道路临时泊位 =道路临时停车泊位 =咪表 "
            "=咪表泊位",
            "mechanical": "立体车库 机械车库 =机械 =立体 =机械立体 =机械停车 =机械停车库 =立体停车库 =立体停车",
            "temporary": "=临停 =临时停车 =临时停车场",
            "informal": "=私设 =自发停车 =自行划线",
        },
        "surface": {
            "grass": "长草 草地 绿地 =荒草 =荒草地 =野草 =杂草地 =杂草丛生 =长满杂草 =草坪",
            "built": "厂房 房屋 =建筑 =建筑物 =构筑物 =有建筑 =有建筑物 =有构筑物 =临建 =临时建筑 =板房 =棚屋 "
            "=铁皮房 =旧楼",
            "dug": "开挖 基坑 =深基坑 =已挖",
            "paved": "硬化 水泥 沥青 =硬地 =硬底 =硬底化 =混凝土 =混凝土地面 =铺装 =铺装地面",
            "bare": "裸露 黄土 =裸地 =泥地 =黄泥地 =泥土 =泥土地 =沙土",
        },
        "constraint": {
            "metro_protection": "地铁 =轨道 =轨道交通 =轨道保护区 =轨道交通保护区 =轨道交通控制保护区",
            "river_strip": "河涌 =河涌蓝线 =河道 =河道管理范围 =河道蓝线",
            "fire_lane": "=消防车道 =消防车通道",
            "military": "=军事 =军事设施 =军事管理区",
            "none": "=没有 =无限制 =无制约",
        },
        "idle_cause": {
            "government": "=政府方面",
            "company": "=企业自身 =企业自身原因 =用地单位原因",
        },
        "status": {
            "operating": "在运营 已建 =运营中 =在运 =在用 =使用中 =正常 =正常运营 =正常使用 =已投运 =投运 =已运营",
            "planned": "拟建 在建 =规划中 =建设中 =未建 =待建 =筹建",
            "closed": "停运 停止运营 暂停运营 =已停运 =已停用 =停业 =关停 =关闭 =已关闭 =已拆除 =拆除 =废弃",
        },
        "is_mergeable": {
            "yes": "可以 是 =可整合 =能 =能整合 =可以整合",
            "partly": "=部分可 =部分可以 =部分可整合",
            "no": "否 =不能 =不宜 =不可整合 =不能整合 =不宜整合 =不可以",
        },
        "renovation_state": {
            "none": "=未改 =没改造 =没有改造 =尚未改造 =从未改造",
            "planned": "=列入计划 =已纳入计划 =纳入计划 =拟改造 =计划改造 =待改造 =已立项",
            "started": "=在改造 =正在改造 =施工中 =在建 =已开工 =实施中 =进行中",
            "done": "=完成 =已改造 =改造完成 =已完成改造 =已改造完成 =完工 =已完工 =竣工 =已竣工",
        },
        "area_type": {"old_communities": "=老旧小区", "urban_rural_fringe": "=城乡接合部 =城乡结合带"},
        "zone_type": {
            "control": "=建控地带 =建控范围 =建设控制区",
            "block_core": "=核心保护区",
            "buried_relics": "=地下文物埋藏",
        },
        "tariff_class": {
            "class1": "=一类区 =一类区域 =一类地区",
            "class2": "=二类区 =二类区域 =二类地区",
            "class3": "=三类区 =三类区域 =三类地区",
        },
        "service_type": {
            "party_service_centre": "=党群 =党群服务站 =党群服务点 =党群中心",
            "civilisation_centre": "=文明实践站 =文明实践所 =文明实践中心 =新时代文明实践所 =新时代文明实践中心",
            "governance_centre": "=综治 =综治维稳中心",
            "clinic": "=卫生站 =卫生服务站 =卫生服务中心 =社区卫生服务中心 =社区医院",
            "elder_day_care": "=日间照料 =日照中心 =日托 =长者日间照料 =颐康中心 =颐康服务站",
            "canteen": "=老人饭堂 =老年食堂 =老年饭堂 =长者食堂 =助餐点 =长者助餐点 =老年助餐点",
            "childcare": "=托育 =托儿所 =托育园 =托育机构 =婴幼儿照护",
            "market": "=农贸市场 =肉菜市场 =集贸市场 =菜场 =农贸",
            "supermarket": "=超市 =便利店 =商超",
            "sports": "=体育 =健身 =体育场 =体育场地 =健身点 =健身路径 =健身广场 =球场 =运动场",
            "library": "=图书馆 =图书室 =文化站 =文化室 =文化中心 =文化活动中心 =农家书屋",
            "metro_station": "=地铁 =地铁口 =地铁出入口",
            "bus_stop": "=公交 =公交站点 =公交车站 =巴士站",
        },
        "event_class": {
            "component_01": "=公用设施",
            "component_02": "=道路交通",
            "component_04": "=园林绿化",
            "component_05": "=其他部件",
            "event_02": "=宣传广告",
            "event_03": "=施工管理",
            "event_04": "=突发事件",
            "event_05": "=街面秩序",
            "event_99": "=扩展事件",
        },
    }
)


@lru_cache(maxsize=128)
def words_of(field: str, *, inside: bool = False) -> Mapping[str, str]:
    """Return the codes of a field by ledgers' words for them.

    Parameters
    ----------
    field
        Name of the field.
    inside
        Only those words that mean the code among other words too.
    """
    return MappingProxyType(
        {
            word.removeprefix(_ALONE): code
            for code, words in _WORDS.get(field, {}).items()
            for word in words.split()
            if not (inside and word.startswith(_ALONE))
        }
    )
