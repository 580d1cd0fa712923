"""Members of bundles told by name: one asset, several, none."""

from __future__ import annotations

import pandas as pd
import pytest

from api._bundle_names import by_id
from api._bundle_wishes import Change, Wishes
from layers.errors import UsageError

OPTIONS = pd.DataFrame(
    {
        "opportunity_id": ["a:renovation", "a:parking", "b:parking", "c:parking", "d:parking"],
        "asset_id": ["a", "a", "b", "c", "d"],
        "name": ["榕树新村", "榕树新村", "糖寮地块", "糖寮地块", None],
        "subdistrict_code": ["440199005", "440199005", "440199005", None, None],
    }
)


def test_names_become_ids_and_ids_stay() -> None:
    wishes = Wishes(
        kept=("榕树新村 ", "d"), left_out=("b:parking",), apart=(("榕树新村", "c"),), together=(("a", "b"),)
    )
    found, change = by_id(wishes, Change(moves=(("d", "榕树新村"),), released=("榕树新村",)), OPTIONS)
    assert (found.kept, found.left_out, found.apart) == (("a", "d"), ("b:parking",), (("a", "c"),))
    assert found.together == wishes.together
    assert change == Change(moves=(("d", "a"),), released=("a",))
    assert by_id(Wishes(), None, OPTIONS) == (Wishes(), None)


def test_a_name_of_several_assets_is_refused_with_their_ids() -> None:
    with pytest.raises(UsageError, match="--keep 糖寮地块: 2 assets have this name") as refused:
        by_id(Wishes(kept=("糖寮地块",)), None, OPTIONS)
    assert refused.value.hint == "give an id: b (糖寮地块 440199005); c (糖寮地块)"


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="--forbid 榕树村") as refused:
        by_id(Wishes(left_out=("榕树村",)), None, OPTIONS)
    assert refused.value.hint == "do you mean a (榕树新村 440199005)?"
    with pytest.raises(UsageError, match="--release x") as refused:
        by_id(Wishes(), Change(released=("x",)), OPTIONS)
    assert "panhuo export" in str(refused.value.hint)
