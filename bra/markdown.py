"""Notes in simple Markdown: what is shown of them. The text as typed stays the truth; this only dresses it.

Known are paragraphs with their line breaks, **bold**, *italics*, lists, quotations, tables and <https://...> as a
link. Everything else, HTML above all, is text and shown as typed: no headings (the page has its own), no
pictures, no code. nh3 cleans what comes out once more, so that a fault in the renderer opens no door.
The minutes as a document read the same tokens, so that paper says what the page says.
"""

import re

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")
    # Signs that people write for themselves: # 5, ---, `, &amp; and an indented line stay what they are.
    parser.disable(["heading", "lheading", "hr", "code", "fence", "backticks", "image", "link", "entity"])
    return parser.disable(["html_block", "html_inline", "reference"])


_PARSER = _parser()
# Where lists and quotations lie deeper in each other than anybody means, they are signs like others: the parser
# would leave out the text at the bottom of them.
_DEEPEST = 12
_FLAT = _parser().disable(["list", "blockquote", "table"])

_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "a"}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}

# Cells that stood beside each other in a word processor come as lines of cells with tabs between them.
_ROW = re.compile(r"[^\t\n]*\t[^\n]*")

_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff]")
_TO_PLAIN = str.maketrans({"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\u2028": "\n", "\u2029": "\n", "\xa0": " "})


def pasted(text: str) -> str:
    """Return what was pasted out of a word processor as clean text: cell marks are tabs, invisible signs are gone."""
    text = text.replace("\r\n", "\n").replace("\r\x07", "\n").replace("\x07", "\t")
    return _NOT_TEXT.sub("", text.translate(_TO_PLAIN))


def parse(text: str) -> list[Token]:
    """Return the tokens of the text: what `render` makes HTML of."""
    text = pasted(text)
    tokens = _PARSER.parse(_with_tables(text))
    return _FLAT.parse(text) if any(token.level > _DEEPEST for token in tokens) else tokens


def render(text: str) -> SafeString:
    """Return the text as HTML, safe whatever it holds."""
    html = _PARSER.renderer.render(parse(text), _PARSER.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean)  # noqa: S308 - nh3 has cleaned it


def _with_tables(text: str) -> str:
    """Write lines of cells with tabs between them as tables; a lone one is a line with spaces."""
    lines, out, rows = [*text.split("\n"), ""], [], list[str]()
    for line in lines:
        if _ROW.fullmatch(line):
            rows.append(line)
            continue
        out += _table(rows)
        rows = []
        out.append(line)
    return "\n".join(out[:-1])


def _table(rows: list[str]) -> list[str]:
    cells = [[cell.strip().replace("|", "\\|") for cell in row.split("\t")] for row in rows]
    width = max((len(row) for row in cells), default=0)
    if len(cells) < 2:
        return [row.replace("\t", " ").strip() for row in rows]
    even = [row + [""] * (width - len(row)) for row in cells]
    head, *body = (f"| {' | '.join(row)} |" for row in even)
    return ["", head, f"|{' --- |' * width}", *body, ""]
