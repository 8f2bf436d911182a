"""The rules of the house that linters do not know: who needs what, what modules say and are called."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "storage", "adapters")
CATCH_ALL_NAMES = {"common", "helper", "helpers", "lib", "misc", "shared", "stuff", "tools", "util", "utils"}
CHAT_ADAPTER_MODULES = {"platform", "render", "controls", "inbound", "respond", "menu", "errors", "limits"}


def modules(*folders: str) -> Iterator[Path]:
    """Every module under these folders of the repository, in a fixed order."""
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def relative(path: Path) -> str:
    """How a failing test names a file."""
    return path.relative_to(ROOT).as_posix()


def imported_packages(path: Path) -> set[str]:
    """The top-level packages that a module imports anywhere in it, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                found.update(alias.name.partition(".")[0] for alias in names)
            case ast.ImportFrom(module=str(module)):
                found.add(module.partition(".")[0])
            case _:
                pass
    return found


def test_importing_all_of_the_core_loads_no_platform_library_no_database_and_no_adapter() -> None:
    program = """
import importlib, pkgutil, sys
import bot
for module in pkgutil.walk_packages(bot.__path__, "bot."):
    importlib.import_module(module.name)
outsiders = {"discord", "telegram", "sqlalchemy", "alembic", "aiohttp", "httpx", "storage", "adapters"}
print(*sorted(outsiders & {name.partition(".")[0] for name in sys.modules}))
"""
    loaded = subprocess.run(  # noqa: S603 - this interpreter, our own words
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == []


def test_a_bot_that_runs_loads_no_terminal_colours_no_web_server_and_nothing_that_takes_pages_apart() -> None:
    program = """
import sys
import adapters.running
for_others = {"rich", "pygments", "starlette", "trafilatura", "protego", "justext", "courlan"}
print(*sorted(for_others & sys.modules.keys()))
"""
    loaded = subprocess.run(  # noqa: S603 - this interpreter, our own words
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == []


def test_the_core_needs_nothing_but_the_standard_library() -> None:
    allowed = sys.stdlib_module_names | {"bot"}
    strangers = {relative(path): extra for path in modules("bot") if (extra := imported_packages(path) - allowed)}
    assert strangers == {}


@pytest.mark.parametrize("platform", ["discord", "telegram"])
def test_the_core_never_names_a_platform(platform: str) -> None:
    core = [path for path in sorted((ROOT / "bot").rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    naming = [
        relative(path)
        for path in core
        if platform in relative(path).lower() or platform.encode() in path.read_bytes().lower()
    ]
    assert core
    assert naming == []


def test_every_module_says_what_lives_in_it() -> None:
    silent = [
        relative(path)
        for path in modules(*PACKAGES, "tests")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_no_module_is_a_drawer_for_whatever_comes() -> None:
    named = [relative(path) for path in modules(*PACKAGES, "tests")]
    drawers = [name for name in named if CATCH_ALL_NAMES.intersection(Path(name).with_suffix("").parts)]
    assert drawers == []


@pytest.mark.parametrize("platform", ["discord", "telegram"])
def test_the_same_job_has_the_same_file_name_in_every_chat_adapter(platform: str) -> None:
    present = {path.stem for path in (ROOT / "adapters" / platform).glob("*.py")}
    assert present >= CHAT_ADAPTER_MODULES
