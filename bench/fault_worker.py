"""A worker to be killed: `python -m bench.fault_worker PORT DAY` with the database in DATABASE_URL and FAULT_DATABASE.

It reads lines from standard input. "start MINUTES" forks a process that plans the morning and sends what waits, by a
clock so many minutes ahead, and prints its id; "wait" waits for those that were started and prints how many ended well.
"""

import os
import sys
from datetime import date, datetime, time, timedelta
from functools import partial


def main(port: int, day: date) -> int:
    """Fork when told, until standard input ends. This process itself never opens a connection to the database."""
    import django

    django.setup()
    from django.db import connection

    connection.settings_dict["NAME"] = os.environ["FAULT_DATABASE"]
    children: list[int] = []
    for line in sys.stdin:
        word, _space, minutes = line.strip().partition(" ")
        if word == "start":
            pid = os.fork()
            if pid == 0:
                _work(port, day, timedelta(minutes=int(minutes)))
            children.append(pid)
            print(pid, flush=True)
        else:
            print(sum(os.waitpid(pid, 0)[1] == 0 for pid in children), flush=True)
            children.clear()
    return 0


def _work(port: int, day: date, later: timedelta) -> None:
    """Do what the morning's task does, and end this process whatever happens."""
    code = 1
    try:
        from django.core.mail import get_connection
        from django.utils import timezone

        from actions import reminders
        from bra import post
        from bra.models import STOCKHOLM, Council

        backend = "django.core.mail.backends.smtp.EmailBackend"
        connect = partial(get_connection, backend, host="127.0.0.1", port=port, timeout=10)
        reminders.plan_mornings(clock=datetime.combine(day, time(9), STOCKHOLM))
        for council in Council.objects.order_by("pk"):
            post.deliver(council, today=day, clock=lambda: timezone.now() + later, connect=connect)
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), date.fromisoformat(sys.argv[2])))
