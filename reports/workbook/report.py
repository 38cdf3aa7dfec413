"""The workbook of a status report, before its sheets are written."""

from django.utils.translation import gettext as _
from openpyxl.packaging.custom import StringProperty

from reports import marks
from reports.selection import StatusData
from reports.workbook.book import Book, Progress
from reports.workbook.texts import cell_text


class Report(Book):
    """A book that knows what it reports: the rows and the question that they answer."""

    def __init__(self, data: StatusData, progress: Progress) -> None:
        self.data = data
        self.question = data.question
        self.title = _("Status report: work plan %(plan)s") % {"plan": data.question.plan.name}
        super().__init__(data.question.council, data.question.as_of, self.title, progress)
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
