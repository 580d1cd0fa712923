"""What the command shows: progress, tables, one-line errors."""

from __future__ import annotations

import json
import sys
import threading
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
LONG_S = 5.0
"""ASSUMPTION: after so many seconds of one stage, who reads a log wants to know what is going on."""
OUT = Console(width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE)
ERR = Console(stderr=True)


@contextmanager
def shown_progress() -> Iterator[Callable[[str, float], None]]:
    """Show how far long work is, on standard error: a live bar on a terminal, elsewhere a line for each long stage."""
    if not ERR.is_terminal:
        told = LongStages()
        try:
            yield told
        finally:
            told.close()
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


class LongStages:
    """Tells of a stage, once and in one line, when it is still going on after :data:`LONG_S`; quick work is silent.

    A timer tells it, not the next report of progress: a stage that reports only its beginning is told too.
    """

    def __init__(self) -> None:
        self._begun: set[str] = set()
        self._timer: threading.Timer | None = None

    def __call__(self, stage: str, _fraction: float) -> None:
        """Note that ``stage`` goes on."""
        if stage not in self._begun:
            self.close()
            self._begun.add(stage)
            self._timer = threading.Timer(LONG_S, show_error, (f"… {stage}",))
            self._timer.daemon = True
            self._timer.start()

    def close(self) -> None:
        """Forget the stage that goes on: it ended in time, or was told."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


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


def chosen(question: str, choices: Sequence[str]) -> str | None:
    """Return which of several answers a person at a terminal gives, asked on standard error.

    Parameters
    ----------
    question
        One line.
    choices
        One line each, numbered from 1.

    Returns
    -------
    str or None
        The number of a choice, or words of the person's own; ``None`` where nobody can answer.
    """
    if not sys.stdin.isatty():
        return None
    for line in (question, *(f"  {number}. {text}" for number, text in enumerate(choices, 1))):
        sys.stderr.write(f"{line}\n")
    return str(typer.prompt("序号或名称 number or name", err=True)).strip()


def show_error(text: str) -> None:
    """Print one line on standard error."""
    sys.stderr.write(f"{' '.join(text.split())}\n")
