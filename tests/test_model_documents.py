"""What a model file may not say of its documents: each mistake is one fault, in both languages."""

from __future__ import annotations

import pytest

from gis.model import Model
from layers.errors import ModelError


@pytest.mark.parametrize(
    ("text", "said", "said_zh"),
    [
        ('[parameter."idle.fee"]\nvalid_from = 2012-07-01\nvalid_to = 2012-06-30', "is before valid_from", "早于"),
        ('[exclusion."in_park"]\nvalid_from = 2025-01-02\nvalid_to = 2025-01-01', "is before valid_from", "早于"),
        ('[rule."tenure.reserve"]\nvalid_from = 2026-01-02\nvalid_to = 2026-01-01', "is before valid_from", "早于"),
        ('[model]\nnme = "x"', "no entry 'nme', only name", "没有 nme 这一项"),
        ("[model]\nname = 3", "must be a text", "须是文字"),
        (
            '[rule."tenure.reserve"]\npermission = "allowed"\nsource = "ASSUMPTION - so"\nvalid_from = 2020-01-01',
            "permission cannot be 'allowed', its source is no document",
            "出处是假定而不是文件",
        ),
        (
            '[heritage_rule.r08]\nsource = "ASSUMPTION - usual"',
            "use_change cannot be 'allowed', its source is no document",
            "出处是假定而不是文件",
        ),
        ("[heritage_rule.r08]\nrow = 99", "'row' must name a row of heritage_rules.csv", "行号"),
    ],
)
def test_what_a_file_may_not_say_of_documents_is_one_fault(text: str, said: str, said_zh: str) -> None:
    with pytest.raises(ModelError) as caught:
        Model.load(text)
    (fault,) = caught.value.faults
    assert said in fault[1]
    assert said_zh in fault[0]


def test_one_day_of_force_is_no_fault() -> None:
    one_day = Model.load('[parameter."idle.fee"]\nvalid_from = 2012-07-01\nvalid_to = 2012-07-01\n[model]\nname = "区"')
    assert one_day.name == "区"
