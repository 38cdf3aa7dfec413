"""Whom a text means as an owner: a name, a role, an organisation, initials. Pure."""

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache

from actions.quick import Person, matching
from bra.text import folded


class People:
    """Those who may own an action. `of(text)` gives their keys: one is an answer, several are a question, none too."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.people = list(people)
        self._found: dict[str, tuple[int, ...]] = {}

    def of(self, text: str) -> tuple[int, ...]:
        """Return the keys of those whom the text means."""
        key = plain(text)
        if key not in self._found:
            self._found[key] = self._look(key)
        return self._found[key]

    def _look(self, text: str) -> tuple[int, ...]:
        if not text:
            return ()
        if found := self._whole(text):
            return found
        several = parts(text)
        if len(several) > 1:
            # "Socialchef, skolchef" are two; "Eva Ek, kommunpolis" is one whom both words mean.
            each = [set(self._one(part)) for part in several]
            if each[0] and (both := set.intersection(*each)):
                return self._in_order(both)
            return self._in_order(set().union(*each))
        return self._one(text)

    def _one(self, text: str) -> tuple[int, ...]:
        return self._whole(text) or self._by_initials(text) or self._by_name(text) or matching(text, self.people)

    def _whole(self, text: str) -> tuple[int, ...]:
        bare = plain(re.sub(r"\(.*?\)", " ", text))
        for wanted in dict.fromkeys((text, bare)):
            for names in self._names:
                if found := names.get(wanted):
                    return tuple(found)
        return ()

    @cached_property
    def _names(self) -> list[dict[str, list[int]]]:
        """The whole names, from the surest to the vaguest."""
        kinds = [
            lambda one: [f"{one.name}, {one.title}", f"{one.name} {one.title}"] if one.name else [],
            lambda one: [one.name],
            lambda one: [" ".join(reversed(one.name.rsplit(" ", 1))), ", ".join(reversed(one.name.rsplit(" ", 1)))],
            lambda one: [one.title, f"{one.title}en", f"{one.title}n"],
            lambda one: [one.organisation, f"{one.organisation}en", one.organisation.removesuffix("en")],
        ]
        found = []
        for names_of in kinds:
            names: dict[str, list[int]] = {}
            for one in self.people:
                for name in dict.fromkeys(plain(name) for name in names_of(one)):
                    if name:
                        names.setdefault(name, []).append(one.pk)
            found.append(names)
        return found

    def _by_initials(self, text: str) -> tuple[int, ...]:
        letters = re.sub(r"[\s.\-]", "", text)
        if not 2 <= len(letters) <= 4 or not letters.isalpha():
            return ()
        return tuple(
            one.pk
            for one in self.people
            if one.name and "".join(word[0] for word in plain(one.name).split()) == letters
        )

    def _by_name(self, text: str) -> tuple[int, ...]:
        """By one of the names alone, or first name and initial: "Ek", "Eva", "Eva E", "E. Ek"."""
        words = text.replace(".", " ").split()
        found = []
        for one in self.people:
            names = plain(one.name).split()
            whole = [word for word in words if word in names]
            left = [name for name in names if name not in whole]
            letters = [word for word in words if word not in whole]
            fits = all(len(letter) == 1 and any(name.startswith(letter) for name in left) for letter in letters)
            if whole and fits:
                found.append(one.pk)
        return tuple(found)

    def _in_order(self, keys: set[int]) -> tuple[int, ...]:
        return tuple(one.pk for one in self.people if one.pk in keys)


def parts(text: str) -> list[str]:
    """Return the names of a text that may hold several: "Socialchef, skolchef"."""
    return [part for part in re.split(r"\s*(?:,|/|;|\+|&|\boch\b|\band\b|\n)\s*", text) if part]


@lru_cache(maxsize=20_000)  # a list is read anew for each preview
def plain(text: str) -> str:
    """Return a text as it is compared: lower case, without accents and double spaces."""
    return " ".join(folded(text).replace("-", " ").split())
