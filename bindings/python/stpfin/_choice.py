"""One of a few words."""


def choose(name: str, words: tuple[str, ...], word: str) -> int:
    """The position of a word among those allowed, by which C knows it."""
    if word not in words:
        raise ValueError(f"{name} is {', '.join(map(repr, words[:-1]))} or {words[-1]!r}, not {word!r}")
    return words.index(word)
