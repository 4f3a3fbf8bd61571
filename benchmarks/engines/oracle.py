"""Which articles match, by looking at each one: slow, obvious, and knows no engine."""

from __future__ import annotations

from .protocol import BenchArticle, Question


def matches(article: BenchArticle, question: Question) -> bool:
    """Whether an article is an answer.

    >>> article = BenchArticle("a1", "en", 7, "to be or not to be")
    >>> [matches(article, Question(pair, "phrase")) for pair in (("not", "to"), ("be", "to"))]
    [True, False]
    """
    if question.lang and (
        article.lang != question.lang or not question.first <= article.date <= question.last
    ):
        return False
    text = f" {article.words} "
    if question.match == "phrase":
        return f" {' '.join(question.words)} " in text
    if question.match == "prefix":
        return f" {question.words[0]}" in text
    found = (f" {word} " in text for word in question.words)
    return all(found) if question.match == "all" else any(found)
