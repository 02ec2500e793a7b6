"""Asks every room for what fits a query."""

import asyncio
from collections.abc import Iterable

from opsforge.auth.actor import Actor
from opsforge.datasets.schemas import DatasetFilter
from opsforge.datasets.service import DatasetService
from opsforge.projects.schemas import ProjectFilter, PublicFilter
from opsforge.projects.service import ProjectService
from opsforge.search.schemas import Listed, SearchHit, SearchResults, SnippetHit
from opsforge.snippets.service import SnippetService


class SearchService:
    """Searches over all rooms."""

    def __init__(
        self, *, projects: ProjectService, datasets: DatasetService, snippets: SnippetService
    ) -> None:
        self._projects = projects
        self._datasets = datasets
        self._snippets = snippets

    async def search(self, actor: Actor, query: str, *, limit: int) -> SearchResults:
        """The first of each kind that have every word of the query.

        Args:
            actor: Who asks; finds their own things and the public ones.
            query: Words; none find the latest of each kind.
            limit: How many of each kind at most.
        """
        projects, publics, datasets, public_datasets, snippets = await asyncio.gather(
            self._projects.list_projects(
                actor, ProjectFilter(query=query), cursor=None, limit=limit
            ),
            self._projects.public.list_public(
                actor, PublicFilter(query=query), cursor=None, limit=limit
            ),
            self._datasets.list_datasets(
                actor, DatasetFilter(is_public=0, query=query), cursor=None, limit=limit
            ),
            self._datasets.list_datasets(
                actor, DatasetFilter(is_public=1, query=query), cursor=None, limit=limit
            ),
            self._search_snippets(actor, query, limit=limit),
        )
        return SearchResults(
            projects=_hits(projects.items),
            public_projects=_hits(publics.items),
            datasets=_hits(datasets.items),
            public_datasets=_hits(public_datasets.items),
            snippets=snippets,
        )

    async def _search_snippets(self, actor: Actor, query: str, *, limit: int) -> list[SnippetHit]:
        page = await self._snippets.search_snippets(
            actor, query=query, tag=None, language=None, cursor=None, limit=limit
        )
        return [
            SnippetHit(
                id=node.id,
                kind=node.kind,
                title=node.title,
                description=node.description,
                folders=[step.title for step in node.path],
            )
            for node in page.items
        ]


def _hits(items: Iterable[Listed]) -> list[SearchHit]:
    return [SearchHit.model_validate(item) for item in items]
