"""``python -m opsforge.forkserver serve --config FILE`` and ``… check``."""

import argparse
import dataclasses
import json
import logging
import sys
from pathlib import Path

from opsforge.forkserver import daemon, preflight
from opsforge.forkserver.config import load_config


def main() -> None:
    """Parse the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="forkserver", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run the fork server until SIGTERM")
    serve.add_argument("--config", type=Path, required=True, help="a .json or .toml file")
    commands.add_parser("check", help="tell what this machine allows, as JSON")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    if arguments.command == "serve":
        daemon.serve(load_config(arguments.config))
    else:
        found = preflight.check()
        json.dump(dataclasses.asdict(found), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
        sys.exit(0 if found.ok else 1)


if __name__ == "__main__":
    main()
