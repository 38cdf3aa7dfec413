"""The Celery application. Workers are only woken by it: due work is rows in the database.

No task uses an ETA, a countdown or Celery's retry: a worker that holds such a message dies when the
broker drops.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bra.settings")

app = Celery("bra")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
