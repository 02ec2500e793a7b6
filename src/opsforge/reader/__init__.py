"""Looking into users' files for the web service, outside of its process.

A notebook becomes sanitised static HTML, its last plot a small picture, a table a profile. What is
looked into was made by users, so each job runs in a process of its own, forked from one that has
imported the libraries (`zygote`), with limits on time and memory, without privileges and network
(`sealing`); `pool` runs so many of them at once, `store` keeps what they find by the digest of the
file. `service` is the front, called by the projects and data sets rooms.

`zygote`, `sealing`, `jobs` and what these import run in the other process: they know nothing of the
platform.
"""
