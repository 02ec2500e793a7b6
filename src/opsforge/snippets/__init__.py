"""Code snippets: a tree of folders and snippets for each user, and the platform's own library.

Owns the tables of trees and of nodes. Folders are parent nodes, snippets child nodes; everything is
private to its owner. Invariants: a node and its parent have one owner; a parent is a folder; there
are no cycles; folders nest no deeper, nodes are no more and code is no longer than the settings
allow; titles differ within a folder. All changes of one user's tree happen one after the other,
under the lock on the row of the tree, and each is one transaction.

`elyra` and `notebook` translate between files and `drafts`; `library` serves the read-only snippets
that ship with the platform (``aiops/``), tested by running each. Called by its endpoints only.
"""
