"""What the agent of a help desk asks and says between a customer's messages.

Sets of chats often hold the customers' lines alone; in a real case each answer stands behind its question.
"""

from __future__ import annotations

import random

from generate import Doc, Maker

ASKED = {
    "PERSON": (
        "can i have your name please", "Could I have your full name, please?", "May I know your name?", "what is your name", "Who am I speaking with?", "And the first name?", "your full name please",
        "What name is the account under?", "Name of the passenger?", "Whose name should I put the booking under?", "who is the cardholder", "Could you please provide your first and last name?", "Please share the name on the policy.",
        "And who else is travelling?", "May I have the name of the account holder?", "first and last name", "ok and your name", "Sure, I can help with that. May I have your name please?", "Thanks for reaching out! Who do I have the pleasure of chatting with?",
        "can you spell the name for me", "name on the order?", "What's the patient's name?", "Who should the courier ask for?", "Let me look that up. What's your name?", "under what name",
    ),
    "ADDRESS": (
        "what is your address", "Could you confirm the billing address?", "May I have the shipping address please?", "where should we deliver", "And the zip code?", "Please provide your current address with zip code.", "delivery address please",
        "What's the address on file?", "Where do you live now?", "can i get the street and house number", "Please share the complete address.", "which address should it go to", "post code?",
    ),
    "ID": (
        "account number please", "May I have your account number?", "Could you provide the booking confirmation number?", "what is the policy number", "Can I have your customer number?", "Please share the last four digits of your SSN.", "and the claim number",
        "What is your membership number?", "Do you have the confirmation code?", "can you give me your id", "I'd need your social security number to verify you.", "which account is it", "passport number please", "Your employee id?", "routing number?",
    ),
    "PHONE": (
        "what is your phone number", "May I have your mobile number?", "Best number to reach you?", "Could you confirm the phone number on the account?", "contact number please", "and a telephone number in case we get cut off", "which number shall we call",
    ),
    "EMAIL": (
        "what is your email address", "Could you confirm the email on file?", "May I have your email id?", "Where can I send the confirmation?", "email please", "and the e-mail address", "Please share your registered email.",
    ),
    "CARD": (
        "card number please", "May I have the 16 digit card number?", "Which card would you like to pay with?", "what are the card details", "Please provide the card number and expiry date.", "ok and the number on the front of the card",
    ),
    "SECRET": (
        "pin please", "And the CVV?", "Please tell me your security answer.", "what is the passcode", "three digits on the back of the card?", "Could you verify the PIN?", "What is your mother's maiden name?", "password hint?",
    ),
    "USERNAME": ("what is your user name", "May I have your username?", "login name please", "And your user id?"),
    "BIRTH": ("date of birth please", "And your birth date?", "When were you born?", "could you verify your dob"),
}  # fmt: skip
SAID = (
    "Hello, how can I help you today?", "hi", "Hi! Thanks for contacting support.", "One moment please.", "Let me check that for you.", "thank you", "Thanks for the information.", "Please hold while I look into it.", "I'm sorry to hear that.",
    "Is there anything else I can help you with?", "Sure, I can help with that.", "ok", "Great, thank you for confirming.", "Could you describe the issue?", "What seems to be the problem?", "Which plan would you like?", "Do you prefer a window or an aisle seat?",
    "What size would you like?", "Your request has been submitted.", "It will take 3 to 5 business days.", "Would you like extra cheese with that?", "Have you tried restarting the modem?", "When did this start?", "For how many people?", "What date works for you?",
    "Anything to drink?", "Please wait.", "I have updated your details.", "You will receive a confirmation shortly.", "Thank you for being a valued customer!", "Have a great day!", "That would be 24.50 in total.", "Is it a checking or a savings account?", "May I know the reason?",
    "got it", "Perfect.", "Would you like to add insurance?", "Your ticket has been booked.", "Where would you like to fly?", "Which city are you in?", "Sorry, I did not get that.", "Can you please rephrase?", "Understood. Anything else?", "no problem", "you're welcome",
)  # fmt: skip
NAMED = (
    "Hi, my name is {given}. How may I help you today?", "Hello! This is {given} from customer care.", "You are now chatting with {given}.", "Thanks, {given}!", "Thank you {given}, one moment please.", "This is {name}, how can I assist?", "ok {given} let me check",
    "Nice to meet you, {given}.", "{given} will take over from here.", "Mr. {family}, your order is on its way.",
)  # fmt: skip
AGENTS = ("Agent: ", "agent: ", "Support: ", "[agent] ", "Rep: ")
CUSTOMERS = ("Customer: ", "customer: ", "Me: ", "[user] ", "Visitor: ")


def answered(doc: Doc, maker: Maker, rng: random.Random) -> Doc:
    """The document, whose lines are a customer's messages, with an agent's lines between them; now and then with labels of who speaks."""
    text, spans = doc
    if any("\n" in text[start:end] for start, end, _ in spans):
        # What is said over two lines must not be cut by a question.
        return doc
    labelled = rng.random() < 0.25
    which = rng.randrange(len(AGENTS))
    share, small = rng.choice((0.3, 0.6, 0.9)), rng.random() < 0.35
    out: list[str] = []
    new: list[tuple[int, int, str]] = []
    length = at = 0

    def add(piece: str) -> None:
        nonlocal length
        out.append(piece)
        length += len(piece)

    for line in text.split("\n"):
        inside = [(s, e, label) for s, e, label in spans if at <= s and e <= at + len(line)]
        kinds = [label for _, _, label in inside if label in ASKED]
        if rng.random() < share:
            if labelled:
                add(AGENTS[which])
            if kinds and rng.random() < 0.85:
                said: Doc = (rng.choice(ASKED[kinds[0]]), [])
            elif not kinds and rng.random() < 0.12:
                # Asked for, and not said.
                said = (rng.choice(ASKED[rng.choice(list(ASKED))]), [])
            elif rng.random() < 0.2:
                said = maker.filled(rng.choice(NAMED), "en")
            else:
                said = (rng.choice(SAID), [])
            new += [(s + length, e + length, label) for s, e, label in said[1]]
            add((said[0].lower() if small and len(said[0].lower()) == len(said[0]) else said[0]) + "\n")
        if labelled:
            add(CUSTOMERS[which])
        new += [(s - at + length, e - at + length, label) for s, e, label in inside]
        add(line + "\n")
        at += len(line) + 1
    return "".join(out).removesuffix("\n"), new
