"""Errors as callers see them: one table from class to HTTP status and exit code, one shape (RFC 9457) everywhere.

The command tells errors too and starts without the web framework, which answers with them in :mod:`api.problems`.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from layers import errors
from layers.errors import NotFoundError, PanhuoError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api._preferences import Language

EXIT_FAILED = 1
EXIT_WRONG_USE = 2


@dataclass(frozen=True)
class Meaning:
    """What a class of errors means outside: HTTP status, exit code and the title of the problem."""

    status: int
    exit_code: int
    zh: str
    en: str


MEANINGS: Mapping[type[PanhuoError], Meaning] = MappingProxyType(
    {
        errors.UsageError: Meaning(400, EXIT_WRONG_USE, "请求有误", "The request is wrong"),
        errors.OutdatedError: Meaning(409, EXIT_FAILED, "图层已被更新", "The layer was replaced meanwhile"),
        errors.NotFoundError: Meaning(404, EXIT_FAILED, "没有找到", "Not found"),
        errors.ReadError: Meaning(422, EXIT_FAILED, "文件无法读取", "The file cannot be read"),
        errors.DatumError: Meaning(422, EXIT_FAILED, "坐标基准不明或矛盾", "The datum is unknown or contradicted"),
        errors.DatumUnsureError: Meaning(422, EXIT_FAILED, "坐标基准要人说明", "A person must say the datum"),
        errors.CrsNameError: Meaning(400, EXIT_WRONG_USE, "没有这种坐标系", "There is no such coordinate system"),
        errors.CheckError: Meaning(422, EXIT_FAILED, "没有可接受的记录", "No record could be accepted"),
        errors.ModelError: Meaning(422, EXIT_FAILED, "模型无效", "The model is not valid"),
        errors.SettingError: Meaning(400, EXIT_WRONG_USE, "参数设置有误", "A setting is not valid"),
        errors.AnalysisError: Meaning(422, EXIT_FAILED, "分析无法继续", "The analysis cannot go on"),
        errors.WorkspaceError: Meaning(503, EXIT_FAILED, "工作区不可用", "The workspace cannot be used"),
        errors.PanhuoError: Meaning(422, EXIT_FAILED, "无法完成", "It cannot be done"),
    }
)
"""The one table. A subclass that is not named means what its nearest named base means."""

STATUS_ZH: Mapping[int, str] = MappingProxyType(
    {
        400: "请求有误",
        403: "不允许",
        404: "没有找到",
        405: "不支持这种方法",
        406: "没有这种格式",
        409: "与现状冲突",
        500: "服务器出错",
    }
)


class RequestError(UsageError):
    """A wrong request over HTTP."""


class MissingError(NotFoundError):
    """Something that was asked for over HTTP and is not there."""


def meaning(error: PanhuoError) -> Meaning:
    """Return the row of the table for ``error``."""
    return next(MEANINGS[base] for base in type(error).__mro__ if base in MEANINGS)


def status(error: PanhuoError) -> int:
    """Return the HTTP status that answers ``error``."""
    return meaning(error).status


def exit_code(error: PanhuoError) -> int:
    """Return the exit status of a command that ended in ``error``: 1 failed, 2 wrong use."""
    return meaning(error).exit_code


def line(error: PanhuoError) -> str:
    """Return ``error`` as one line for a terminal: Chinese first (at least what sort of error it is), then English."""
    return f"{error.line_zh or meaning(error).zh} | {error}"


def problem(error: PanhuoError, language: Language) -> dict[str, Any]:
    """Return ``error`` as RFC 9457 problem details, in Chinese where the error speaks it."""
    row = meaning(error)
    in_zh = language == "zh"
    told_zh = error.zh if in_zh else None
    detail = (told_zh or error.message) + error.place(in_zh=told_zh is not None, with_field=False)
    hint = (in_zh and error.hint_zh) or error.hint
    body = _shape(row.status, row.zh if in_zh else row.en, detail, error.code)
    return body | {name: value for name, value in (("field", error.field), ("hint", hint)) if value is not None}


def http_problem(code: int, language: Language, detail: str | None = None) -> dict[str, Any]:
    """Return problem details for a plain HTTP status."""
    phrase = HTTPStatus(code).phrase
    title = STATUS_ZH.get(code, phrase) if language == "zh" else phrase
    return _shape(code, title, detail or title, HTTPStatus(code).name.lower())


def _shape(code: int, title: str, detail: str, name: str) -> dict[str, Any]:
    return {"type": f"urn:panhuo:problem:{name}", "title": title, "status": code, "detail": detail, "code": name}
