"""What every notebook can import, in every service and kernel, whatever its interpreter.

    from opsforge_notebook import read, use_plot_theme

    table = read("example-kpi")

``list_datasets`` names the linked data sets, ``list_files`` their files, ``read`` gives a file as a
table, ``find_path`` as a path. ``use_plot_theme`` makes plots that can show Chinese.

The folder around this package is on the ``PYTHONPATH`` of every service. It stands alone: it
imports the standard library, and pandas and matplotlib when they are used.
"""

from .datasets import DatasetNotLinked, find_path, list_datasets, list_files, read
from .plots import use_plot_theme

__all__ = [
    "DatasetNotLinked",
    "find_path",
    "list_datasets",
    "list_files",
    "read",
    "use_plot_theme",
]
