"""Native bar charts with titles, axes and the figures that they show, for viewers that don't calculate."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.data_source import AxDataSource, NumData, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from actions.models import Status
from reports.workbook.styles import FILLS, INK, LINE, WHITE


@dataclass(frozen=True, slots=True)
class Bars:
    """Horizontal bars of the rows `first` to `last` of a table whose header stands in row `header`.

    `series` are (words, column, colour), `category` is the column of the rows' names; sizes are in cm.
    """

    title: str
    axes: tuple[str, str]
    series: Sequence[tuple[str, int, str]]
    category: int
    header: int
    last: int
    stacked: bool = True
    width: float = 26.0

    @property
    def first(self) -> int:
        """The first row drawn."""
        return self.header + 1


def draw(sheet: Worksheet, bars: Bars) -> BarChart:
    """Return the chart of what stands in the sheet; where it is placed is for the caller."""
    rows = range(bars.first, bars.last + 1)
    names = [str(sheet.cell(row, bars.category).value) for row in rows]
    chart = BarChart()
    chart.type = "bar"
    chart.grouping = "stacked" if bars.stacked else "clustered"
    chart.overlap = 100 if bars.stacked else -10
    chart.gapWidth = 55
    chart.style = 2
    highest = 0
    sums = [0] * len(names)
    for label, column, tone in bars.series:
        numbers = [int(sheet.cell(row, column).value or 0) for row in rows]
        chart.append(_series(sheet, bars, label, column, tone, numbers, names))
        sums = [before + number for before, number in zip(sums, numbers, strict=True)]
        highest = max([highest, *(sums if bars.stacked else numbers)])
    _title(chart, bars)
    _dress_axes(chart, highest)
    chart.legend.position = "b"
    chart.legend.txPr = _paragraph(_words(1000))
    # Higher than this it would be cut by the end of an A4 page.
    height = min(14.5, max(8.0, 4.2 + (0.8 if bars.stacked else 1.0) * len(names)))
    room = ManualLayout(
        layoutTarget="inner",
        xMode="edge",
        yMode="edge",
        x=6.2 / bars.width,
        y=1.5 / height,
        w=1 - 6.9 / bars.width,
        h=1 - 4.1 / height,
    )
    chart.layout = Layout(manualLayout=room)
    chart.width, chart.height = bars.width, height
    return chart


def _title(chart: BarChart, bars: Bars) -> None:
    chart.title = bars.title
    chart.title.overlay = False
    chart.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_words(1400, bold=True))
    chart.title.tx.rich.p[0].r[0].rPr = _words(1400, bold=True)
    chart.x_axis.title, chart.y_axis.title = bars.axes


def _series(
    sheet: Worksheet, bars: Bars, label: str, column: int, tone: str, numbers: list[int], names: list[str]
) -> Series:
    """One series with the values it shows written into it."""
    series = Series(
        Reference(sheet, min_col=column, min_row=bars.first, max_row=bars.last), title_from_data=False, title=label
    )
    series.cat = AxDataSource(strRef=_texts(_place(sheet, bars.category, bars.first, bars.last), names))
    series.val.numRef.numCache = NumData(
        formatCode="General",
        ptCount=len(numbers),
        pt=[NumVal(idx=index, v=str(value)) for index, value in enumerate(numbers)],
    )
    series.tx.v = None
    series.tx.strRef = _texts(_place(sheet, column, bars.header, bars.header), [label])
    series.graphicalProperties = GraphicalProperties(solidFill=tone, ln=LineProperties(solidFill=WHITE, w=6350))
    series.invertIfNegative = False
    dark = bars.stacked and tone not in (FILLS[Status.NOT_STARTED], FILLS[Status.CANCELLED])
    # A zero has no bar, so it gets no figure either.
    series.dLbls = DataLabelList(showVal=True, numFmt="0;;;")
    series.dLbls.txPr = _paragraph(_words(900, colour=WHITE if dark else INK))
    for part in ("showSerName", "showCatName", "showLegendKey", "showPercent", "showBubbleSize"):
        setattr(series.dLbls, part, False)
    return series


def _place(sheet: Worksheet, column: int, first: int, last: int) -> str:
    letter = get_column_letter(column)
    return f"{quote_sheetname(sheet.title)}!${letter}${first}:${letter}${last}"


def _texts(place: str, texts: list[str]) -> StrRef:
    points = [StrVal(idx=index, v=text) for index, text in enumerate(texts)]
    return StrRef(f=place, strCache=StrData(ptCount=len(points), pt=points))


def _dress_axes(chart: BarChart, highest: int) -> None:
    """Show both axes, the first row on top, and whole numbers only."""
    thin = LineProperties(solidFill=LINE, w=6350)
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.crosses = "max"
    chart.y_axis.scaling.min = 0
    chart.y_axis.majorUnit = max(1, -(-highest // 10))
    chart.y_axis.number_format = "0"
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=thin)
    for axis in (chart.x_axis, chart.y_axis):
        axis.txPr = _paragraph(_words(1000))
        axis.graphicalProperties = GraphicalProperties(ln=thin)
        axis.title.overlay = False
        axis.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_words(1000))
        axis.title.tx.rich.p[0].r[0].rPr = _words(1000)
    chart.x_axis.majorTickMark = chart.y_axis.majorTickMark = "none"


def _words(size: int, bold: bool = False, colour: str = INK) -> CharacterProperties:
    """Text in a chart; `size` in hundredths of a point."""
    return CharacterProperties(sz=size, b=bold, solidFill=colour, lang="sv-SE")


def _paragraph(properties: CharacterProperties) -> RichText:
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=properties), endParaRPr=properties)])
