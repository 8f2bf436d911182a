"""Where the feeds of a site that names none are looked for."""

from adapters.feeds.discover import usual_places


def test_a_section_has_its_usual_places_before_the_site() -> None:
    assert usual_places("https://a.example/blog/post.html?x=1")[:2] == (
        "https://a.example/blog/feed",
        "https://a.example/blog/rss.xml",
    )
    assert usual_places("https://a.example/blog")[0] == "https://a.example/blog/feed"
    for root in ("https://a.example", "https://a.example/", "https://a.example/index.html"):
        assert usual_places(root)[0] == "https://a.example/feed"
        assert len(usual_places(root)) == 7
