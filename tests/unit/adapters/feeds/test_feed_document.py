"""Documents: decoded in spite of wrong labels, refused where they are no feeds or bring declarations."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.feeds.document import DocumentError, decode, feed_markup

RUSSIAN = "<rss><channel><title>Паром в порту</title></channel></rss>"
JAPANESE = "<rss><title>新しい橋</title></rss>"


def declared(encoding: str, text: str) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>{text}'


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        (RUSSIAN.encode(), None, RUSSIAN),
        (RUSSIAN.encode(), "iso-8859-1", RUSSIAN),
        (codecs.BOM_UTF8 + RUSSIAN.encode(), "windows-1251", RUSSIAN),
        (codecs.BOM_UTF16_LE + RUSSIAN.encode("utf-16-le"), None, RUSSIAN),
        (codecs.BOM_UTF16_BE + RUSSIAN.encode("utf-16-be"), "utf-8", RUSSIAN),
        (codecs.BOM_UTF32_LE + RUSSIAN.encode("utf-32-le"), None, RUSSIAN),
        (RUSSIAN.encode("utf-16-le"), None, RUSSIAN),
        (RUSSIAN.encode("utf-16-be"), "utf-8", RUSSIAN),
        (RUSSIAN.encode("windows-1251"), "windows-1251", RUSSIAN),
        (declared("koi8-r", RUSSIAN).encode("koi8-r"), "utf-8", declared("koi8-r", RUSSIAN)),
        (declared("iso-8859-1", RUSSIAN).encode(), None, declared("iso-8859-1", RUSSIAN)),
        (declared("iso-2022-jp", JAPANESE).encode("iso-2022-jp"), None, declared("iso-2022-jp", JAPANESE)),
        (declared("shift_jis", JAPANESE).encode("shift_jis"), None, declared("shift_jis", JAPANESE)),
        ("<rss>caf\u00e9 \u201c".encode("windows-1252"), None, "<rss>café “"),
        ("<rss>caf\u00e9".encode("windows-1252"), "no-such-charset", "<rss>café"),
        ("<rss>caf\u00e9".encode("windows-1252"), "base64", "<rss>café"),
        (declared("utf-8", "<rss>ж").encode() + b"\xd0", None, declared("utf-8", "<rss>ж\ufffd")),
        (b"<rss>a\x00b\x0bc", None, "<rss>abc"),
    ],
)
def test_a_document_is_decoded_in_spite_of_what_is_said_of_it(body: bytes, charset: str | None, text: str) -> None:
    assert decode(body, charset) == text


@given(
    st.binary(max_size=300),
    st.none() | st.sampled_from(["utf-7", "utf-8", "idna", "hex", "cp037", "\udc00", "a\0b", "x" * 99]),
)
def test_no_bytes_make_decoding_fail(body: bytes, charset: str | None) -> None:
    assert isinstance(decode(body, charset), str)


@pytest.mark.parametrize(
    "prolog",
    [
        *("", "\ufeff ", "<?xml version='1.0'?>", "<?xml version='1.0'?><?xml-stylesheet href='x'?>\n"),
        *("<!-- <rss> is not here, nor <!DOCTYPE x> -->", "\n\nPHP Notice: something<br />\n<?xml version='1.0'?>"),
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">',
    ],
)
@pytest.mark.parametrize("root", ["<rss version='2.0'>", "<feed>", "<rdf:RDF>", "<atom:feed xmlns:atom='x'>"])
def test_the_parser_gets_a_feed_from_its_root_on(prolog: str, root: str) -> None:
    assert feed_markup(f"{prolog}{root}text") == f"{root}text"


@pytest.mark.parametrize(
    "page",
    [
        *(
            "<!DOCTYPE html><html><body>feed</body></html>",
            "\n<html lang='en'>",
            "<?xml version='1.0'?><!doctype HTML>",
        ),
        *("<head><title>x</title></head>", "<!-- x --><div>", "<html><pre><rss version='2.0'>"),
    ],
)
def test_a_web_page_is_called_one(page: str) -> None:
    with pytest.raises(DocumentError, match="web page, not a feed"):
        feed_markup(page)


@pytest.mark.parametrize(
    "text", ["no markup", "{}", "<opml><body/></opml>", "<urlset>", "<rssx>", "PNG\ufffd", "+ADw-rss"]
)
def test_what_is_no_feed_is_called_so(text: str) -> None:
    with pytest.raises(DocumentError, match="neither RSS nor Atom"):
        feed_markup(text)


@pytest.mark.parametrize("text", ["", "  \n\t"])
def test_nothing_is_called_nothing(text: str) -> None:
    with pytest.raises(DocumentError, match="with nothing in it"):
        feed_markup(text)


@pytest.mark.parametrize(
    "declaration",
    [
        *(
            '<!DOCTYPE rss [<!ENTITY a "b">]>',
            '<!DOCTYPE rss SYSTEM "file:///etc/passwd">',
            '<!doctype rss SYSTEM "x">',
        ),
        *('<!ENTITY a SYSTEM "file:///etc/passwd">', "<!DOCTYPE rss>", "<!--x--><!DOCTYPE feed [", "<!DOCTYPE\nrss["),
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "x" [<!ENTITY a "b">]>',
    ],
)
def test_a_document_with_declarations_of_its_own_is_refused(declaration: str) -> None:
    with pytest.raises(DocumentError, match="refused for safety"):
        feed_markup(f"<?xml version='1.0'?>{declaration}<rss version='2.0'>")


def test_ampersands_that_xml_trips_over_are_escaped_outside_of_cdata_alone() -> None:
    text = "<rss>AT&T &amp; &nbsp; &#8220; &#xe9; ?a=1&b=2 <![CDATA[AT&T &nbsp;]]> &eacute;<![CDATA[& open"
    assert feed_markup(text) == (
        "<rss>AT&amp;T &amp; &amp;nbsp; &#8220; &#xe9; ?a=1&amp;b=2 <![CDATA[AT&T &nbsp;]]> &amp;eacute;<![CDATA[& open"
    )
