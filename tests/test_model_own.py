"""Numbers that a district sets without a document: they lose the name of the law behind the old ones."""

from __future__ import annotations

import pytest

from gis.model import Model
from layers.errors import ModelError

MODEL = Model.load()


def test_a_number_that_a_district_sets_does_not_keep_the_name_of_the_law() -> None:
    law = MODEL["idle.temp_use_max"]
    for own in (
        Model.load(overrides={law.key: "9"})[law.key],
        Model.load(f'[parameter."{law.key}"]\nvalue = 9')[law.key],
        Model.load(f'[parameter."{law.key}"]\nvalue = 8', {law.key: "9"})[law.key],
    ):
        assert own.source == f"本区设定（原据 {law.source}） set by the district, not by that document"
        assert (own.value, own.confidence, own.is_assumption) == (9, "low", True)
    same = Model.load(overrides={law.key: "2"})[law.key]
    assert (same.source, same.confidence) == (law.source, law.confidence)
    named = Model.load(f'[parameter."{law.key}"]\nvalue = 1\nsource = "示〔2026〕1号"\nconfidence = "medium"')[law.key]
    assert (named.source, named.confidence, named.is_assumption) == ("示〔2026〕1号", "medium", False)
    noted = Model.load(f'[parameter."{law.key}"]\nnote = "x"')[law.key]
    assert noted.source == law.source


def test_a_share_of_the_treasury_needs_a_document_though_a_district_set_it() -> None:
    with pytest.raises(ModelError):
        Model.load('[parameter."fin.pledgeable.treasury"]\nvalue = 0.5')
