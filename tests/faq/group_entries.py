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
    "choir": (
        "When does the choir rehearse?",
        ("choir practice", "sing with us"),
        ("choir rehearsal when", "i would like to sing in the choir", "where is choir practice"),
    ),
    "bikes": (
        "May I bring my bicycle inside?",
        ("bicycle stand", "bikes in the hallway"),
        ("where do i put my bicycle", "are bikes allowed in the hallway", "is there a bicycle stand"),
    ),
    "raffle": (
        "Who won the raffle?",
        ("raffle prizes", "winning ticket number"),
        ("which number won the raffle", "what are the raffle prizes", "raffle winners please"),
    ),
    "garden": (
        "Who waters the community garden?",
        ("garden duty list", "tomatoes on the roof"),
        ("who is on garden duty", "may i pick the tomatoes", "community garden watering list"),
    ),
    "streaming": (
        "Are the talks streamed?",
        ("live stream of the evening", "recording of the talk"),
        ("will there be a recording", "link to the live stream", "can i watch the talk online"),
    ),
    "scholarship": (
        "Is there a scholarship for students?",
        ("grant for students", "reduced ticket for pupils"),
        ("im a student, any grant?", "scholarship application", "ticket price for pupils"),
    ),
    "kidsday": (
        "When is the family day?",
        ("afternoon for children", "bring the kids"),
        ("may i bring my kids", "next family day date", "afternoon with children when"),
    ),
    "camp": (
        "How do I sign up for the summer camp?",
        ("summer camp registration", "tent and sleeping bag"),
        ("summer camp sign up", "do i need a tent for the camp", "where is this year's summer camp"),
    ),
    "quiz": (
        "When is the pub quiz?",
        ("quiz night teams", "trivia evening"),
        ("next quiz night?", "how big is a quiz team", "trivia night when and where"),
    ),
    "carpool": (
        "Is there a carpool to the conference?",
        ("shared ride to the conference", "seat in a car to Prague"),
        ("anyone driving to the conference", "free seat to prague?", "carpool for the conference"),
    ),
    "dresscode": (
        "Is there a dress code for the gala?",
        ("what to wear at the gala", "suit or jeans"),
        ("what do i wear to the gala", "are jeans fine at the gala", "dress code gala evening"),
    ),
    "keys": (
        "Who has the key to the club room?",
        ("club room door", "door is locked at the venue"),
        ("who opens the club room", "the venue door is locked", "who holds the key for the room"),
    ),
    "insurances": (
        "Does the club insure volunteers?",
        ("accident cover for volunteers", "volunteer insurance"),
        ("am i covered as a volunteer", "volunteer accident insurance", "are helpers insured by the club"),
    ),
    "receipts": (
        "How do I get my travel receipts refunded?",
        ("expense form", "train ticket refund from the club"),
        ("who pays my train ticket", "where is the expense form", "refund of travel receipts"),
    ),
    "bylaws": (
        "Where are the bylaws of the association?",
        ("statutes of the club", "articles of association"),
        ("can i read the bylaws", "link to the statutes", "what do the club's statutes say"),
    ),
    "election": (
        "When is the board elected?",
        ("vote for the board", "candidates for chairman"),
        ("who are the candidates for the board", "board election date", "how do i vote for the chairman"),
    ),
    "logo": (
        "May I use the group's logo?",
        ("logo files", "press kit"),
        ("where is the press kit", "logo as svg", "may i print the logo"),
    ),
    "jobs": (
        "Where are job offers posted?",
        ("jobs channel", "looking for a developer job"),
        ("is there a channel for jobs", "where do i post a job offer", "any openings for developers"),
    ),
    "languages": (
        "Is there a French room?",
        ("channel in French", "francophone group"),
        ("parlez vous francais room", "french speaking channel?", "room for francophones"),
    ),
    "mute": (
        "How do I mute this channel?",
        ("too many notifications", "switch off notifications here"),
        ("too many notifications from this channel", "mute the channel how", "turn notifications off please"),
    ),
    "emoji": (
        "Who adds new emojis?",
        ("custom emoji request", "sticker pack of the server"),
        ("can we get a new emoji", "request an emoji", "who makes the sticker pack"),
    ),
    "birthday": (
        "When is our anniversary party?",
        ("ten years party", "anniversary cake"),
        ("date of the anniversary party", "will there be cake at the party", "ten year celebration when"),
    ),
    "hike": (
        "When is the next hike?",
        ("walking tour on Sunday", "hiking boots needed"),
        ("do i need boots for the hike", "next walking tour?", "where does the hike begin"),
    ),
    "chess": (
        "Is there a chess evening?",
        ("chess tournament", "bring a board"),
        ("chess night when", "sign up for the chess tournament", "do i bring my own chess board"),
    ),
    "lostandfound": (
        "Where is lost property kept?",
        ("forgot my jacket at the venue", "umbrella left behind"),
        ("i left my jacket at the venue", "where do i pick up a forgotten umbrella", "lost property box"),
    ),
    "allergies": (
        "Is there vegan food at the dinner?",
        ("allergies at the dinner", "vegetarian menu"),
        ("vegan option at the dinner?", "i have a nut allergy, dinner menu", "vegetarian dinner menu"),
    ),
    "mentor": (
        "How do I find a mentor here?",
        ("mentoring programme", "buddy for newcomers"),
        ("is there a buddy for new members", "mentoring sign up", "i would like a mentor"),
    ),
    "calendar": (
        "Is there a calendar feed?",
        ("ical of all events", "subscribe to the calendar"),
        ("ical link", "add your events to my calendar", "calendar of all events?"),
    ),
    "accessibility": (
        "Is the venue wheelchair accessible?",
        ("step free entrance", "lift in the building"),
        ("can i come with a wheelchair", "is there a lift", "step free way in?"),
    ),
    "photos": (
        "Where are the photos of the evening?",
        ("picture gallery of the event", "remove my picture"),
        ("photos of last night's event", "please remove a picture of me", "link to the gallery"),
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
