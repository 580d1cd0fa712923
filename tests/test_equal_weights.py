"""Equal weights are a switch: of the whole model in its file, of one theme by a setting."""

from __future__ import annotations

import pytest

from gis.model import Model
from layers.errors import ModelError, SettingError

EIGHTH = dict.fromkeys(Model.load().weights("revitalization"), 1 / 8)


def test_a_file_makes_both_themes_equal():
    model = Model.load('[model]\nname = "某区"\nweights = "equal"\n')
    assert model.weights("revitalization") == pytest.approx(EIGHTH)
    heritage = model.weights("heritage")
    assert list(heritage.values()) == pytest.approx([1 / len(heritage)] * len(heritage))


def test_a_setting_makes_one_theme_equal():
    plain, model = Model.load(), Model.load(overrides={"weights.revitalization": "equal"})
    assert model.weights("revitalization") == pytest.approx(EIGHTH)
    assert model.weights("heritage") == plain.weights("heritage")


@pytest.mark.parametrize("turned", [False, True])
def test_a_single_weight_still_counts_whatever_the_order(turned):
    settings = {"weights.revitalization": "equal", "weight.reports": "0"}
    weights = Model.load(overrides=dict(reversed(settings.items())) if turned else settings).weights("revitalization")
    assert weights["reports"] == 0
    assert weights["people_served"] == pytest.approx(1 / 7)


def test_what_is_switched_off_stays_off():
    model = Model.load('[model]\nweights = "equal"\n[criterion.reports]\nweight = 0\n')
    assert model.weights("revitalization")["reports"] == 0


@pytest.mark.parametrize(
    ("settings", "said", "said_zh"),
    [
        ({"weights.heritage": "0.5"}, "can only be equal", "只能是 equal"),
        ({"weights.parks": "equal"}, "unknown theme, none of revitalization, heritage", "没有主题 parks"),
    ],
)
def test_other_words_and_themes_are_refused(settings, said, said_zh):
    with pytest.raises(SettingError, match=said) as caught:
        Model.load(overrides=settings)
    assert said_zh in caught.value.line_zh


def test_the_file_is_told_of_another_word():
    with pytest.raises(ModelError, match=r'\[model\] weights can only be "equal"'):
        Model.load('[model]\nweights = "by hand"\n')
