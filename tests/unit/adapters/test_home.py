"""The directory that holds all state, and who may look into it."""

from pathlib import Path

import pytest

from adapters.machine.home import HomeError, make_home


def test_only_its_owner_can_look_into_a_new_home(tmp_path: Path) -> None:
    home = tmp_path / "state" / "newsbot"
    make_home(home)
    assert home.stat().st_mode & 0o777 == 0o700


def test_a_home_that_is_there_keeps_the_rights_that_its_operator_gave(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    make_home(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o750


def test_a_home_that_cannot_be_names_its_setting(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(HomeError, match="NEWSBOT_HOME="):
        make_home(file / "home")
