"""Live records: personal data apart from every file and erased for good, answers about doubtful matches, aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from workspace_layers import LEDGER, audits, lots, reports

from layers import schema, writing
from layers.errors import UsageError
from layers.incoming import Incoming
from layers.matching.doubts import pair_key
from layers.scope import Scope
from layers.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest_plugins = ["postgres_server"]

NAME, TELEPHONE = "王某某", "13800000000"


@pytest.fixture
def workspace(tmp_path: Path, database: str) -> Iterator[Workspace]:
    """Return an empty workspace."""
    made = Workspace.create(tmp_path / "ws")
    yield made
    made.close()


def ids(workspace: Workspace) -> list[str]:
    """Return the assets of the reports."""
    return [str(value) for value in workspace.read("report")["asset_id"]]


def test_personal_fields_are_kept_apart_from_the_layer(workspace: Workspace) -> None:
    workspace.accept("report", reports(("r1", NAME), ("r2", None)), LEDGER)
    assert workspace.read("report")[["reporter", "telephone"]].isna().all(axis=None)
    found = workspace.personal(ids(workspace), Scope(who="网格员"))
    one = ids(workspace)[0]
    assert found.to_numpy().tolist() == [[one, "reporter", NAME], [one, "telephone", TELEPHONE]]
    assert audits(workspace)[-1] == ("read personal", "{'assets': 1}")


def test_a_later_file_changes_what_it_says_and_leaves_the_rest(workspace: Workspace) -> None:
    workspace.accept("report", reports(("r1", NAME), ("r2", "李某")), LEDGER)
    workspace.accept("report", reports(("r1", "赵某"), ("r2", None)), LEDGER)
    found = workspace.personal(ids(workspace))
    assert found[found["field"] == "reporter"]["value"].tolist() == sorted(["赵某", "李某"], key=["赵某", "李某"].index)


def test_erased_personal_data_is_nowhere(workspace: Workspace, database: str) -> None:
    workspace.accept("report", reports(("r1", NAME), ("r2", "李某")), LEDGER)
    one, two = ids(workspace)
    assert workspace.erase_personal([one]) == 2
    assert workspace.erase_personal([one]) == 0
    assert set(workspace.personal([one, two])["asset_id"]) == {two}
    assert ("erase personal", "{'assets': 1, 'values': 2}") in audits(workspace)
    workspace.close()
    if database == "sqlite":
        assert NAME.encode() not in (workspace.root / "catalog.sqlite").read_bytes()  # overwritten, not only unlinked
    for file in (path for path in workspace.root.rglob("*") if path.is_file() and path.name != "catalog.sqlite"):
        assert NAME.encode() not in file.read_bytes()
        assert TELEPHONE.encode() not in file.read_bytes()


def test_nothing_personal_is_exported_compared_or_logged(workspace: Workspace, tmp_path: Path) -> None:
    workspace.accept("report", reports(("r1", NAME)), LEDGER)
    workspace.accept("report", reports(("r1", "赵某")), LEDGER)
    writing.write_layer(workspace.read("report"), schema.kind("report"), tmp_path / "out.csv")
    assert NAME not in (tmp_path / "out.csv").read_text()
    assert len({item.version for item in workspace.history("report")}) == 1  # the layers are the same file
    assert not any(NAME in detail or TELEPHONE in detail for _, detail in audits(workspace))


def test_ten_thousand_people_are_kept_and_erased_in_seconds(workspace: Workspace) -> None:
    workspace.accept("report", reports(*((f"r{at}", f"某{at}") for at in range(10_000))), LEDGER)
    assert len(workspace.personal(ids(workspace))) == 20_000
    assert workspace.erase_personal(ids(workspace)) == 20_000


def test_answers_about_pairs_are_kept_whichever_comes_first(workspace: Workspace) -> None:
    workspace.decide_matches("heritage", {("b", "a"): True, ("a", "c"): False}, Scope(who="文物科"))
    workspace.decide_matches("heritage", {("c", "a"): True})
    workspace.decide_matches("parking", {("a", "b"): False})
    assert workspace.match_decisions("heritage") == {("a", "b"): True, ("a", "c"): True}
    assert workspace.match_decisions("parking") == {("a", "b"): False}
    assert workspace.match_decisions("charging") == {}
    told = [detail for verb, detail in audits(workspace) if verb == "decide match"]
    assert len(told) == 4
    assert pair_key("a", "c") in told[1]


def test_merged_assets_go_on_under_one_id_and_decided_ids_are_kept(workspace: Workspace) -> None:
    workspace.accept("parking", lots(("甲", 113.2, 23.1), ("甲场", 113.2, 23.1), source_id=["7", "8"]), LEDGER)
    one, two = workspace.read("parking")["asset_id"]
    joined = lots(("甲", 113.2, 23.1), ("新", 113.4, 23.1), source_id=["7", "9"], asset_id=[one, None])
    workspace.accept_layers({"parking": Incoming(joined, (LEDGER,), aliases={two: one}, has_ids=True)})
    assert workspace.read("parking")["asset_id"][0] == one
    workspace.accept("parking", lots(("甲场", 113.2, 23.1), source_id=["8"]), LEDGER, shrunken_agreed=True)
    assert workspace.read("parking")["asset_id"].tolist() == [one]


def test_an_asset_is_known_by_all_that_was_ever_said_of_it(workspace: Workspace) -> None:
    workspace.accept("parking", lots(("甲", 113.2, 23.1)), LEDGER)
    known = workspace.read("parking")["asset_id"].tolist()
    workspace.accept("parking", lots(("乙", 113.3, 23.1)), LEDGER)
    for metres in (100, 200, 100):  # each within the tolerance of what was said before
        workspace.accept("parking", lots(("甲", 113.2 + metres / 102_470, 23.1)), LEDGER)
        assert workspace.read("parking")["asset_id"].tolist() == known


def test_a_shrunken_layer_needs_a_yes(workspace: Workspace) -> None:
    names = [f"p{at}" for at in range(10)]
    places = [(name, 113 + at / 100, 23.1) for at, name in enumerate(names)]
    workspace.accept("parking", lots(*places), LEDGER)
    workspace.accept("parking", lots(*places[:8]), LEDGER)  # a fifth exactly is not more than a fifth
    with pytest.raises(UsageError, match=r"more than 20% of its records \(parking from 8 to 6\).*--yes") as caught:
        workspace.accept("parking", lots(*places[:6]), LEDGER)
    assert "从 8 条到 6 条" in str(caught.value.line_zh)
    assert workspace.current("parking").count == 8
    assert workspace.shrinking({"parking": {"ledger": 6}}) is not None
    assert workspace.shrinking({"parking": {"another department": 6}}) is None
    assert workspace.accept("parking", lots(*places[:6]), LEDGER, shrunken_agreed=True).count == 6
