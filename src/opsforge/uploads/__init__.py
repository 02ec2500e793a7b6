"""Resumable uploads (tus 1.0.0): files that arrive in pieces, and land whole.

Owns the table of uploads and the files in `opsforge.storage.inbox`. How much of an upload is there
is the length of its file and nothing else; a row says what it is and where it goes. When the last
byte is there, the file lands in its data set or project by an operation of the room that owns the
target, in whose last transaction the upload's row is marked as landed. So a death at any moment
leaves an upload that goes on where it was, or one that is done.

Called by its own endpoints; calls the rooms of data sets and projects through their services. See
docs/decisions/0022-uploads.md.
"""
