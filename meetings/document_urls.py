"""Addresses of the minutes as a document."""

from django.urls import URLPattern, path

from meetings import document_views as views
from meetings import mailing_views

urlpatterns: list[URLPattern] = [
    path("moten/utformning/", views.layout, name="layout"),
    path("moten/utformning/forhandsvisning/", views.layout_preview, name="layout_preview"),
    path("moten/<int:pk>/handling.pdf", views.paper_pdf, name="paper_pdf"),
    path("moten/<int:pk>/handling.docx", views.paper_docx, name="paper_docx"),
    path("moten/<int:pk>/diarienummer/", views.minutes_register, name="minutes_register"),
    path("moten/<int:pk>/utskick/", mailing_views.minutes_mail, name="minutes_mail"),
    path("moten/<int:pk>/utskick/igen/", mailing_views.minutes_mail_again, name="minutes_mail_again"),
]
