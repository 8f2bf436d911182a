"""Readers and moderators, known by platform and id."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRef:
    """A person as the platform names them."""

    platform: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person and the name they had when they last spoke to us."""

    ref: PersonRef
    name: str
