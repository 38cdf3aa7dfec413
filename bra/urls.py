"""All addresses. Everything of a council is below its slug; what stands before it is for everybody."""

from django.urls import URLPattern, URLResolver, include, path

from bra import concern_views, member_views, views

handler429 = "bra.account_views.too_many"

_council: list[URLPattern | URLResolver] = [
    path("", include("reports.home_urls")),
    path("", include("meetings.urls")),
    path("", include("actions.urls")),
    path("", include("imports.urls")),
    path("", include("finding.urls")),
    path("", include("reports.urls")),
    path("", include("records.urls")),
    path("installningar/oro/", concern_views.concern, name="concern"),
    path("ledamoter/", member_views.member_list, name="members"),
    path("ledamoter/ny/", member_views.member_new, name="member_new"),
    path("ledamoter/<int:pk>/", member_views.member_edit, name="member_edit"),
    path("ledamoter/<int:pk>/avsluta/", member_views.member_end, name="member_end"),
    path("ledamoter/<int:pk>/inloggning/", member_views.member_login, name="member_login"),
    path("ledamoter/<int:pk>/tvasteg/", member_views.member_second_step, name="member_second_step"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.start, name="start"),
    path("healthz", views.healthz, name="healthz"),
    path("integritet/", views.privacy, name="privacy"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("konto/", include("bra.account_urls")),
    path("drift/", include("bra.administering_urls")),
    path("ansvarig/", include("records.owner_urls")),
    path("ansvarig/", include("actions.owner_urls")),
    path("protokoll/", include("meetings.reading_urls")),
    path("kallelse/", include("meetings.reply_urls")),
    path("avanmal/<str:secret>/", views.unsubscribe, name="unsubscribe"),
    path("kalender/", include("finding.feed_urls")),
    path("<slug:council_slug>/", include(_council)),
]
