"""How alike two Chinese names or addresses are: taken apart into what names a thing and what only qualifies it.

``榕桥街锦榮花園（北門）停车场`` is the core ``锦荣``, the suffix ``花园`` and the side ``北``; the sub-district is
dropped where it is a known area, and 停车场 because every record of the layer is one. Cores are compared letter by
letter; numbers, sides and levels tell neighbours apart, so a contradiction in one of them outweighs an equal core.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import Indel

from layers.findings import Text
from layers.matching._qualifiers import APART, ASKING, LEVEL, NUMBERED, SIDED, USES, marks_between, qualifiers, settled
from layers.matching._spelling import spelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["CONTRADICTED", "agreement_of_addresses", "explain", "name_parts", "similarity", "spelled"]

CONTRADICTED = 0.4
"""ASSUMPTION: names whose numbers, sides or levels contradict each other (一期 and 二期) are at most this alike: below
every threshold of :mod:`layers.matching.same_place`, however near the places are."""
ONE_NUMBER, ONE_SIDE, ONE_DETAIL = 0.85, 0.9, 0.95
"""ASSUMPTION: factors where only one of two names has a number or letter, a side (北门), other words in brackets."""
DETAILS_DIFFER = 0.8
"""ASSUMPTION: factor where both have words in brackets, and others (宝源路 and 宝华路): as where suffixes differ."""
SUFFIXES_DIFFER, ONE_SUFFIX, ONE_PLAIN_SUFFIX = 0.8, 0.93, 0.97
"""ASSUMPTION: factors where 花园 stands against 苑, where only one name has such a suffix, and where that is 小区."""
CONTAINED_LEAST = 0.55
"""ASSUMPTION: a core inside another is as alike as its share of the length, between this and 1."""

_SHORTEST_CORE = 2
_DETAIL = re.compile(r"\(([^()]*)\)?|\)")
_ASSET_WORDS = re.compile(
    r"(?:公共|公用|配套|专用|配建|临时|内部|社会|收费|地下|地面|地上|路边|路内|路侧|立体|机械式?|屋顶|楼顶|小汽车|汽车|"
    r"电动汽车|电动自行车|电单车|电瓶车|电动车|新能源|集中式?|直流|交流|快充|超充|慢充|超级)*"
    r"(?:停车场库?|停车[库楼区点位棚]|临停[场点区位]?|车库|车场|泊位|停车|充电[站桩点棚场柜]|充电桩群|充电场站|"
    r"充换电站|换电[站柜点]|超充站|快充站|充电|(?<=花园|小区|社区|广场|大厦|中心)站|(?<=[苑村里城院楼店校场号])站|站点|场站|"
    r"空地|空置地|闲置(?:用地|地块|地)|边角地|储备地|地块|宗地)$"
)
_ASSET_ENDS, _SUFFIX_ENDS = frozenset("场库楼区点位棚泊车桩柜站群电停地块"), frozenset("区园苑")
_SUFFIX = re.compile(r"(?:住宅小区|小区|社区|花园|花苑|雅苑|嘉苑|名苑|新苑|家园|苑)$")
_PLAIN_SUFFIXES = frozenset(("小区", "住宅小区", "社区"))
_COUNTED_END = re.compile(r"负?[0-9]+[层楼]$|(?<=[场库站位块])[0-9]+号?$")
"""A storey, or a number behind 停车场: what stands before it still ends in what the thing is."""
_DOOR = re.compile(r"^(.*?)([0-9]+(?:-[0-9]+)?(?:,[0-9]+(?:-[0-9]+)?)*)号")
_NEIGHBOURHOOD = re.compile(r"^.{1,8}?(?:社区|居委会?|村委会?|居民委员会)(?=.)")
PART_COLUMNS = (
    "key", "core", "suffix", "number", "letter", "side", "level", "ordinal", "plate", "use", "detail", "street", "door"
)  # fmt: skip


def area_prefix(areas: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of what stands before a name or address: province, city, then known areas.

    Parameters
    ----------
    areas
        Names of districts and sub-districts; words in brackets are left aside, and 街道 may be written 街.
    """
    bare = spelled(pd.Series(sorted(set(areas)), dtype=object)).dropna().str.replace(_DETAIL, "", regex=True)
    stems = {stem for name in bare for stem in (name, name.removesuffix("道") if name.endswith("街道") else name)}
    known = "|".join(re.escape(stem) for stem in sorted(stems, key=len, reverse=True) if len(stem) >= _SHORTEST_CORE)
    city = r"(?:[^0-9]{2,3}省)?[^0-9]{2,4}?市"
    within = rf"^(?:{city}(?:[^0-9]{{1,3}}[区县])?)?(?:{known})+(?![0-9])" if known else r"(?!)"
    return re.compile(rf"{within}|^{city}(?=[^0-9]{{1,4}}[区县].)")


def name_parts(texts: pd.Series, prefix: re.Pattern[str] | None = None) -> pd.DataFrame:
    """Return names (or addresses) taken apart.

    Parameters
    ----------
    texts
        Names or addresses as people write them.
    prefix
        What to drop from their beginning (:func:`area_prefix`).

    Returns
    -------
    DataFrame
        Indexed like ``texts``, texts that are never null: ``key`` (the whole in one spelling, letters and digits only),
        ``core``, ``suffix``, what :class:`layers.matching._qualifiers.Qualifiers` has, ``detail`` (other words in
        brackets), and of an address ``street`` and ``door`` (``128``, ``12-1``, ``3,5``).
    """
    codes, uniques = pd.factorize(spelled(texts), use_na_sentinel=True)
    rows = [_parts(text, prefix) for text in uniques]
    table = pd.DataFrame([*rows, ("",) * len(PART_COLUMNS)], columns=list(PART_COLUMNS), dtype=object)
    return table.take(np.where(codes < 0, len(rows), codes)).set_axis(texts.index)


def _parts(text: str, prefix: re.Pattern[str] | None) -> tuple[str, ...]:
    is_bracketed = "(" in text or ")" in text
    details = [settled(f"({item})")[1:-1] for item in _DETAIL.findall(text) if item] if is_bracketed else []
    main = _DETAIL.sub("", text) if is_bracketed else text
    if prefix is not None and (rest := prefix.sub("", main)):
        main = rest
    main = settled(main)
    said = qualifiers(main, details)
    bare = _unless_short(_COUNTED_END.sub("", main), main) if said.number else main
    while bare and bare[-1] in _ASSET_ENDS and (shorter := _ASSET_WORDS.sub("", bare)) != bare:
        bare = shorter
    core = _unless_short(NUMBERED.sub("", bare), bare) if said.number or said.letter else bare
    core = _unless_short(SIDED.sub("", core), core) if said.side else core
    found = _SUFFIX.search(core) if core and core[-1] in _SUFFIX_ENDS else None
    suffix = found[0] if found and found.start() >= _SHORTEST_CORE else ""
    bracketed = ",".join(details)
    detail = SIDED.sub("", NUMBERED.sub("", LEVEL.sub("", bracketed))).strip(",") if details else ""
    door = _DOOR.match(main) if said.number and "号" in main else None
    street = _NEIGHBOURHOOD.sub("", door[1]) if door else ""
    return (main + bracketed, core.removesuffix(suffix), suffix, *said, detail, street, door[2] if door else "")


def _unless_short(shorter: str, text: str) -> str:
    return shorter if len(shorter) >= _SHORTEST_CORE else text


def similarity(left: pd.DataFrame, right: pd.DataFrame) -> NDArray[np.float64]:
    """Return how alike names are, pair by pair: 0 (nothing in common) to 1; NaN where one says only what it is.

    The cores' share of common letters, ``2 * common / (length + length)`` (a core inside the other counts by its share
    of the length), times a factor below 1 for every part that only one name has; names that contradict each other in a
    number, a side or a level are at most :data:`CONTRADICTED` alike.

    Parameters
    ----------
    left, right
        Parts (:func:`name_parts`), row by row.
    """
    one, other = _cores(left, right)
    alike = core_similarity(one, other)
    one_number = _only_one(left, right, "number") | _only_one(left, right, "letter")
    alike *= np.where(one_number, ONE_NUMBER, 1.0) * np.where(_only_one(left, right, "side"), ONE_SIDE, 1.0)
    alike *= np.where(
        _only_one(left, right, "detail"), ONE_DETAIL, np.where(_both_differ(left, right, "detail"), DETAILS_DIFFER, 1.0)
    )
    alike *= _suffix_factor(left["suffix"].to_numpy(dtype=object), right["suffix"].to_numpy(dtype=object))
    alike = np.where(contradiction(left, right), np.minimum(alike, CONTRADICTED), alike)
    is_same = (left["key"].to_numpy() == right["key"].to_numpy()) & (left["key"].to_numpy() != "")
    return np.where((one == "") | (other == ""), np.nan, np.where(is_same, 1.0, alike))


def core_similarity(one: NDArray[np.object_], other: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return how alike cores are, pair by pair: the upper bound of :func:`similarity` for names that are not equal."""
    if not len(one):
        return np.empty(0)
    alike = np.asarray(process.cpdist(one, other, scorer=Indel.normalized_similarity, dtype=np.float64))
    some = np.flatnonzero(alike > 0)
    pairs = list(zip(one[some], other[some], strict=True))
    lengths = np.array([(len(a), len(b)) if a in b or b in a else (0, 1) for a, b in pairs]).reshape(-1, 2)
    shorter = lengths.min(axis=1)
    share = shorter / np.maximum(lengths.max(axis=1), 1)
    contained = np.where(shorter >= _SHORTEST_CORE, CONTAINED_LEAST + (1 - CONTAINED_LEAST) * share, 0.0)
    alike[some] = np.maximum(alike[some], contained)
    return alike


def _suffix_factor(one: NDArray[np.object_], other: NDArray[np.object_]) -> NDArray[np.float64]:
    plain = np.isin(np.where(one == "", other, one).astype(str), sorted(_PLAIN_SUFFIXES))
    only_one = (one == "") != (other == "")
    both_plain = only_one & plain
    conditions = [one == other, both_plain, only_one]
    return np.select(conditions, [1.0, ONE_PLAIN_SUFFIX, ONE_SUFFIX], SUFFIXES_DIFFER).astype(np.float64)


def _only_one(left: pd.DataFrame, right: pd.DataFrame, name: str) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (left[name].to_numpy() == "") != (right[name].to_numpy() == "")
    return found


def _both_differ(left: pd.DataFrame, right: pd.DataFrame, name: str) -> NDArray[np.bool_]:
    one, other = left[name].to_numpy(), right[name].to_numpy()
    return np.asarray((one != "") & (other != "") & (one != other), dtype=bool)


def contradiction(left: pd.DataFrame, right: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which pairs contradict each other: both have a number, letter, side, level or house number, and another.

    So do cores that differ in a numeral, 甲乙丙 or a direction only (一中 and 二中).
    """
    found = marks_between(*_cores(left, right)) == APART
    for name in ("number", "letter", "side", "level", "plate"):
        found |= _both_differ(left, right, name)
    return np.asarray(found, dtype=bool)


def is_unsure(left: pd.DataFrame, right: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which pairs of names, however alike, may not make one thing of two without a person.

    Both have a suffix, or say something in brackets, and not the same; only one counts its thing (二期, A座) or has a
    mark of that sort in its core (机务段宿舍 and 机务段二宿舍); or cores differ, and only one says more in brackets.
    """
    one, other = _cores(left, right)
    is_other = left["key"].to_numpy() != right["key"].to_numpy()
    found = (marks_between(one, other) == ASKING) | _both_differ(left, right, "detail")
    found |= _both_differ(left, right, "suffix")
    found |= _only_one(left, right, "ordinal") | _only_one(left, right, "letter")
    found |= (one != other) & _only_one(left, right, "detail")
    return np.asarray(is_other & found, dtype=bool)


def _cores(left: pd.DataFrame, right: pd.DataFrame) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    return left["core"].to_numpy(dtype=object), right["core"].to_numpy(dtype=object)


def agreement_of_addresses(left: pd.DataFrame, right: pd.DataFrame) -> NDArray[np.float64]:
    """Return 1 where two addresses are one door of one street, 0 where they are not; NaN where one names no door.

    One ledger may write more before the street than the other: the shorter street must end the longer.
    """
    one, other = left["street"].to_numpy(dtype=object), right["street"].to_numpy(dtype=object)
    pairs = zip(one, other, strict=True)
    same_street = np.fromiter((a.endswith(b) or b.endswith(a) for a, b in pairs), dtype=bool, count=len(one))
    doors = left["door"].to_numpy(), right["door"].to_numpy()
    agrees = same_street & (doors[0] == doors[1])
    known = (doors[0] != "") & (doors[1] != "") & (one != "") & (other != "")
    return np.where(known, agrees.astype(np.float64), np.nan)


_DIFFERENCES: tuple[tuple[str, Text], ...] = (
    ("number", Text("编号", "number")),
    ("letter", Text("字母", "letter")),
    ("side", Text("方位", "side")),
    ("level", Text("层位", "level")),
    ("suffix", Text("后缀", "suffix")),
    ("detail", Text("括号内", "words in brackets")),
    ("plate", Text("括号内门牌", "house number in brackets")),
    ("use", Text("用途", "use")),
)


def explain(left: Sequence[str], right: Sequence[str], alike: float) -> Text:
    """Return in words why two names are ``alike``.

    Parameters
    ----------
    left, right
        One row of parts each, in the order of :data:`PART_COLUMNS`.
    alike
        Their similarity.
    """
    one, other = (dict(zip(PART_COLUMNS, row, strict=True)) for row in (left, right))
    if np.isnan(alike):
        return Text("有一方没有专名，名称不能作证", "one has no name of its own, so names tell nothing")
    if one["key"] == other["key"]:
        return Text("名称归一后相同", "the same name in one spelling")
    zh = ["名称主干相同" if one["core"] == other["core"] else f"名称主干 {one['core']} / {other['core']}"]
    en = ["the same core" if one["core"] == other["core"] else f"cores {one['core']} / {other['core']}"]
    for part, title in _DIFFERENCES:
        if one[part] != other[part]:
            values = [USES.get(value, Text(value or "-", value or "-")) for value in (one[part], other[part])]
            zh.append(f"{title.zh} {values[0].zh} / {values[1].zh}")
            en.append(f"{title.en} {values[0].en} / {values[1].en}")
    return Text("，".join([*zh, f"相似度 {alike:.2f}"]), ", ".join([*en, f"alike {alike:.2f}"]))
