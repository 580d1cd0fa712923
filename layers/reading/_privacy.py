"""Personal data in what a file says: masked in its texts, kept apart where a kind has fields for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers._accounts import MAYBE_ACCOUNTS, mask_accounts
from layers._people import MAYBE_FLATS, MAYBE_NAMES, NAME_MASK, cut_flats, cut_names, is_name
from layers._telephones import MAYBE_NUMBERS, mask_numbers
from layers.values import as_string, saying_nothing
from layers.values._sift import contains

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from layers.quality import QualityReport
    from layers.reading._columns_match import Matches
    from layers.reading._raw import Raw
    from layers.schema import Kind

_DOORS = frozenset(("public_building", "service", "address", "building"))
"""Kinds in which a door is the thing itself (公房 1402房): its number stays."""
_MONUMENTS = frozenset(("heritage", "heritage_zone"))
_OF_THE_DEAD = frozenset(("name", "era", "story", "protection_extent", "control_extent"))
"""What tells of the people whom a monument remembers: no name in it is masked, its telephones and accounts are."""
_TOLD_BY_PEOPLE = frozenset(("report",))
"""Kinds that residents tell: every name in them is somebody's who lives."""
_MAYBE_A_PERSON = frozenset(("operator", "owner", "provider"))
"""Fields that hold a firm or a person and nothing else: a whole value may be a name (李伟)."""
_LONGEST_NAME = 8  # characters, blanks between them included
_AND = "、"

_Masking = tuple[str, "Callable[[str], str]", str, str, str]
"""What a text must hold to be looked at, what is done with it, and the finding: rule, Chinese, English."""
_ACCOUNTS: _Masking = (
    MAYBE_ACCOUNTS, mask_accounts,
    "personal_account", "微信、QQ、邮箱或车牌号已隐去",
    "a WeChat or QQ account, an e-mail address or a car plate was masked",
)  # fmt: skip
_NUMBERS: _Masking = (
    MAYBE_NUMBERS, mask_numbers,
    "personal_masked", "电话或证件号已隐去", "a telephone or identity number was masked",
)  # fmt: skip
_FLATS: _Masking = (
    MAYBE_FLATS, cut_flats,
    "personal_cut", "房号属个人信息，只保留到楼栋，原文不保存",
    "a flat number is personal: kept to the building only, the full words nowhere",
)  # fmt: skip
_NAME_TOLD = "personal_name", "姓名属个人信息，已隐去，原文不保存", "a name is personal: masked, the full words nowhere"
_NAMES: _Masking = (MAYBE_NAMES, cut_names, *_NAME_TOLD)
_TOLD_NAMES: _Masking = (MAYBE_NAMES, lambda text: cut_names(text, only_told=True), *_NAME_TOLD)
_WHOLE_NAMES: _Masking = (
    f"^[^ -~]{{2,{_LONGEST_NAME}}}$", lambda text: NAME_MASK if is_name(text) else text, *_NAME_TOLD
)  # fmt: skip


def mask_column(
    values: pd.Series, kind: Kind, name: str, records: NDArray[np.int64], report: QualityReport
) -> pd.Series:
    """Return the texts of one field without telephones, accounts, names of people and numbers of flats; each is said.

    Parameters
    ----------
    values
        Texts of a field that is no id and has no codes.
    kind, name
        The field. In some kinds the door is the thing itself, and a monument is called after people.
    records
        Numbers of the records.
    report
        Where it is said, never what was masked.
    """
    for maybe, change, rule, zh, en in _maskings(kind.name, name):
        values, rows = _changed(values, maybe, change)
        report.note_each(rule, zh, en, records[rows], field=name, action="changed")
    return values


def _maskings(kind: str, field: str) -> list[_Masking]:
    """Return what is done with a field, in order: a name is also known by the mask of a telephone beside it.

    As :func:`layers._masking.mask_personal` has it, accounts are first.
    """
    is_monument = kind in _MONUMENTS
    if is_monument and field in _OF_THE_DEAD:
        return [_ACCOUNTS, _NUMBERS]
    is_called = is_monument or (field == "name" and kind not in _TOLD_BY_PEOPLE)
    found = [_ACCOUNTS, _NUMBERS, _TOLD_NAMES if is_called else _NAMES]
    if field in _MAYBE_A_PERSON:
        found.append(_WHOLE_NAMES)
    if kind not in _DOORS and not (is_monument and field == "address"):
        found.append(_FLATS)
    return found


def _changed(values: pd.Series, maybe: str, change: Callable[[str], str]) -> tuple[pd.Series, NDArray[np.int64]]:
    """Return texts after ``change``, which is asked of those only that hold ``maybe``, and where it changed one."""
    suspects = np.flatnonzero(contains(values, maybe))
    codes, texts = pd.factorize(values.iloc[suspects])
    after = np.array([change(str(text)) for text in texts], dtype=object)
    is_changed = after != np.asarray(texts, dtype=object)
    chosen = is_changed[codes] if len(suspects) else np.zeros(0, dtype=bool)
    rows = suspects[chosen]
    if not len(rows):
        return values, rows
    changed = values.copy()
    changed.iloc[rows] = after[codes[chosen]]
    return changed, rows


def people_told(raw: Raw, matches: Matches) -> pd.DataFrame:
    """Return the personal fields of all records as their columns have them.

    The index is 0, 1, 2 … Several columns of one field (手机 beside 联系电话) are put behind each other. They are not
    for checks, findings or files: a workspace keeps them in a table of their own, from which they can be erased.
    """
    told: dict[str, pd.Series] = {}
    for number, name in matches.people.items():
        texts = as_string(raw.cells[number]).reset_index(drop=True).str.strip()
        said = texts.mask(saying_nothing(texts) | (texts == "").fillna(value=True))
        told[name] = _both(told[name], said) if name in told else said
    return pd.DataFrame(told, index=range(len(raw.cells)), dtype="string")


def folded_people(people: pd.DataFrame, into: NDArray[np.int64]) -> pd.DataFrame:
    """Return personal fields of the records that stay, with those of the records that were folded into them.

    Parameters
    ----------
    people
        As :func:`people_told` gives them, of the records before they were folded; index 0, 1, 2 …
    into
        Which record each became part of, itself where it stays.
    """
    stays = np.flatnonzero(into == np.arange(len(into)))
    kept = people.iloc[stays].reset_index(drop=True)
    gone = np.flatnonzero(into != np.arange(len(into)))
    at = np.searchsorted(stays, into[gone])
    for name in people.columns:
        others = people[name].iloc[gone].set_axis(at).dropna()
        joined = others.groupby(level=0).agg(lambda texts: _AND.join(dict.fromkeys(texts)))
        kept[name] = _both(kept[name], joined.astype("string").reindex(kept.index))
    return kept


def _both(first: pd.Series, second: pd.Series) -> pd.Series:
    """Return both texts, one where the other is missing or says the same."""
    is_more = first.notna() & second.notna() & (first != second).fillna(value=False)
    return (first + _AND + second).where(is_more, first.fillna(second))
