"""A removed goal or activity keeps its number, for the day it is brought back; those in the plan share them out anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("actions", "0002_initial")]

    operations = [
        migrations.RemoveConstraint("activity", "activity_number_once_per_goal"),
        migrations.RemoveConstraint("goal", "goal_number_once_per_plan"),
        migrations.AddConstraint(
            "activity",
            models.UniqueConstraint(
                fields=["goal", "number"], condition=models.Q(removed=False), name="activity_number_once_per_goal"
            ),
        ),
        migrations.AddConstraint(
            "goal",
            models.UniqueConstraint(
                fields=["plan", "number"], condition=models.Q(removed=False), name="goal_number_once_per_plan"
            ),
        ),
    ]
