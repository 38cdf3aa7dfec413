"""The workbook of a status report, before its sheets are written."""

from django.utils.translation import gettext as _
from openpyxl.packaging.custom import StringProperty

from reports import kinds, marks
from reports.models import Language, ReportKind, Variant
from reports.selection import StatusData
from reports.workbook.book import Book, Progress
from reports.workbook.texts import cell_text


class Report(Book):
    """A book that knows what it reports: the rows and the question that they answer."""

    def __init__(self, data: StatusData, progress: Progress) -> None:
        self.data = data
        self.question = data.question
        self.title = kinds.title(self.question)
        super().__init__(
            data.question.council,
            data.question.as_of,
            self.title,
            progress,
            working=self.question.variant == Variant.WORKING,
            language="sv-SE" if self.question.language == Language.SWEDISH else "en-GB",
        )
        if self.question.kind != ReportKind.STATUS:
            self.footer = _("%(title)s, as of %(day)s") % {"title": self.title, "day": self.day}
        self.cover.title = _("Cover")
        question = data.question
        said = {
            marks.COUNCIL: question.council.slug,
            marks.PLAN: cell_text(question.plan.name),
            marks.KIND: str(question.kind),
            marks.AS_OF: question.as_of.isoformat(),
            marks.VARIANT: str(question.variant),
        }
        for name, value in said.items():
            self.book.custom_doc_props.append(StringProperty(name=name, value=value))
