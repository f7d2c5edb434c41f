"""What is planted about each topic, and the made-up words of requests: no people, only roles and made-up addresses."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """share of requests; on_time: share answered within 24 business hours; never: share that no reply would ever reach;
    shape of the Weibull waiting time; work_hours: mean business hours from reply to resolution; rating: mean of 1-5."""

    topic: str
    title: str
    partner: str
    share: float
    on_time: float
    never: float
    shape: float
    work_hours: float
    rating: float


# Partners are named by what they do: no real organization is given an invented record.
PARTNERS = ("Community partner", "Finance partner", "Economy partner", "University partner", "Management partner")
_COMMUNITY, _FINANCE, _ECONOMY, _UNIVERSITY, _MANAGEMENT = PARTNERS
TOPICS = (
    Topic("budget", "budgets", _FINANCE, 0.17, 0.84, 0.03, 1.1, 14, 4.2),
    Topic("operations", "daily operations", _MANAGEMENT, 0.11, 0.82, 0.04, 1.0, 12, 4.0),
    Topic("economic_development", "economic development", _ECONOMY, 0.15, 0.76, 0.05, 1.0, 24, 3.9),
    Topic("land_use", "land use", _ECONOMY, 0.06, 0.68, 0.08, 0.9, 30, 3.6),
    Topic("transportation", "transportation", _ECONOMY, 0.06, 0.66, 0.09, 0.9, 28, 3.6),
    Topic("workforce", "workforce programs", _UNIVERSITY, 0.08, 0.73, 0.06, 1.0, 22, 3.8),
    Topic("community_development", "community development", _COMMUNITY, 0.10, 0.80, 0.04, 1.2, 18, 4.1),
    Topic("housing", "housing", _COMMUNITY, 0.10, 0.78, 0.05, 1.1, 26, 3.9),
    Topic("public_safety", "public safety", _UNIVERSITY, 0.07, 0.70, 0.07, 0.9, 20, 3.7),
    Topic("education", "schools", _UNIVERSITY, 0.03, 0.64, 0.10, 0.8, 32, 3.4),
    Topic("infrastructure", "water and streets", _MANAGEMENT, 0.03, 0.72, 0.08, 1.0, 36, 3.6),
    Topic("cross_cutting", "work across departments", _MANAGEMENT, 0.02, 0.62, 0.10, 0.9, 40, 3.5),
    Topic("unclassified", "another matter", _COMMUNITY, 0.02, 0.60, 0.12, 0.8, 20, 3.3),
)
CALLERS = ("city", "county", "region", "other")
DISPOSITIONS = ("answered", "referred", "out_of_scope", "no_answer", "spam")
CHANNELS = ("web", "e-mail", "phone", None)
PRIORITIES = ("normal", "high", None)
ROLES = ("City manager's office", "Mayor's office", "Finance department", "Planning department", "Community office")
SUBJECTS = ("Question about {0}", "Examples for {0}", "Advice on {0}", "Data on {0}")
QUESTIONS = (
    "How have cities of our size paid for {0}?",
    "Which model policies for {0} would you look at first, and why?",
    "We are reviewing {0} and would like to talk to a city that did so lately.",
    "Is there federal money for {0}, and what does it ask of us?",
    "What does a first plan for {0} usually leave out?",
)
COMMENTS = ("Clear and useful.", "Came a little late.", "We used it at once.", "Too general for us.", None)
