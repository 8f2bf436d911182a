"""Modals and commands that Discord takes or refuses."""

from typing import Any

import pytest

from adapters.sandbox.discord.command_rules import check_commands
from adapters.sandbox.discord.modal_rules import check_modal
from adapters.sandbox.discord.refusals import RefusedError

Json = dict[str, Any]


def refused_at(error: RefusedError) -> set[str]:
    """The dotted paths at which a body was refused."""

    def paths(branch: Json, path: str) -> set[str]:
        found = {path} if "_errors" in branch else set()
        return found.union(*(paths(below, f"{path}.{step}") for step, below in branch.items() if step != "_errors"))

    return {path.strip(".") for path in paths(error.body["errors"], "")}


def label(component: Json, words: str = "Words") -> Json:
    return {"type": 18, "label": words, "component": component}


def text_input(custom_id: str = "words", **more: Any) -> Json:
    return {"type": 4, "custom_id": custom_id, "style": 2, **more}


def choices(kind: int, count: int) -> Json:
    options = [{"label": str(number), "value": str(number)} for number in range(count)]
    return {"type": kind, "custom_id": "choice", "options": options}


def modal(*components: Json, **more: Any) -> Json:
    return {"custom_id": "1:opinion", "title": "Your opinion", "components": list(components), **more}


@pytest.mark.parametrize(
    "body",
    [
        modal(label(text_input(max_length=4000))),
        modal(*(label(text_input(str(n))) for n in range(5))),
        modal(label(choices(21, 2)), title="t" * 45),
        modal({"type": 1, "components": [text_input(label="Words")]}, {"type": 10, "content": "A word before"}),
    ],
)
def test_a_modal_at_its_limits_is_taken(body: Json) -> None:
    check_modal(body)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (modal(label(text_input()), title="t" * 46), "data.title"),
        (modal(label(text_input()), custom_id="c" * 101), "data.custom_id"),
        (modal(), "data.components"),
        (modal(*(label(text_input(str(n))) for n in range(6))), "data.components"),
        (modal(label(text_input(), "w" * 46)), "data.components.0.label"),
        (modal(label(text_input("a")), label(text_input("a"))), "data.components.1.component.custom_id"),
        (modal(label(text_input(max_length=4001))), "data.components.0.component.max_length"),
        (modal(label(choices(21, 1))), "data.components.0.component.options"),
        (modal(label(choices(22, 11))), "data.components.0.component.options"),
        (modal(label({"type": 2, "custom_id": "b"})), "data.components.0.component"),
        (modal({"type": 2}), "data.components.0"),
    ],
)
def test_a_modal_beyond_a_limit_is_refused_at_its_place(body: Json, path: str) -> None:
    with pytest.raises(RefusedError) as caught:
        check_modal(body)
    assert refused_at(caught.value) == {path}


def command(name: str = "story", **more: Any) -> Json:
    return {"name": name, "description": "Read a story", **more}


def option(name: str = "words", kind: int = 3, **more: Any) -> Json:
    return {"name": name, "description": "What to look for", "type": kind, **more}


@pytest.mark.parametrize(
    "commands",
    [
        [command(f"c{n}") for n in range(100)],
        [command("новости"), command("xəbərlər")],
        [command(options=[option(str(n)) for n in range(25)])],
        [command(options=[option("group", 2, options=[option("sub", 1, options=[option()])])])],
        [command("Read it", type=3, description="")],
    ],
    ids=str,
)
def test_commands_at_their_limits_are_taken(commands: list[Json]) -> None:
    check_commands(commands)


@pytest.mark.parametrize(
    ("commands", "path"),
    [
        ([command(f"c{n}") for n in range(101)], ""),
        ([command("a"), command("a")], "0.name"),
        ([command("Story")], "0.name"),
        ([command("two words")], "0.name"),
        ([command("n" * 33)], "0.name"),
        ([command(description="d" * 101)], "0.description"),
        ([command(description="")], "0.description"),
        ([command(options=[option(str(n)) for n in range(26)])], "0.options"),
        ([command(options=[option("a"), option("b", required=True)])], "0.options.1"),
        ([command(options=[option("a"), option("a")])], "0.options.1.name"),
        ([command(options=[option(choices=[{"name": "x" * 101, "value": "x"}])])], "0.options.0.choices.0.name"),
        ([command(options=[option(choices=[{"name": "x", "value": "x"}] * 26)])], "0.options.0.choices"),
        ([command(options=[option(autocomplete=True, choices=[{"name": "x", "value": "x"}])])], "0.options.0"),
        ([command(options=[option("a", 1, options=[option("b", 1)])])], "0.options.0.options.0.type"),
        ([command(name_localizations={"de": "Geschichte"})], "0.name_localizations.de"),
    ],
)
def test_commands_beyond_a_limit_are_refused_at_their_place(commands: list[Json], path: str) -> None:
    with pytest.raises(RefusedError) as caught:
        check_commands(commands)
    assert path in refused_at(caught.value)


def test_a_command_of_more_than_eight_thousand_characters_is_refused() -> None:
    many = [{"name": "n" * 100, "value": f"{number:0100}"} for number in range(25)]
    check_commands([command(options=[option("a", choices=many)])])
    with pytest.raises(RefusedError) as caught:
        check_commands([command(options=[option("a", choices=many), option("b", choices=many)])])
    assert refused_at(caught.value) == {"0"}
