"""What coordinates are in: a proposal with a confidence and its evidence, one for each group of records.

:func:`propose` sorts records by what their numbers can be (degrees, web mercator, eastings with and without a zone),
lists the readings of each sort, holds every reading against what is trusted, splits a sort where its records change
their datum on the way down the file, and ranks the readings of each group. Nothing is guessed: where two readings
explain the records alike, both keep their share of the confidence.

Comparisons are one module each, and each says how much better a reading explains a record than chance does:
``_named_areas`` (the area that an address names), ``_named_places`` (places and boundaries of the same name),
``_alignment`` (buildings, streets, boundaries). ``_segments`` splits, ``_ranking`` weighs, and :func:`weigh` tells
whether a proposal rests on layers that are sure themselves.
"""

from layers.datums._candidates import is_often_shifted
from layers.datums._comparing import bounds_of
from layers.datums._finder import propose
from layers.datums._model import CLEAR, Candidate, Clues, Group, Proposal, RecordTexts
from layers.datums._stating import stated_meridian
from layers.datums._weighing import Weighed, weigh

__all__ = [
    "CLEAR",
    "Candidate",
    "Clues",
    "Group",
    "Proposal",
    "RecordTexts",
    "Weighed",
    "bounds_of",
    "is_often_shifted",
    "propose",
    "stated_meridian",
    "weigh",
]
