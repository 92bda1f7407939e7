"""Unit economics: what an account costs, what it brings, how long it stays, and how much hangs on the largest.

Everything is worked out over all companies of a build at once, because a segment's margin is the whole's (D21).
D59 stands for DECISIONS.md, 59.
"""

from collections import Counter, defaultdict
from datetime import date
from fractions import Fraction

from oracle import accepted, revenue
from oracle.accepted import closes_at
from oracle.company import (
    Company,
    Figure,
    Figures,
    Key,
    Row,
    add_months,
    amount,
    is_provisional,
    month_of,
    months_between,
    ratio,
    rounded,
    stored,
)
from oracle.revenue import Account, Book, book_of, dimensions_of

PURCHASED_CODES = {"consulting", "training", "one_off_add_on", "hardware"}
PURCHASED_CLASSES = {"services", "one_off_add_on", "hardware"}
LAPSE_MONTHS = 12
LONGEST_LIFETIME = 60
TOP_N = 10
METRICS = {
    "gross_margin", "ltv", "ltv_capped_60m", "ltv_survival", "ltv_to_cac", "cac", "cac_paid", "cac_payback_months",
    "customer_lifetime_months", "customer_lifetime_median_months", "average_purchase_value", "purchases_per_customer_year",
    "customer_lifespan_years", "clv", "arpu_daily", "arpa_new_slope_6m", "arpa_new_slope_12m", "top_1pct_mrr_share",
    "top_10pct_mrr_share", "top_n_accounts_mrr_share",
}  # fmt: skip
# Its curve is worked out with twelve decimals in the warehouse: of many accounts, the eighth can be another one.
NOT_POOLED = {"ltv_survival"}
# An account of a company: the two together tell it from all others.
Who = tuple[str, str]


class Economics:
    """What the accounts of some companies have and do, month by month, under one policy."""

    def __init__(self, books: list[Book]) -> None:
        self.books = {book.company.entity: book for book in books}
        self.policy = books[0].policy
        self.remembered: dict[tuple[date, str], dict[str, dict[Who, Account]]] = {}
        self.company = books[0].company
        last = month_of(self.company.as_of_date)
        self.months = months_between(min(month for book in books for month in book.months), last)
        self.accounts = {
            month: {(entity, one): book.account(one, month) for entity, book in self.books.items() for one in book.accounts}
            for month in self.months
        }
        self.all_costs = {
            table: [(name, row) for name, book in self.books.items() for row in accepted.costs(book.company, table)]
            for table in ("acquisition_costs", "revenue_costs")
        }
        self.starts = {who: self.starts_of(who) for who in self.accounts[last]}
        self.purchases = self.all_purchases()
        self.user_days = self.all_user_days()

    def back(self, month: date, count: int) -> list[date]:
        """So many months up to one, as far back as there is anything."""
        return [earlier for earlier in months_between(add_months(month, 1 - count), month) if earlier in self.accounts]

    def inside(self, month: date, dimension: str, value: str) -> dict[Who, Account]:
        """The accounts that are in a segment in the month."""
        if (month, dimension) not in self.remembered:
            by_value: dict[str, dict[Who, Account]] = defaultdict(dict)
            for who, account in self.accounts[month].items():
                by_value[account.segments[dimension]][who] = account
            self.remembered[month, dimension] = by_value
        return self.remembered[month, dimension].get(value, {})

    # --- lifetimes (D59) ----------------------------------------------------------------------------------------------

    def starts_of(self, who: Who) -> list[date]:
        """The months in which the account came, or came back."""
        return [month for month in self.months if self.accounts[month][who].movement in ("new", "reactivation")]

    def survival(self, month: date, dimension: str, value: str) -> dict[int, Fraction]:
        """What is left after each age that was seen in the twelve months up to one, with eight decimals."""
        at_risk, lost = Counter(), Counter()
        for seen in self.back(month, 12):
            for who, account in self.inside(seen, dimension, value).items():
                if account.opening > 0:
                    start = max(earlier for earlier in self.starts[who] if earlier < seen)
                    age = (seen.year - start.year) * 12 + seen.month - start.month
                    at_risk[age] += 1
                    lost[age] += account.movement == "churn"
        left, curve = Fraction(1), {}
        for age in sorted(at_risk):
            left *= 1 - Fraction(lost[age], at_risk[age])
            curve[age] = rounded(left, 8)
        return curve

    # --- purchases (D60) ------------------------------------------------------------------------------------------------

    def all_purchases(self) -> dict[Who, dict[date, list[Fraction]]]:
        """What each purchase of an account came to, by month."""
        found: dict[Who, dict[date, list[Fraction]]] = defaultdict(lambda: defaultdict(list))
        for entity, book in self.books.items():
            values: dict[tuple[str, date, str], Fraction] = defaultdict(Fraction)
            for line, invoice in book.billed_lines:
                if is_purchase(book, line):
                    month = month_of(book.clock(invoice, "issued_at"))
                    value = Fraction(line["amount"]) * book.rate(line["currency"], month)
                    values[line["account_id"], month, invoice["invoice_id"]] += value
            for (account_id, month, _), value in values.items():
                found[entity, account_id][month].append(value)
        return found

    def is_customer(self, who: Who, month: date) -> bool:
        """Whether the account bought in the month or the eleven before it."""
        return any(add_months(bought, LAPSE_MONTHS) > month >= bought for bought in self.purchases.get(who, ()))

    def has_lapsed(self, who: Who, month: date) -> bool:
        """Whether the account stopped being a customer in the month."""
        return self.is_customer(who, add_months(month, -1)) and not self.is_customer(who, month)

    # --- users ----------------------------------------------------------------------------------------------------------

    def all_user_days(self) -> dict[tuple[Who, date], int]:
        """Active users of each day of the month, added up: from the day of activation on, without that of deactivation."""
        found: Counter = Counter()
        for entity, book in self.books.items():
            for row in book.holders:
                first, gone = book.clock(row, "activated_at"), book.clock(row, "deactivated_at")
                for month in self.months:
                    end = closes_at(book.company, month).date()
                    until = min(end, gone.date()) if gone else end
                    found[(entity, row["account_id"]), month] += max(0, (until - max(month, first.date())).days)
        return found

    # --- costs (D57, D58) -----------------------------------------------------------------------------------------------

    def costs(self, table: str, month: date, entity: str | None = None) -> list[tuple[Row, Fraction]]:
        """The costs of a month in the reporting currency, at the rate of its end: all of them, or an entity's."""
        return [
            (row, Fraction(row["amount"]) * self.books[name].rate(row["currency"], month))
            for name, row in self.all_costs[table]
            if entity in (None, name) and month_of(row["cost_date"]) == month
        ]

    def acquisition_costs(self, month: date, dimension: str, value: str) -> list[tuple[Row, Fraction]]:
        """The costs of winning customers that count in a segment: all, the entity's, or those that name its value (D57).

        They count from the segment's first figure on.
        """
        if not any(has_something(account) for earlier in self.months if earlier <= month for account in self.inside(earlier, dimension, value).values()):
            return []
        if dimension in ("all", "billing_entity"):
            return self.costs("acquisition_costs", month, None if dimension == "all" else value)
        named_in = "channel" if dimension == "channel" else "segment_value"
        return [(row, cost) for row, cost in self.costs("acquisition_costs", month) if row.get(named_in) == value]

    def margin(self, month: date, dimension: str, value: str) -> Figure | None:
        """(Recurring revenue - its cost) / recurring revenue, where there is a cost: of the whole, or of an entity."""
        entity = value if dimension == "billing_entity" else None
        of_month = [account for (name, _), account in self.accounts[month].items() if entity in (None, name)]
        costs = [cost for row, cost in self.costs("revenue_costs", month, entity) if row["revenue_stream"] == "recurring"]
        if not costs:
            return None
        earned = sum((account.recurring for account in of_month), Fraction(0))
        return ratio(earned - sum(costs), earned, is_provisional(month, self.company.as_of_date))


def has_something(account: Account) -> bool:
    """Whether anything is there of the account."""
    return any((account.opening, account.closing, account.pending, account.short_stays, account.revenue, account.users, account.opening_users))


def is_purchase(book: Book, line: Row) -> bool:
    """Whether the line bills something that is bought by itself; what is taken back isn't."""
    if line.get("is_credit") or line["amount"] < 0:
        return False
    said = book.products.get(line.get("product_id"), {}).get("charge_class")
    return said in PURCHASED_CLASSES if said else accepted.folded(line["charge_type"]) in PURCHASED_CODES


class Segment:
    """A dimension's value in one month."""

    def __init__(self, whole: Economics, month: date, dimension: str, value: str) -> None:
        self.whole, self.month, self.dimension, self.value = whole, month, dimension, value
        self.provisional = is_provisional(month, whole.company.as_of_date)
        self.days = closes_at(whole.company, month).date().toordinal() - month.toordinal()
        self.accounts = whole.inside(month, dimension, value)
        self.paid = sorted((account.closing for account in self.accounts.values() if account.closing > 0), reverse=True)
        self.opening_accounts = sum(account.opening > 0 for account in self.accounts.values())
        self.new_accounts = self.moving(month, "new")
        self.costs = whole.acquisition_costs(month, dimension, value)
        self.curve = whole.survival(month, dimension, value)

    def of(self, month: date) -> dict[Who, Account]:
        """The accounts of the segment in another month."""
        return self.whole.inside(month, self.dimension, self.value)

    def moving(self, month: date, movement: str) -> int:
        """How many accounts of the segment moved so in a month."""
        return sum(account.movement == movement for account in self.of(month).values())

    def new_mrr(self, month: date) -> Fraction:
        """What the new accounts of a month pay."""
        return sum((account.moved("new") for account in self.of(month).values()), Fraction(0))

    def ratio(self, top, bottom, sample: int | None) -> Figure:
        """A ratio of the month."""
        return ratio(top, bottom, self.provisional, sample)

    def amount(self, value, sample: int | None) -> Figure:
        """A figure of the month that is no ratio."""
        return amount(value, self.provisional, sample)

    # --- lifetime value -----------------------------------------------------------------------------------------------

    @property
    def margin(self) -> Fraction | None:
        """What lifetime values are multiplied with; 1 under a policy without."""
        if not self.whole.policy.ltv_margin:
            return Fraction(1)
        found = self.whole.margin(self.month, self.dimension, self.value)
        return None if found is None else stored(found)[2]

    @property
    def margin_per_account(self) -> Fraction | None:
        """ARPA x gross margin, with twelve decimals."""
        if not self.paid or self.margin is None:
            return None
        closing = sum((account.closing for account in self.accounts.values()), Fraction(0))
        return rounded(rounded(rounded(closing, 6) / len(self.paid), 12) * self.margin, 12)

    @property
    def openings_and_losses(self) -> tuple[int, int]:
        """Accounts at the opening of the month and of the two before it, and those of them that were lost."""
        months = self.whole.back(self.month, 3)
        opened = sum(account.opening > 0 for month in months for account in self.of(month).values())
        return opened, sum(self.moving(month, "churn") for month in months)

    def ltv(self) -> Figure:
        """Margin of an account / churn rate; where nobody was lost, what the policy says."""
        opened, lost = self.openings_and_losses
        if opened and not lost and self.whole.policy.months_without_churn:
            return self.ratio(self.margin_per_account * self.whole.policy.months_without_churn, 1, self.opening_accounts)
        return self.ratio(self.margin_per_account * opened, lost, self.opening_accounts)

    def ltv_capped_60m(self) -> Figure:
        """As ltv, with lifetimes of no more than sixty months."""
        opened, lost = self.openings_and_losses
        if opened > LONGEST_LIFETIME * lost:
            return self.ratio(self.margin_per_account * LONGEST_LIFETIME, 1, self.opening_accounts)
        return self.ratio(self.margin_per_account * opened, lost, self.opening_accounts)

    def of_values(self) -> dict[str, Figure]:
        """Lifetime values, where there is a margin."""
        if self.margin_per_account is None:
            return {}
        found = {"ltv": self.ltv(), "ltv_capped_60m": self.ltv_capped_60m()}
        if self.curve:
            found["ltv_survival"] = self.amount(self.margin_per_account * lifetime(self.curve), self.opening_accounts)
        if self.costs:
            found["ltv_to_cac"] = self.ratio(stored(found["ltv"])[2], stored(self.cac())[2], self.new_accounts)
        return found

    # --- acquisition --------------------------------------------------------------------------------------------------

    @property
    def cost(self) -> Fraction:
        """All that was spent."""
        return sum((cost for _, cost in self.costs), Fraction(0))

    def cac(self) -> Figure:
        """Sales and marketing cost / new accounts."""
        return self.ratio(self.cost, self.new_accounts, self.new_accounts)

    def cac_paid(self) -> Figure:
        """Advertising / new accounts."""
        paid = sum((cost for row, cost in self.costs if row.get("is_paid_media")), Fraction(0))
        return self.ratio(paid, self.new_accounts, self.new_accounts)

    def cac_payback_months(self) -> Figure:
        """Cost / (new MRR x gross margin); where nothing is earned, never."""
        earned = self.new_mrr(self.month) * self.margin if self.margin > 0 else None
        return self.ratio(self.cost, earned, self.new_accounts)

    def of_costs(self) -> dict[str, Figure]:
        """What new accounts cost, where costs are known."""
        if not self.costs:
            return {}
        payback = {} if self.margin is None else {"cac_payback_months": self.cac_payback_months()}
        return {"cac": self.cac(), "cac_paid": self.cac_paid()} | payback

    # --- lifetimes, purchases, users, trend, concentration ----------------------------------------------------------------

    def of_lifetimes(self) -> dict[str, Figure]:
        """How long accounts pay."""
        if not self.curve or not (self.opening_accounts or self.paid):
            return {}
        halved = min((age for age, left in self.curve.items() if left <= Fraction(1, 2)), default=None)
        return {
            "customer_lifetime_months": self.amount(lifetime(self.curve), self.opening_accounts),
            "customer_lifetime_median_months": self.amount(halved, self.opening_accounts),
        }

    def of_purchases(self) -> dict[str, Figure]:
        """Those who buy without a subscription."""
        year = [(month, who) for month in self.whole.back(self.month, 12) for who in self.of(month)]
        customer_months = sum(self.whole.is_customer(who, month) for month, who in year)
        if not customer_months:
            return {}
        lapsed = sum(self.whole.has_lapsed(who, month) for month, who in year)
        values = [value for month, who in year for value in self.whole.purchases.get(who, {}).get(month, ())]
        customers = sum(self.whole.is_customer(who, self.month) for who in self.accounts)
        return {
            "average_purchase_value": self.ratio(sum(values), len(values), len(values)),
            "purchases_per_customer_year": self.ratio(len(values) * 12, customer_months, customers),
            "customer_lifespan_years": self.ratio(customer_months, lapsed * 12, lapsed),
            "clv": self.ratio(sum(values), lapsed, lapsed),
        }

    def of_users(self) -> dict[str, Figure]:
        """Revenue per user, over the users of each day."""
        user_days = sum(self.whole.user_days[who, self.month] for who in self.accounts)
        earned = sum((account.revenue for account in self.accounts.values()), Fraction(0))
        if not user_days and not earned:
            return {}
        return {"arpu_daily": self.ratio(earned * self.days, user_days, user_days // self.days)}

    def arpa_new_slope(self, count: int) -> Figure:
        """The slope of the line of least squares through the months that have new accounts, three at least."""
        months = [month for month in self.whole.back(self.month, count) if self.moving(month, "new")]
        points = [
            (self.whole.months.index(month), rounded(rounded(self.new_mrr(month), 6) / self.moving(month, "new"), 6)) for month in months
        ]
        sample = sum(self.moving(month, "new") for month in months) or None
        if len(points) < 3:
            return self.ratio(None, None, sample)
        xs, ys = [x for x, _ in points], [y for _, y in points]
        top = len(points) * sum(x * y for x, y in points) - sum(xs) * sum(ys)
        return self.ratio(top, len(points) * sum(x * x for x in xs) - sum(xs) ** 2, sample)

    def of_trend(self) -> dict[str, Figure]:
        """By how much the ARPA of new accounts rises a month."""
        won = sum(self.moving(month, "new") for month in self.whole.back(self.month, 12))
        if not won or not (self.opening_accounts or self.paid):
            return {}
        return {f"arpa_new_slope_{count}m": self.arpa_new_slope(count) for count in (6, 12)}

    def of_the_largest(self) -> dict[str, Figure]:
        """The share of MRR of those who pay most."""
        count = len(self.paid)
        tops = {"top_1pct": -(-count // 100), "top_10pct": -(-count // 10), "top_n_accounts": TOP_N}
        if not count:
            return {}
        return {f"{name}_mrr_share": self.ratio(sum(self.paid[:top]), sum(self.paid), count) for name, top in tops.items()}

    def of_margin(self) -> dict[str, Figure]:
        """Gross margin of recurring revenue: of the whole and of entities that have any figure."""
        if self.dimension == "billing_entity" and not self.has_figures:
            return {}
        found = self.whole.margin(self.month, self.dimension, self.value) if self.dimension in ("all", "billing_entity") else None
        return {} if found is None else {"gross_margin": found}

    @property
    def has_figures(self) -> bool:
        """Whether the segment has figures of revenue in the month."""
        accounts = list(self.accounts.values())
        return revenue.is_there(revenue.Group(self.whole.policy, accounts, accounts, self.provisional).figures())

    def figures(self) -> dict[str, Figure]:
        """Every metric that is there."""
        return (
            self.of_margin() | self.of_values() | self.of_costs() | self.of_lifetimes() | self.of_purchases()
            | self.of_users() | self.of_trend() | self.of_the_largest()
        )  # fmt: skip


def lifetime(curve: dict[int, Fraction]) -> Fraction:
    """The area under a survival curve, up to sixty months and to the oldest age that was seen."""
    left = [max((seen for seen in curve if seen <= age), default=None) for age in range(min(max(curve), LONGEST_LIFETIME))]
    return sum((Fraction(1) if seen is None else curve[seen] for seen in left), Fraction(0))


def figures(company: Company) -> Figures:
    """Nothing is one company's alone."""
    return {}


def together(companies: list[Company]) -> Figures:
    """Every figure of the companies."""
    found: Figures = {}
    for policy in companies[0].policies:
        whole = Economics([book_of(company, policy) for company in companies])
        for month in whole.months:
            for dimension in dimensions_of(whole.company):
                known = {account.segments[dimension] for earlier in whole.months if earlier <= month for account in whole.accounts[earlier].values()}
                for value in known:
                    for metric, figure in Segment(whole, month, dimension, value).figures().items():
                        found[Key(policy, month, metric, dimension, value)] = figure
    return found
