"""Helpers that know no domain noun: problems, names, pages, cache, clock."""
