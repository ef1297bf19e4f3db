"""What schemathesis has to know of the edge beyond its OpenAPI document: tokens, and data that leads further than chance.

The environment tells `KELISIM_URL`, the edge's address, and `KELISIM_NOW`, the instant by its clock as the run begins; `KELISIM_TOKEN`, a
subject token, and `KELISIM_STATEMENT`, an acceptance that is bound to it. Of two users `tests/tests/openapi.rs` has seen
to it that they accepted an earlier edition, long enough ago for continued use to count: `user-4711` and `pending`.
"""

import datetime
import itertools
import os
import re

import requests
import schemathesis

URL = os.environ["KELISIM_URL"]
NOW = os.environ["KELISIM_NOW"]
TODAY = datetime.date.fromisoformat(NOW[:10])
SAME = "ab" * 32
ISSUER = "https://preview.kelisim.invalid"

# What is asked of the edge besides the cases.
aside = requests.Session()
count = itertools.count()


def preview_token(**query):
    answer = aside.post(f"{URL}/preview/token", params=query, headers=address(), timeout=30)
    answer.raise_for_status()
    return answer.json()["token"]


def address():
    """An address of its own for each request, so that none is refused for those before it."""
    number = next(count)
    return {"CF-Connecting-IP": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}


@schemathesis.auth(refresh_interval=None)
class Bearer:
    """Each operation gets a token of the kind, and with one of the roles in turn, that its security demands."""

    def __init__(self):
        self.tokens = {}

    def get(self, case, context):
        alternatives = context.operation.definition.raw.get("security") or []
        if not alternatives:
            return None
        number = next(count)
        [(scheme, roles)] = alternatives[number % len(alternatives)].items()
        match scheme:
            case "subjectToken":
                query = {"sub": "pending" if number % 3 == 0 else f"subject-{number % 50}"}
            case "serviceToken":
                query = {"service": "backend"}
            case "staffToken":
                query = {"role": roles[0], "sub": "staff"}
        key = str(query)
        if key not in self.tokens:
            self.tokens[key] = preview_token(**query)
        return self.tokens[key]

    def set(self, case, data, context):
        if data is not None:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schemathesis.hook
def before_call(context, case, kwargs):
    case.headers = {**(case.headers or {}), **address()}
    if case.path.startswith("/consent") and next(count) % 2 == 0:
        case.headers["Accept"] = "text/html"
    if not case.meta or not case.meta.generation.mode.is_positive:
        return
    case.body = in_bytes(case.body)
    if isinstance(case.body, dict) and "ticket" in case.body:
        case.headers["Origin"] = URL
    if "If-None-Match" in case.headers and next(count) % 2 == 0:
        case.headers["If-None-Match"] = "*"
    operation = case.operation.definition.raw["operationId"]
    # Every other case goes as it was drawn.
    if operation in LEADS and next(leads[operation]) % 2 == 0:
        LEADS[operation](case)


leads = {}


def in_bytes(value):
    """The same, with texts whose length in bytes is that in characters, where it matters: no text is limited to less than 64
    bytes, and a character takes at most 4."""
    match value:
        case str() if len(value) > 16:
            return "".join(character if character.isascii() else "x" for character in value)
        case dict():
            return {name: in_bytes(member) for name, member in value.items()}
        case list():
            return [in_bytes(item) for item in value]
        case _:
            return value


def editions():
    listed = aside.get(f"{URL}/v1/editions", headers=address(), timeout=30).json()["editions"]
    return [edition["id"] for edition in listed]


def known_edition(case):
    first, *_, last = editions()
    known = {"edition": last, "from": first, "to": last}
    case.path_parameters |= {name: known[name] for name in case.path_parameters}


def statement(case):
    case.headers["Authorization"] = f"Bearer {os.environ['KELISIM_TOKEN']}"
    case.body = {"statement": os.environ["KELISIM_STATEMENT"]}


def use(case):
    case.body |= {"subject": "user-4711", "app": "kz.example.app", "used_at": NOW}


def publication(case):
    text = {
        "language": "ru",
        "body": "Политика\n\n1. Общие положения\n\n1.1. Текст пункта.\n",
        "purposes": ["регистрация"],
        "data_categories": ["номер телефона"],
        "summary": "Всё новое",
    }
    case.body |= {
        "authoritative": "ru",
        "change": {"class": "material", "supersedes": editions()[-1]},
        "publish_at": instant(+1),
        "texts": [text],
    }


def look_up(case):
    case.body |= {"issuer": ISSUER}


def withdrawal(case):
    """One that is right, and every other time the same as before."""
    case.body |= {"received_at": instant(-2), "effective_at": instant(-1)}
    if next(count) % 2 == 0:
        case.path_parameters["subject"] = SAME
        case.body |= {"application": "17/2026", "document_sha256": SAME, "channel": "post"}


def termination(case):
    """One that is right, and every other time of the same subject."""
    case.body |= {"ended_on": str(TODAY - datetime.timedelta(days=2))}
    if next(count) % 2 == 0:
        case.path_parameters["subject"] = SAME


def instant(days):
    """Midnight in UTC, so many days after today."""
    return f"{TODAY + datetime.timedelta(days=days)}T00:00:00.000Z"


def erasure(case):
    """A reader who was given a notice, which is on record."""
    user = f"reader-{next(count)}"
    headers = {"Authorization": f"Bearer {preview_token(sub=user)}", **address()}
    aside.get(f"{URL}/consent", headers=headers, timeout=30)
    headers = {"Authorization": f"Bearer {preview_token(role='officer', sub='staff')}", **address()}
    lookup = {"issuer": ISSUER, "subject": user}
    found = aside.post(f"{URL}/v1/admin/subjects/lookup", json=lookup, headers=headers, timeout=30)
    case.path_parameters["subject"] = found.json()["subject"]


def form(case):
    case.body = {"token": preview_token(sub=f"reader-{next(count)}"), "lang": "kk"}


tickets = []


def acceptance(case):
    """A new reader's acceptance, or the last one's once more."""
    if tickets:
        ticket = tickets.pop()
    else:
        token = preview_token(sub=f"reader-{next(count)}")
        headers = {"Authorization": f"Bearer {token}", **address()}
        page = aside.get(f"{URL}/consent", headers=headers, timeout=30).text
        ticket = re.search(r'name="ticket" value="([^"]+)"', page)[1]
        tickets.append(ticket)
    case.body = {"ticket": ticket}


LEADS = {
    "getPolicyEditionPage": known_edition,
    "getEdition": known_edition,
    "compareEditions": known_edition,
    "countAcceptances": known_edition,
    "submitStatement": statement,
    "reportUse": use,
    "publishEdition": publication,
    "lookUpSubject": look_up,
    "eraseSubject": erasure,
    "recordWithdrawal": withdrawal,
    "recordTermination": termination,
    "openConsentPageByForm": form,
    "acceptByForm": acceptance,
}
leads.update((operation, itertools.count()) for operation in LEADS)
