"""The workbench page and its files, or a page that says how to build it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from api._preferences import preferred_language

if TYPE_CHECKING:
    import os

    from starlette.requests import Request
    from starlette.types import Scope

    from api.settings import Settings

HASHED_NAME = re.compile(r"^assets/.*-[A-Za-z0-9_-]{8,}\.\w+$")
"""Names into which the build puts the hash of the content."""
FOREVER = "public, max-age=31536000, immutable"
NOT_BUILT = """<!doctype html>
<html lang="{lang}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>页面尚未构建 · Page not built · 盘活 Panhuo</title>
<style>body{{font:16px/1.6 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}}</style></head>
<body>
<section lang="zh-CN"><h1>页面尚未构建</h1>
<p>数据服务正在运行，但浏览器页面还没有构建。请在源码目录运行 <code>make setup</code>，然后刷新本页。</p>
<p>数据可从 <a href="/ogc">/ogc</a> 读取。</p></section>
<section lang="en"><h2>The page was not built</h2>
<p>The data service is running, but its browser page was not built. Run <code>make setup</code> in the source folder,
then reload this page.</p>
<p>The data can be read at <a href="/ogc">/ogc</a>.</p></section>
</body></html>
"""


class PageFiles(StaticFiles):
    """Files of the built page; what carries its hash in its name may be kept for ever, hidden files are not served."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(directory=settings.static, check_dir=False)

    async def check_config(self) -> None:
        """Accept that the folder may be missing, or come later."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, or 404."""
        if any(part.startswith(".") and part != "." for part in path.split("/")):
            raise HTTPException(404)
        return await super().get_response(path, scope)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Return a file with how long it may be kept."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        if HASHED_NAME.match(scope["path"].lstrip("/")):
            response.headers["Cache-Control"] = FOREVER
        return response


def home(request: Request, settings: Settings) -> Response:
    """Return the workbench page."""
    page = settings.static / "index.html"
    return FileResponse(page, media_type="text/html; charset=utf-8") if page.is_file() else not_built(request)


def not_built(request: Request) -> Response:
    """Return the page that says which command builds the other ones."""
    language = preferred_language(request.headers.get("accept-language"))
    return HTMLResponse(NOT_BUILT.format(lang="zh-CN" if language == "zh" else "en"), status_code=503)
