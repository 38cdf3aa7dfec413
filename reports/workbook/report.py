"""The workbook of a status report, before its sheets are written."""

from django.utils.translation import gettext as _

from reports.selection import StatusData
from reports.workbook.book import Book, Progress


class Report(Book):
    """A book that knows what it reports: the rows and the question that they answer."""

    def __init__(self, data: StatusData, progress: Progress) -> None:
        self.data = data
        self.question = data.question
        self.title = _("Status report: work plan %(plan)s") % {"plan": data.question.plan.name}
        super().__init__(data.question.council, data.question.as_of, self.title, progress)
        self.cover.title = _("Cover")
