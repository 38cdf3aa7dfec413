"""Addresses of the register of releases."""

from django.urls import URLPattern, path

from records import release_copy_views as copies
from records import release_file_views as files
from records import release_views as views

urlpatterns: list[URLPattern] = [
    path("", views.release_list, name="release_list"),
    path("ny/", views.release_new, name="release_new"),
    path("regler/", views.release_rules, name="release_rules"),
    path("register.xlsx", files.release_export_xlsx, name="release_export_xlsx"),
    path("register.csv", files.release_export_csv, name="release_export_csv"),
    path("revision.csv", files.release_extract, name="release_extract"),
    path("<int:pk>/", views.release_detail, name="release_detail"),
    path("<int:pk>/andra/", views.release_edit, name="release_edit"),
    path("<int:pk>/avsluta/", views.release_end, name="release_end"),
    path("<int:pk>/avsla/", views.release_refuse, name="release_refuse"),
    path("<int:pk>/oppna/", views.release_reopen, name="release_reopen"),
    path("<int:pk>/beslut.pdf", files.release_letter, name="release_letter"),
    path("<int:pk>/kopia/", copies.release_copy, name="release_copy"),
    path("<int:pk>/kopia/hel/", copies.release_copy_whole, name="release_copy_whole"),
    path("kopior/<int:pk>/fil/", copies.release_fetch, name="release_fetch"),
    path("kopior/<int:pk>/ta-bort/", copies.release_copy_drop, name="release_copy_drop"),
]
