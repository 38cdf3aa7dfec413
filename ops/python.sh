#!/bin/sh
# Print the path of a Python that the product runs on (3.11 or later, with venv), or one sentence and exit 1.
# PYTHON=/path chooses one. Versions the locks are tested on come first, then whatever is newer.
fits() { "$1" -c "import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] $2))" >/dev/null 2>&1; }
builds() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }
bare=
try() {
    found=$(command -v "$1" 2>/dev/null) && fits "$found" "$2" || return 1
    if builds "$found"; then
        echo "$found"
        exit 0
    fi
    bare=$found
}
if [ -n "${PYTHON:-}" ]; then
    try "$PYTHON" ""
else
    try python3 "<= (3, 13)"
    for version in 3.13 3.12 3.11; do try "python$version" "<= (3, 13)"; done
    for name in python3 python3.14 python; do try "$name" ""; done
fi
if [ -n "$bare" ]; then
    echo "$bare saknar modulen venv. Installera den (på Debian och Ubuntu: apt install python3-venv) och försök igen." >&2
else
    echo "Python 3.11 eller senare behövs men hittades inte. Installera Python 3.11, 3.12 eller 3.13 och försök igen." >&2
fi
exit 1
