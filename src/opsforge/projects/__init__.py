"""Projects: a directory with a notebook of the same name, a row, links to data sets.

Owns the tables of projects, of public projects and of the links to data sets. Each project has its
directory in its owner's ``work`` and every linked data set in the owner's ``input``; what is public
lies in the public ``work`` and links public data sets only. An operation that fails anywhere leaves
none of it, and operations on one project run one by one.

`service` is the room's front; each verb has a module: `share`, `fork`, `update`, `delete`,
`public`, `addresses`, `reading`. A copy of a public data set goes with the last project that links
it; what a user owns never does.
"""
