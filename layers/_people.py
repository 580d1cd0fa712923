"""Flat numbers and names of people cut out of what residents tell: the building stays, who lives there does not."""

from __future__ import annotations

import re

_DIGIT = "[0-9０-９]"
_BUILDING = "栋|幢|座|号楼"
_STAIR = f"{_DIGIT}{{1,2}}(?:单元|梯)"
_FLOOR = f"(?:{_DIGIT}{{1,2}}[层楼])?"
_INSIDE = f"(?:{_DIGIT}{{1,2}}[－-])?(?:{_STAIR})?{_FLOOR}"
_ROOM = f"(?:号房|房(?!屋|产|地)|室(?!内|外)|(?<={_DIGIT}{{4}})户)"
_A_QUANTITY = f"{_DIGIT}| ?(?:[米元路个辆年月日线平㎡m户人块吨亩度%％]|千瓦|万)|[-./]{_DIGIT}{{1,2}}(?!{_DIGIT})"
_FLAT = re.compile(
    rf"(?P<building>{_BUILDING}|(?<={_DIGIT})号)"
    rf"(?:[ －-]?{_INSIDE}{_DIGIT}{{1,4}}{_ROOM}|[－-]?{_INSIDE}{_DIGIT}{{3,4}}(?!{_A_QUANTITY}))"
    rf"|{_STAIR}{_FLOOR}{_DIGIT}{{3,4}}(?:{_ROOM}|(?!{_A_QUANTITY}))"
    rf"|(?<!{_DIGIT}){_DIGIT}{{3,4}}{_ROOM}"
)
"""A number with 房 or 室, or a bare one of three or four digits right behind a building that is no quantity or date."""
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余元卜顾孟平黄穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊"
    "纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫房裘缪干解宗丁宣邓郁"
    "杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲封芮储靳焦巴弓牧隗山谷车侯宓蓬班仰秋仲伊宫宁仇栾甘厉戎祖武符刘景詹束龙叶"
    "幸司韶黎薄印宿白怀蒲鄂索咸籍赖卓蔺屠蒙池乔阴胥苍双闻莘党翟谭贡劳申扶堵冉宰雍桑桂牛寿边扈燕冀郏浦尚农温庄晏柴瞿阎充慕"
    "连茹习艾鱼容向古易慎戈廖庾衡步耿满弘匡文寇广禄东欧沃利蔚越隆巩聂晁勾敖融冷辛阚简饶空曾关肖区麦招冼邝"
)
_NAME = re.compile(
    rf"(?:欧阳|司徒|上官|诸葛|[{_SURNAMES}])[一-鿿]{{0,2}}?(?=女士|先生|小姐|太太|阿姨|伯伯|大爷|老伯|师傅|婆婆)"
)
_NAME_MASK = "[姓名已隐去]"
MAYBE_PEOPLE = (
    f"{_DIGIT}(?:房|室|户|号房)|(?:{_BUILDING}|号|单元|梯).?{_DIGIT}|女士|先生|小姐|太太|阿姨|伯伯|大爷|老伯|师傅|婆婆"
)
"""What every text that :func:`cut_people` changes contains; without look-around, so that columns can be sifted."""


def cut_people(text: str) -> str:
    """Return a text without flat numbers (3栋1402房 becomes 3栋) and without names (陈美玲女士, only 女士 stays).

    A name is known by a common surname before a form of address; 一位女士 stays, and so do 20户居民 and 601路.
    """
    return _NAME.sub(_NAME_MASK, _FLAT.sub(lambda found: found["building"] or "", text))
