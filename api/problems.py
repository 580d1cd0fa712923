"""Errors as answers over HTTP: every route tells them as RFC 9457 problem details."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from api._preferences import Language, preferred_language
from api.errors import http_problem, problem
from layers.errors import PanhuoError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI
    from starlette.requests import Request

PROBLEM_TYPE = "application/problem+json"


def install(app: FastAPI) -> None:
    """Make every route of ``app`` answer its errors in the one shape."""
    app.add_exception_handler(PanhuoError, _told)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unexpected)


def problem_response(
    body: Mapping[str, Any], language: Language, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return problem details as a response that no cache keeps."""
    own = {"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"}
    return JSONResponse(body, status_code=body["status"], headers={**own, **(headers or {})}, media_type=PROBLEM_TYPE)


def _language(request: Request) -> Language:
    return preferred_language(request.headers.get("accept-language"))


async def _told(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, PanhuoError):
        raise TypeError("only errors for people are told")
    language = _language(request)
    return problem_response(problem(error, language), language)


async def _http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise TypeError("only HTTP errors are told")
    language = _language(request)
    path = request.url.path
    said = {
        404: {"zh": f"没有 {path} 这个地址", "en": f"there is nothing at {path}"},
        405: {"zh": f"{path} 不支持 {request.method}", "en": f"{path} does not take {request.method}"},
    }.get(error.status_code, {"zh": None, "en": str(error.detail)})
    return problem_response(http_problem(error.status_code, language, said[language]), language, error.headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise TypeError("only validation errors are told")
    faults = "; ".join(f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors())
    language = _language(request)
    return problem_response(http_problem(HTTPStatus.BAD_REQUEST, language, faults), language)


async def _unexpected(request: Request, _error: Exception) -> JSONResponse:
    language = _language(request)
    said = {"zh": "服务器内部错误，详情已写入日志", "en": "an unexpected error; the server's log has the details"}
    return problem_response(http_problem(HTTPStatus.INTERNAL_SERVER_ERROR, language, said[language]), language)
