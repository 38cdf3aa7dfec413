"""Where templates are looked for besides templates/: in the apps, but not in django-allauth's."""

from pathlib import Path

from django.template.loaders.app_directories import Loader as AppLoader


class Loader(AppLoader):
    """Django's loader of the apps' templates without django-allauth's: a page that we haven't written isn't shown."""

    def get_dirs(self) -> list[str | Path]:
        """Return the folders of the installed apps, those of allauth left out."""
        return [folder for folder in super().get_dirs() if "allauth" not in Path(folder).parts]
