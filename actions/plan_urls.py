"""Addresses of the plan."""

from django.urls import path

from actions import indicator_views, plan_edit_views, plan_views

urlpatterns = [
    path("plan/", plan_views.current, name="plan"),
    path("plan/ny/", plan_edit_views.plan_new, name="plan_new"),
    path("plan/<int:pk>/", plan_views.plan, name="plan_detail"),
    path("plan/<int:pk>/tavla/", plan_views.board, name="plan_board"),
    path("plan/<int:pk>/tidslinje/", plan_views.timeline, name="plan_timeline"),
    path("plan/<int:pk>/innehall/", plan_edit_views.outline, name="plan_outline"),
    path("plan/<int:pk>/andra/", plan_edit_views.plan_edit, name="plan_edit"),
    path("plan/<int:pk>/mal/", plan_edit_views.goal_add, name="plan_goal_add"),
    path("plan/mal/<int:pk>/andra/", plan_edit_views.goal_edit, name="plan_goal_edit"),
    path("plan/mal/<int:pk>/flytta/", plan_edit_views.goal_move, name="plan_goal_move"),
    path("plan/mal/<int:pk>/ta-bort/", plan_edit_views.goal_remove, name="plan_goal_remove"),
    path("plan/mal/<int:pk>/aktivitet/", plan_edit_views.activity_add, name="plan_activity_add"),
    path("plan/aktiviteter/<int:pk>/", plan_views.activity, name="plan_activity"),
    path("plan/aktiviteter/<int:pk>/andra/", plan_edit_views.activity_edit, name="plan_activity_edit"),
    path("plan/aktiviteter/<int:pk>/flytta/", plan_edit_views.activity_move, name="plan_activity_move"),
    path("plan/aktiviteter/<int:pk>/ta-bort/", plan_edit_views.activity_remove, name="plan_activity_remove"),
    path("plan/aktiviteter/<int:pk>/indikator/", indicator_views.indicator_add, name="plan_indicator_add"),
    path("plan/indikatorer/<int:pk>/", plan_views.indicator, name="plan_indicator"),
    path("plan/indikatorer/<int:pk>/andra/", indicator_views.indicator_edit, name="plan_indicator_edit"),
    path("plan/indikatorer/<int:pk>/ta-bort/", indicator_views.indicator_remove, name="plan_indicator_remove"),
    path("plan/indikatorer/<int:pk>/utfall/", indicator_views.outcome_note, name="plan_outcome_note"),
    path("plan/utfall/<int:pk>/ta-bort/", indicator_views.outcome_remove, name="plan_outcome_remove"),
]
