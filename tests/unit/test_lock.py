"""The lock files: complete, hashed, and free of addresses."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
RUNTIME, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One line of a lock: a requirement of exactly one version, and the hashes of its files."""

    requirement: Requirement
    hashes: tuple[str, ...]

    @property
    def version(self) -> Version:
        (specifier,) = self.requirement.specifier
        assert specifier.operator == "=="
        return Version(specifier.version)


def pins(lock: str) -> Iterator[Pin]:
    """Every pin of a lock; a line that is no pin fails the test."""
    for line in (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", "").splitlines():
        requirement, *hashes = line.split("--hash=")
        yield Pin(requirement=Requirement(requirement.strip()), hashes=tuple(text.strip() for text in hashes))


def wanted(lock: str) -> list[str]:
    """What pyproject.toml asks of that lock."""
    groups = PROJECT["dependency-groups"]
    runtime = [*PROJECT["project"]["dependencies"], *groups["build"], *PROJECT["build-system"]["requires"]]
    return runtime if lock == RUNTIME else [*runtime, *groups["dev"]]


@pytest.mark.parametrize("lock", [RUNTIME, DEVELOPMENT])
def test_every_requirement_of_the_project_is_locked_at_a_version_it_allows(lock: str) -> None:
    locked = {canonicalize_name(pin.requirement.name): pin for pin in pins(lock)}
    for requirement in map(Requirement, wanted(lock)):
        pin = locked[canonicalize_name(requirement.name)]
        assert pin.version in requirement.specifier, requirement


@pytest.mark.parametrize("lock", [RUNTIME, DEVELOPMENT])
def test_every_pin_has_hashes(lock: str) -> None:
    naked = [str(pin.requirement) for pin in pins(lock) if not pin.hashes]
    weak = [text for pin in pins(lock) for text in pin.hashes if not text.startswith("sha256:")]
    assert (naked, weak) == ([], [])


@pytest.mark.parametrize("lock", [RUNTIME, DEVELOPMENT])
def test_a_lock_names_no_address_of_any_index(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    for word in ("://", " @ ", "--index-url", "--extra-index-url", "--find-links", "--trusted-host"):
        assert word not in text


def test_the_development_lock_holds_the_runtime_lock() -> None:
    development = {(str(pin.requirement), pin.hashes) for pin in pins(DEVELOPMENT)}
    assert {(str(pin.requirement), pin.hashes) for pin in pins(RUNTIME)} <= development
