"""The paper as PDF."""

from dataclasses import asdict

from bra import pdf
from meetings.documents.content import Paper

TYPE = "application/pdf"


def as_pdf(paper: Paper) -> bytes:
    """Return the file. The same paper gives the same bytes."""
    fields = asdict(paper)
    made = fields.pop("made")
    return pdf.render("minutes.typ", fields, title=f"{paper.title}, {paper.council}", made=made)
