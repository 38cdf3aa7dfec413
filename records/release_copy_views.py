"""Copies for release: choosing a document, masking it, making the copy, fetching it, and throwing it away."""

import hashlib
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bra.errors import RuleBroken
from bra.http import CouncilRequest, only_if, status_of, to_keep
from bra.models import LegalGround, Member
from bra.recent import recently_authenticated
from records import masking, permissions
from records import release_documents as documents
from records.lifecycle import download_name, drop_copy, keep_copy, log_fetch, produce, stored_copy
from records.masking import Tree
from records.models import Release, ReleasedCopy
from records.release_documents import Source
from records.release_forms import MaskForm
from records.release_views import release_for, step_of, trail_of


def copy_for(member: Member, pk: int) -> ReleasedCopy:
    """The one door to a copy: of the own council, with restricted matter only for the cleared; else 404."""
    copies = ReleasedCopy.objects.visible_to(member).select_related("release__council")
    return get_object_or_404(copies, pk=pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@only_if(permissions.may_handle_releases)
def release_copy(request: CouncilRequest, pk: int) -> HttpResponse:
    """Choose a document, mask it, and make a copy of what is left; what is restricted is left out."""
    return _copy(request, pk, whole=False)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@only_if(permissions.may_release_whole)
@recently_authenticated()
def release_copy_whole(request: CouncilRequest, pk: int) -> HttpResponse:
    """Do the same with restricted matter left in, for a cleared handler."""
    return _copy(request, pk, whole=True)


def _copy(request: CouncilRequest, pk: int, *, whole: bool) -> HttpResponse:
    release = release_for(request.member, pk)
    if not release.is_open:
        messages.error(request, _("The request has ended. Open it again first."))
        return redirect("release_detail", request.council.slug, release.pk)
    key = request.GET.get("document", "")
    if not key:
        return _choose(request, release, whole)
    source = documents.source_for(request.member, key)
    if source is None:
        raise Http404
    try:
        tree = documents.tree_of(source, request.member, on=request.today, whole=whole) if source.can_be_masked else {}
    except RuleBroken as refused:
        messages.error(request, refused.sentence)
        return redirect("release_copy", request.council.slug, release.pk)
    parts = masking.parts(tree)
    posted = request.method == "POST"
    initial = {"looked_at": masking.fingerprint(tree), "file_format": source.formats[0]}
    form = MaskForm(request.council, source, parts, request.POST if posted else None, initial=initial)
    shown = None
    if posted and form.is_valid():
        if "look" in request.POST:
            shown = _as_masked(tree, form)
        elif made := _made(request, release, source, form, whole):
            messages.success(request, _("Copy %(number)d is made. It was searched.") % {"number": made.number})
            return redirect("release_detail", request.council.slug, release.pk)
    return _mask_page(request, release, source, form, whole, shown, tree)


def _choose(request: CouncilRequest, release: Release, whole: bool) -> HttpResponse:
    title = _("Choose a document")
    context = {
        "release": release,
        "groups": documents.sources(request.member, whole=whole),
        "whole": whole,
        "title": title,
        "trail": trail_of(request, step_of(release), (title, None)),
    }
    return render(request, "records/release_choose.html", context)


def _as_masked(tree: Tree, form: MaskForm) -> list[masking.Part]:
    """What a reader of the copy would read."""
    masks = form.masks()
    return masking.parts(masking.masked(tree, masks.chosen, masks.words).tree)


def _made(
    request: CouncilRequest, release: Release, source: Source, form: MaskForm, whole: bool
) -> ReleasedCopy | None:
    """Make the copy and keep it; None when a rule says no, which then stands in the form."""
    try:
        # Takes its time, so it is outside the transaction.
        produced = produce(
            source=source,
            masks=form.masks(),
            by=request.member,
            on=request.today,
            file_format=form.cleaned_data["file_format"],
            whole=whole,
            looked_at=form.cleaned_data["looked_at"] if source.can_be_masked else "",
        )
        return keep_copy(release=release, produced=produced, by=request.member, on=request.today, at=request.now)
    except RuleBroken as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused)
        return None


def _mask_page(
    request: CouncilRequest,
    release: Release,
    source: Source,
    form: MaskForm,
    whole: bool,
    shown: list[masking.Part] | None,
    tree: Tree,
) -> HttpResponse:
    number, grounds = (0, set[LegalGround]()) if whole else documents.left_out(source, request.member)
    context: dict[str, Any] = {
        "release": release,
        "source": source,
        "form": form,
        "whole": whole,
        "shown": shown,
        "now": masking.fingerprint(tree),
        "left_out": number,
        "grounds": sorted(ground.reference for ground in grounds),
        "title": source.label,
        "cancel": reverse("release_detail", args=[request.council.slug, release.pk]),
        "trail": trail_of(request, step_of(release), (source.label, None)),
    }
    return render(request, "records/release_mask.html", context, status=status_of(form))


def _is_whole(request: CouncilRequest, pk: int) -> bool:
    """Whether the copy holds restricted matter."""
    return copy_for(request.member, pk).whole


@never_cache
@require_safe
@only_if(permissions.may_handle_releases)
@recently_authenticated(_is_whole)
def release_fetch(request: CouncilRequest, pk: int) -> HttpResponse:
    """Give the file of a copy, and note that it was fetched."""
    copy = copy_for(request.member, pk)
    try:
        content = stored_copy(copy).read_bytes()
    except FileNotFoundError as gone:
        raise Http404 from gone
    if hashlib.sha256(content).hexdigest() != copy.sha256:
        messages.error(request, _("The file isn't the one that was searched. Throw the copy away and make it anew."))
        return redirect("release_detail", request.council.slug, copy.release_id)
    if request.method == "GET":
        log_fetch(copy=copy, by=request.member, on=request.today)
    return to_keep(HttpResponse(content, content_type=documents.TYPES[copy.format]), download_name(copy))


@require_POST
@only_if(permissions.may_handle_releases)
def release_copy_drop(request: CouncilRequest, pk: int) -> HttpResponse:
    """Throw a copy away that was made by mistake."""
    copy = copy_for(request.member, pk)
    try:
        with transaction.atomic():
            drop_copy(copy=copy, by=request.member, on=request.today)
    except RuleBroken as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("The copy is thrown away."))
    return redirect("release_detail", request.council.slug, copy.release_id)
