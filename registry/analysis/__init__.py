"""Questions of the analyst's warehouse file, and the guard against immortal time.

What can be asked stands in `covariates.py` and `question.py`; `answer.py` reads and estimates.
"""

from registry.analysis.answer import Answer, Group, LeftOut, answer, everyone
from registry.analysis.benchmarks import Comparison, Own, comparisons
from registry.analysis.covariates import COVARIATES, Covariate, is_known_at
from registry.analysis.published import Beside, beside
from registry.analysis.question import ImmortalTimeError, Method, Question

__all__ = [
    "COVARIATES",
    "Answer",
    "Beside",
    "Comparison",
    "Covariate",
    "Group",
    "ImmortalTimeError",
    "LeftOut",
    "Method",
    "Own",
    "Question",
    "answer",
    "beside",
    "comparisons",
    "everyone",
    "is_known_at",
]
