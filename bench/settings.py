"""The settings under measurement: as in production, with the reference's page beside ours."""

from bra.settings import *  # noqa: F403  # a settings module is a namespace
from bra.settings import BASE_DIR, STORAGES, TEMPLATES

# No `collectstatic` here: the names of files without their hashes.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
ROOT_URLCONF = "bench.urls"
TEMPLATES = [{**TEMPLATES[0], "DIRS": [BASE_DIR / "bench" / "templates", BASE_DIR / "templates"]}]
