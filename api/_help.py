"""What `--help` says: Chinese first, English behind it, one short line each, as all else that the command says."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from collections.abc import Callable

WRONG_USE = 2
"""Exit status of a command that is not whole."""


def both(zh: str, en: str) -> str:
    """Return a line in both languages."""
    return f"{zh} | {en}"


def told(zh: str, en: str) -> dict[str, Any]:
    """Return what Typer is told of a command, whose line in the list of commands is its whole help."""
    line = both(zh, en)
    return {"help": line, "short_help": line, "cls": Command}


def _with_help_option(base: Callable[[Any], Any], context: Any) -> Any:
    option = base(context)
    if option is not None:
        option.help = both("显示这段说明", "Show this message and exit.")
    return option


class Command(TyperCommand):
    """A command whose own `--help` is told in both languages too."""

    def get_help_option(self, ctx: Any) -> Any:
        """Return the option `--help`."""
        return _with_help_option(super().get_help_option, ctx)


class Commands(TyperGroup):
    """The list of commands, likewise; who names none of them is shown it."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Show the list, with status 2, where no command is named."""
        if not args and not ctx.resilient_parsing:
            sys.stderr.write(f"{ctx.get_help()}\n")
            ctx.exit(WRONG_USE)
        return super().parse_args(ctx, args)

    def get_help_option(self, ctx: Any) -> Any:
        """Return the option `--help`."""
        return _with_help_option(super().get_help_option, ctx)
