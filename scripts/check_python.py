"""Say in one line what is missing before anything is installed. Runs on any Python 3."""

import sys

MINIMUM = (3, 11)

if sys.version_info < MINIMUM:
    found = sys.version.split()[0]
    sys.exit("Panhuo needs Python 3.11 or newer; this is {}: try `make PYTHON=python3.11 ...`".format(found))
try:
    import ensurepip  # noqa: F401
    import venv  # noqa: F401
except ImportError:
    sys.exit("Debian's python3-venv is missing: run `apt-get install python3-venv` as root, then again")
