"""What the command shows: progress, tables, one-line errors."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

WIDTH_OF_A_FILE = 200
"""Characters of a line where the output is no terminal, so that tables are not folded in files."""
OUT = Console(width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE)
ERR = Console(stderr=True)


@contextmanager
def shown_progress() -> Iterator[Callable[[str, float], None]]:
    """Show how far long work is: a bar on a terminal, a plain line a stage elsewhere. Both go to standard error."""
    if not ERR.is_terminal:
        yield _plain_progress()
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=ERR, transient=True) as progress:
        tasks: dict[str, Any] = {}

        def tell(stage: str, fraction: float) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=1.0)
            progress.update(tasks[stage], completed=min(max(fraction, 0.0), 1.0))

        yield tell


def _plain_progress() -> Callable[[str, float], None]:
    told: set[str] = set()

    def tell(stage: str, _fraction: float) -> None:
        if stage not in told:
            told.add(stage)
            sys.stderr.write(f"… {stage}\n")
            sys.stderr.flush()

    return tell


def show_json(data: object) -> None:
    """Print ``data`` as JSON and nothing else."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1, default=str) + "\n")


def show_table(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; wide characters are measured rightly."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        table.add_column(title, no_wrap=True, overflow="ellipsis")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    OUT.print(table)


def show_line(text: str) -> None:
    """Print one line as it is."""
    sys.stdout.write(f"{text}\n")


def agreed(question: str) -> bool:
    """Ask a person at a terminal, on standard error; where nobody can answer, the answer is no.

    Raises
    ------
    typer.Abort
        If a person says no.
    """
    return sys.stdin.isatty() and typer.confirm(question, default=False, abort=True, err=True)


def show_error(text: str) -> None:
    """Print one line on standard error."""
    sys.stderr.write(f"{' '.join(text.split())}\n")
