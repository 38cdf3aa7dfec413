"""The settings under test: as in production, but with cheap password hashes and unhashed static files."""

from bra.settings import *  # noqa: F403  # a settings module is a namespace
from bra.settings import RATES, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# Sentences are asserted as they stand in the code; the browser tests run in Swedish.
LANGUAGE_CODE = "en"

# What tests ask of a page in a second is more than a person does in a minute; tests/bra/test_bounds.py sets its own.
RATES.clear()
# The tests of the second step turn it on.
BRA_MFA = "offered"
