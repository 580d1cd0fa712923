"""Numbers that a district sets without a document: they lose the name of the law behind the old ones."""

from __future__ import annotations

import pytest

from gis.model import Model
from layers.errors import ModelError

MODEL = Model.load()


def test_a_number_that_a_district_sets_does_not_keep_the_name_of_the_law() -> None:
    law = MODEL["idle.temp_use_max"]
    for own in (
        Model.load(overrides={law.key: "1"})[law.key],
        Model.load(f'[parameter."{law.key}"]\nvalue = 1')[law.key],
        Model.load(f'[parameter."{law.key}"]\nvalue = 1.5', {law.key: "1"})[law.key],
    ):
        assert own.source == f"本区设定（原据 {law.source}） set by the district, not by that document"
        assert (own.value, own.confidence, own.is_assumption) == (1, "low", True)
    same = Model.load(overrides={law.key: "2"})[law.key]
    assert (same.source, same.confidence) == (law.source, law.confidence)
    named = Model.load(f'[parameter."{law.key}"]\nvalue = 1\nsource = "示〔2026〕1号"\nconfidence = "medium"')[law.key]
    assert (named.source, named.confidence, named.is_assumption) == ("示〔2026〕1号", "medium", False)
    noted = Model.load(f'[parameter."{law.key}"]\nnote = "x"')[law.key]
    assert noted.source == law.source


@pytest.mark.parametrize(
    ("text", "said", "said_zh"),
    [
        (
            '[parameter."idle.temp_use_max"]\nvalue = 5\nsource = "示〔2026〕1号"',
            "value 5 is more than the law's 2 (53号令",
            "的值 5 宽于法定的最多 2（",
        ),
        ('[parameter."idle.extension_max"]\nhigh = 2', "high 2 is more than the law's 1", "的上限 2 宽于法定的最多 1"),
        (
            '[parameter."consent.major_area"]\nvalue = 0.6',
            "value 0.6 is less than the law's 0.75 (民法典第278条",
            "的值 0.6 宽于法定的至少 0.75（民法典第278条",
        ),
        (
            '[rule."idle.certified_government"]\nhorizon = "room.lease_max"',
            "room.lease_max 5 is longer than idle.temp_use_max 2",
            "规则 idle.certified_government 的年限取自 room.lease_max 5，长于临时使用上限 idle.temp_use_max 2",
        ),
    ],
)
def test_a_district_may_be_stricter_than_the_law_and_never_looser(text, said, said_zh):
    with pytest.raises(ModelError) as caught:
        Model.load(text)
    ((zh, en),) = caught.value.faults
    assert said in en
    assert said_zh in zh
    assert "从严" in zh


def test_two_thirds_may_be_written_with_more_digits():
    assert Model.load(overrides={"consent.quorum_area": "0.66666"}).value("consent.quorum_area") == 0.66666


def test_a_share_of_the_treasury_needs_a_document_though_a_district_set_it() -> None:
    with pytest.raises(ModelError):
        Model.load('[parameter."fin.pledgeable.treasury"]\nvalue = 0.5')
