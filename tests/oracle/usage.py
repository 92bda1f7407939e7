"""Usage: active users, time spent, adoption, concentration and time to value. D45 stands for DECISIONS.md, 45."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property

from oracle import accepted
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
)
from oracle.revenue import Book, book_of, holds
from oracle.segments import WHOLE, dimensions_of, segment_of

# A program's calls are no activity; being there and reading are no value yet. What isn't named is both.
NO_ACTIVITY = {"api_call"}
NO_VALUE = {"api_call", "login", "report_viewed"}
TOP_N = 10
MONTHS_OF_STARTS = 12
METRICS = {
    "dau", "wau", "mau", "stickiness", "active_users", "active_accounts", "minutes_per_active_user", "adoption_rate",
    "feature_adoption_rate", "time_to_value_days", "value_reached_rate", "top_1pct_usage_share", "top_10pct_usage_share",
    "top_1pct_account_usage_share", "top_10pct_account_usage_share", "top_n_account_usage_share",
}  # fmt: skip
# Figures of several companies that can't be had from each one's.
NOT_POOLED = {"adoption_rate", "dau", "time_to_value_days"} | {name for name in METRICS if name.startswith("top_")}
# A user is one of an account (D44), also where groups count.
User = tuple[str, str]


class Usage:
    """What the customers of a company do with the product, under one policy."""

    def __init__(self, book: Book, seats_of: Book) -> None:
        self.book = book
        self.seats_of = seats_of
        self.company = book.company

    # --- events ------------------------------------------------------------------------------------------------------

    @cached_property
    def events(self) -> list[Row]:
        """Days of use of customers up to the as-of date, with at least one event."""
        return [
            row | {"account_id": self.book.customers[row["account_id"]], "user": (row["account_id"], row["user_id"])}
            for row in accepted.usage_events(self.company)
            if row["account_id"] in self.book.customers and row["event_count"] > 0 and row["usage_date"] <= self.company.as_of_date
        ]

    @cached_property
    def activity(self) -> list[Row]:
        """Those with features that count as activity."""
        return [row for row in self.events if row["feature"] not in NO_ACTIVITY]

    @cached_property
    def first_day(self) -> date | None:
        """The first day on which anybody was active: what was before isn't known (D45)."""
        return min((row["usage_date"] for row in self.activity), default=None)

    def last_day(self, month: date) -> date:
        """The month's last day, as far as it has come."""
        return (closes_at(self.company, month) - timedelta(days=1)).date()

    def active(self, accounts: Iterable[str], last: date, days: int) -> list[Row]:
        """The activity of accounts in so many days up to one."""
        inside = set(accounts)
        return [
            row
            for row in self.activity
            if row["account_id"] in inside and last - timedelta(days=days) < row["usage_date"] <= last
        ]

    # --- seats (D46) --------------------------------------------------------------------------------------------------

    def licensed_seats(self, customer: str, month: date) -> Fraction:
        """The seats of the customer's accounts."""
        return sum((self.seats_of_account(account_id, month) for account_id in self.book.members(customer)), Fraction(0))

    def seats_of_account(self, account_id: str, month: date) -> Fraction:
        """Seats that are paid for at the month's last instant; where none are sold, be it in quantity 0, the users."""
        seats = [
            Fraction(item["quantity"])
            for item in self.seats_of.items
            if self.is_seat(item)
            and self.subscription_of(item)["account_id"] == account_id
            and holds(self.seats_of.service_start(item), self.seats_of.service_end(item), closes_at(self.company, month))
            and not self.is_yet_to_be_paid(item, closes_at(self.company, month))
        ]
        return sum(seats, Fraction(0)) if seats else Fraction(self.seats_of.users(account_id, month))

    def subscription_of(self, item: Row) -> Row:
        """The subscription that the item belongs to."""
        return self.seats_of.subscriptions[item["subscription_id"]]

    def is_yet_to_be_paid(self, item: Row, until: datetime) -> bool:
        """Whether the item began in a trial that isn't over. One that begins later on leaves the seats to the customer, as a pause does."""
        return self.seats_of.begins_in_trial(item) and self.seats_of.is_in_trial(self.subscription_of(item), until)

    def is_seat(self, item: Row) -> bool:
        """Whether the item is a fee per user, by what its product says or else by its charge code."""
        return (self.seats_of.products[item["product_id"]].get("charge_class") or accepted.folded(item["charge_type"])) == "seat"

    # --- time to value (D48) --------------------------------------------------------------------------------------------

    def started(self, month: date) -> list[str]:
        """Accounts that came to be in the twelve months up to the month's end, not before there was usage data."""
        first = add_months(month, 1 - MONTHS_OF_STARTS)
        return [
            account_id
            for account_id in self.book.accounts
            if self.start_of(account_id)
            and first <= month_of(self.start_of(account_id)) <= month
            and self.first_day <= self.start_of(account_id) <= self.last_day(month)
        ]

    def start_of(self, account_id: str) -> date | None:
        """The day on which the account came to be, of a group the first of its accounts; None where no source says."""
        own = [self.book.own_accounts[name] for name in self.book.members(account_id)]
        created = [self.book.clock(row, "created_at") for row in own if row.get("created_at") is not None]
        return min(created).date() if created else None

    def first_value_on(self, account_id: str, month: date) -> date | None:
        """The account's first day with a value event, if it came by the month's end."""
        days = [row["usage_date"] for row in self.activity if row["account_id"] == account_id and row["feature"] not in NO_VALUE]
        return min((day for day in days if day <= self.last_day(month)), default=None)

    def median_days_to_value(self, accounts: list[str], month: date) -> int | None:
        """The age in days at which the curve falls to one half: those without a value event count as long as watched."""
        lives = []
        for account_id in accounts:
            reached = self.first_value_on(account_id, month)
            age = ((reached or self.last_day(month)) - self.start_of(account_id)).days
            lives.append((max(age, 0), reached is not None))
        left = Fraction(1)
        for age in sorted({age for age, is_event in lives if is_event}):
            at_risk = sum(other >= age for other, _ in lives)
            left *= 1 - Fraction(sum(other == age and is_event for other, is_event in lives), at_risk)
            if left <= Fraction(1, 2):
                return age
        return None

    # --- figures -----------------------------------------------------------------------------------------------------

    @cached_property
    def months(self) -> list[date]:
        """From the first month with usage data on; none without any."""
        return months_between(month_of(self.first_day), month_of(self.company.as_of_date)) if self.first_day else []

    def of_segment(self, month: date, inside: list[str], starters: list[str]) -> dict[str, Figure]:
        """The month's figures of accounts, and of others that started in the segment; none where nothing is there."""
        provisional = is_provisional(month, self.company.as_of_date)
        last = self.last_day(month)
        days = last.day
        of_month = self.active(inside, last, days)
        by_user, by_account = Counter(), Counter()
        for row in of_month:
            by_user[user_of(row)] += row["event_count"]
            by_account[row["account_id"]] += row["event_count"]
        user_days = len({(user_of(row), row["usage_date"]) for row in of_month})
        week, month_long = (users_of(self.active(inside, last, length)) for length in (7, 30))
        seats = sum((self.licensed_seats(account_id, month) for account_id in inside), Fraction(0))
        if not (by_user or month_long or seats or starters):
            return {}
        reached = [account_id for account_id in starters if self.first_value_on(account_id, month)]
        users, accounts, mau = len(by_user), len(by_account), len(month_long)

        def share(of_each: Counter, top: int) -> Figure:
            largest = sorted(of_each.values(), reverse=True)
            return ratio(sum(largest[:top]), sum(largest), provisional, len(of_each))

        return {
            "dau": ratio(user_days, days, provisional, users),
            "wau": amount(len(week), provisional),
            "mau": amount(mau, provisional),
            "stickiness": ratio(user_days, mau * days, provisional, mau),
            "active_users": amount(users, provisional),
            "active_accounts": amount(accounts, provisional),
            "minutes_per_active_user": minutes_per_active_user(of_month, provisional),
            "adoption_rate": ratio(users, seats, provisional, int(rounded(seats, 0))),
            "time_to_value_days": amount(self.median_days_to_value(starters, month), provisional, len(starters)),
            "value_reached_rate": ratio(len(reached), len(starters), provisional, len(starters)),
            "top_1pct_usage_share": share(by_user, part(users, 100)),
            "top_10pct_usage_share": share(by_user, part(users, 10)),
            "top_1pct_account_usage_share": share(by_account, part(accounts, 100)),
            "top_10pct_account_usage_share": share(by_account, part(accounts, 10)),
            "top_n_account_usage_share": share(by_account, TOP_N),
        }


def user_of(row: Row) -> User:
    """Whose day it is."""
    return row["user"]


def users_of(rows: list[Row]) -> set[User]:
    """Distinct users."""
    return {user_of(row) for row in rows}


def part(whole: int, of: int) -> int:
    """1 of so many, rounded up."""
    return -(-whole // of)


def minutes_per_active_user(rows: list[Row], provisional: bool) -> Figure:
    """Minutes / users of whom any are known (D47)."""
    minutes = defaultdict(Fraction)
    for row in rows:
        if row.get("minutes") is not None:
            minutes[user_of(row)] += Fraction(row["minutes"])
    return ratio(sum(minutes.values()), len(minutes), provisional, len(minutes))


def figures(company: Company) -> Figures:
    """Every figure of the company but those of features."""
    found: Figures = {}
    seats_of = book_of(company, "standard")
    for policy in company.policies:
        usage = Usage(book_of(company, policy), seats_of)
        for month in usage.months:
            for dimension in dimensions_of(company):
                for value, inside, starters in segments(usage, month, dimension):
                    for metric, figure in usage.of_segment(month, inside, starters).items():
                        found[Key(policy, month, metric, dimension, value)] = figure
    return found


def segments(usage: Usage, month: date, dimension: str) -> list[tuple[str, list[str], list[str]]]:
    """Each value of a dimension with the accounts that are in it, and the starters that were when they started."""
    book, starters = usage.book, usage.started(month)
    if dimension in WHOLE:
        return [("all" if dimension == "all" else book.company.entity, list(book.accounts), starters)]
    now = {account_id: segment_of(book, account_id, month, dimension) for account_id in book.accounts}
    then = {one: segment_of(book, one, month_of(usage.start_of(one)), dimension) for one in starters}
    return [
        (value, [one for one in now if now[one] == value], [one for one in then if then[one] == value])
        for value in {*now.values(), *then.values()}
    ]


def together(companies: list[Company]) -> Figures:
    """Feature adoption over all companies: active accounts using a feature / active accounts, from its first use on."""
    found: Figures = {}
    for policy in companies[0].policies:
        usages = [Usage(book_of(company, policy), book_of(company, "standard")) for company in companies]
        active = {(usage.company.entity, row["account_id"], month_of(row["usage_date"])) for usage in usages for row in usage.activity}
        used = {
            (row["feature"], usage.company.entity, row["account_id"], month_of(row["usage_date"]))
            for usage in usages
            for row in usage.events
        }
        used = {(feature, *who) for feature, *who in used if tuple(who) in active}
        for name in {feature for feature, *_ in used}:
            for month in months_between(min(when for feature, *_, when in used if feature == name), month_of(companies[0].as_of_date)):
                users = sum((feature, when) == (name, month) for feature, *_, when in used)
                all_active = sum(when == month for *_, when in active)
                provisional = is_provisional(month, companies[0].as_of_date)
                found[Key(policy, month, "feature_adoption_rate", "feature", name)] = ratio(users, all_active, provisional, all_active)
    return found
