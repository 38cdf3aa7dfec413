"""Notes in simple Markdown as blocks that each form of file prints alike: what the page shows, no more and no less."""

from collections.abc import Iterator

from markdown_it.token import Token

from bra import markdown
from meetings.documents.content import Block, Run, clean, paragraphs

_KINDS = {
    "paragraph": "paragraph",
    "bullet_list": "bullets",
    "ordered_list": "numbers",
    "list_item": "item",
    "blockquote": "quote",
    "table": "table",
    "tr": "row",
    "th": "cell",
    "td": "cell",
}


# Twice what a form lets through. To set more than that with its lists takes minutes, and nobody has typed it.
LONGEST = 100_000


def blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks of a text. The text of a link is its address. What is far too long is paragraphs as typed."""
    if len(text) > LONGEST:
        return tuple(Block("paragraph", (Run(part),)) for part in paragraphs(markdown.pasted(text)))
    return _parts(iter(markdown.parse(clean(markdown.pasted(text)))))


def _parts(tokens: Iterator[Token]) -> tuple[Block, ...]:
    """The blocks up to the end of the one that the tokens stand in."""
    found: list[Block] = []
    for token in tokens:
        if token.nesting < 0:
            break
        if token.nesting == 0:
            continue
        name = token.type.removesuffix("_open")
        if name in ("thead", "tbody"):
            found += _parts(tokens)
        elif _KINDS[name] in ("paragraph", "cell"):
            found.append(Block(_KINDS[name], runs=_runs(tokens)))
        else:
            start = int(token.attrs.get("start", 1))
            found.append(Block(_KINDS[name], parts=_parts(tokens), start=start))
    return tuple(block for block in found if block.kind != "paragraph" or block.runs)


def _runs(tokens: Iterator[Token]) -> tuple[Run, ...]:
    """The words of the inline token that comes now, and its end."""
    runs: list[Run] = []
    bold = italic = 0
    for child in next(tokens).children or []:
        bold += child.nesting * (child.tag == "strong")
        italic += child.nesting * (child.tag == "em")
        words = "\n" if child.type in ("softbreak", "hardbreak") else child.content
        if not words:
            continue
        if runs and (runs[-1].bold, runs[-1].italic) == (bold > 0, italic > 0):
            words = runs.pop().text + words
        runs.append(Run(words, bold > 0, italic > 0))
    next(tokens)
    return tuple(runs)
