"""Every address before the councils': what nobody, a member and an administrator are answered, by each method.

An address that isn't listed fails. None of them names a council, so none of them may show what one says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from tests import make
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

WHO = ("nobody", "member", "administrator")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
