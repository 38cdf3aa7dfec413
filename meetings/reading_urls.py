"""Addresses of the minutes as those read them who don't log in."""

from django.urls import path

from meetings import reading_views

app_name = "reading"
urlpatterns = [
    path("", reading_views.page, name="page"),
    path("handling.pdf", reading_views.paper_pdf, name="paper_pdf"),
    path("handling.docx", reading_views.paper_docx, name="paper_docx"),
    path("<str:secret>/", reading_views.enter, name="enter"),
]
