"""System packages that tests need: installed when missing as root on Debian, left out aloud elsewhere."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = {
    # what the tests look for: (packages that bring it, what is left out without it)
    "chromium": (["chromium", "fonts-liberation"], "webbläsartesterna"),
    "soffice": (["libreoffice-calc", "fonts-liberation"], "testet som låter LibreOffice rita arbetsboken"),
}


def provide() -> list[str]:
    """Install what is missing where that is possible; return a sentence per kind of test that is left out."""
    missing = {program: what for program, what in PACKAGES.items() if shutil.which(program) is None}
    if not missing:
        return []
    if os.geteuid() == 0 and Path("/etc/debian_version").exists() and shutil.which("apt-get"):
        names = sorted({name for packages, _ in missing.values() for name in packages})
        print(f"Installerar {' '.join(names)} ...", flush=True)
        quiet = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in ([*quiet, "update"], [*quiet, "install", "-y", "--no-install-recommends", *names]):
            done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
            if done.returncode:
                print(f"{' '.join(command[:2])} misslyckades.", file=sys.stderr, flush=True)
    return [
        f"{program} finns inte här: {what} utelämnas."
        for program, (_, what) in missing.items()
        if shutil.which(program) is None
    ]
