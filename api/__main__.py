"""``python -m api`` is the ``panhuo`` command."""

from api.cli import main

main()
