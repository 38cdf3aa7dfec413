"""The parts of an OpenDocument spreadsheet around its cells: styles, pages, names, filters, what it says of itself.

They are read off the workbook's own sheets and styles, so that both formats look alike.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape

from django.utils.translation import gettext as _
from openpyxl.styles import NamedStyle
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from reports.workbook.report import Report
from reports.workbook.styles import styles as named_styles

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_URN = "urn:oasis:names:tc:opendocument:xmlns:"
_SPACES = " ".join(
    [
        *(f'xmlns:{name}="{_URN}{name}:1.0"' for name in ("office", "style", "text", "table", "meta", "config")),
        f'xmlns:number="{_URN}datastyle:1.0" xmlns:fo="{_URN}xsl-fo-compatible:1.0"',
        'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"',
        'office:version="1.3"',
    ]
)
_CENTIMETRES_A_CHARACTER = 0.19
_NAME = re.compile(r"[^a-z0-9]+")
_FORMATS = {
    "yyyy-mm-dd": '<number:date-style style:name="{name}"><number:year number:style="long"/>'
    '<number:text>-</number:text><number:month number:style="long"/><number:text>-</number:text>'
    '<number:day number:style="long"/>'
    "</number:date-style>",
    "#,##0": '<number:number-style style:name="{name}"><number:number number:decimal-places="0" '
    'number:min-integer-digits="1" number:grouping="true"/></number:number-style>',
    "0": '<number:number-style style:name="{name}"><number:number number:decimal-places="0" '
    'number:min-integer-digits="1"/></number:number-style>',
    "0 %": '<number:percentage-style style:name="{name}"><number:number number:decimal-places="0" '
    'number:min-integer-digits="1"/><number:text> %</number:text></number:percentage-style>',
    "@": '<number:text-style style:name="{name}"><number:text-content/></number:text-style>',
}
_FORMAT_NAMES = {code: f"format{place}" for place, code in enumerate(_FORMATS)}
_BORDERS = {"thin": "0.5pt", "medium": "1.5pt"}
_ALIGN = {"left": "start", "right": "end", "center": "center"}
_VERTICAL = {"top": "top", "center": "middle", "bottom": "bottom"}


# A4 across, as wide as the columns; as many pages high as the rows need, or one.
_PAGE_LAYOUT = (
    '<style:page-layout style:name="{name}"><style:page-layout-properties fo:page-width="29.7cm" '
    'fo:page-height="21cm" style:print-orientation="landscape" fo:margin-left="1.27cm" fo:margin-right="1.27cm" '
    'fo:margin-top="1.5cm" fo:margin-bottom="1.2cm" style:scale-to-X="1" style:scale-to-Y="{height}" '
    'style:print="objects charts drawings"/><style:header-style/>'
    '<style:footer-style><style:header-footer-properties fo:min-height="0.7cm" fo:margin-top="0.2cm"/>'
    "</style:footer-style></style:page-layout>"
)


def style_name(name: str) -> str:
    """A workbook's style by the name that it has here."""
    return _NAME.sub("-", name.lower()).strip("-")


def widths(sheet: Worksheet) -> list[float]:
    """The widths of a sheet's columns in characters, from the first."""
    columns = max(sheet.max_column, *(range_boundaries(table.ref)[2] or 1 for table in sheet.tables.values()), 1)
    return [float(sheet.column_dimensions[get_column_letter(index)].width) for index in range(1, columns + 1)]


def manifest(media_type: str) -> str:
    """The list of the parts."""
    parts = [("/", media_type), *((f"{name}.xml", "text/xml") for name in ("content", "styles", "meta", "settings"))]
    listed = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>' for path, kind in parts
    )
    space = f'xmlns:manifest="{_URN}manifest:1.0" manifest:version="1.3"'
    return f"{_XML}<manifest:manifest {space}>{listed}</manifest:manifest>"


def meta(report: Report) -> str:
    """Title, council, language and day; the creator is the council, not the program."""
    properties = report.book.properties
    day = f"{report.day}T00:00:00"
    creator = escape(properties.creator or "")
    return (
        f"{_XML}<office:document-meta {_SPACES}><office:meta><dc:title>{escape(properties.title or '')}</dc:title>"
        f"<dc:subject>{escape(properties.subject or '')}</dc:subject>"
        f"<meta:initial-creator>{creator}</meta:initial-creator><dc:creator>{creator}</dc:creator>"
        f"<meta:creation-date>{day}</meta:creation-date><dc:date>{day}</dc:date>"
        f"<dc:language>{properties.language}</dc:language></office:meta></office:document-meta>"
    )


def settings(report: Report) -> str:
    """Which rows and columns stand still while the rest is moved, as in the workbook; the first sheet is shown."""
    frozen = "".join(_frozen(sheet) for sheet in report.book.worksheets)
    shown = _item("ActiveTable", "string", escape(report.cover.title))
    return (
        f"{_XML}<office:document-settings {_SPACES}><office:settings>"
        '<config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed config:name="Views">'
        '<config:config-item-map-entry><config:config-item-map-named config:name="Tables">'
        f"{frozen}</config:config-item-map-named>{shown}</config:config-item-map-entry>"
        "</config:config-item-map-indexed></config:config-item-set></office:settings></office:document-settings>"
    )


def _frozen(sheet: Worksheet) -> str:
    columns, rows = 0, 0
    if sheet.freeze_panes:
        column, row, _right, _last = range_boundaries(sheet.freeze_panes)
        columns, rows = (column or 1) - 1, (row or 1) - 1
    items = "".join(
        _item(f"{way}SplitMode", "short", "2" if place else "0") + _item(f"{way}SplitPosition", "int", str(place))
        for way, place in (("Horizontal", columns), ("Vertical", rows))
    )
    items += _item("PositionRight", "int", str(columns)) + _item("PositionBottom", "int", str(rows))
    items += _item("ActiveSplitRange", "short", "3" if columns else "2") + _item("ShowGrid", "boolean", "false")
    name = escape(sheet.title)
    return f'<config:config-item-map-entry config:name="{name}">{items}</config:config-item-map-entry>'


def _item(name: str, kind: str, value: str) -> str:
    return f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'


def styles(report: Report) -> str:
    """Every style of the workbook, and the printed page."""
    language, _dash, country = (report.book.properties.language or "sv-SE").partition("-")
    formats = "".join(text.format(name=_FORMAT_NAMES[code]) for code, text in _FORMATS.items())
    cells = "".join(_style(style) for style in named_styles(report.accent))
    footer = _footer(report)
    layouts = "".join(_PAGE_LAYOUT.format(name=name, height=height) for name, height in (("page", 0), ("one-page", 1)))
    pages = "".join(
        f'<style:master-page style:name="{name}" style:page-layout-name="{name}"><style:header style:display="false"/>'
        f"<style:footer>{footer}</style:footer></style:master-page>"
        for name in ("page", "one-page")
    )
    return (
        f"{_XML}<office:document-styles {_SPACES}><office:styles>"
        '<style:default-style style:family="table-cell"><style:text-properties fo:font-family="Carlito, Calibri" '
        f'fo:font-size="11pt" fo:language="{language}" fo:country="{country or "none"}"/></style:default-style>'
        f"{formats}{cells}</office:styles><office:automatic-styles>"
        f"{layouts}</office:automatic-styles><office:master-styles>{pages}</office:master-styles>"
        "</office:document-styles>"
    )


def _footer(report: Report) -> str:
    page = _("Page %(page)s of %(pages)s") % {"page": "\0", "pages": "\1"}
    page = escape(page).replace("\0", "<text:page-number>1</text:page-number>")
    page = page.replace("\1", "<text:page-count>1</text:page-count>")
    regions = (("left", escape(report.council.name)), ("center", escape(report.footer)), ("right", page))
    return "".join(f"<style:region-{side}><text:p>{text}</text:p></style:region-{side}>" for side, text in regions)


def _style(style: NamedStyle) -> str:
    font, alignment = style.font, style.alignment
    text = f'fo:font-size="{font.sz:g}pt" fo:color="{_colour(font.color.rgb)}"'
    text += ' fo:font-weight="bold"' if font.b else ""
    text += ' style:text-underline-style="solid" style:text-underline-width="auto"' if font.u else ""
    cell = f'style:vertical-align="{_VERTICAL[alignment.vertical or "bottom"]}" fo:padding="0.06cm"'
    cell += ' fo:wrap-option="wrap"' if alignment.wrap_text else ""
    if style.fill.fill_type == "solid":
        cell += f' fo:background-color="{_colour(style.fill.fgColor.rgb)}"'
    for side in ("top", "bottom"):
        line = getattr(style.border, side)
        if line is not None and line.style:
            cell += f' fo:border-{side}="{_BORDERS[line.style]} solid {_colour(line.color.rgb)}"'
    cell += ' style:text-align-source="fix"' if alignment.horizontal else ""
    paragraph = f'fo:text-align="{_ALIGN[alignment.horizontal]}"' if alignment.horizontal else ""
    if alignment.indent:
        paragraph += f' fo:margin-{alignment.horizontal}="0.15cm"'
    data = f' style:data-style-name="{_FORMAT_NAMES[style.number_format]}"' if style.number_format in _FORMATS else ""
    return (
        f'<style:style style:name="{style_name(style.name)}" style:display-name="{escape(style.name)}" '
        f'style:family="table-cell"{data}><style:table-cell-properties {cell}/>'
        f"<style:paragraph-properties {paragraph}/><style:text-properties {text}/></style:style>"
    )


def _colour(rgb: str) -> str:
    return f"#{rgb[-6:].lower()}"


def content_begins(sheets: Sequence[Worksheet], all_widths: Iterable[float]) -> str:
    """The beginning of the content up to the first sheet: widths, heights, and each sheet's colour."""
    columns = "".join(
        f'<style:style style:name="column{place}" style:family="table-column"><style:table-column-properties '
        f'style:column-width="{width * _CENTIMETRES_A_CHARACTER + 0.15:.2f}cm"/></style:style>'
        for place, width in enumerate(all_widths)
    )
    rows = "".join(
        f'<style:style style:name="{name}" style:family="table-row"><style:table-row-properties {how}/></style:style>'
        for name, how in (
            ("row", 'style:use-optimal-row-height="true"'),
            ("title-row", 'style:row-height="1.06cm" style:use-optimal-row-height="false"'),
        )
    )
    tables = "".join(
        f'<style:style style:name="sheet{place}" style:family="table" style:master-page-name="{_page(sheet)}">'
        f'<style:table-properties table:display="true" table:tab-color="{_tab(sheet)}"/></style:style>'
        for place, sheet in enumerate(sheets, start=1)
    )
    return (
        f"{_XML}<office:document-content {_SPACES}><office:automatic-styles>{columns}{rows}{tables}"
        "</office:automatic-styles><office:body><office:spreadsheet>"
    )


def _page(sheet: Worksheet) -> str:
    return "one-page" if sheet.page_setup.fitToHeight == 1 else "page"


def _tab(sheet: Worksheet) -> str:
    colour = sheet.sheet_properties.tabColor
    return _colour(colour.rgb) if colour is not None else "#ffffff"


def content_ends(report: Report) -> str:
    """The end of the content, after the last sheet: the names, and the tables with their filter buttons."""
    names = "".join(
        f'<table:named-range table:name="{escape(name)}" table:base-cell-address="{escape(_first(area))}" '
        f'table:cell-range-address="{escape(area)}"/>'
        for name, area in ((name, _area(defined.attr_text)) for name, defined in report.book.defined_names.items())
    )
    tables = "".join(
        f'<table:database-range table:name="{escape(table.name)}" table:target-range-address='
        f'"{escape(_in_sheet(sheet, table.ref))}" table:display-filter-buttons="{_yes(table.autoFilter)}"/>'
        for sheet in report.book.worksheets
        for table in sheet.tables.values()
    )
    return (
        f"<table:named-expressions>{names}</table:named-expressions>"
        f"<table:database-ranges>{tables}</table:database-ranges>"
        "</office:spreadsheet></office:body></office:document-content>"
    )


def _yes(what: object) -> str:
    return "true" if what else "false"


def _in_sheet(sheet: Worksheet, ref: str) -> str:
    """An area as OpenDocument writes it: "'Åtgärder'.A4:'Åtgärder'.O120"."""
    name = "'" + sheet.title.replace("'", "''") + "'"
    return ":".join(f"{name}.{corner}" for corner in ref.split(":"))


def _area(reference: str) -> str:
    """A workbook's reference, 'Listor'!$A$5:$A$9, as OpenDocument writes it."""
    sheet, _mark, cells = reference.rpartition("!")
    return ":".join(f"${sheet}.{corner}" for corner in cells.split(":"))


def _first(area: str) -> str:
    return area.split(":")[0]
