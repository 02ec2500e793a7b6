"""``python -m opsforge``: the same as the command `opsforge`."""

from opsforge.cli import app

app(prog_name="opsforge")
