"""Voice of the customer: NPS in all its forms, satisfaction, response rates."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Context, Decimal
from fractions import Fraction

from oracle import accepted
from oracle.accepted import closes_at, cutoff
from oracle.accounts import customer_of
from oracle.company import Company, Figure, Figures, Key, Row, add_months, amount, is_provisional, month_of, ratio, rounded

SATISFIED_FROM = {
    (0, 1): 1, (1, 2): 2, (1, 3): 3, (1, 4): 3, (1, 5): 4, (1, 7): 6, (1, 10): 8, (0, 10): 8, (0, 100): 80,
}  # fmt: skip
CLASSES = ("promoter", "passive", "detractor")
SCORES = (
    "nps", "nps_transactional", "nps_rolling_90d", "nps_quarter", "nps_latest_answer", "nps_1_to_10", "nps_by_accounts",
)  # fmt: skip
WITH_MARGIN_OF_ERROR = ("nps", "nps_transactional", "nps_rolling_90d", "nps_quarter")
MONTHS_THAT_A_CLASS_HOLDS = 12
METRICS = {
    *SCORES,
    *(f"{score}_margin_of_error" for score in WITH_MARGIN_OF_ERROR),
    "nps_responses", "nps_promoters", "nps_passives", "nps_detractors",
    "promoter_mrr_share", "passive_mrr_share", "detractor_mrr_share", "nps_mrr_coverage",
    "survey_response_rate", "csat",
}  # fmt: skip


# --- answers -------------------------------------------------------------------------------------------------------


def answers(company: Company) -> list[Row]:
    """Every answer with a score that came by the end of the as-of date, but those of test accounts."""
    is_customers = accepted.is_of_customers(company)
    return [
        row
        for row in accepted.survey_responses(company)
        if row.get("score") is not None and row["responded_at"] < cutoff(company) and is_customers(row)
    ]


def is_nps(row: Row, survey_type: str = "relationship", scale_min: int = 0) -> bool:
    """Whether it answers a survey of the type, on a scale up to 10."""
    return (row["survey_type"], row["scale_min"], row["scale_max"]) == (survey_type, scale_min, 10)


def class_of(score) -> str:
    """Promoter from 9 on, passive from 7 on, detractor below."""
    return "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"


def of_month(rows: list[Row], month: date) -> list[Row]:
    """The answers of a month."""
    return [row for row in rows if month_of(row["responded_at"]) == month]


def of_90_days(company: Company, rows: list[Row], month: date) -> list[Row]:
    """The answers of the 90 days up to the month's end."""
    end = closes_at(company, month)
    return [row for row in rows if end - timedelta(days=90) <= row["responded_at"] < end]


def of_quarter(rows: list[Row], month: date) -> list[Row]:
    """The answers from the quarter's first day to the month's end."""
    first = date(month.year, (month.month - 1) // 3 * 3 + 1, 1)
    return [row for row in rows if first <= month_of(row["responded_at"]) <= month]


def latest_by_respondent(rows: list[Row]) -> list[Row]:
    """Each respondent's latest answer; an answer of nobody known is that of a respondent of its own."""
    latest = {}
    for row in sorted(rows, key=lambda row: (row["responded_at"], row["response_id"])):
        latest[row.get("respondent_id") or ("nobody", row["response_id"])] = row
    return list(latest.values())


def waves(company: Company, policy: str, rows: list[Row]) -> dict[tuple[str, date, str], list[Row]]:
    """The answers of known accounts by account, month and survey."""
    found = defaultdict(list)
    for row in rows:
        customer = customer_of(company, policy, row.get("account_id"))
        if customer:
            found[customer, month_of(row["responded_at"]), row["survey_id"]].append(row)
    return found


def class_of_wave(rows: list[Row]) -> str:
    """The class of the mean score, which is rounded to six decimals first."""
    return class_of(rounded(sum(Fraction(row["score"]) for row in rows) / len(rows), 6))


def votes(company: Company, policy: str, score: str, month: date) -> list[tuple[str | None, date, str]]:
    """What a score counts in a month: whose it is, in which month it was said, and its class."""
    rows = [row for row in answers(company) if is_nps(row)]
    if score == "nps_by_accounts":
        found = waves(company, policy, of_month(rows, month))
        return [(customer, month, class_of_wave(of_wave)) for (customer, _, _), of_wave in found.items()]
    counted = {
        "nps": lambda: of_month(rows, month),
        "nps_transactional": lambda: of_month([row for row in answers(company) if is_nps(row, "transactional")], month),
        "nps_1_to_10": lambda: of_month([row for row in answers(company) if is_nps(row, scale_min=1)], month),
        "nps_rolling_90d": lambda: of_90_days(company, rows, month),
        "nps_quarter": lambda: of_quarter(rows, month),
        "nps_latest_answer": lambda: latest_by_respondent(of_90_days(company, rows, month)),
    }[score]()
    return [
        (customer_of(company, policy, row.get("account_id")), month_of(row["responded_at"]), class_of(row["score"]))
        for row in counted
    ]


# --- scores --------------------------------------------------------------------------------------------------------


def nps(classes: Counter, provisional: bool) -> Figure:
    """100 x (promoters - detractors) / valid answers."""
    answered = classes.total()
    return ratio(100 * (classes["promoter"] - classes["detractor"]), answered, provisional, answered)


def nps_margin_of_error(classes: Counter, provisional: bool) -> Figure:
    """196 x sqrt((p + d - (p - d)^2) / n): eight decimals under the root, four of the root."""
    answered = classes.total()
    if not answered:
        return amount(None, provisional, 0)
    promoters, detractors = (Fraction(classes[name], answered) for name in ("promoter", "detractor"))
    under_the_root = rounded(196**2 * (promoters + detractors - (promoters - detractors) ** 2) / answered, 8)
    precise = Context(prec=60)
    root = precise.sqrt(precise.divide(Decimal(under_the_root.numerator), Decimal(under_the_root.denominator)))
    return amount(rounded(root, 4), provisional, answered)


def csat(rows: list[Row], provisional: bool) -> Figure:
    """Satisfied answers / answers, of CSAT surveys on scales of which it is known what is satisfied."""
    rows = [row for row in rows if is_csat(row)]
    satisfied = [row for row in rows if row["score"] >= SATISFIED_FROM[row["scale_min"], row["scale_max"]]]
    return ratio(len(satisfied), len(rows), provisional, len(rows))


def is_csat(row: Row) -> bool:
    """Whether it answers a CSAT survey on a scale that is known."""
    return row["survey_type"] == "csat" and (row["scale_min"], row["scale_max"]) in SATISFIED_FROM


# --- invitations ---------------------------------------------------------------------------------------------------


def invitations(company: Company) -> list[Row]:
    """Every invitation delivered by the end of the as-of date, but those of test accounts."""
    is_customers = accepted.is_of_customers(company)
    rows = accepted.survey_invitations(company)
    return [row for row in rows if row["delivered_at"] < cutoff(company) and is_customers(row)]


def invitation_of(answer: Row, invited: list[Row]) -> Row | None:
    """The last invitation to the same survey before the answer: the respondent's, or the account's if neither names anybody."""

    def contact(row: Row) -> tuple | None:
        if row.get("respondent_id") or row.get("account_id"):
            return (row["survey_id"], row.get("respondent_id"), None if row.get("respondent_id") else row["account_id"])
        return None

    before = [
        row for row in invited if contact(row) and contact(row) == contact(answer) and row["delivered_at"] <= answer["responded_at"]
    ]
    return max(before, key=lambda row: (row["delivered_at"], row["invitation_id"]), default=None)


def answered_in_their_month(company: Company) -> set[str]:
    """The invitations that were answered in the month of their delivery."""
    invited = invitations(company)
    found = set()
    for answer in answers(company):
        invitation = invitation_of(answer, invited)
        if invitation and month_of(invitation["delivered_at"]) == month_of(answer["responded_at"]):
            found.add(invitation["invitation_id"])
    return found


def survey_response_rate(rows: list[Row], answered: set[str], provisional: bool) -> Figure:
    """Answered / delivered."""
    return ratio(sum(row["invitation_id"] in answered for row in rows), len(rows), provisional, len(rows))


# --- all of it -----------------------------------------------------------------------------------------------------


def figures(company: Company) -> Figures:
    """Every figure of the domain."""
    found: Figures = {}
    for policy in company.policies:
        for month in months(company):
            of_month_ = figures_of_month(company, policy, month, lambda customer, said_in: True)
            for metric, figure in (of_month_ or {}).items():
                found[Key(policy, month, metric, "billing_entity", company.entity)] = figure
    return found


def months(company: Company) -> list[date]:
    """The months in which anything of the domain can count."""
    happened = [row["responded_at"] for row in answers(company)] + [row["delivered_at"] for row in invitations(company)]
    last = month_of(company.as_of_date)
    found = {
        month
        for instant in happened
        for month in (add_months(month_of(instant), later) for later in range(MONTHS_THAT_A_CLASS_HOLDS + 1))
        if month <= last
    }
    return sorted(found)


def figures_of_month(
    company: Company, policy: str, month: date, belongs: Callable[[str | None, date], bool]
) -> dict[str, Figure] | None:
    """The month's figures of those who belong to a segment; None where there is nothing to count."""
    provisional = is_provisional(month, company.as_of_date)

    def ours(rows: list[Row], column: str) -> list[Row]:
        return [row for row in rows if belongs(customer_of(company, policy, row.get("account_id")), month_of(row[column]))]

    counted = {
        score: Counter(
            name for customer, said_in, name in votes(company, policy, score, month) if belongs(customer, said_in)
        )
        for score in SCORES
    }
    rated = [row for row in ours(of_month(answers(company), month), "responded_at") if is_csat(row)]
    invited = ours([row for row in invitations(company) if month_of(row["delivered_at"]) == month], "delivered_at")
    if not any(counter.total() for counter in counted.values()) and not rated and not invited:
        return None
    found = {score: nps(counted[score], provisional) for score in SCORES}
    for score in WITH_MARGIN_OF_ERROR:
        found[f"{score}_margin_of_error"] = nps_margin_of_error(counted[score], provisional)
    found["nps_responses"] = amount(counted["nps"].total(), provisional)
    for name in CLASSES:
        found[f"nps_{name}s"] = amount(counted["nps"][name], provisional)
    found["csat"] = csat(rated, provisional)
    found["survey_response_rate"] = survey_response_rate(invited, answered_in_their_month(company), provisional)
    return found
