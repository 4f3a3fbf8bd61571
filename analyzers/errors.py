"""Errors of text analysis.

AnalysisError
└── UnknownLanguage      a language tag that is not BCP 47
"""


class AnalysisError(Exception):
    """Root of everything that `analyzers` raises on purpose."""


class UnknownLanguage(AnalysisError):
    """A language tag is not BCP 47, such as `"klingon language"`."""

    def __init__(self, tag: str) -> None:
        super().__init__(
            f"{tag[:40]!r} is not a BCP 47 language tag; use one such as 'ar', 'vi' or 'zh-Hant'"
        )
        self.tag = tag
