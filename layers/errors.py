"""Errors for people: what happened, where, and what to do next, in English and, where it is said, in Chinese.

The class says where it broke; the message is one line. Nothing here knows of HTTP or of exit codes: ``api.errors``
maps each class to both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class PanhuoError(Exception):
    """Anything that a user can mend, told in one line.

    Parameters
    ----------
    message, zh
        What happened, naming the file; in English, and in Chinese.
    layer, record, field
        Where, as far as it is known. ``record`` is the number a user sees (1 is the first record).
    hint, hint_zh
        The next step.
    """

    code = "panhuo"

    def __init__(
        self,
        message: str,
        zh: str | None = None,
        *,
        layer: str | None = None,
        record: int | str | None = None,
        field: str | None = None,
        hint: str | None = None,
        hint_zh: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message, self.zh = message, zh
        self.layer = layer
        self.record = record
        self.field = field
        self.hint, self.hint_zh = hint, hint_zh

    def __str__(self) -> str:
        text = self.message + self.place()
        return f"{text}: {self.hint}" if self.hint else text

    @property
    def line_zh(self) -> str | None:
        """The same line in Chinese, where the error speaks it."""
        if self.zh is None:
            return None
        text = self.zh + self.place(in_zh=True)
        return f"{text}；{self.hint_zh}" if self.hint_zh else text

    def place(self, *, in_zh: bool = False, with_field: bool = True) -> str:
        """Return layer, record and field in brackets, to stand behind the message; empty where none is known."""
        named = (
            ("图层" if in_zh else "layer", self.layer),
            ("记录" if in_zh else "record", self.record),
            ("字段" if in_zh else "field", self.field if with_field else None),
        )
        found = ", ".join(f"{name} {value}" for name, value in named if value is not None)
        return f" ({found})" if found else ""


class UsageError(PanhuoError):
    """The request itself is wrong: an unknown kind, column, format or option."""

    code = "usage"


class ReadError(PanhuoError):
    """A file cannot be read as what it is said to be."""

    code = "read"


class DatumError(PanhuoError):
    """The coordinates' datum or CRS is unknown, undecided or contradicted by the coordinates."""

    code = "datum"


class CrsChoice(NamedTuple):
    """One answer to the question what coordinates are in.

    Parameters
    ----------
    name
        What to write behind ``--crs``.
    confidence
        How likely it is, 0 to 1.
    zh, en
        What speaks for it.
    """

    name: str
    confidence: float
    zh: str
    en: str


class DatumUnsureError(DatumError):
    """What the coordinates are in is not sure enough to be taken; a person can say it.

    Parameters
    ----------
    message, zh
        As of any error; the hints name the options to write.
    choices
        What may be answered, likeliest first.
    """

    code = "datum_question"

    def __init__(
        self,
        message: str,
        zh: str | None = None,
        *,
        choices: Sequence[CrsChoice] = (),
        hint: str | None = None,
        hint_zh: str | None = None,
    ) -> None:
        super().__init__(message, zh, hint=hint, hint_zh=hint_zh)
        self.choices = tuple(choices)


class CrsNameError(DatumError):
    """What the caller calls a coordinate system is none."""

    code = "crs_name"


class CheckError(PanhuoError):
    """No record of the file could be accepted."""

    code = "check"


class WorkspaceError(PanhuoError):
    """The workspace is missing, half made, read-only or damaged."""

    code = "workspace"


class OutdatedError(WorkspaceError):
    """What was to be accepted was made of a version that somebody has replaced meanwhile."""

    code = "outdated"


class NotFoundError(PanhuoError):
    """The layer, run or feature that was asked for is not there."""

    code = "not_found"


class ModelError(PanhuoError):
    """The model file or a parameter is not valid.

    Where several faults are told at once, ``faults`` holds each of them in Chinese and in English.
    """

    code = "model"
    faults: tuple[tuple[str, str], ...] = ()


class SettingError(ModelError):
    """A parameter that the caller sets is unknown or not valid; the model itself is sound."""

    code = "setting"


class AnalysisError(PanhuoError):
    """The analysis cannot go on, or was cancelled."""

    code = "analysis"
