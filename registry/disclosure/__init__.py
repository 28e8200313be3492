"""The policy for every count that leaves the registry, and the verifier of the public file."""

from registry.disclosure.policy import Curves, Policy, policy
from registry.disclosure.verify import DisclosureError, public_count, verify_public

__all__ = ["Curves", "DisclosureError", "Policy", "policy", "public_count", "verify_public"]
