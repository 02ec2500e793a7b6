"""Volumes and the trees in them: a port with a local implementation, safe walking, staging.

Owns the layout that everything else rests on:

    <data>/users/<username>/work/<project>/     private projects
    <data>/users/<username>/input/<dataset>/    own data sets and copies of linked public ones
    <data>/public/work/<project>/               public projects
    <data>/public/input/<dataset>/              public data sets
    <data>/versions/users/<username>/<id>/      what files of a data set were before, by its id
    <data>/versions/public/<id>/                of a public one

Invariants: what users see changes only through the journal's operations, whole or not at all; a
tree appears at its place by a rename that replaces nothing; a file of a data set is never changed
in place; no symbolic link in a user's tree is followed.
"""
