"""The one error that the operator is shown."""


class Refusal(Exception):
    """A start that cannot go on; the text is one clear Swedish sentence, perhaps with a log's tail below."""
