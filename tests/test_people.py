"""Names of people and numbers of flats in texts: masked where they are told, and nothing else is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ledger_forms import table

from layers._masking import mask_personal, shorten
from layers._people import MAYBE_FLATS, MAYBE_NAMES, NAME_MASK, cut_flats, cut_names, is_name

if TYPE_CHECKING:
    from pathlib import Path

TELEPHONE = "[电话已隐去]"
MONUMENTS = [
    "詹天佑故居",
    "陈家祠",
    "康有为故居",
    "中山路",
    "中山纪念堂",
    "黄花岗七十二烈士墓",
    "孙中山大元帅府纪念馆",
    "鲁迅先生故居",
    "林则徐纪念馆",
    "邓世昌纪念馆",
    "冼星海故居",
    "廖仲恺先生纪念碑",
    "陈李济旧址",
    "余荫山房",
    "梁园",
    "李小龙祖居",
    "何香凝故居",
    "叶剑英商议讨逆旧址",
    "文天祥祠",
    "郑氏宗祠",
    "谢家祠",
    "石室圣心大教堂",
    "光孝寺",
    "六榕寺",
    "万木草堂",
    "东山少爷南广场",
    "李家庄",
    "杨箕村",
    "林和村",
    "康乐村",
    "黄村",
    "周家巷",
    "马务街",
    "白云山",
    "金沙洲",
    "高第街",
    "广雅书院",
    "陈氏书院",
    "华林寺",
    "安吉堂",
    "易巷",
    "曾家大院",
    "何家祠道",
    "王圣堂",
    "关帝庙",
    "方便医院旧址",
    "张民权故居",
    "许地",
    "高剑父故居",
    "宋庆龄女士纪念馆",
    "万科云",
    "华为路",
    "李先生牛肉面",
    "张三丰路",
    "王府井",
    "周大福",
    "罗森便利店",
    "苏宁易购",
    "王老吉旧址",
    "业主委员会",
    "居民活动中心",
    "村民委员会",
    "老板娘餐厅",
    "联系桥",
]

PIECES = ("东湖路8号", "3栋", "12座", "2单元", "5楼", "1402", "402", "8", "房", "室", "户", "号房", "-", "１４０２房")
WORDS = ("陈美玲", "欧阳", "女士", "先生", "一位", "反映", "居民", "路", "元", "，")


@given(st.lists(st.sampled_from(PIECES + WORDS), max_size=7).map("".join))
@example("３幢１４０２房")
@example("3栋2单元5楼502")
def test_whatever_is_cut_is_found_by_the_sieve_and_nothing_is_cut_twice(text: str) -> None:
    cut = cut_flats(text)
    for changed, maybe in ((cut, MAYBE_FLATS), (cut_names(text), MAYBE_NAMES)):
        if changed != text:
            assert re.search(maybe, text)
            assert pd.Series([text], dtype="string[pyarrow]").str.contains(maybe).tolist() == [True]
    assert cut_names(cut_names(text)) == cut_names(text)
    assert re.search("(?:栋|座|幢)[0-9]{3,4}(?:房|室)", cut) is None


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("东湖路8号3栋1402房", "东湖路8号3栋"),
        ("东湖路12号402房", "东湖路12号"),
        ("3座5楼502室漏水", "3座漏水"),
        ("3栋2单元1402", "3栋"),
        ("2单元1402房", ""),
        ("12号楼1-1402", "12号楼"),
        ("东湖路8号1402", "东湖路8号"),
        ("路灯编号1402、8号线、2号1402米", "路灯编号1402、8号线、2号1402米"),
        ("3栋20户居民、1402元、601路、102房屋、302室外", "3栋20户居民、1402元、601路、102房屋、302室外"),
        ("3栋1层商铺", "3栋1层商铺"),
        ("东湖路8号 2025 年", "东湖路8号 2025 年"),
        ("3号楼 2024-05-01", "3号楼 2024-05-01"),
        ("8号2024-05-01", "8号2024-05-01"),
        ("5座100平方米", "5座100平方米"),
        ("12号1000㎡", "12号1000㎡"),
        ("3幢120户", "3幢120户"),
        ("8号2026年", "8号2026年"),
        ("一位先生和三位女士", "一位先生和三位女士"),
        ("李女士、王大明先生", "[姓名已隐去]女士、[姓名已隐去]先生"),
    ],
)
def test_the_building_stays_and_who_lives_there_does_not(text: str, cut: str) -> None:
    assert cut_names(cut_flats(text)) == cut


@pytest.mark.parametrize("name", MONUMENTS)
def test_what_is_called_after_people_keeps_its_name(name: str) -> None:
    for text in (name, f"{name}停车场", f"位于{name}旁", f"{name} 020-83334444", f"地址：{name}，联系 12345"):
        masked = mask_personal(text)
        assert masked == text.replace("020-83334444", TELEPHONE)
        assert cut_names(masked) == cut_names(masked, only_told=True) == cut_flats(masked) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("张三 13800138000", "[名] [电]"),
        ("联系人：李伟", "联系人：[名]"),
        ("联系人：李　伟、王大明", "联系人：[名]、[名]"),
        ("联系人李建军", "联系人[名]"),
        ("负责人: 陈", "负责人: [名]"),
        ("经营者 陈某某", "经营者 [名]"),
        ("业主王小明", "业主[名]"),
        ("业主王小明反映漏水", "业主[名]反映漏水"),
        ("产权人: 王小明、李伟", "产权人: [名]、[名]"),
        ("停车场管理员王小明13800138000", "停车场管理员[名][电]"),
        ("13800138000（张三）", "[电]（[名]）"),
        ("联系李工 8333 4444", "联系[名] [电]"),
        ("已联系王经理", "已联系[名]经理"),
        ("联系人：欧阳修文", "联系人：[名]"),
        ("村民李大塘家", "村民[名]家"),
        ("李女士、王大明先生", "[名]女士、[名]先生"),
        ("孙中山先生曾居此", "[名]先生曾居此"),
        ("联系保安队长陈大文", "联系保安队长[名]"),
        ("保安队长陈大文负责", "保安队长[名]负责"),
        ("孩子上三年级，家长张丽反映", "孩子上三年级，家长[名]反映"),
        ("村主任欧阳修文、李伟", "村主任[名]、[名]"),
        ("独居老人王秀英（82岁）", "独居老人[名]（82岁）"),
        ("陈大文 微信号 wxid_abc123", "[名] 微信号 [微信已隐去]"),
        ("王大明QQ：12345678", "[名]QQ：[QQ已隐去]"),
        ("村主任李伟 13800138000", "村主任[名] [电]"),
        ("abc@qq.com（李伟）", "[邮箱已隐去]（[名]）"),
    ],
)
def test_people_are_masked_where_they_are_told(text: str, masked: str) -> None:
    said = cut_names(mask_personal(text))
    assert said == masked.replace("[名]", NAME_MASK).replace("[电]", TELEPHONE)
    assert cut_names(mask_personal(said)) == said


NOBODY = """
业主方要求整改
居民曾多次投诉
居民周边环境差
居民陆续反映
业主单位：区属国企
产权人：区住建局（直管公房）
联系人: 物业
联系人 待定
项目经理到场
党支部书记
一位女士反映601路
侨房代管（业主海外）
业主有意向
停车场（居民要求）
租户3户
联系方便
业主张贴告示
居民主张
车主安全
网格员07
居民（11户）
管理处[电话已隐去]
水电[电话已隐去]
时代广场 [电话已隐去]
队长办公室
经理室黄线
主任医师
主任何时回复
司机马上到
经理曾承诺处理
书记任组长
站长 陈家祠
儿童王国
学生马拉松
找队长马路边停车
时代广场 [微信已隐去]
致电区教育[电话已隐去]
产权人：区水务
""".strip().splitlines()


@pytest.mark.parametrize("text", NOBODY)
def test_everyday_words_are_no_names(text: str) -> None:
    assert cut_names(text) == text


def test_a_full_name_before_a_form_of_address_stays_where_only_told_ones_are_masked() -> None:
    assert cut_names("孙中山先生曾居此，联系人李伟", only_told=True) == f"孙中山先生曾居此，联系人{NAME_MASK}"
    assert cut_names("校长许崇清住此，联系队长李伟", only_told=True) == f"校长许崇清住此，联系队长{NAME_MASK}"
    assert cut_names("王女士，李先生停车场", only_told=True) == f"{NAME_MASK}女士，李先生停车场"


@pytest.mark.parametrize("text", ["王小明", "李　伟", "陈某某", "张三", "欧阳修文", "李建国"])
def test_a_whole_value_is_a_name(text: str) -> None:
    assert is_name(text)


@pytest.mark.parametrize(
    "text",
    [
        "李记",
        "徐工",
        "万科",
        "华为",
        "特来电",
        "示例电",
        "某充",
        "锦荣物业",
        "经联社",
        "榕桥医院",
        "东基经联社",
        "王家村",
        "丁社工",
        "李宁",
        "梁园",
        "苏州",
        "云快充",
        "易事特",
        "城投公司",
        "乙保安",
        "区园林",
        "个人",
    ],
)
def test_firms_and_offices_are_no_names(text: str) -> None:
    assert not is_name(text)


@pytest.mark.parametrize(
    "text",
    [
        "区国资",
        "区房管",
        "区教育",
        "区水务",
        "区土发",
        "区住建",
        "区民政",
        "区文投",
        "区城投",
        "市国资",
        "文旅",
        "宣传",
    ],
)
def test_departments_are_no_names_among_owners_either(text: str) -> None:
    assert not is_name(text, any_surname=True)


@pytest.mark.parametrize("text", ["区国华", "区志强", "区建国", "万国庆"])
def test_people_whose_surname_begins_words_are_names_among_owners(text: str) -> None:
    assert is_name(text, any_surname=True)


WORDS_OF_PEOPLE = (
    "联系人", "：", "业主", "王小明", "李", "伟", "陈", "女士", "经理", TELEPHONE, "、", " ", "反映", "故居",
    "陈家祠", "（", "安全", "联系保安队长", "家长", "[微信已隐去]", "任",
)  # fmt: skip


@given(st.lists(st.sampled_from(WORDS_OF_PEOPLE), max_size=8).map("".join), st.booleans())
def test_names_are_found_by_the_sieve_and_masked_once(text: str, only_told: bool) -> None:
    cut = cut_names(text, only_told=only_told)
    assert cut_names(cut, only_told=only_told) == cut
    if cut != text:
        assert pd.Series([text], dtype="string[pyarrow]").str.contains(MAYBE_NAMES).tolist() == [True]


def test_values_of_findings_name_nobody() -> None:
    assert shorten("约300（主任李伟，微信abc_123）") == f"约300（主任{NAME_MASK}，微信[微信已隐去]）"
    assert shorten("约300（联系人李伟 138 0013 8000）") == f"约300（联系人{NAME_MASK} {TELEPHONE}）"


@pytest.mark.shared
def test_nothing_of_the_real_files_and_ledgers_changes_but_people(shared_dir: Path) -> None:
    texts = {cell for path in (shared_dir / "ledgers").glob("*.csv") for row in table(path) for cell in row if cell}
    maps = [
        *shared_dir.glob("data/boundaries/*/*.geojson"),
        *shared_dir.glob("data/*/*.shp"),
        *shared_dir.glob("data/*/*/*.shp"),
    ]
    frames = [pd.DataFrame(gpd.read_file(path)) for path in maps]
    frames.append(pd.read_csv(shared_dir / "data/china/shenzhen_ev_stations.csv", dtype=str))
    for frame in frames:
        texts |= {str(text) for name in frame.select_dtypes(["object", "string"]) for text in frame[name].dropna()}
    changed = {text for text in texts if cut_names(mask_personal(text)) != text}
    assert len(texts) > 3000
    assert changed == {
        "138XXXX0000",
        "139****0000",
        "填报人：张××",
        "李工139XXXX0000",
        "王女士",
        "联系电话：020-8XXX0000",
    }
    assert {text for text in texts if cut_flats(text) != text} == {"锦荣花园一期6栋701", "青砖里3号101"}


@pytest.mark.parametrize(
    "text",
    ["家长曾报警，未果", "司机曾超速，", "老人曾患病，", "民警曾调解，", "老人谢世，", "老人许愿，", "学生钟落潭"],
)
def test_what_somebody_did_is_no_name(text: str) -> None:
    assert mask_personal(text) == text
