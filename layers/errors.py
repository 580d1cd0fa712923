"""Errors for people: what happened, where, and what to do next.

The class says where it broke; the message is one line. Nothing here knows of HTTP or of exit codes: ``api.errors``
maps each class to both.
"""

from __future__ import annotations


class PanhuoError(Exception):
    """Anything that a user can mend, told in one line.

    Parameters
    ----------
    message
        What happened, naming the file.
    layer, record, field
        Where, as far as it is known. ``record`` is the number a user sees (1 is the first record).
    hint
        The next step.
    """

    code = "panhuo"

    def __init__(
        self,
        message: str,
        *,
        layer: str | None = None,
        record: int | str | None = None,
        field: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.layer = layer
        self.record = record
        self.field = field
        self.hint = hint

    def __str__(self) -> str:
        named = (("layer", self.layer), ("record", self.record), ("field", self.field))
        where = ", ".join(f"{name} {value}" for name, value in named if value is not None)
        text = self.message + (f" ({where})" if where else "")
        return f"{text}: {self.hint}" if self.hint else text


class UsageError(PanhuoError):
    """The request itself is wrong: an unknown kind, column, format or option."""

    code = "usage"


class ReadError(PanhuoError):
    """A file cannot be read as what it is said to be."""

    code = "read"


class DatumError(PanhuoError):
    """The coordinates' datum or CRS is unknown, undecided or contradicted by the coordinates."""

    code = "datum"


class CheckError(PanhuoError):
    """No record of the file could be accepted."""

    code = "check"


class WorkspaceError(PanhuoError):
    """The workspace is missing, half made, read-only or damaged."""

    code = "workspace"


class NotFoundError(PanhuoError):
    """The layer, run or feature that was asked for is not there."""

    code = "not_found"


class ModelError(PanhuoError):
    """The model file or a parameter is not valid."""

    code = "model"


class AnalysisError(PanhuoError):
    """The analysis cannot go on, or was cancelled."""

    code = "analysis"
