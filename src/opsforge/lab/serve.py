"""The Jupyter server of a service that is a plain process.

Run by path (``python -P serve.py …``): the interpreter of the services need not have OpsForge
installed, and finds nothing of it but what it is shown here.
"""

import sys
import types
from pathlib import Path


def main() -> None:
    """Run JupyterHub's server, for which `opsforge.lab` can be imported."""
    package = types.ModuleType("opsforge")
    package.__path__ = [str(Path(__file__).resolve().parent.parent)]
    sys.modules["opsforge"] = package
    from jupyterhub.singleuser import main as serve  # noqa: PLC0415 - Only in this interpreter.

    serve()


if __name__ == "__main__":
    main()
