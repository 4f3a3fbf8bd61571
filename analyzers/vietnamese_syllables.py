"""Which strings can be a Vietnamese syllable: onset + rhyme, from the phonotactics of the written language.

Source of the tables: the standard orthography as any grammar gives it (e.g. L. C. Thompson, *A Vietnamese
Reference Grammar*, 1965). A syllable is an optional onset, a vowel nucleus and an optional coda.
"""

from __future__ import annotations

import re

from .vietnamese import one_tone_place, unaccented

_ONSETS = "ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|b|c|d|đ|g|h|k|l|m|n|p|r|s|t|v|x"
# Rhymes without tone and vowel marks; ê, ơ, ư and the others fall together with their plain letters.
_RHYMES = (
    "a|ac|ach|ai|am|an|ang|anh|ao|ap|at|au|ay"
    "|e|ec|ech|em|en|eng|enh|eo|ep|et|eu"
    "|i|ia|ich|iec|iem|ien|ieng|iep|iet|ieu|im|in|inh|ip|it|iu"
    "|o|oa|oac|oach|oai|oam|oan|oang|oanh|oao|oap|oat|oay|oc|oe|oem|oen|oeo|oet|oi|om|on|ong|oong|ooc|op|ot"
    "|u|ua|uan|uang|uat|uay|uc|ue|uech|uenh|ui|um|un|ung|uo|uoc|uoi|uom|uon|uong|uop|uot|uou|up|ut|uu"
    "|uy|uya|uych|uyen|uyet|uynh|uyt|uyu"
    "|y|yem|yen|yet|yeu|ynh"
)
_SYLLABLE = re.compile(f"(?:(?:{_ONSETS})?(?:{_RHYMES})|gi(?:n|m|eng|ec|et)?)")


def is_syllable(text: str) -> bool:
    """Whether one word, accented or not, in any case, can be a Vietnamese syllable.

    >>> [is_syllable(word) for word in ("Đường", "duong", "nghiêng", "street", "wto")]
    [True, True, True, False, False]
    """
    word = unaccented(one_tone_place(text.lower()))
    return _SYLLABLE.fullmatch(word) is not None
