"""What certifies: a document's number, not a tick, a date or a word about the procedure."""

from __future__ import annotations

import pandas as pd
import pytest

from layers.documents import is_document_no


@pytest.mark.parametrize(
    "text",
    ["穗规划资源闲认〔2024〕12号", "闲认2024-012", "认字第15号", "440103202400123", "2024012", "荔闲〔2023〕5号"],
)
def test_numbers_of_documents(text: str) -> None:
    assert is_document_no(pd.Series([text])).tolist() == [True]


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "1.0",
        "2023",
        "2023年",
        "2023年5月",
        "2023-05",
        "2023.5.1",
        "20230501",
        "45047",
        "办理中2024",
        "已撤销〔2024〕12号",
        "",
    ],
)
def test_ticks_dates_and_words_are_none(text: str) -> None:
    assert is_document_no(pd.Series([text])).tolist() == [False]
