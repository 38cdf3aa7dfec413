"""Addresses of actions, the plan and reminders."""

from django.urls import path

from actions import case_sheet_views, closing_urls, item_views, list_views, mail_urls, plan_urls, quick_views, views

app_name = "actions"
urlpatterns = [
    path("atgarder/", list_views.action_list, name="list"),
    path("atgarder/mina/", list_views.mine, name="mine"),
    path("atgarder/<int:pk>/", views.detail, name="detail"),
    path("atgarder/<int:pk>/andra/", views.edit, name="edit"),
    path("atgarder/<int:pk>/rapport/", views.report, name="report"),
    path("atgarder/<int:pk>/kommentar/", views.comment, name="comment"),
    path("atgarder/<int:pk>/lamna-over/", views.hand_over, name="hand_over"),
    path("atgarder/<int:pk>/ta-bort/", item_views.remove, name="remove"),
    path("atgarder/<int:pk>/aterstall/", item_views.restore, name="restore"),
    path("punkter/<int:item_pk>/atgarder/", item_views.agree, name="agree"),
    path("punkter/<int:item_pk>/snabb/", quick_views.quick, name="quick"),
    path("arenden/<int:pk>/arendeblad.pdf", case_sheet_views.case_sheet, name="case_sheet"),
    *plan_urls.urlpatterns,
    *mail_urls.urlpatterns,
    *closing_urls.urlpatterns,
]
