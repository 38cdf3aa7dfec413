"""Addresses of approving, of requests for more time and of handing everything over."""

from django.urls import path

from actions import closing_views

urlpatterns = [
    path("atgarder/godkann/", closing_views.approve_all, name="approve_all"),
    path("atgarder/godkann/angra/", closing_views.unapprove_all, name="unapprove_all"),
    path("atgarder/<int:pk>/godkann/", closing_views.approve, name="approve"),
    path("atgarder/<int:pk>/godkann/angra/", closing_views.unapprove, name="unapprove"),
    path("atgarder/<int:pk>/skicka-tillbaka/", closing_views.send_back, name="send_back"),
    path("atgarder/<int:pk>/samband/", closing_views.tie, name="tie"),
    path("atgarder/begaran/<int:pk>/svara/", closing_views.answer_request, name="answer_request"),
    path("atgarder/begaran/<int:pk>/dra-tillbaka/", closing_views.withdraw_request, name="withdraw_request"),
    path("ledamoter/<int:pk>/lamna-over/", closing_views.hand_over_all, name="hand_over_all"),
]
