"""Voice of the customer: NPS in all its forms, satisfaction, response rates, and the MRR that promoters hold.

D40 stands for DECISIONS.md, 40.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from functools import cached_property

from oracle import accepted
from oracle.accepted import closes_at, cutoff
from oracle.company import Company, Figure, Figures, Key, Row, add_months, amount, is_provisional, month_of, ratio, rounded
from oracle.revenue import Book, book_of
from oracle.segments import WHOLE, dimensions_of, segment_of

SATISFIED_FROM = {
    (0, 1): 1, (1, 2): 2, (1, 3): 3, (1, 4): 3, (1, 5): 4, (1, 7): 6, (1, 10): 8, (0, 10): 8, (0, 100): 80,
}  # fmt: skip
CLASSES = ("promoter", "passive", "detractor")
SCORES = (
    "nps", "nps_transactional", "nps_rolling_90d", "nps_quarter", "nps_latest_answer", "nps_1_to_10", "nps_by_accounts",
)  # fmt: skip
WITH_MARGIN_OF_ERROR = ("nps", "nps_transactional", "nps_rolling_90d", "nps_quarter")
MONTHS_THAT_A_CLASS_HOLDS = 12
OF_MRR = {"promoter_mrr_share", "passive_mrr_share", "detractor_mrr_share", "nps_mrr_coverage"}
MARGINS = {f"{score}_margin_of_error" for score in WITH_MARGIN_OF_ERROR}
OF_ANSWERS = {
    *SCORES, *MARGINS, "nps_responses", "nps_promoters", "nps_passives", "nps_detractors", "survey_response_rate", "csat",
}  # fmt: skip
METRICS = OF_ANSWERS | OF_MRR
# What several companies together have can't be had from the figures of each.
NOT_POOLED = MARGINS | OF_MRR
# Whether somebody's answer of a month counts in a segment; nobody's counts in the whole.
Belongs = Callable[[str | None, date], bool]


class Voice:
    """What the customers of a company said, under one policy."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.company = book.company

    def customer_of(self, row: Row) -> str | None:
        """The customer that the row names, where it is one that is known."""
        return self.book.customers.get(row.get("account_id"))

    # --- answers -----------------------------------------------------------------------------------------------------

    @cached_property
    def answers(self) -> list[Row]:
        """Every answer with a score that came by the end of the as-of date, but those of test accounts."""
        is_customers = accepted.is_of_customers(self.company)
        return [
            row
            for row in accepted.survey_responses(self.company)
            if row.get("score") is not None and row["responded_at"] < cutoff(self.company) and is_customers(row)
        ]

    def to(self, survey_type: str = "relationship", scale_min: int = 0) -> list[Row]:
        """The answers to NPS surveys of the type, on a scale up to 10."""
        asked = (survey_type, scale_min, 10)
        return [row for row in self.answers if (row["survey_type"], row["scale_min"], row["scale_max"]) == asked]

    def of_90_days(self, month: date) -> list[Row]:
        """The relationship answers of the 90 days up to the month's end."""
        end = closes_at(self.company, month)
        return [row for row in self.to() if end - timedelta(days=90) <= row["responded_at"] < end]

    def of_quarter(self, month: date) -> list[Row]:
        """The relationship answers from the quarter's first day to the month's end."""
        first = date(month.year, (month.month - 1) // 3 * 3 + 1, 1)
        return [row for row in self.to() if first <= month_of(row["responded_at"]) <= month]

    @cached_property
    def waves(self) -> dict[tuple[str, date, str], list[Row]]:
        """The relationship answers of known accounts by account, month and survey."""
        found = defaultdict(list)
        for row in self.to():
            if self.customer_of(row):
                found[self.customer_of(row), month_of(row["responded_at"]), row["survey_id"]].append(row)
        return found

    def votes(self, score: str, month: date, belongs: Belongs) -> Counter:
        """How many of each class a score counts in a month."""
        if score == "nps_by_accounts":
            of_waves = [(whose, rows) for (whose, when, _), rows in self.waves.items() if when == month]
            return Counter(class_of_wave(rows) for whose, rows in of_waves if belongs(whose, month))
        counted = {
            "nps": lambda: of_month(self.to(), month),
            "nps_transactional": lambda: of_month(self.to("transactional"), month),
            "nps_1_to_10": lambda: of_month(self.to(scale_min=1), month),
            "nps_rolling_90d": lambda: self.of_90_days(month),
            "nps_quarter": lambda: self.of_quarter(month),
            "nps_latest_answer": lambda: latest_by_respondent(self.of_90_days(month)),
        }[score]()
        return Counter(class_of(row["score"]) for row in self.those(counted, belongs, "responded_at"))

    def those(self, rows: list[Row], belongs: Belongs, column: str) -> list[Row]:
        """The rows of those who belong to the segment in the month of the row."""
        return [row for row in rows if belongs(self.customer_of(row), month_of(row[column]))]

    # --- invitations -------------------------------------------------------------------------------------------------

    @cached_property
    def invitations(self) -> list[Row]:
        """Every invitation delivered by the end of the as-of date, but those of test accounts."""
        is_customers = accepted.is_of_customers(self.company)
        rows = accepted.survey_invitations(self.company)
        return [row for row in rows if row["delivered_at"] < cutoff(self.company) and is_customers(row)]

    def invitation_of(self, answer: Row) -> Row | None:
        """The last invitation to the survey before the answer: the respondent's, or the account's if none is named (D40)."""
        before = [
            row
            for row in self.invitations
            if contact(row) and contact(row) == contact(answer) and row["delivered_at"] <= answer["responded_at"]
        ]
        return max(before, key=lambda row: (row["delivered_at"], row["invitation_id"].encode()), default=None)

    @cached_property
    def answered_in_their_month(self) -> set[str]:
        """The invitations that were answered in the month of their delivery."""
        pairs = [(self.invitation_of(answer), answer) for answer in self.answers]
        return {
            invitation["invitation_id"]
            for invitation, answer in pairs
            if invitation and month_of(invitation["delivered_at"]) == month_of(answer["responded_at"])
        }

    # --- the MRR that promoters, passives and detractors hold ------------------------------------------------------------

    def class_of_account(self, customer: str, month: date) -> str | None:
        """The class of the latest wave that the account has answered by the month's end, for twelve months."""
        of_customer = [
            (wave_month, max(row["responded_at"] for row in rows), survey_id, class_of_wave(rows))
            for (whose, wave_month, survey_id), rows in sorted(self.waves.items(), key=lambda wave: wave[0][-1].encode())
            if whose == customer and wave_month <= month
        ]
        # Of two waves that were answered last at the same instant, the survey with the smaller id counts (D39).
        latest = max(of_customer, key=lambda wave: wave[:2], default=None)
        if latest is None or add_months(latest[0], MONTHS_THAT_A_CLASS_HOLDS) <= month:
            return None
        return latest[-1]

    def mrr_of_classes(self, month: date, belongs: Belongs) -> Counter:
        """Closing MRR by class; of those who have said nothing under None."""
        found: Counter = Counter()
        for customer in self.book.accounts:
            if belongs(customer, month):
                found[self.class_of_account(customer, month)] += self.book.closing_mrr(customer, month)
        return found

    # --- figures -----------------------------------------------------------------------------------------------------

    @cached_property
    def months(self) -> list[date]:
        """The months in which anything of the domain can count."""
        happened = [row["responded_at"] for row in self.answers] + [row["delivered_at"] for row in self.invitations]
        reached = {
            add_months(month_of(instant), later) for instant in happened for later in range(MONTHS_THAT_A_CLASS_HOLDS)
        }
        return sorted(month for month in reached if month <= month_of(self.company.as_of_date))

    def of_segment(self, month: date, belongs: Belongs, with_mrr: bool = True) -> dict[str, Figure]:
        """The month's figures of a segment; none where nobody said, was asked, or (with MRR) pays and has said anything."""
        provisional = is_provisional(month, self.company.as_of_date)
        counted = {score: self.votes(score, month, belongs) for score in SCORES}
        rated = [row for row in self.those(of_month(self.answers, month), belongs, "responded_at") if is_csat(row)]
        delivered = [row for row in self.invitations if month_of(row["delivered_at"]) == month]
        invited = self.those(delivered, belongs, "delivered_at")
        mrr = self.mrr_of_classes(month, belongs) if with_mrr else Counter()
        if not (any(map(Counter.total, counted.values())) or rated or invited or sum(mrr[name] for name in CLASSES)):
            return {}
        found = {score: nps(counted[score], provisional) for score in SCORES}
        for score in WITH_MARGIN_OF_ERROR:
            found[f"{score}_margin_of_error"] = nps_margin_of_error(counted[score], provisional)
        found["nps_responses"] = amount(counted["nps"].total(), provisional)
        for name in CLASSES:
            found[f"nps_{name}s"] = amount(counted["nps"][name], provisional)
        found["csat"] = csat(rated, provisional)
        found["survey_response_rate"] = self.survey_response_rate(invited, provisional)
        paying = sum(belongs(one, month) and self.book.closing_mrr(one, month) > 0 for one in self.book.accounts)
        for name in CLASSES:
            found[f"{name}_mrr_share"] = ratio(mrr[name], mrr.total(), provisional, paying)
        found["nps_mrr_coverage"] = ratio(mrr.total() - mrr[None], mrr.total(), provisional, paying)
        return found

    def survey_response_rate(self, invited: list[Row], provisional: bool) -> Figure:
        """Answered / delivered."""
        answered = sum(row["invitation_id"] in self.answered_in_their_month for row in invited)
        return ratio(answered, len(invited), provisional, len(invited))


# --- answers ---------------------------------------------------------------------------------------------------------


def of_month(rows: list[Row], month: date) -> list[Row]:
    """The answers of a month."""
    return [row for row in rows if month_of(row["responded_at"]) == month]


def class_of(score) -> str:
    """Promoter from 9 on, passive from 7 on, detractor below."""
    return "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"


def class_of_wave(rows: list[Row]) -> str:
    """The class of the mean score, which is rounded to six decimals first (D39)."""
    return class_of(rounded(sum(Fraction(row["score"]) for row in rows) / len(rows), 6))


def latest_by_respondent(rows: list[Row]) -> list[Row]:
    """Each respondent's latest answer; an answer of nobody known is that of a respondent of its own."""
    latest = {}
    for row in sorted(rows, key=lambda row: (row["responded_at"], row["response_id"].encode())):
        latest[row.get("respondent_id") or ("nobody", row["response_id"])] = row
    return list(latest.values())


def is_csat(row: Row) -> bool:
    """Whether it answers a CSAT survey on a scale of which it is known what is satisfied."""
    return row["survey_type"] == "csat" and (row["scale_min"], row["scale_max"]) in SATISFIED_FROM


def contact(row: Row) -> tuple | None:
    """Who was asked, or who answered, in which survey; None where neither a person nor an account is named."""
    who = ("person", row["respondent_id"]) if row.get("respondent_id") else ("account", row.get("account_id"))
    return (row["survey_id"], *who) if who[1] else None


# --- metrics -----------------------------------------------------------------------------------------------------------


def nps(classes: Counter, provisional: bool) -> Figure:
    """100 x (promoters - detractors) / valid answers."""
    answered = classes.total()
    return ratio(100 * (classes["promoter"] - classes["detractor"]), answered, provisional, answered)


def nps_margin_of_error(classes: Counter, provisional: bool) -> Figure:
    """196 x sqrt((p + d - (p - d)^2) / n): eight decimals under the root, four of the root (D43)."""
    answered = classes.total()
    if not answered:
        return amount(None, provisional, 0)
    promoters, detractors = (Fraction(classes[name], answered) for name in ("promoter", "detractor"))
    under_the_root = rounded(196**2 * (promoters + detractors - (promoters - detractors) ** 2) / answered, 8)
    precise = Context(prec=60)
    root = precise.sqrt(precise.divide(Decimal(under_the_root.numerator), Decimal(under_the_root.denominator)))
    return amount(rounded(root, 4), provisional, answered)


def csat(rated: list[Row], provisional: bool) -> Figure:
    """Satisfied answers / answers."""
    satisfied = [row for row in rated if row["score"] >= SATISFIED_FROM[row["scale_min"], row["scale_max"]]]
    return ratio(len(satisfied), len(rated), provisional, len(rated))


def figures(company: Company) -> Figures:
    """Every figure of the company; an answer stays in the segment that its account had when it was given."""
    found: Figures = {}
    for policy in company.policies:
        voice = Voice(book_of(company, policy))
        for month in voice.months:
            for dimension in dimensions_of(company):
                for value in values_of(voice.book, dimension, month):

                    def belongs(customer: str | None, said_in: date, dimension=dimension, value=value) -> bool:
                        return dimension in WHOLE or segment_of(voice.book, customer, said_in, dimension) == value

                    for metric, figure in voice.of_segment(month, belongs).items():
                        found[Key(policy, month, metric, dimension, value)] = figure
    return found


def values_of(book: Book, dimension: str, month: date) -> set[str]:
    """The segments that an answer may count in, in a month whose windows reach back a quarter."""
    reached = [add_months(month, -back) for back in range(4)]
    of_accounts = {segment_of(book, customer, at, dimension) for customer in book.accounts for at in reached}
    return {"all": {"all"}, "billing_entity": {book.company.entity}}.get(dimension, of_accounts)
