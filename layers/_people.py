"""Names of people and numbers of flats cut out of texts: the place stays, who lives or answers there does not.

A name is known by where it stands: behind 联系人, 业主 or 队长, before 女士, beside a telephone or an account. A
surname alone tells nothing: 陈家祠, 康有为故居 and 詹天佑路 begin with one.
"""

from __future__ import annotations

import re

from layers._accounts import MAIL_MASK, QQ_MASK, WECHAT_MASK
from layers._surnames import (
    COMPOUND_SURNAMES,
    DEPARTMENTS,
    EVERYDAY_WORDS,
    SURE_SURNAMES,
    SURNAMES,
    TRADE_NAMES,
)
from layers._telephones import TELEPHONE_MASK

NAME_MASK = "[姓名已隐去]"
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
MAYBE_FLATS = (
    f"(?:{_BUILDING}|{_DIGIT}号|单元|梯)[ －-]?{_INSIDE}{_DIGIT}{{3,4}}(?:[^0-9０-９]|$)"
    f"|{_DIGIT}(?:号?房(?:[^屋产地]|$)|室(?:[^内外]|$))|{_DIGIT}{{4}}户"
)
"""What every text that :func:`cut_flats` changes contains; without look-around, so that columns can be sifted."""

_LABEL = (
    "联系人|负责人|经办人|来电人|投诉人|反映人|举报人|诉求人|申请人|当事人|填报人|保管人|使用人|经营人|经营者|代理人|监护人|产权人|权属人|所有权?人|承租人"
    "|法定代表人|法人|姓名|调查员|网格员|管理员|楼长|户主|房东|车主|店主|档主|摊主|老板|租户|租客|业主|住户|居民|村民|市民|家属|个体户|个体工商户|个人"
    "|自然人|联系|致电|找"
)
_ADDRESS = "女士|先生|小姐|太太|阿姨|伯伯|大爷|老伯|师傅|婆婆"
_TITLE = "经理|主任|书记|老师|老板|医生|律师|队长|站长|所长|校长|科长|局长|处长"
_ROLE = (
    f"{_TITLE}|班长|组长|店长|村长|支书|主管|保安|门卫|司机|教练|民警|辅警|社工|护工|保洁员?|值班员|联络员|志愿者"
    "|家长|老人|儿童|学生|患者|孕妇"
)
_SENT_TO = f"(?:联系|找|致电|咨询|询问|通知)[一-鿿]{{0,6}}?(?:{_ROLE})"
"""Who is to be called by his office: 联系保安队长陈大文."""
_ANY, _SURE = f"(?:{COMPOUND_SURNAMES}|[{SURNAMES}])", f"[{SURE_SURNAMES}]"
_SURELY = f"(?:{_SURE}|{COMPOUND_SURNAMES})"
_LETTER, _BLANK = "[一-鿿×*＊]", "[ \u00a0\u3000]"
_BETWEEN = "[ \u00a0\u3000:：为是（(【]{0,4}"
_GIVEN = f"(?:{_LETTER}{{1,2}}?|{_BLANK}{{1,2}}{_LETTER})"
_ENDS = (
    "(?=$|[^一-鿿×*＊]|反映|反应|来电|致电|投诉|举报|称|表示|同意|要求|建议|咨询|求助|说|自[建行用有]|的|家|电话|手机|联系|住|等|及|和|与|在|已|因|负责|到场|处理|值班|告知"
    "|将|拟|出租|经营|承租|使用|名下|所有|私|夫妇|本人|女士|先生|经理|主任|书记)"
)
_BEHIND_LABEL = re.compile(rf"(?P<label>{_SENT_TO}|{_LABEL})(?P<between>{_BETWEEN})(?P<name>{_ANY}{_GIVEN}){_ENDS}")
_BEHIND_ROLE = re.compile(rf"(?P<label>{_ROLE})(?P<between>{_BETWEEN})(?P<name>{_SURELY}{_GIVEN}){_ENDS}")
_SURNAME_BEHIND_LABEL = re.compile(rf"(?P<label>(?:{_LABEL}){_BLANK}?[:：]{_BLANK}?)(?P<name>{_ANY})(?![一-鿿×*＊])")
_AND_ANOTHER = re.compile(rf"(?P<label>{re.escape(NAME_MASK)}[、/和及与])(?P<name>{_ANY}{_GIVEN}){_ENDS}")
_CONTACT = f"(?:{'|'.join(re.escape(mask) for mask in (TELEPHONE_MASK, WECHAT_MASK, QQ_MASK, MAIL_MASK))})"
_CONTACT_AHEAD = rf"[ \u00a0\u3000:：，,（(]{{0,3}}(?:电话|手机|微信号?|QQ号?|邮箱)?[ :：]?{_CONTACT}"
_BESIDE_CONTACT = re.compile(rf"(?!(?<=主)任)(?P<name>{_ANY}{_GIVEN})(?={_CONTACT_AHEAD})")
_BEHIND_CONTACT = re.compile(rf"(?P<label>{_CONTACT}[ \u00a0\u3000，,/（(]{{1,2}})(?P<name>{_ANY}{_GIVEN}){_ENDS}")
_A_MONUMENT = "(?![^，。；、 ]{0,6}(?:故居|旧居|纪念|[墓陵祠像碑馆路街面店铺堂]))"
_FORMS, _ROLES, _CONTACTS = re.compile(f"{_ADDRESS}|{_TITLE}"), re.compile(_ROLE), re.compile(_CONTACT)
_ADDRESSED = re.compile(rf"(?P<name>{_ANY}[一-鿿]{{0,2}}?)(?=(?:{_ADDRESS}){_A_MONUMENT})")
_TITLED = re.compile(rf"(?P<name>{_SURE}[一-鿿]{{0,2}}?)(?=(?:{_TITLE}){_A_MONUMENT})")
_SURNAME_ADDRESSED = re.compile(rf"(?<![一-鿿])(?P<name>{_ANY})(?=(?:{_ADDRESS}|{_TITLE})(?![一-鿿]))")
_WHOLE = re.compile(rf"{_BLANK}*{_SURELY}{_GIVEN}{_BLANK}*")
_WHOLE_OF_ANY = re.compile(rf"{_BLANK}*{_ANY}{_GIVEN}{_BLANK}*|[A-Za-z]+(?: [A-Za-z.]+){{1,3}}")
_IS_SURE = re.compile(_SURELY)
_EVERYDAY = re.compile(EVERYDAY_WORDS)
_DEPARTMENT = re.compile(f"[区市县镇街]?(?:{DEPARTMENTS})|[区市县镇街].[投控]")
_OFFICE_END = re.compile("[委办处所局院校店厂司部站馆铺]$")
_PLACE_END = re.compile(
    "(?:[委办处所局院校店厂司部站馆铺社会行队组祠庙寺宫堂塔门阁坊寨岗冈塘涌围埔墟圩路街巷场厅楼栋幢座号区镇县市省村庄洲室房]"
    "|社工|物业|保安|环卫|园林|环境|科技|能源|电力|充电|停车|置业|实业|工程|市政|集团)$"
)
_SOFT_PLACE_END = re.compile("[山园桥湖江地]$")
_TRADE_NAME = re.compile(f"(?:{TRADE_NAMES})|.*[记氏]$")
MAYBE_NAMES = f"(?:{_LABEL}|{_ROLE}){_BETWEEN}{_ANY}|{_ANY}[一-鿿]{{0,2}}(?:{_ADDRESS}|{_TITLE})|{_CONTACT}"
"""What every text that :func:`cut_names` changes contains; without look-around, so that columns can be sifted."""


_ALSO_WORDS = frozenset("曾谢黎许侯钟于时")
"""Surnames that begin what somebody did or is as well: right behind an office they tell nothing."""


def cut_flats(text: str) -> str:
    """Return a text without numbers of flats: 3栋1402房 becomes 3栋; 20户居民 and 601路 stay."""
    return _FLAT.sub(lambda found: found["building"] or "", text)


def cut_names(text: str, *, only_told: bool = False) -> str:
    """Return a text with the names of people masked.

    Parameters
    ----------
    text
        Telephones and accounts in it are masked already (:func:`layers._masking.mask_personal`): a name beside one is
        found by that.
    only_told
        Whether a full name before a form of address or behind an office stays (孙中山先生, 校长许崇清 in the story of a
        house, 李老师 in the name of a school); what stands behind 联系人 or beside a telephone is masked all the same.
    """
    before = ""
    while before != text:  # one mask may show what the next name stands beside
        before, text = text, _cut_once(text, only_told=only_told)
    return text


def _cut_once(text: str, *, only_told: bool) -> str:
    if _FORMS.search(text):
        for pattern in (_SURNAME_ADDRESSED,) if only_told else (_ADDRESSED, _TITLED):
            text = pattern.sub(_masked_before_address, text)
    text = _BEHIND_LABEL.sub(_masked_behind_label, text)
    text = _SURNAME_BEHIND_LABEL.sub(rf"\g<label>{NAME_MASK}", text)
    if not only_told:
        text = cut_names_behind_roles(text)
    if _CONTACTS.search(text):
        text = _BEHIND_CONTACT.sub(_masked_at_contact, _BESIDE_CONTACT.sub(_masked_at_contact, text))
    return _AND_ANOTHER.sub(_masked_behind_label, text) if NAME_MASK in text else text


def cut_names_behind_roles(text: str) -> str:
    """Return a text with full names right behind what somebody is (队长陈大文, 家长张丽) masked; 主任办公室 stays."""
    return _BEHIND_ROLE.sub(_masked_behind_role, text) if _ROLES.search(text) else text


def is_name(text: str, *, any_surname: bool = False) -> bool:
    """Return whether a whole text is the name of a person: 王小明, 李　伟, 陈某某; firms (李记, 徐工) are not.

    Parameters
    ----------
    text
        What stands in a cell.
    any_surname
        Whether a surname that begins everyday words as well (万, 安) will do, as in a column of owners.
    """
    pattern = _WHOLE_OF_ANY if any_surname else _WHOLE
    return pattern.fullmatch(text) is not None and _may_be_called(_bare(text)) and not _is_place(_bare(text))


def _masked_before_address(found: re.Match[str]) -> str:
    return NAME_MASK if len(found[0]) == 1 or _may_be_called(found[0]) else found[0]


def _masked_behind_label(found: re.Match[str]) -> str:
    """Mask a name behind a word that announces one; where nothing stands between them, only behind a sure surname."""
    name, groups = _bare(found["name"]), found.groupdict()
    is_parted = bool(groups.get("between")) or groups["label"].startswith(NAME_MASK)
    is_sure = is_parted or _IS_SURE.match(name) is not None
    is_right = is_sure and _may_be_called(name) and not _OFFICE_END.search(name)
    return f"{groups['label']}{groups.get('between') or ''}{NAME_MASK}" if is_right else found[0]


def _masked_behind_role(found: re.Match[str]) -> str:
    """Mask a name behind an office; a place may stand there as well (站长 陈家祠), or a verb (家长曾报警, 老人谢世)."""
    name = _bare(found["name"])
    may_be_verb = not found["between"] and name[0] in _ALSO_WORDS
    return found[0] if may_be_verb or _is_place(name) else _masked_behind_label(found)


def _masked_at_contact(found: re.Match[str]) -> str:
    """Mask a name beside a telephone or an account; in the midst of other words only a sure surname begins one."""
    name, label = _bare(found["name"]), found.groupdict().get("label") or ""
    stands_alone = bool(label) or not re.match("[一-鿿]", found.string[found.start() - 1 : found.start()])
    is_right = _may_be_called(name) and not _is_place(name) and (stands_alone or name[0] in SURE_SURNAMES)
    return f"{label}{NAME_MASK}" if is_right else found[0]


def _may_be_called(name: str) -> bool:
    return not (_EVERYDAY.match(name) or _DEPARTMENT.fullmatch(name) or _TRADE_NAME.fullmatch(name))


def _is_place(name: str) -> bool:
    """Return whether what could be a name is rather a place or an office: 陈家祠, 林和村, 梁园, 白云山."""
    is_soft = _SOFT_PLACE_END.search(name) is not None and (len(name) == 2 or name[0] not in SURE_SURNAMES)
    return is_soft or _PLACE_END.search(name) is not None or name[1:2] == "家"


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)
