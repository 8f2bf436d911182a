"""One bot on one database file."""

import subprocess
import sys
from pathlib import Path

import pytest

from adapters.machine.run_lock import AlreadyRunningError, only_one


def test_a_second_one_on_the_same_file_is_told_what_to_do(tmp_path: Path) -> None:
    with (
        only_one(tmp_path / "newsbot.db"),
        pytest.raises(AlreadyRunningError, match=r"Another newsbot is running on .*newsbot\.db\. Stop it first"),
        only_one(tmp_path / "newsbot.db"),
    ):
        pass


def test_another_file_is_another_bot_s(tmp_path: Path) -> None:
    with only_one(tmp_path / "one.db"), only_one(tmp_path / "two.db"):
        pass


def test_it_is_free_again_afterwards_even_after_trouble(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), only_one(tmp_path / "newsbot.db"):
        raise ZeroDivisionError
    with only_one(tmp_path / "newsbot.db"):
        pass


def test_it_is_free_again_after_a_process_was_killed(tmp_path: Path) -> None:
    held = "import sys, pathlib; from adapters.machine.run_lock import only_one\n"
    held += "with only_one(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(  # noqa: S603  # our own code
        [sys.executable, "-c", held, str(tmp_path / "newsbot.db")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunningError), only_one(tmp_path / "newsbot.db"):
            pass
        process.kill()
    with only_one(tmp_path / "newsbot.db"):
        pass


def test_the_directory_is_made_if_it_is_not_there(tmp_path: Path) -> None:
    with only_one(tmp_path / "new" / "newsbot.db"):
        assert (tmp_path / "new").is_dir()
