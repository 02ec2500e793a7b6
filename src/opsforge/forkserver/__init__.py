"""Notebook services that start in a fraction of a second and see nothing but their own volume.

A fork server keeps an interpreter that has imported everything (the zygote), forks it for each
service, and closes the fork into namespaces of its own. `spawner.SandboxSpawner` is the JupyterHub
spawner in front of it. Nothing here imports another room, so that any JupyterHub could use it;
see ``README.md`` beside this file.

Modules that also run inside the zygote (`linux`, `seccomp`, `landlock`, `confine`, `view`, `order`,
`zygote`, `child`, `init`, `notebook`, `kernel`, `provisioner`, `homepython`) import the standard
library and Jupyter only, because the interpreter of the services may be another one than ours.
"""
