"""Starter projects: the files that a new project begins with.

Each folder here is one starter: ``starter.toml`` says what it is, ``notebook.<language>.ipynb`` is
the notebook in each of the platform's languages (the same code, other words), and any further file
is copied as it is. ``{project}`` in a notebook's text becomes the project's name, and the cell
tagged ``parameters`` (papermill's convention) is filled in when a data set is linked.
"""
