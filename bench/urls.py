"""The product's addresses, and the reference's list."""

from django.urls import path

from bench.reference_list import PlainList
from bra.urls import urlpatterns as product

urlpatterns = [path("<slug:council_slug>/reference/", PlainList.as_view()), *product]
