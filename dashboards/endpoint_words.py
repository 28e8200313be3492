"""Endpoints and origins in a clinician's words; what they are: docs/endpoints.md."""

from __future__ import annotations

ENDPOINTS = {
    "os": "overall survival",
    "os_allo_censored": "overall survival, censored at allogeneic transplant",
    "efs": "event-free survival",
    "lfs": "leukaemia-free survival",
    "lfs_allo_censored": "leukaemia-free survival, censored at allogeneic transplant",
    "relapse": "relapse",
    "nrm": "death without relapse",
    "neutrophil_recovery": "neutrophil recovery",
    "platelet_recovery": "platelet recovery",
    "acute_gvhd_2_4": "acute GVHD, grade II to IV",
    "acute_gvhd_3_4": "acute GVHD, grade III to IV",
    "chronic_gvhd": "chronic GVHD",
}
ORIGINS = {
    "diagnosis": "diagnosis", "first_course": "the first course", "first_infusion": "the first infusion",
    "last_dose": "the last dose of the first course", "remission": "remission",
    "allo_transplant": "allogeneic transplant",
}  # fmt: skip
_RELAPSE, _DEATH = "relapse", "death without relapse"
_RECOVERY_ENDS = "death or the next course before it"
_GVHD_ENDS = "relapse, death or transplant before it"
_COMPETES = {
    "relapse": _DEATH, "nrm": _RELAPSE, "neutrophil_recovery": _RECOVERY_ENDS, "platelet_recovery": _RECOVERY_ENDS,
    "acute_gvhd_2_4": _GVHD_ENDS, "acute_gvhd_3_4": _GVHD_ENDS, "chronic_gvhd": _GVHD_ENDS,
}  # fmt: skip


def stack_words(endpoint: str) -> tuple[str, str, str]:
    """What is counted, what precludes it, and the rest."""
    return ENDPOINTS[endpoint], _COMPETES[endpoint], "neither"


def title(endpoint: str, origin: str) -> str:
    words = ENDPOINTS[endpoint]
    return f"{words[0].upper()}{words[1:]} from {ORIGINS[origin]}"
