"""The agenda as the last summons carried it, so that it is sent anew only when it differs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0002_signed_minutes_never_change")]

    operations = [
        migrations.AddField(
            model_name="meeting",
            name="summoned_agenda",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
    ]
