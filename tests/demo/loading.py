"""Loading the demonstration, and looking at all that it left."""

import io
import re
import tempfile

from django.apps import apps
from django.core.management import call_command
from django.test import override_settings

MODELS = [
    model
    for app in ("bra", "meetings", "actions", "reports", "records")
    for model in apps.get_app_config(app).get_models()
]


def load(**options: object) -> str:
    """Run `manage.py demo`; return what it printed. The file of its report is thrown away."""
    out = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, override_settings(REPORTS_DIR=folder, RELEASES_DIR=folder):
        call_command("demo", stdout=out, **options)
    return out.getvalue()


def rows() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of the product."""
    through = [
        field.remote_field.through
        for model in MODELS
        for field in model._meta.local_many_to_many
        if field.remote_field.through
    ]
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values_list()) for model in [*MODELS, *through]
    }


def passwords(said: str) -> dict[str, str]:
    """The log-ins in what was printed: {e-mail: password}."""
    return dict(re.findall(r"(\S+@\S+)\s+(\S+)$", said, flags=re.MULTILINE))
