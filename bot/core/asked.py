"""Looks at a text without understanding it: is it a question, and what of it is nobody's business?"""

import re
import unicodedata

MAX_KEPT = 200
"""Characters of a question that are kept for review."""

_STARTS = """what whats how hows why when where which who whom whose is are am was were do does did can could should
would will may might must has have had isnt arent dont doesnt didnt cant couldnt shouldnt wouldnt wont any anyone
anybody somebody someone"""
_OPENERS = "so and but or hey hi hello guys all everyone folks ok okay please pls sorry um well also btw anyway quick"
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_LEAD = 4
"""Words within which a question has begun, greetings aside."""

_PERSONAL = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\w[\w+.-]*@\w[\w.-]*\.\w+",  # mail
        r"<(?:@[!&]?|#|a?:\w+:)\d+>",  # mentions, channels and emoji as Discord writes them
        r"(?<!\w)@\w+(?:#\d{4})?",
        r"\b[a-z][a-z0-9+.-]*://\S+",
        r"\b(?:www\.|t\.me/|discord\.gg/)\S+",
        r"\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|co|info|biz|xyz|app|dev|me|ru|cn|uk|de|fr|eu|us|top|site|online|live"
        r"|club|shop|finance|exchange|wallet|link|gg|ly|ai|tv|cc)\b(?:/\S*)?",
        r"\b(?:bc1|tb1|lnbc|ltc1|addr1|cosmos1)[a-z0-9]{8,}",
        r"\b0x[0-9a-f]{8,}",
        r"\b[0-9a-f]{24,}\b",
        r"\b(?=\w*\d)(?=\w*[a-z])[a-z0-9]{20,}\b",  # addresses and keys in letters and digits
        r"(?<!\w)\+?\(?\d(?:[\s().\-/]{0,2}\d){6,}",  # phone, card and account numbers
        r"\b\d{1,5}\s+(?:[a-z]+\s+){1,3}(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|way|court|ct)\b\.?",
    )
)


def is_question(text: str) -> bool:
    """Return whether somebody asks something: a question mark, or a start that only questions have."""
    if "?" in text or "？" in text:
        return True
    words = [word.replace("'", "").replace("’", "") for word in _WORD.findall(text.casefold())[: _LEAD * 2]]
    while words and words[0] in _OPENERS.split():
        words.pop(0)
    return bool(words) and words[0] in _STARTS.split()


def stripped(text: str) -> str:
    """Return a question without mentions, links, addresses, long numbers and keys; "" if too little is left."""
    text = "".join(" " if unicodedata.category(character)[0] == "C" else character for character in text)
    for personal in _PERSONAL:
        text = personal.sub("…", text)
    text = " ".join(text.split())[:MAX_KEPT].strip()
    return text if sum(character.isalpha() for character in text) >= 3 else ""
