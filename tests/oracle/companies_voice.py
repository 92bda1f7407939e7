"""Random surveys: odd scores and scales, several answers by one respondent, answers that nobody was asked for."""

from datetime import datetime
from decimal import Decimal

from hypothesis import strategies as st

from oracle.company import Row, Tables
from oracle.drawn import arrivals, instants, maybe, some, some_days

SURVEYS = ["w1", "w2"]
RESPONDENTS = ["r1", "r2", "r3"]
SCALES = [(0, 10)] * 9 + [(1, 5)] * 3 + [(1, 10)] * 2 + [(1, 10), (1, 5), (0, 5), (1, 7), (1, 6), (0, 100), (0, 1), (10, 0), (5, 5)]
SCORES = [Decimal(score) for score in ("0", "1", "4", "5", "6", "6.999999", "7", "8", "8.999999", "9", "9.5", "10")]
OUTSIDE = [Decimal(score) for score in ("-0.000001", "-1", "10.000001", "11", "100")]


@st.composite
def survey_responses(draw, accounts: list[str], of_days: list[datetime]) -> Row:
    """An answer."""
    scale_min, scale_max = draw(st.sampled_from(SCALES))
    return {
        "survey_id": draw(st.sampled_from(SURVEYS)),
        "survey_type": draw(st.sampled_from(["relationship"] * 5 + ["transactional"] * 2 + ["csat"] * 2 + ["ces"])),
        "account_id": draw(maybe(st.sampled_from([*accounts, "unheard of"]), 7)),
        "respondent_id": draw(maybe(st.sampled_from(RESPONDENTS), 5)),
        "score": draw(maybe(st.sampled_from(SCORES * 3 + OUTSIDE), 9)),
        "scale_min": scale_min,
        "scale_max": scale_max,
        "responded_at": draw(instants(of_days)),
        "loaded_at": draw(arrivals()),
    }


@st.composite
def survey_invitations(draw, accounts: list[str], of_days: list[datetime]) -> Row:
    """An invitation."""
    return {
        "survey_id": draw(st.sampled_from(SURVEYS)),
        "account_id": draw(maybe(st.sampled_from([*accounts, "unheard of"]), 7)),
        "respondent_id": draw(maybe(st.sampled_from(RESPONDENTS), 5)),
        "delivered_at": draw(instants(of_days)),
        "loaded_at": draw(arrivals()),
    }


def add(draw, tables: Tables) -> None:
    """Answers and invitations of the company's accounts."""
    accounts = sorted({row["account_id"] for row in tables["accounts"]})
    of_days = draw(some_days())
    tables["survey_responses"] = draw(some(survey_responses(accounts, of_days), "response_id", 16))
    tables["survey_invitations"] = draw(some(survey_invitations(accounts, of_days), "invitation_id", 10))
