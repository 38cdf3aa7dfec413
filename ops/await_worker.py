"""Wait until a Celery worker answers a ping: `python -m ops.await_worker NAME SECONDS` (in `.venv`)."""

import sys
import time

from celery_app import app


def main(name: str, seconds: float) -> int:
    """Ask once a second; return 0 when the worker answered, 1 when `seconds` passed without an answer."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if app.control.inspect(destination=[name], timeout=1, limit=1).ping():
                return 0
        except OSError:  # the broker isn't there yet
            time.sleep(0.2)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
