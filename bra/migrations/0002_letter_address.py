"""Where a mail went, so that it can be sent again to who has another address since."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bra", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="address",
            field=models.EmailField(blank=True, max_length=254, verbose_name="sent to"),
        ),
    ]
