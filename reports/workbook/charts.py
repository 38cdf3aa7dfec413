"""Native charts with titles, axes and the figures that they show, for viewers that don't calculate."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.chart.data_source import AxDataSource, NumData, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.marker import Marker
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from actions.models import Status
from reports.workbook.styles import FILLS, INK, LINE, WHITE


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What a chart shows: the rows `starts` (0: the first) to `last` of a table with its header in row `header`.

    `series` are (words, column, colour), `category` is the column of the rows' names; sizes are in cm.
    """

    title: str
    axes: tuple[str, str]
    series: Sequence[tuple[str, int, str]]
    category: int
    header: int
    last: int
    starts: int = 0
    width: float = 26.0

    @property
    def first(self) -> int:
        """The first row drawn."""
        return self.starts or self.header + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars(Chart):
    """Horizontal bars, one on top of the other unless they aren't `stacked`."""

    stacked: bool = True

    @property
    def height(self) -> float:
        """In cm; one that is higher than this would be cut by the end of an A4 page."""
        return min(14.5, max(8.0, 4.2 + (0.8 if self.stacked else 1.0) * (self.last - self.first + 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines(Chart):
    """A line for each series, from left to right."""

    @property
    def height(self) -> float:
        """In cm, as high as the page shows whole."""
        return 9.0


def draw(sheet: Worksheet, asked: Bars | Lines) -> BarChart | LineChart:
    """Return the chart of what stands in the sheet; where it is placed is for the caller."""
    rows = range(asked.first, asked.last + 1)
    names = [str(sheet.cell(row, asked.category).value) for row in rows]
    stacked = isinstance(asked, Bars) and asked.stacked
    chart = _bars(stacked) if isinstance(asked, Bars) else LineChart()
    chart.style = 2
    highest = 0
    sums = [0] * len(names)
    for place, (label, column, tone) in enumerate(asked.series):
        numbers = [int(sheet.cell(row, column).value or 0) for row in rows]
        series = _series(sheet, asked, label, column, numbers, names)
        if isinstance(asked, Bars):
            _dress_bars(series, tone, stacked)
        else:
            _dress_line(series, tone, place)
        chart.append(series)
        sums = [before + number for before, number in zip(sums, numbers, strict=True)]
        highest = max([highest, *(sums if stacked else numbers)])
    _title(chart, asked)
    _dress_axes(chart, highest)
    chart.legend.position = "b"
    chart.legend.txPr = _paragraph(_words(1000))
    if isinstance(asked, Bars):
        chart.layout = _room(asked.width, asked.height)
    chart.width, chart.height = asked.width, asked.height
    return chart


def _bars(stacked: bool) -> BarChart:
    chart = BarChart()
    chart.type = "bar"
    chart.grouping = "stacked" if stacked else "clustered"
    chart.overlap = 100 if stacked else -10
    chart.gapWidth = 55
    return chart


def _room(width: float, height: float) -> Layout:
    """Where the bars are drawn, so that their names fit beside them."""
    room = ManualLayout(
        layoutTarget="inner",
        xMode="edge",
        yMode="edge",
        x=6.2 / width,
        y=1.5 / height,
        w=1 - 6.9 / width,
        h=1 - 4.1 / height,
    )
    return Layout(manualLayout=room)


def _title(chart: BarChart | LineChart, bars: Chart) -> None:
    chart.title = bars.title
    chart.title.overlay = False
    chart.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_words(1400, bold=True))
    chart.title.tx.rich.p[0].r[0].rPr = _words(1400, bold=True)
    chart.x_axis.title, chart.y_axis.title = bars.axes


def _series(sheet: Worksheet, asked: Chart, label: str, column: int, numbers: list[int], names: list[str]) -> Series:
    """One series with the values it shows written into it."""
    series = Series(
        Reference(sheet, min_col=column, min_row=asked.first, max_row=asked.last), title_from_data=False, title=label
    )
    series.cat = AxDataSource(strRef=_texts(_place(sheet, asked.category, asked.first, asked.last), names))
    series.val.numRef.numCache = NumData(
        formatCode="General",
        ptCount=len(numbers),
        pt=[NumVal(idx=index, v=str(value)) for index, value in enumerate(numbers)],
    )
    series.tx.v = None
    series.tx.strRef = _texts(_place(sheet, column, asked.header, asked.header), [label])
    return series


def _dress_bars(series: Series, tone: str, stacked: bool) -> None:
    series.graphicalProperties = GraphicalProperties(solidFill=tone, ln=LineProperties(solidFill=WHITE, w=6350))
    series.invertIfNegative = False
    dark = stacked and tone not in (FILLS[Status.NOT_STARTED], FILLS[Status.CANCELLED])
    # A zero has no bar, so it gets no figure either.
    series.dLbls = DataLabelList(showVal=True, numFmt="0;;;")
    series.dLbls.txPr = _paragraph(_words(900, colour=WHITE if dark else INK))
    for part in ("showSerName", "showCatName", "showLegendKey", "showPercent", "showBubbleSize"):
        setattr(series.dLbls, part, False)


def _dress_line(series: Series, tone: str, place: int) -> None:
    """Draw a line; the second one is dashed, so that they can be told apart without colour."""
    dash = "sysDash" if place else None
    series.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=tone, w=28575, prstDash=dash))
    series.marker = Marker(symbol="none")
    series.smooth = False


def _place(sheet: Worksheet, column: int, first: int, last: int) -> str:
    letter = get_column_letter(column)
    return f"{quote_sheetname(sheet.title)}!${letter}${first}:${letter}${last}"


def _texts(place: str, texts: list[str]) -> StrRef:
    points = [StrVal(idx=index, v=text) for index, text in enumerate(texts)]
    return StrRef(f=place, strCache=StrData(ptCount=len(points), pt=points))


def _dress_axes(chart: BarChart | LineChart, highest: int) -> None:
    """Show both axes, the first bar on top, and whole numbers only."""
    thin = LineProperties(solidFill=LINE, w=6350)
    chart.x_axis.delete = chart.y_axis.delete = False
    if isinstance(chart, BarChart):
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
