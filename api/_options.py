"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api import _arguments

DEFAULT_DIR = Path("workspace")
Dir = Annotated[Path, typer.Argument(metavar="DIR", readable=False, help="Workspace folder.")]
DirOrDefault = Annotated[
    Path,
    typer.Argument(
        metavar="[DIR]",
        readable=False,
        envvar="PANHUO_WORKSPACE",
        show_envvar=False,
        help="Workspace folder (default: PANHUO_WORKSPACE, else ./workspace).",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Port = Annotated[int, typer.Option(parser=_arguments.port, metavar="PORT", help="Port on this machine.")]
Replace = Annotated[bool, typer.Option("--replace", help="Replace records although they came from another file.")]
Yes = Annotated[bool, typer.Option("--yes", help="Accept a layer that lost more than a fifth of its records.")]
Kind = Annotated[str, typer.Argument(metavar="KIND", help="Layer kind.")]
