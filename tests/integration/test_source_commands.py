"""The commands about sources, stories and articles against real files, a real server and a real database."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from adapters.feeds.opml import read_opml
from tests.command_line import CommandLine, Ended
from tests.fakes.site import Page, running_site
from tests.stored_rows import rows_of

FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>The Vellmar Herald</title><link>https://herald.example/</link><language>en</language>
<item><title>Harbour closes</title><guid>https://herald.example/2</guid><link>https://herald.example/2</link>
<pubDate>Sun, 22 Nov 2026 21:30:00 +0300</pubDate><description>At dusk.</description></item>
<item><title>Ferries return</title><guid>https://herald.example/1?utm_source=rss</guid>
<link>https://herald.example/1</link><pubDate>Mon, 23 Nov 2026 06:00:00 GMT</pubDate><dc:creator>A. Vell</dc:creator>
<description>At dawn.</description><enclosure url="https://herald.example/1.jpg" type="image/jpeg" length="1"/>
<content:encoded><![CDATA[<p>The first left at dawn.</p><p>380 people were on board.</p>]]></content:encoded></item>
<item><title>Ferries return</title><guid>https://herald.example/1?utm_source=rss</guid>
<link>https://herald.example/1</link><pubDate>Mon, 23 Nov 2026 06:00:00 GMT</pubDate></item>
</channel></rss>"""
SPORT = FEED.replace("The Vellmar Herald", "Vellmar Sport").replace("herald.example/", "sport.example/")
SITE = """<!doctype html><title>The Herald</title>
<link rel="alternate" type="application/rss+xml" title="News" href="/news.rss">
<link rel="alternate" type="application/rss+xml" title="Sport" href="/sport.rss">"""
PAGES = {
    "/": SITE,
    "/one": '<!doctype html><link rel="alternate" type="application/rss+xml" href="/news.rss">',
    "/news.rss": FEED,
    "/sport.rss": SPORT,
    "/words": "Just words.",
    "/cut.rss": """<rss version="2.0"><channel><title>Vellmar Cut</title>
<item><title>Ferries return</title><link>/whole</link><description>The first left at dawn …</description></item>
<item><title>Harbour closes</title><link>/gone</link><description>At dusk …</description></item>
<item><title>Mayor resigns</title><link>/paid</link><description>In the morning …</description></item>
<item><title>Bots stay out</title><link>/asks</link><description>At the door …</description></item>
</channel></rss>""",
    "/whole": f"<article><h2>What runs</h2><p>{'The first ferry in nine days left at dawn. ' * 4}</p></article>",
    "/paid": f"<article><p>{'The mayor resigned in the morning of Monday. ' * 4}</p></article>"
    "<div class='paywall'>Subscribe to continue reading.</div>",
    "/asks": "<title>Just a moment...</title><p>Verifying you are human.</p>",
}


DOCUMENTS = {
    "rss": FEED,
    "atom": '<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><title>E</title></entry></feed>',
    "rdf": """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
        <channel><title>R</title></channel><item><title>E</title></item></rdf:RDF>""",
    "json": '{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [{"id": "1", "title": "E"}]}',
}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A newspaper with two feeds."""
    with running_site({path: Page(body=page.encode()) for path, page in PAGES.items()}) as address:
        yield address


@pytest.fixture
def newcomer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Who has run nothing yet."""
    at_terminal = CommandLine(tmp_path / "home", monkeypatch)
    at_terminal.environment["NEWSBOT_FETCH_ALLOW"] = "127.0.0.0/8"
    return at_terminal


@pytest.fixture
def newsbot(newcomer: CommandLine) -> CommandLine:
    newcomer.has_database()
    return newcomer


def told(ended: Ended) -> Any:
    """What a program reads, which stands alone on the standard output."""
    return json.loads(ended.said)


def test_the_one_feed_of_a_site_is_added(newsbot: CommandLine, site: str) -> None:
    added = newsbot("source", "add", f"{site}/one")
    assert (added.code, added.said) == (0, "1. The Vellmar Herald: 2 articles now, new ones as they come.\n")
    assert told(newsbot("source", "list", "--json"))[0]["address"] == f"{site}/news.rss"


def test_of_several_feeds_one_is_chosen_by_number(newsbot: CommandLine, site: str) -> None:
    offered = newsbot("source", "add", site)
    assert offered.code == 1
    assert offered.said == f"1. News ({site}/news.rss)\n2. Sport ({site}/sport.rss)\n"
    assert "has 2 feeds" in offered.complained
    assert "--choose" in offered.complained
    assert told(newsbot("source", "list", "--json")) == []
    assert newsbot("source", "add", site, "--choose", "2").said.startswith("1. Vellmar Sport: ")
    beyond = newsbot("source", "add", site, "--choose", "3")
    assert beyond.code == 1
    assert "from 1 to 2" in beyond.complained


def test_how_a_source_is_read_is_said_when_it_is_added(newsbot: CommandLine, site: str) -> None:
    arguments = (f"{site}/news.rss", "--title", "Harbour", "--every", "60", "--no-full-text", "--json")
    source = told(newsbot("source", "add", *arguments))["source"]
    assert (source["title"], source["interval_s"], source["full_text"]) == ("Harbour", 60, False)


@pytest.mark.parametrize(("wish", "posted"), [((), ["Ferries return"]), (("--no-post-newest",), [])])
def test_of_what_a_new_source_holds_the_newest_is_posted_or_nothing(
    newsbot: CommandLine, site: str, wish: tuple[str, ...], posted: list[str]
) -> None:
    newsbot("source", "add", f"{site}/news.rss", *wish)
    with closing(sqlite3.connect(newsbot.home / "newsbot.db")) as database:
        announced = database.execute("SELECT title FROM articles WHERE is_announced")
        assert [title for (title,) in announced] == posted


def test_a_program_is_offered_several_feeds_as_json(newsbot: CommandLine, site: str) -> None:
    offered = newsbot("source", "add", site, "--json")
    assert offered.code == 1
    assert told(offered) == {
        "feeds": [
            {"number": 1, "title": "News", "address": f"{site}/news.rss"},
            {"number": 2, "title": "Sport", "address": f"{site}/sport.rss"},
        ]
    }
    added = told(newsbot("source", "add", site, "--choose", "1", "--json"))
    assert added["articles"] == 2
    assert added["source"]["title"] == "The Vellmar Herald"


def test_a_check_tells_all_that_would_be_stored_and_stores_nothing(newcomer: CommandLine, site: str) -> None:
    checked = newcomer("source", "check", f"{site}/news.rss", "--json", "--no-pages")
    assert checked.code == 0
    result = told(checked)
    identities = [entry.pop("identity") for entry in result["entries"]]
    assert len(set(identities)) == 2
    assert result == {
        "source": {"title": "The Vellmar Herald", "site": "https://herald.example/", "language": "en", "kind": "rss"},
        "entries": [
            {
                "title": "Ferries return",
                "link": "https://herald.example/1",
                "published": "2026-11-23T06:00:00Z",
                "author": "A. Vell",
                "image": "https://herald.example/1.jpg",
                "teaser": "At dawn.",
                "paragraphs": ["The first left at dawn.", "380 people were on board."],
            },
            {
                "title": "Harbour closes",
                "link": "https://herald.example/2",
                "published": "2026-11-22T18:30:00Z",
                "author": None,
                "image": None,
                "teaser": "At dusk.",
                "paragraphs": [],
            },
        ],
        "problem": None,
    }
    assert not newcomer.home.exists()
    assert (
        told(newcomer("source", "check", f"{site}/news.rss", "--json", "--no-pages"))["entries"][0]["identity"]
        == identities[0]
    )


def test_a_check_reads_the_pages_of_what_is_cut_and_says_which_it_could_not(newcomer: CommandLine, site: str) -> None:
    checked = newcomer("source", "check", f"{site}/cut.rss", "--json")
    assert checked.code == 0
    entries = {entry["title"]: entry for entry in told(checked)["entries"]}
    whole = entries["Ferries return"]
    assert whole["paragraphs"] == ["What runs", ("The first ferry in nine days left at dawn. " * 4).strip()]
    assert "page_problem" not in whole
    assert entries["Mayor resigns"]["paragraphs"][0].startswith("The mayor resigned")
    kinds = {title: entry["page_problem"]["kind"] for title, entry in entries.items() if "page_problem" in entry}
    assert kinds == {"Harbour closes": "gone", "Mayor resigns": "paywall", "Bots stay out": "bot_check"}
    assert not newcomer.home.exists()
    in_words = newcomer("source", "check", f"{site}/cut.rss").said
    assert "  its page: The site wants to see a person before it shows that page." in in_words
    without = told(newcomer("source", "check", f"{site}/cut.rss", "--json", "--no-pages"))
    assert not any(entry["paragraphs"] for entry in without["entries"])


def test_a_check_speaks_to_people_too(newsbot: CommandLine, site: str) -> None:
    said = newsbot("source", "check", f"{site}/news.rss", "--no-pages").said
    assert said.startswith("The Vellmar Herald — rss, en, https://herald.example/: 2 articles\n")
    for fact in ("identity: ", "published: 2026-11-23 06:00", "author: A. Vell", "  380 people were on board."):
        assert fact in said


@pytest.mark.parametrize(
    ("name", "kind"), [("rss.xml", "rss"), ("atom.xml", "atom"), ("rdf.xml", "rdf"), ("f.json", "json")]
)
def test_a_file_is_checked_whatever_it_is_written_in(
    newsbot: CommandLine, tmp_path: Path, name: str, kind: str
) -> None:
    (tmp_path / name).write_text(DOCUMENTS[kind])
    for path in (name, f"./{name}", str(tmp_path / name)):
        checked = newsbot("source", "check", path, "--json", NEWSBOT_FETCH_ALLOW="")
        assert checked.code == 0
        assert told(checked)["source"]["kind"] == kind
        assert told(checked)["entries"]


@pytest.mark.parametrize(
    ("where", "kind"),
    [
        ("{site}/missing", "status"),
        ("{site}/words", "not_a_feed"),
        ("{site}/", "not_a_feed"),
        ("http://10.0.0.1/feed", "address"),
        ("./missing.xml", "no_file"),
        ("/dev/zero", "no_file"),
        ("broken.xml", "not_a_feed"),
        ("empty.xml", "not_a_feed"),
        ("large.xml", "too_big"),
    ],
)
def test_a_check_that_fails_ends_with_1_and_the_problem(
    newsbot: CommandLine, tmp_path: Path, site: str, where: str, kind: str
) -> None:
    (tmp_path / "broken.xml").write_bytes(bytes(range(256)))
    (tmp_path / "empty.xml").touch()
    with (tmp_path / "large.xml").open("wb") as large:
        large.truncate(11 * 1024 * 1024)
    address = where.format(site=site)
    checked = newsbot("source", "check", address, "--json")
    assert checked.code == 1
    result = told(checked)
    assert result["problem"]["kind"] == kind
    assert result["problem"]["message"].endswith(".")
    assert result["entries"] == []
    assert set(result["source"].values()) == {None}
    in_words = newsbot("source", "check", address)
    assert (in_words.code, in_words.said) == (1, "")
    assert result["problem"]["message"] in in_words.complained


def test_a_source_is_paused_resumed_and_removed_by_number_or_address(newsbot: CommandLine, site: str) -> None:
    newsbot("source", "add", f"{site}/news.rss")
    assert newsbot("source", "pause", "1").said == "Paused The Vellmar Herald.\n"
    (source,) = told(newsbot("source", "list", "--json"))
    assert source["full_text"] is True
    assert (source["state"], source["next_read"]) == ("paused", None)
    assert "— paused" in newsbot("source", "list").said
    assert told(newsbot("source", "resume", f"{site}/news.rss", "--json"))["state"] == "ok"
    assert newsbot("source", "resume", "1").said == "Reading The Vellmar Herald again.\n"
    assert told(newsbot("source", "list", "--json"))[0]["state"] == "ok"
    assert told(newsbot("source", "remove", "1", "--json"))["id"] == 1
    for command in ("pause", "resume", "remove"):
        unknown = newsbot("source", command, "1")
        assert (unknown.code, unknown.said) == (1, "")
        assert "There is no source 1." in unknown.complained


def test_a_list_of_feeds_comes_in_and_goes_out_with_its_folders(
    newsbot: CommandLine, site: str, tmp_path: Path
) -> None:
    (tmp_path / "mine.opml").write_text(
        f"""<opml version="1.0"><body><outline text="Vellmar">
          <outline text="Harbour news" xmlUrl="{site}/news.rss"/>
          <outline text="Play"><outline text="Sport" xmlUrl="{site}/sport.rss"/></outline></outline>
          <outline text="Gone" xmlUrl="{site}/gone.rss"/></body></opml>"""
    )
    imported = newsbot("source", "import", "mine.opml")
    assert (imported.code, imported.said) == (1, "2 added, 0 known already, 1 not readable.\n")
    assert f"Gone ({site}/gone.rss): There is nothing at that address (404)." in imported.complained
    assert "3 of 3" in imported.complained
    again = told(newsbot("source", "import", "mine.opml", "--json"))
    assert (again["total"], again["added"], again["known"]) == (3, [], 2)
    assert again["failed"][0]["problem"]["kind"] == "status"

    written = newsbot("source", "export", "written.opml")
    assert (written.code, written.said) == (0, "2 feeds written to written.opml.\n")
    feeds = {feed.address: (feed.title, feed.labels) for feed in read_opml((tmp_path / "written.opml").read_bytes())}
    assert feeds == {
        f"{site}/news.rss": ("Harbour news", ("Vellmar",)),
        f"{site}/sport.rss": ("Sport", ("Vellmar › Play",)),
    }
    before = rows_of(newsbot.home / "newsbot.db")
    assert told(newsbot("source", "import", "written.opml", "--json"))["known"] == 2
    assert rows_of(newsbot.home / "newsbot.db") == before


@pytest.mark.parametrize("content", [None, b"", b"words", b"<opml><body>\n<outline></body></opml>", b"<rss/>"])
def test_a_file_that_is_no_list_is_named_and_nothing_is_stored(
    newcomer: CommandLine, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "mine.opml").write_bytes(content)
    ended = newcomer("source", "import", "mine.opml")
    assert (ended.code, ended.said) == (1, "")
    assert ended.complained.splitlines()[-1].startswith("mine.opml: ")
    assert not newcomer.home.exists()


def test_a_list_that_cannot_be_written_leaves_nothing_behind(newsbot: CommandLine, tmp_path: Path) -> None:
    ended = newsbot("source", "export", "nowhere/mine.opml")
    assert (ended.code, ended.said) == (1, "")
    assert ended.complained.splitlines()[-1] == "nowhere/mine.opml: No such file or directory."
    (tmp_path / "directory").mkdir()
    assert newsbot("source", "export", "directory").code == 1
    assert [path.name for path in tmp_path.iterdir() if "unfinished" in path.name] == []


def test_stories_and_articles_are_listed_and_shown(newsbot: CommandLine, site: str) -> None:
    assert newsbot("story", "list").said == "No story yet.\n"
    assert newsbot("article", "list").said == "No article yet.\n"
    newsbot("source", "add", f"{site}/news.rss")

    stories = told(newsbot("story", "list", "--json"))
    assert [story["title"] for story in stories] == ["Ferries return", "Harbour closes"]
    assert stories[0]["opinions"] == {"in_favour": 0, "against": 0, "mixed": 0, "voices": 0, "words": 0}
    articles = told(newsbot("article", "list", "--json", "--source", "1"))
    assert {article["title"] for article in articles} == {"Ferries return", "Harbour closes"}
    assert len(told(newsbot("article", "list", "--json", "--limit", "1"))) == 1

    story = told(newsbot("story", "show", str(stories[0]["id"]), "--json"))
    (article,) = story["articles"]
    assert article["paragraphs"] == ["The first left at dawn.", "380 people were on board."]
    assert told(newsbot("article", "show", str(article["id"]), "--json")) == article
    assert article["source"] == {"id": 1, "title": "The Vellmar Herald"}

    for command, number in (("story", stories[0]["id"]), ("article", article["id"])):
        assert "Ferries return" in newsbot(command, "list").said
        assert "380 people were on board." in newsbot(command, "show", str(number)).said
    newsbot("source", "remove", "1")
    assert told(newsbot("article", "show", str(article["id"]), "--json")) == article


@pytest.mark.parametrize(
    "arguments", [("story", "show", "7"), ("article", "show", "7"), ("story", "list", "--source", "7")]
)
def test_what_is_not_there_is_told_in_a_sentence(newsbot: CommandLine, arguments: tuple[str, ...]) -> None:
    ended = newsbot(*arguments)
    assert (ended.code, ended.said) == (1, "")
    assert "There is no " in ended.complained
