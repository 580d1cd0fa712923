"""Wishes of an earlier decision carried on: what still holds, what new ones replace, and moving a member."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from api._bundle_memory import Earlier, settings
from api._bundle_wishes import Change, Wishes, carried
from api.models import read_model
from layers.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = Wishes(
    subdistrict="440199005",
    most_members=8,
    public_budget_cny=(8e7, 5e7),
    kept=("a",),
    left_out=("x",),
    together=(("a", "b"),),
    apart=(("a", "d"),),
)
BUNDLES = [{"a", "b", "c"}, {"d", "e"}]
ASSET_OF = {"a:renovation": "a", "x:renovation": "x"}


def again(now: Wishes | None = None, moves: tuple[tuple[str, str], ...] = (), released: tuple[str, ...] = ()) -> Wishes:
    return carried(BEFORE, now or Wishes(), Change(moves, released), BUNDLES, ASSET_OF)


def test_what_was_asked_holds_on_and_a_manifest_brings_it_back() -> None:
    assert again() == BEFORE
    assert Wishes.told(json.loads(json.dumps(asdict(BEFORE)))) == BEFORE


def test_new_wishes_come_to_the_old_ones_and_win_over_them() -> None:
    found = again(Wishes(most_members=5, kept=("x:renovation",), left_out=("f",), apart=(("b", "a:renovation"),)))
    assert (found.subdistrict, found.most_members, found.public_budget_cny) == ("440199005", 5, (8e7, 5e7))
    assert (found.kept, found.left_out) == (("a", "x:renovation"), ("f",))
    assert (found.together, found.apart) == ((), (("a", "d"), ("b", "a:renovation")))


def test_a_cap_is_taken_back_by_naming_nothing() -> None:
    before = Wishes(transfer_cap_cny=1e6)
    assert carried(before, Wishes(transfer_cap_cny=0.0), Change(), [], {}).transfer_cap_cny == 0.0


def test_wishes_are_taken_back_and_no_other_is() -> None:
    before = Wishes(subdistrict="440199005", within="district", with_unclear=True, balanced_share=0.4, most_members=8)
    names = ("subdistrict", "within", "with_unclear", "balanced_share")
    found = carried(before, Wishes(transfer_cap_cny=1e6), Change(taken_back=names), [], {})
    assert found == Wishes(most_members=8, transfer_cap_cny=1e6)


def test_a_file_given_anew_wins_over_the_parameters_of_the_earlier_plan(tmp_path: Path) -> None:
    budget, capital = "bundle.public_budget", "bundle.working_capital"
    before = Earlier("r", Wishes(), 0.0, {budget: 7e6, capital: 4e7}, {}, seed=3)
    file = tmp_path / "district.toml"
    file.write_text(
        f'[parameter."{budget}"]\nvalue = 12345678.0\nlow = 1e7\nhigh = 2e7\nsource = "district"\n', encoding="utf-8"
    )
    kept = settings(before, file, {})
    assert set(kept) == {capital}, "7 million lie outside the range of the file, and nobody gave them"
    assert read_model(file, kept).value(budget) == 12345678.0
    assert read_model(file, kept).value(capital) == 4e7
    assert settings(before, file, {capital: "30000000"}) == {capital: "30000000"}
    assert set(settings(before, None, {})) == {budget, capital}


def test_releasing_what_nothing_was_asked_of_is_refused() -> None:
    with pytest.raises(UsageError, match="--release c: the last plan asked nothing of it"):
        again(released=("c",))


def test_a_released_member_is_free_of_all_that_was_asked_of_it() -> None:
    found = again(released=("a:renovation",))
    assert (found.kept, found.together, found.apart) == ((), (), ())
    assert found.left_out == ("x",)


def test_a_member_moves_to_the_other_and_away_from_those_it_was_with() -> None:
    found = again(moves=(("a", "e"),))
    assert found.kept == ("a", "e")
    assert found.together == (("a", "e"),)
    assert found.apart == (("a", "b"), ("a", "c"))


def test_two_that_move_together_stay_together() -> None:
    assert again(moves=(("b", "e"), ("c", "e"))).apart == (("a", "d"), ("b", "a"), ("c", "a"))


@pytest.mark.parametrize(
    ("moves", "said"),
    [
        ((("a", "b"),), "a is in the bundle of b already"),
        ((("a", "x"),), "x was in no bundle of the last plan"),
        ((("a", "e"), ("e", "a")), "e is to move itself"),
    ],
)
def test_a_move_that_leads_nowhere_is_refused(moves: tuple[tuple[str, str], ...], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        again(moves=moves)
