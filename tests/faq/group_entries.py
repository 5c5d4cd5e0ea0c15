"""What a group may add of its own: entries with two wordings each, and other ways to ask for them."""

from faq.entry import Entry

ENTRIES: dict[str, tuple[str, tuple[str, str], tuple[str, str, str]]] = {
    "meetup": (
        "When is the next meetup in Leipzig?",
        ("date of our local meeting", "where does the Leipzig group meet"),
        ("what day do we meet in leipzig", "is there a meetup this month?", "location of the next meeting"),
    ),
    "rules": (
        "What are the rules of this group?",
        ("group rules", "what am I allowed to post here"),
        ("can you show me the rules", "is posting links allowed here?", "which rules does the group have"),
    ),
    "moderators": (
        "Who moderates this chat?",
        ("list of moderators", "how do I reach an admin"),
        ("who are the mods", "i need to reach a moderator", "which admins does this chat have"),
    ),
    "workshop": (
        "Do you offer a beginners' workshop?",
        ("evening course for newcomers", "workshop registration"),
        ("how do I register for the workshop", "when is the course for beginners", "is the workshop free of charge?"),
    ),
    "podcast": (
        "Where can I listen to our podcast?",
        ("podcast episodes", "link to the latest episode"),
        ("got a link for the podcast?", "newest episode where", "do you have a podcast to listen to"),
    ),
    "newsletter": (
        "How do I subscribe to the newsletter?",
        ("newsletter sign up", "unsubscribe from the weekly mail"),
        ("i want to get the newsletter", "stop sending me the weekly mail", "subscribe me to your mails"),
    ),
    "merch": (
        "Where do I buy the group's T-shirts?",
        ("hoodies and stickers", "merchandise shop"),
        ("do you sell stickers", "link to the shirt shop", "i'd like one of those hoodies"),
    ),
    "donate": (
        "How can I donate to the association?",
        ("support our work with a donation", "membership fee"),
        ("where do I send a donation", "how much is the fee for members", "can I support the association somehow"),
    ),
    "language": (
        "Is there a group in Polish?",
        ("polski", "channels in other languages"),
        ("do you have a polish channel", "other languages available?", "where is the group for polish speakers"),
    ),
    "library": (
        "Can I borrow books from the club library?",
        ("lending books", "book list of the club"),
        ("which books can i borrow", "how long may I keep a borrowed book", "does the club have a library"),
    ),
    "voting": (
        "How do we vote on proposals?",
        ("voting procedure in the association", "quorum for proposals"),
        ("what quorum do we need", "how does voting work here", "who may vote on a proposal"),
    ),
    "parking": (
        "Where can I park at the venue?",
        ("parking near the clubhouse", "tram stop at the venue"),
        ("is there parking at the clubhouse", "which tram goes to the venue", "can i park my car there"),
    ),
    "refund-policy": (
        "Can I return my conference ticket?",
        ("ticket refund", "hand my ticket to somebody else"),
        ("i cannot come, can I return the ticket", "is the conference ticket refundable", "give my ticket to a friend"),
    ),
    "speakers": (
        "How do I apply as a speaker?",
        ("call for papers", "give a talk at the conference"),
        ("i would like to give a talk", "deadline of the call for papers", "how to become a speaker"),
    ),
    "volunteer": (
        "How can I help as a volunteer?",
        ("volunteers wanted", "help at the registration desk"),
        ("do you still need volunteers", "i want to help out at the desk", "volunteering for the event"),
    ),
    "wifi": (
        "What is the Wi-Fi password at the office?",
        ("guest wifi", "internet access in the coworking room"),
        ("whats the wifi here", "how do i get internet in the coworking room", "password for guest wifi"),
    ),
    "badge": (
        "How do I get a member badge on Discord?",
        ("role for members", "my badge is missing"),
        ("i have no badge yet", "how to get the member role", "missing badge after joining"),
    ),
    "contest": (
        "When does the photo contest end?",
        ("contest deadline", "prizes of the photo competition"),
        ("what can i win in the photo contest", "until when can i enter the contest", "photo competition closing date"),
    ),
    "minutes": (
        "Where are the minutes of the last assembly?",
        ("protocol of the annual assembly", "assembly minutes as pdf"),
        ("link to the minutes", "what was decided at the assembly", "where do i find the protocol"),
    ),
    "translation": (
        "Who translates the guides?",
        ("help to translate", "guide in Spanish"),
        ("i can help translating", "is the guide available in spanish", "who does the translations"),
    ),
}
"""By id: question, two wordings, three other ways to ask."""


def entries() -> tuple[Entry, ...]:
    """Return them as a group would store them."""
    return tuple(
        Entry(
            id=topic,
            question=question,
            wordings=wordings,
            answer="What the group has written.",
            summary="What the group has written.",
            theme="This group",
        )
        for topic, (question, wordings, _) in ENTRIES.items()
    )
