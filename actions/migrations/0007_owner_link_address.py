from django.db import migrations, models


class Migration(migrations.Migration):
    """A link works as long as it was mailed to the owner's present address; nothing ever set `ended`."""

    dependencies = [
        ("actions", "0006_reminder_fewer_indexes"),
    ]

    operations = [
        migrations.RemoveField(model_name="ownerlink", name="ended"),
        migrations.AddField(
            model_name="ownerlink",
            name="address",
            field=models.EmailField(default="", max_length=254),
            preserve_default=False,
        ),
    ]
