"""The slow reference: constraints against a snapshot. Written from the design page, not from src/."""
import re
from decimal import Decimal

TYPES = ("K8s", "OS", "SystemD", "GPU", "NodeTopology")
OPERATORS = (">=", "<=", "==", "!=", ">", "<")
STAGES = ("alpha", "beta", "rc")


class Invalid(ValueError):
    """An expression or a path that no snapshot can answer."""


def parse(expression):
    """[(operator, value)], all of which must hold; "" stands for exact equality."""
    parts = []
    for part in expression.split(","):
        part = part.strip()
        operator = next((o for o in OPERATORS if part.startswith(o)), "")
        value = part[len(operator):].strip()
        if not value or re.match(r"[=~^|!<>]", value) or "||" in value:
            raise Invalid(expression)
        parts.append((operator, value))
    return parts


def check_path(path):
    parts = path.split(".")
    if len(parts) < 3 or parts[0] not in TYPES or not all(parts[:2]):
        raise Invalid(path)


def lookup(snapshot, path):
    """The text at Type.Subtype.Key; the longest subtype that is a prefix wins. None where there is none."""
    kind, _, rest = path.partition(".")
    found = None
    for measurement in snapshot["measurements"]:
        if measurement["type"] != kind:
            continue
        for subtype in measurement["subtypes"]:
            name = subtype["subtype"]
            if rest.startswith(name + ".") and (found is None or len(name) > len(found[0])):
                found = (name, subtype["data"].get(rest[len(name) + 1:]))
    return found[1] if found else None


def version(text):
    """(parts, stage): stage is (rank, number) of a pre-release, else None. None where it is no version."""
    body = text[1:] if text.startswith("v") else text
    tail = re.search(r"(?<=\d)[-+]", body)
    number, extras = (body[:tail.start()], body[tail.start():]) if tail else (body, "")
    if not re.fullmatch(r"\d{1,18}(\.\d{1,18})*", number):
        return None
    stage = re.match(r"-(alpha|beta|rc)[.-]?(\d*)", extras)
    return ([int(p) for p in number.split(".")],
            (STAGES.index(stage[1]), int(stage[2] or 0)) if stage else None)


def order(actual, bound):
    """-1, 0 or 1 at the bound's precision; None where the two cannot be compared."""
    left, right = version(actual), version(bound)
    if left and right:
        parts = (left[0] + [0] * len(right[0]))[:len(right[0])]
        if parts != right[0] or len(right[0]) < 3:
            return (parts > right[0]) - (parts < right[0])
        after = (len(STAGES), 0)  # a release sorts after its pre-releases
        return ((left[1] or after) > (right[1] or after)) - ((left[1] or after) < (right[1] or after))
    left, right = quantity(actual), quantity(bound)
    if left and right and left[1] == right[1]:
        return (left[0] > right[0]) - (left[0] < right[0])
    return None


def quantity(text):
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?)\s*([A-Za-z%/]*)", text)
    return (Decimal(match[1]), match[2]) if match else None


def equal(actual, bound):
    left, right = version(actual), version(bound)
    if left and right and "." in bound:
        return (left[0] + [0] * len(right[0]))[:len(right[0])] == right[0]
    return actual == bound


def holds(operator, bound, actual):
    if operator == "":
        return actual == bound
    if operator in ("==", "!="):
        return equal(actual, bound) == (operator == "==")
    sign = order(actual, bound)
    if sign is None:
        return None
    return {">=": sign >= 0, "<=": sign <= 0, ">": sign > 0, "<": sign < 0}[operator]


def verdict(snapshot, constraint):
    """("passed" | "failed" | "unknown", actual)"""
    actual = lookup(snapshot, constraint["name"])
    if actual is None:
        return "unknown", None
    results = [holds(operator, bound, actual.strip()) for operator, bound in parse(constraint["value"])]
    if False in results:
        return "failed", actual
    return ("unknown" if None in results else "passed"), actual
