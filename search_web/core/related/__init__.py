"""Related stories: which articles tell the same story or stand around it, and why."""

from .drafts import MAX_DRAFT, draft_article
from .stories import Stories

__all__ = ["MAX_DRAFT", "Stories", "draft_article"]
