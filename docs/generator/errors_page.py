"""Every problem by code."""

from docs.generator import first_paragraph
from opsforge.kit.problems import Problem, phrase_of
from tests.support.routes import api_routes

INTRODUCTION = """\
# Errors

Every refusal is a problem document (RFC 9457, `application/problem+json`): `type`, `title`,
`status`, `code`, `detail` (a sentence in the caller's language, by `Accept-Language`), where it
applies `field` or `errors`, and the fields named below. Programs branch on `code`, which never
changes its meaning.
"""


def our_problems() -> dict[str, type[Problem]]:
    """Every problem by its code; tests may have defined more."""
    api_routes()  # Loading the application registers them all.
    return {
        code: problem
        for code, problem in Problem.registry.items()
        if problem.__module__.startswith("opsforge.")
    }


def errors_page() -> str:
    """Every problem by code."""
    routes = api_routes()
    parts = [INTRODUCTION]
    for code, problem in sorted(our_problems().items()):
        status = int(problem.status)
        parts.append(f'\n## <a id="{code}"></a>`{code}`\n')
        parts.append(f"{status} {phrase_of(status)}. {first_paragraph(problem.__doc__)}\n")
        parts.append(f"- {problem.en}\n- {problem.zh}")
        fields = [name for name in problem.__annotations__ if name not in Problem.__annotations__]
        if fields:
            parts.append(f"- Fields: {', '.join(f'`{name}`' for name in fields)}")
        if problem.at:
            parts.append(f"- At: `{problem.at}`")
        users = [f"`{route}`" for route in routes if route.documents(status, code)]
        if users and len(users) < len(routes) / 2:
            parts.append(f"- From: {', '.join(users)}")
    return "\n".join(parts) + "\n"
