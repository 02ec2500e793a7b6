"""Data sets: directories of files that nobody changes in place, a row for each and for each file.

Owns the tables of data sets, of their files, of what these were before and of the copies that users
have of public ones, and with them every name in a user's ``input`` directory. A private data set
lies in its owner's ``input``, a public one in the public ``input``; who uses a public one in a
project gets a copy by hard links, which keeps its bytes when the owner replaces or deletes the
public one.

`service` is the room's front; each verb has a module: `share`, `fork`, `update`, `delete`,
`versions`, `preview`, `trees`, `reading`. What changes files (`changing`) keeps what they were
(`keeping`). Called by its own endpoints and by the projects room, which links (`inputs`) and
publishes (`share`) data sets as parts of its own operations.
"""
