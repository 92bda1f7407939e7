"""Revenue, the MRR bridge, accounts, users and retention, month by month, as the definitions say them.

Everything is asked anew for one account and one instant: what is in force then, at which price, less which discounts.
There is no ledger and no interval arithmetic. D12 stands for DECISIONS.md, 12.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property

from oracle import accepted
from oracle.company import (
    REPORTING_CURRENCY,
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
)

# Recurring charge codes, and classes that a product may say it has (D28).
RECURRING_CODES = {"subscription", "recurring", "seat", "add_on", "committed_minimum"}
RECURRING_CLASSES = {"subscription", "seat", "recurring_add_on", "committed_minimum", "recurring_adjustment"}
UNBILLED = {"draft", "void"}
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
BANDS = {
    "employee_band": [(1, "1-9"), (10, "10-49"), (50, "50-249"), (250, "250-999"), (1000, "1000+")],
    "spend_band": [(0, "under 100"), (100, "100-499"), (500, "500-1999"), (2000, "2000-9999"), (10000, "10000+")],
}
GENERATIONS = 5
NO_SEGMENT = "(none)"
SMALL = timedelta(microseconds=1)
END_OF_TIME = datetime(9000, 1, 1)
# What follows a trial.
AFTER_A_TRIAL = {"active", "past_due", "unpaid", "paused"}


@dataclass(frozen=True)
class Policy:
    """What a policy does its own way."""

    account_grain: str = "account"
    discounts: str = "all"
    week: Fraction = Fraction(365, 84)
    day: Fraction = Fraction(365, 12)
    churns_on: str = "service_end"
    churn_rate_base: str = "opening"
    ltv_margin: bool = True
    months_without_churn: int | None = None


POLICIES = {
    "standard": Policy(),
    "standard_by_parent": Policy(account_grain="parent"),
    "stripe": Policy(
        discounts="forever", churns_on="cancellation", churn_rate_base="opening_and_new", ltv_margin=False, months_without_churn=60
    ),
}


@dataclass
class Account:
    """What an account has and does in one month; amounts in the reporting currency."""

    opening: Fraction  # at the rate of the month's end
    closing: Fraction
    opening_before: Fraction  # at the rate of the previous month's end
    paid_before: bool
    segments: dict[str, str] = field(default_factory=dict)
    segments_12m: dict[str, str] = field(default_factory=dict)
    then_12m: Fraction = Fraction(0)
    pending: Fraction = Fraction(0)
    short_stays: int = 0
    revenue: Fraction = Fraction(0)
    recurring: Fraction = Fraction(0)
    users: int = 0
    opening_users: int = 0

    @property
    def now(self) -> Fraction:
        """What is left of it: of an account that no longer pays, nothing (D67)."""
        return max(self.closing, Fraction(0))

    @cached_property
    def movement(self) -> str:
        """What happened to the account: the first that applies."""
        if self.opening <= 0 < self.closing:
            return "reactivation" if self.paid_before else "new"
        if self.closing <= 0 < self.opening:
            return "churn"
        return "expansion" if self.closing > self.opening else "contraction" if self.closing < self.opening else "none"

    def moved(self, movement: str) -> Fraction:
        """The amount of the month's movement, as a positive number, if it is of that type."""
        return abs(self.closing - self.opening) if self.movement == movement else Fraction(0)


class Book:
    """A company under one policy."""

    def __init__(self, company: Company, name: str) -> None:
        self.company = company
        self._accounts: dict[tuple[str, date], Account] = {}
        self.policy = POLICIES[name]
        self.name = name
        own = {row["account_id"]: accepted.known(company, "accounts", row) for row in company.rows("accounts") if not row.get("is_test")}
        self.customers = {name: self.customer_of(name, own) for name in own}
        self.accounts = {name: own[name] for name in own if name in self.customers.values()}
        self.own_accounts = own
        self.products = {row["product_id"]: row for row in company.rows("products")}
        self.subscriptions = {
            row["subscription_id"]: row for row in self.of_customers("subscriptions") if row["status"] != "incomplete"
        }
        self._prices: dict[tuple[str, datetime], list[tuple[Row, Fraction]]] = {}

    # --- who the customer is (D17) ---------------------------------------------------------------------------------

    def customer_of(self, account_id: str, own: dict[str, Row]) -> str:
        """The account itself; where groups count, the one at the top of its group, at most five generations up.

        A parent that isn't known, or is a test, ends the line; who would be its own ancestor stands alone.
        """
        line = [account_id]
        while self.policy.account_grain == "parent" and len(line) <= GENERATIONS:
            parent = own[line[-1]].get("parent_account_id")
            if parent == account_id:
                return account_id
            if parent not in own:
                break
            line.append(parent)
        return line[-1]

    def members(self, customer: str) -> list[str]:
        """The accounts that are this customer."""
        return [name for name, whose in self.customers.items() if whose == customer]

    def of_customers(self, table: str) -> list[Row]:
        """The accepted rows of customers' accounts, each as the customer's."""
        rows = [row for row in accepted.accepted(self.company, table) if row["account_id"] in self.customers]
        return [row | {"account_id": self.customers[row["account_id"]]} for row in rows]

    @cached_property
    def holders(self) -> list[Row]:
        """The users of customers."""
        return self.of_customers("users")

    # --- time ----------------------------------------------------------------------------------------------------

    def clock(self, row: Row, column: str) -> datetime | None:
        """An instant of a row in the reporting time zone."""
        return self.company.wall_clock(row.get(column))

    def end_of(self, month: date) -> datetime:
        """The first instant after the month, or after the as-of date in the month that isn't over (D2)."""
        end = add_months(month, 1)
        known_until = self.company.as_of_date + timedelta(days=1)
        end = min(end, known_until)
        return datetime(end.year, end.month, end.day)

    def start_of(self, month: date) -> datetime:
        """The month's first instant."""
        return datetime(month.year, month.month, 1)

    def month_after(self, at: datetime) -> datetime:
        """The end of the month that an instant lies in, also of one after the as-of date."""
        return self.start_of(add_months(month_of(at), 1))

    @cached_property
    def months(self) -> list[date]:
        """From the first month in which anything is to the as-of date's."""
        columns = [
            ("subscription_items", ("valid_from",)), ("subscriptions", ("started_at", "signed_at")), ("users", ("activated_at",)),
            ("invoices", ("issued_at",)), ("invoice_lines", ("service_start",)),
        ]  # fmt: skip
        instants = [
            self.clock(row, column) for table, names in columns for row in self.company.rows(table) for column in names
        ]
        known = [month_of(instant) for instant in instants if instant]
        last = month_of(self.company.as_of_date)
        return months_between(min(known), last) if known else []

    # --- currencies ------------------------------------------------------------------------------------------------

    def rate(self, currency: str, month: date) -> Fraction:
        """Reporting currency for one unit: the last rate known at the month's end, 0 where there is none yet (D8)."""
        if currency == REPORTING_CURRENCY:
            return Fraction(1)
        last_day = (self.end_of(month) - SMALL).date()
        rates = [
            (row["rate_date"], row["rate"])
            for row in self.company.rows("exchange_rates")
            if row["from_currency"] == currency
            and row["to_currency"] == REPORTING_CURRENCY
            and row["rate_date"] <= last_day
        ]
        return Fraction(max(rates)[1]) if rates else Fraction(0)

    def valued(self, balances: dict[str, Fraction], month: date) -> Fraction:
        """Amounts of several currencies in the reporting currency, at the rate of the month's end."""
        return sum((value * self.rate(currency, month) for currency, value in balances.items() if value), Fraction(0))

    # --- MRR ---------------------------------------------------------------------------------------------------------

    @cached_property
    def items(self) -> list[Row]:
        """Recurring terms of subscriptions that say enough; one that begins inside an earlier one is rejected (D16, D93)."""
        rows = accepted.accepted(self.company, "subscription_items")
        rows = [row for row in rows if row["subscription_id"] in self.subscriptions]
        endless = {row["subscription_id"] for row in rows if row.get("valid_to") is None and self.is_recurring_item(row)}
        kept = accepted.without_overlaps([row for row in rows if self.says_enough(row["subscription_id"], endless)], ("item_id",))
        return [row for row in kept if self.is_recurring_item(row)]

    def says_enough(self, subscription_id: str, endless: set[str]) -> bool:
        """Whether it can be told from when to when the subscription is paid for; what it's lacking has to be filled in (D93)."""
        subscription = self.subscriptions[subscription_id]
        status, end = subscription["status"], self.end_of_service(subscription)
        if status in AFTER_A_TRIAL and subscription.get("trial_started_at") and not subscription.get("trial_ended_at"):
            return False
        if status == "cancelled" and end is None and subscription_id in endless:
            return False
        is_over = end is not None and end < accepted.cutoff(self.company)
        return status != "paused" or is_over or any(
            pause.get("resumed_at") is None or pause["resumed_at"] >= accepted.cutoff(self.company)
            for pause in self.pauses
            if pause["subscription_id"] == subscription_id
        )

    @cached_property
    def pauses(self) -> list[Row]:
        """Pauses that take some time."""
        return accepted.accepted(self.company, "subscription_pauses")

    @cached_property
    def discounts(self) -> list[Row]:
        """Discounts that take some time."""
        return accepted.accepted(self.company, "discounts")

    def end_of_service(self, subscription: Row) -> datetime | None:
        """The end that it has; a cancelled one without an end ended when the customer asked (D93)."""
        end = self.clock(subscription, "ended_at")
        return self.clock(subscription, "cancel_requested_at") if end is None and subscription["status"] == "cancelled" else end

    def is_recurring_item(self, item: Row) -> bool:
        """What the product says of itself goes before the charge code; a charge without a period is no MRR."""
        said = self.products[item["product_id"]].get("charge_class")
        is_recurring = said in RECURRING_CLASSES if said else accepted.folded(item["charge_type"]) in RECURRING_CODES
        return is_recurring and item["interval_unit"] != "once"

    def service_start(self, item: Row) -> datetime:
        """An item is in service once both it and its subscription have begun."""
        return max(self.clock(item, "valid_from"), self.clock(self.subscriptions[item["subscription_id"]], "started_at"))

    def service_end(self, item: Row) -> datetime | None:
        """And until the first of them ends."""
        ends = [self.clock(item, "valid_to"), self.end_of_service(self.subscriptions[item["subscription_id"]])]
        if self.policy.churns_on == "cancellation":
            asked = self.clock(self.subscriptions[item["subscription_id"]], "cancel_requested_at")
            ends.append(asked if asked and asked < self.end_of(month_of(self.company.as_of_date)) else None)
        return min((end for end in ends if end), default=None)

    def trial(self, subscription: Row) -> tuple[datetime | None, datetime | None]:
        """The subscription's trial; one that doesn't say when it began began with the service.

        Who still is on trial is so although the trial's dates are over, or missing (D93).
        """
        start, end = self.clock(subscription, "trial_started_at"), self.clock(subscription, "trial_ended_at")
        is_on_trial = subscription["status"] == "trialing"
        if end or is_on_trial:
            start = start or self.clock(subscription, "started_at")
        return start, None if is_on_trial and end and end < accepted.cutoff(self.company) else end

    def is_in_trial(self, subscription: Row, until: datetime) -> bool:
        """A trial is no MRR, whenever it begins (D6)."""
        return holds(*self.trial(subscription), until)

    def begins_in_trial(self, item: Row) -> bool:
        """Whether the item's service starts with a trial."""
        start, end = self.trial(self.subscriptions[item["subscription_id"]])
        return start is not None and start <= self.service_start(item) and (end is None or self.service_start(item) < end)

    def is_ever_paid(self, item: Row) -> bool:
        """Whether the terms stand at any time of the service, after a trial that they begin in."""
        start, end = self.service_start(item), self.service_end(item)
        if self.begins_in_trial(item):
            start = self.trial(self.subscriptions[item["subscription_id"]])[1] or END_OF_TIME
        return start < (end or END_OF_TIME)

    def is_paused(self, subscription: Row, until: datetime) -> bool:
        """A paused subscription is no MRR."""
        return any(
            holds(self.clock(row, "paused_at"), self.clock(row, "resumed_at"), until)
            for row in self.pauses
            if row["subscription_id"] == subscription["subscription_id"]
        )

    def list_amount(self, item: Row) -> Fraction:
        """Price x quantity for a billing period."""
        return rounded(Fraction(item["unit_amount"]) * Fraction(item["quantity"]), 6)

    def net_amount(self, item: Row, beside: list[Row], until: datetime) -> Fraction:
        """The price of a billing period less the discounts in force: percentages off the list price, then amounts (D3)."""
        price = self.list_amount(item)
        if price <= 0:
            return price
        found = [row for row in self.discounts if self.is_discounted(item, row, until)]
        percent = sum((Fraction(row["percent_off"]) for row in found if row.get("percent_off") is not None), Fraction(0))
        off = sum((self.share(row, item, beside) for row in found if row.get("amount_off") is not None), Fraction(0))
        return max(Fraction(0), price - price * percent / 100 - off)

    def is_discounted(self, item: Row, discount: Row, until: datetime) -> bool:
        """Whether a discount is on the item at the last instant before `until`."""
        if discount.get("item_id") not in (None, item["item_id"]):
            return False
        if discount.get("subscription_id") not in (None, item["subscription_id"]):
            return False
        if self.policy.discounts == "forever" and discount.get("duration") != "forever":
            return False
        if discount.get("amount_off") is not None and discount["currency"] != item["currency"]:
            return False
        start, end = self.clock(discount, "valid_from"), self.clock(discount, "valid_to")
        if discount.get("duration") == "once" and end is None:
            term = self.term_discounted(item, start)
            end = after(start, term["interval_unit"], term["interval_count"])
        return holds(start, end, until)

    def term_discounted(self, item: Row, start: datetime) -> Row:
        """The item's terms that stand when a discount begins, else the next ones: their period is the one it's on (D5)."""
        same = [one for one in self.items if (one["item_id"], one["currency"]) == (item["item_id"], item["currency"])]
        terms = [one for one in same if self.is_ever_paid(one)]
        before = [one for one in terms if self.clock(one, "valid_from") <= start]
        return max(before, key=lambda one: self.clock(one, "valid_from")) if before else min(terms, key=lambda one: self.clock(one, "valid_from"))

    def share(self, discount: Row, item: Row, beside: list[Row]) -> Fraction:
        """An item's part of an amount off: along the running sum of list prices in the order of item ids (D4)."""
        if discount.get("item_id") is not None:
            return Fraction(discount["amount_off"])
        sharing = [one for one in beside if one["currency"] == discount["currency"] and self.list_amount(one) > 0]
        whole = sum(self.list_amount(one) for one in sharing)
        up_to = sum(self.list_amount(one) for one in sharing if one["item_id"].encode() <= item["item_id"].encode())
        part = Fraction(discount["amount_off"]) / whole
        return rounded(part * up_to, 6) - rounded(part * (up_to - self.list_amount(item)), 6)

    def monthly_amount(self, item: Row, period_amount: Fraction) -> Fraction:
        """Brought to one month, with four decimals (D20)."""
        unit, count = item["interval_unit"], item["interval_count"]
        factors = {"week": self.policy.week, "day": self.policy.day} | {name: Fraction(1, n) for name, n in MONTHS_OF.items()}
        return rounded(period_amount * factors[unit] / count, 4)

    def prices(self, account_id: str, until: datetime) -> list[tuple[Row, Fraction]]:
        """The account's items at the last instant before `until`, each with its MRR in its own currency."""
        if (account_id, until) not in self._prices:
            self._prices[account_id, until] = self.prices_of(account_id, until)
        return self._prices[account_id, until]

    def prices_of(self, account_id: str, until: datetime) -> list[tuple[Row, Fraction]]:
        """As prices, worked out."""
        prices = []
        for subscription in self.subscriptions.values():
            if subscription["account_id"] != account_id:
                continue
            if self.is_in_trial(subscription, until) or self.is_paused(subscription, until):
                continue
            of_it = [item for item in self.items if item["subscription_id"] == subscription["subscription_id"]]
            standing = [item for item in of_it if holds(self.service_start(item), self.service_end(item), until)]
            prices += [(item, self.monthly_amount(item, self.net_amount(item, standing, until))) for item in standing]
        return prices

    def balances(self, account_id: str, until: datetime) -> dict[str, Fraction]:
        """MRR of the account by currency."""
        found: dict[str, Fraction] = defaultdict(Fraction)
        for item, price in self.prices(account_id, until):
            found[item["currency"]] += price
        return found

    def mrr_of(self, account_id: str, month: date, valued_in: date) -> Fraction:
        """MRR at the month's last instant, at the rate of the end of a month."""
        return self.valued(self.balances(account_id, self.end_of(month)), valued_in)

    def closing_mrr(self, account_id: str, month: date) -> Fraction:
        """MRR at the month's last instant, at that day's rate."""
        return self.mrr_of(account_id, month, month)

    def opening_mrr(self, account_id: str, month: date) -> Fraction:
        """MRR when the month opens, at the rate of its end."""
        return self.mrr_of(account_id, add_months(month, -1), month)

    def paid_before(self, account_id: str, month: date) -> bool:
        """Whether the account paid at the end of any earlier month."""
        return any(self.closing_mrr(account_id, earlier) > 0 for earlier in self.months if earlier < month)

    # --- what is known to come (D14), and who comes and goes within a month (D7) -----------------------------------------

    def pending_mrr(self, account_id: str, month: date) -> Fraction:
        """Signed and not yet live, less cancelled and not yet gone; in the as-of month whatever is known to come."""
        now = self.end_of(month)
        pending: dict[str, Fraction] = defaultdict(Fraction)
        if month == month_of(self.company.as_of_date):
            for item, price in self.prices(account_id, END_OF_TIME):
                pending[item["currency"]] += price if self.is_committed(item, now) else 0
            for item, price in self.prices(account_id, now):
                pending[item["currency"]] -= price
        else:
            for item, price in self.signed(account_id, now):
                pending[item["currency"]] += price
            for item, price in self.prices(account_id, now):
                pending[item["currency"]] -= price if self.is_cancelled(item, now) else 0
        return self.valued(pending, month)

    def is_cancelled(self, item: Row, now: datetime) -> bool:
        """Whether it is known by now that the customer has asked to cancel."""
        asked = self.clock(self.subscriptions[item["subscription_id"]], "cancel_requested_at")
        return asked is not None and asked < now

    def is_committed(self, item: Row, now: datetime) -> bool:
        """Whether the item stays, as far as is known; what only a trial's end would bring doesn't count."""
        terms = [one for one in self.items if one["item_id"] == item["item_id"]]
        trial_ends = self.trial(self.subscriptions[item["subscription_id"]])[1]
        waits = any(self.begins_in_trial(one) and trial_ends >= now for one in terms)
        return not waits and not self.is_cancelled(item, now)

    def signed(self, account_id: str, now: datetime) -> list[tuple[Row, Fraction]]:
        """Items of subscriptions that are signed and not yet live, at the price of the end of their first month.

        What begins after the as-of date begins after the as-of month, at the earliest.
        """
        known_until = self.end_of(month_of(self.company.as_of_date))
        found = []
        for item in self.items:
            subscription = self.subscriptions[item["subscription_id"]]
            signed, starts = self.clock(subscription, "signed_at"), self.clock(subscription, "started_at")
            if subscription["account_id"] != account_id or signed is None or not signed < starts:
                continue
            if signed >= now or starts < now or self.service_start(item) > starts:
                continue
            if self.is_cancelled(item, now) or self.begins_in_trial(item):
                continue
            is_to_come = starts >= known_until
            live = max(starts, self.start_of(add_months(month_of(self.company.as_of_date), 1))) if is_to_come else starts
            prices = self.prices(account_id, self.month_after(live))
            found += [(one, price) for one, price in prices if one is item]
        return found

    def has_short_stay(self, account_id: str, month: date) -> bool:
        """Whether the account came to pay and stopped within the month."""
        if self.opening_mrr(account_id, month) > 0 or self.closing_mrr(account_id, month) > 0:
            return False
        return any(
            self.is_short(item, month) for item in self.items if self.subscriptions[item["subscription_id"]]["account_id"] == account_id
        )

    def is_short(self, item: Row, month: date) -> bool:
        """Whether the item is paid for in the month and neither before nor after it."""
        start, end = self.service_start(item), self.service_end(item)
        if self.begins_in_trial(item):
            start = self.trial(self.subscriptions[item["subscription_id"]])[1] or END_OF_TIME
        if end is None or start >= end or end >= self.end_of(month):
            return False
        return month_of(start) == month_of(end) == month and self.list_amount(item) > 0

    # --- revenue -------------------------------------------------------------------------------------------------------

    @cached_property
    def billed_lines(self) -> list[tuple[Row, Row]]:
        """Lines of invoices that are billed by the as-of date, each with its invoice (D19)."""
        known_until = datetime.combine(self.company.as_of_date + timedelta(days=1), datetime.min.time())
        invoices = {
            row["invoice_id"]: row
            for row in self.company.rows("invoices")
            if row["status"] not in UNBILLED and self.clock(row, "issued_at") < known_until
        }
        return [(row, invoices[row["invoice_id"]]) for row in self.of_customers("invoice_lines") if row["invoice_id"] in invoices]

    def is_recurring_line(self, line: Row) -> bool:
        """A credit never is; then the product says it, then the charge code. A proration of something recurring is."""
        if line.get("is_credit"):
            return False
        said = self.products.get(line.get("product_id"), {}).get("charge_class")
        return said in RECURRING_CLASSES if said else accepted.folded(line["charge_type"]) in RECURRING_CODES

    def recognised(self, line: Row, invoice: Row, month: date) -> Fraction:
        """The part of a line that its days of service in the month earn; without a period, all of it when it's invoiced.

        What a line brings up to a day has four decimals, so that its months make the line.
        """
        total = Fraction(line["amount"])
        start, end = self.clock(line, "service_start"), self.clock(line, "service_end")
        if start is None or end is None or start.date() >= end.date():
            return total if month_of(self.clock(invoice, "issued_at")) == month else Fraction(0)
        days = (end.date() - start.date()).days
        up_to = [min(max((at.date() - start.date()).days, 0), days) for at in (self.start_of(month), self.end_of(month))]
        before, after_it = (total if count == days else rounded(total * count / days, 4) for count in up_to)
        return after_it - before

    def revenue(self, account_id: str, month: date) -> tuple[Fraction, Fraction]:
        """Recognised revenue of the account, and the recurring part of it, at the month-end rate."""
        found: dict[bool, dict[str, Fraction]] = {True: defaultdict(Fraction), False: defaultdict(Fraction)}
        for line, invoice in self.billed_lines:
            if line["account_id"] == account_id:
                found[self.is_recurring_line(line)][line["currency"]] += self.recognised(line, invoice, month)
        recurring = self.valued(found[True], month)
        return recurring + self.valued(found[False], month), recurring

    # --- users -----------------------------------------------------------------------------------------------------------

    def users(self, account_id: str, month: date) -> int:
        """Seat holders that are active at the month's last instant."""
        return sum(
            holds(self.clock(row, "activated_at"), self.clock(row, "deactivated_at"), self.end_of(month))
            for row in self.holders
            if row["account_id"] == account_id
        )

    # --- segments (D10) ----------------------------------------------------------------------------------------------------

    def segments(self, account_id: str, month: date) -> dict[str, str]:
        """Where the account is in the month: as it opens, or for one that starts in it, as it closes."""
        starts = self.opening_mrr(account_id, month) <= 0 < self.closing_mrr(account_id, month)
        at = month if starts else add_months(month, -1)
        custom = {name: self.custom_segment(account_id, name, month, starts) for name in self.company.custom_segments}
        return self.fixed_segments(account_id) | self.segments_by_mrr(account_id, at) | custom

    def custom_segment(self, account_id: str, name: str, month: date, at_the_close: bool) -> str:
        """The value of an attribute at the instant at which the month opens, or at its last one."""
        opens, closes = self.start_of(month), self.end_of(month)
        return next(
            (
                row["segment_value"]
                for row in self.attributes
                if (row["account_id"], row["segment_name"]) == (account_id, name)
                and (
                    holds(row["valid_from"], row.get("valid_to"), closes)
                    if at_the_close
                    else row["valid_from"] <= opens < (row.get("valid_to") or END_OF_TIME)
                )
            ),
            NO_SEGMENT,
        )

    @cached_property
    def attributes(self) -> list[Row]:
        """What the company says of its accounts besides."""
        return accepted.account_segments(self.company)

    def fixed_segments(self, account_id: str) -> dict[str, str]:
        """What an account is as it stands today."""
        account = self.accounts[account_id]
        staff = account.get("employee_count")
        segments = {name: account.get(name) or "(unknown)" for name in ("country", "region", "industry")}
        return segments | {
            "all": "all",
            "billing_entity": self.company.entity,
            "employee_band": band("employee_band", staff) if staff else "(unknown)",
        }

    def segments_by_mrr(self, account_id: str, at: date) -> dict[str, str]:
        """What an account is by what it pays at the end of the month `at`: its largest item, and its band.

        Both go by the rates of the month in which it came to pay that (D66).
        """
        since = self.unchanged_since(account_id, at)
        paid = self.mrr_of(account_id, at, since)
        usual = self.accounts[account_id].get("currency") or "(none)"
        if paid <= 0:
            return {"plan": "(none)", "product": "(none)", "spend_band": "(none)", "currency": usual}
        largest = min(
            self.prices(account_id, self.end_of(at)),
            key=lambda pair: (-pair[1] * self.rate(pair[0]["currency"], since), pair[0]["item_id"].encode()),
        )[0]
        return {
            "plan": plan_of(largest),
            "product": self.products[largest["product_id"]]["product_name"],
            "spend_band": band("spend_band", paid),
            "currency": largest["currency"],
        }

    def unchanged_since(self, account_id: str, month: date) -> date:
        """The first month from which on the account pays what it pays at the end of this one: how much for what."""
        paid = self.paid_items(account_id, month)
        while month > self.months[0] and self.paid_items(account_id, add_months(month, -1)) == paid:
            month = add_months(month, -1)
        return month

    def paid_items(self, account_id: str, month: date) -> set[tuple]:
        """How much the account pays for what."""
        prices = self.prices(account_id, self.end_of(month))
        return {(item["item_id"], item["product_id"], plan_of(item), item["currency"], price) for item, price in prices if price}

    # --- an account's month ----------------------------------------------------------------------------------------------

    def account(self, account_id: str, month: date) -> Account:
        """All that the month's figures need of an account."""
        if (account_id, month) not in self._accounts:
            self._accounts[account_id, month] = self.account_of(account_id, month)
        return self._accounts[account_id, month]

    def account_of(self, account_id: str, month: date) -> Account:
        """As account, worked out."""
        before = add_months(month, -1)
        revenue, recurring = self.revenue(account_id, month)
        return Account(
            opening=self.opening_mrr(account_id, month),
            closing=self.closing_mrr(account_id, month),
            opening_before=self.closing_mrr(account_id, before),
            paid_before=self.paid_before(account_id, month),
            segments=self.segments(account_id, month),
            segments_12m=self.segments(account_id, add_months(month, -11)),
            then_12m=self.mrr_of(account_id, add_months(month, -12), month),
            pending=self.pending_mrr(account_id, month),
            short_stays=int(self.has_short_stay(account_id, month)),
            revenue=revenue,
            recurring=recurring,
            users=self.users(account_id, month),
            opening_users=self.users(account_id, before),
        )


def book_of(company: Company, policy: str) -> Book:
    """The company's book under a policy: the same one for every domain, because what it works out is remembered in it."""
    books = vars(company).setdefault("books", {})
    if policy not in books:
        books[policy] = Book(company, policy)
    return books[policy]


def holds(start: datetime | None, end: datetime | None, until: datetime) -> bool:
    """Whether start <= t < end for the last instant before `until` (D1)."""
    return start is not None and start < until and (end is None or end >= until)


def after(start: datetime, unit: str, count: int) -> datetime:
    """One billing period later; a day that the month hasn't got is its last."""
    if unit in ("day", "week"):
        return start + timedelta(days=count * (7 if unit == "week" else 1))
    month = add_months(month_of(start), count * MONTHS_OF[unit])
    last_day = (add_months(month, 1) - timedelta(days=1)).day
    return start.replace(year=month.year, month=month.month, day=min(start.day, last_day))


def plan_of(item: Row) -> str:
    """The plan, or the product where it has none."""
    return item.get("plan_id") or item["product_id"]


def band(dimension: str, number: Fraction | int) -> str:
    """The band of a number; below the lowest there is none."""
    return next((name for lower, name in reversed(BANDS[dimension]) if number >= lower), "(none)")


# --- metrics of a group of accounts ------------------------------------------------------------------------------------


class Group:
    """The accounts of a dimension's value in one month."""

    def __init__(self, policy: Policy, inside: list[Account], inside_12m: list[Account], is_provisional: bool) -> None:
        self.policy = policy
        self.accounts = inside
        self.payers_12m = [account for account in inside_12m if account.then_12m > 0]
        self.is_provisional = is_provisional

    def total(self, name: str) -> Fraction:
        """The sum over accounts."""
        return sum((Fraction(getattr(account, name)) for account in self.accounts), Fraction(0))

    def moved(self, *movements: str) -> Fraction:
        """The amount of movements of these types."""
        return sum((account.moved(movement) for account in self.accounts for movement in movements), Fraction(0))

    def moving(self, movement: str) -> int:
        """How many accounts moved that way."""
        return sum(account.movement == movement for account in self.accounts)

    @property
    def opening_accounts(self) -> int:
        """Accounts that pay when the month opens."""
        return sum(account.opening > 0 for account in self.accounts)

    @property
    def closing_accounts(self) -> int:
        """Accounts that pay at the month's last instant."""
        return sum(account.closing > 0 for account in self.accounts)

    @property
    def average_users(self) -> Fraction:
        """(opening + closing) / 2."""
        return (self.total("opening_users") + self.total("users")) / 2

    @property
    def then_1m(self) -> Fraction:
        """What those who paid when the month opened paid then."""
        return sum((account.opening for account in self.accounts if account.opening > 0), Fraction(0))

    @property
    def then_12m(self) -> Fraction:
        """What those who paid twelve months ago paid then."""
        return sum((account.then_12m for account in self.payers_12m), Fraction(0))

    def churn_rate(self) -> Figure:
        """Lost accounts / accounts at the opening; or with those who came, and those who came and went in both."""
        lost, base = self.moving("churn"), self.opening_accounts
        if self.policy.churn_rate_base == "opening_and_new":
            stays = int(self.total("short_stays"))
            lost, base = lost + stays, base + self.moving("new") + self.moving("reactivation") + stays
        return ratio(lost, base, self.is_provisional, base)

    def figures(self) -> dict[str, Figure]:
        """Every metric."""

        def plain(number) -> Figure:
            return amount(number, self.is_provisional)

        def share(top, bottom, sample: int) -> Figure:
            return ratio(top, bottom, self.is_provisional, sample)

        opening, closing = self.total("opening_before"), self.total("closing")
        base = self.total("opening")
        lost, came = self.moved("churn", "contraction"), self.moved("new", "reactivation", "expansion")
        payers = [account for account in self.accounts if account.opening > 0]
        now_1m = sum((account.now for account in payers), Fraction(0))
        kept_1m = sum((min(account.now, account.opening) for account in payers), Fraction(0))
        now_12m = sum((account.now for account in self.payers_12m), Fraction(0))
        kept_12m = sum((min(account.now, account.then_12m) for account in self.payers_12m), Fraction(0))
        revenue, users = self.total("revenue"), int(self.total("users"))
        return {
            "mrr": plain(closing),
            "arr": plain(closing * 12),
            "committed_mrr": plain(closing + self.total("pending")),
            "opening_mrr": plain(opening),
            "new_mrr": plain(self.moved("new")),
            "reactivation_mrr": plain(self.moved("reactivation")),
            "expansion_mrr": plain(self.moved("expansion")),
            "contraction_mrr": plain(self.moved("contraction")),
            "churned_mrr": plain(self.moved("churn")),
            "fx_mrr": plain(base - opening),
            "net_new_mrr": plain(came - lost),
            "recognised_revenue": plain(revenue),
            "recurring_revenue": plain(self.total("recurring")),
            "non_recurring_revenue": plain(revenue - self.total("recurring")),
            "accounts": plain(self.closing_accounts),
            "opening_accounts": plain(self.opening_accounts),
            "new_accounts": plain(self.moving("new")),
            "reactivated_accounts": plain(self.moving("reactivation")),
            "churned_accounts": plain(self.moving("churn")),
            "joined_and_left_accounts": plain(self.total("short_stays")),
            "users": plain(users),
            "average_users": plain(self.average_users),
            "arpa": share(closing, self.closing_accounts, self.closing_accounts),
            "arpa_new": share(self.moved("new"), self.moving("new"), self.moving("new")),
            "arpu": share(revenue, self.average_users, users),
            "arpc": share(revenue, self.closing_accounts, self.closing_accounts),
            "customer_churn_rate": self.churn_rate(),
            "gross_mrr_churn_rate": share(self.then_1m - kept_1m, self.then_1m, self.opening_accounts),
            "net_mrr_churn_rate": share(self.then_1m - now_1m, self.then_1m, self.opening_accounts),
            "nrr_1m": share(now_1m, self.then_1m, self.opening_accounts),
            "grr_1m": share(kept_1m, self.then_1m, self.opening_accounts),
            "nrr_12m": share(now_12m, self.then_12m, len(self.payers_12m)),
            "grr_12m": share(kept_12m, self.then_12m, len(self.payers_12m)),
            "net_dollar_retention_difference": plain(now_12m - self.then_12m),
            "quick_ratio": share(came, lost, self.opening_accounts),
        }


METRICS = tuple(Group(Policy(), [], [], False).figures())
DIMENSIONS = ("all", "billing_entity", "country", "region", "industry", "employee_band", "spend_band", "plan", "product", "currency")


def dimensions_of(company: Company) -> tuple[str, ...]:
    """What the company's figures are cut by."""
    return (*DIMENSIONS, *company.custom_segments)


def figures(company: Company) -> Figures:
    """Every figure of the company, by policy, month, metric, dimension and dimension value."""
    found: Figures = {}
    for policy in company.policies:
        book = book_of(company, policy)
        for month in book.months:
            accounts = [book.account(account_id, month) for account_id in book.accounts]
            for (dimension, value), of_value in by_segment(book, accounts, month).items():
                for metric, figure in of_value.items():
                    found[Key(policy, month, metric, dimension, value)] = figure
    return found


def is_there(of_value: dict[str, Figure]) -> bool:
    """Segments in which nothing is there or happens in a month have no rows for it."""
    amounts = [of_value[name].numerator for name in ("opening_mrr", "mrr", "recognised_revenue", "average_users", "joined_and_left_accounts")]
    then = [of_value[name].denominator for name in ("nrr_1m", "nrr_12m")]
    pending = of_value["committed_mrr"].numerator - of_value["mrr"].numerator
    return any(number != 0 for number in (*amounts, *then, pending))


def by_segment(book: Book, accounts: list[Account], month: date) -> dict[tuple[str, str], dict[str, Figure]]:
    """The month's figures of each value of each dimension."""
    found: dict[tuple[str, str], dict[str, Figure]] = {}
    of_groups: dict[tuple, dict[str, Figure]] = {}  # most segments of a small company are of the same accounts
    for dimension in dimensions_of(book.company):
        for value in {segments[dimension] for one in accounts for segments in (one.segments, one.segments_12m)}:
            inside = [one for one in accounts if one.segments[dimension] == value]
            inside_12m = [one for one in accounts if one.segments_12m[dimension] == value]
            same = (*map(id, inside), None, *map(id, inside_12m))
            if same not in of_groups:
                of_groups[same] = Group(book.policy, inside, inside_12m, is_provisional(month, book.company.as_of_date)).figures()
            found[dimension, value] = of_groups[same]
    return found
