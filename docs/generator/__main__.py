"""Writes the generated pages: ``python -m docs.generator``."""

from docs.generator.pages import generate

for path, text in generate().items():
    path.write_text(text)
