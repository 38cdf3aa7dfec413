"""The purpose of links to the owner's page."""

OWNER = "owner"
