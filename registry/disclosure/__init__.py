"""The policy for every count that leaves the registry, and the verifier of the public file."""

from registry.disclosure.attack import attack
from registry.disclosure.policy import Curves, Policy, policy
from registry.disclosure.refresh import Family, Fate, Published, lay_over, told_again
from registry.disclosure.verify import DisclosureError, public_count, verify_public

__all__ = [
    "Curves",
    "DisclosureError",
    "Family",
    "Fate",
    "Policy",
    "Published",
    "attack",
    "lay_over",
    "policy",
    "public_count",
    "told_again",
    "verify_public",
]
