"""Customer success: who has which part of an account, what that comes to, and how a rep's book holds up.

D52 stands for DECISIONS.md, 52.
"""

from collections import defaultdict
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import accumulate

from oracle import accepted
from oracle.accepted import closes_at
from oracle.company import Company, Figure, Figures, Key, Row, add_months, amount, is_provisional, month_of, months_between, ratio, rounded
from oracle.revenue import Book, book_of, holds
from oracle.segments import dimensions_of, segment_of
from oracle.voice import OF_ANSWERS, Voice

UNASSIGNED = "(unassigned)"
OF_REPS = {"csm_fte", "arr_per_csm", "accounts_per_csm", "total_arr_per_csm"}
OF_A_BOOK = {
    "mrr", "arr", "opening_mrr", "accounts", "customer_churn_rate", "nrr_1m", "grr_1m", "nrr_12m", "grr_12m",
}  # fmt: skip
METRICS = OF_REPS | {"assigned_arr", "unassigned_arr"}
# The name of a rep and the part of an account that is his.
Shares = list[tuple[str, Fraction]]


class Success:
    """Who has the accounts of a company, under one policy."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.company = book.company
        self.remembered: dict[tuple[str, date], Shares] = {}

    @cached_property
    def terms(self) -> list[Row]:
        """When reps are there, and for how much of their time."""
        return accepted.csms(self.company)

    @cached_property
    def assignments(self) -> list[Row]:
        """Which rep has which account; of a group, the one at its top (D51)."""
        return [row for row in accepted.csm_assignments(self.company) if row["account_id"] in self.book.accounts]

    def stands(self, row: Row, month: date) -> bool:
        """Whether a term holds at the month's last instant."""
        return holds(row["valid_from"], row.get("valid_to"), closes_at(self.company, month))

    def fte(self, month: date) -> dict[str, Fraction]:
        """The full-time equivalents of each rep on duty at the month's last instant."""
        return {row["csm_id"]: Fraction(row["fte"]) for row in self.terms if self.stands(row, month)}

    def shares(self, account_id: str, month: date) -> Shares:
        """Each rep's part of an account at the month's last instant, by their ids; what nobody has comes last (D51, D52)."""
        if (account_id, month) not in self.remembered:
            self.remembered[account_id, month] = self.shares_of(account_id, month)
        return self.remembered[account_id, month]

    def shares_of(self, account_id: str, month: date) -> Shares:
        """As shares, worked out."""
        on_duty = self.fte(month)
        weights = {
            row["csm_id"]: Fraction(1 if row.get("share") is None else row["share"])
            for row in self.assignments
            if row["account_id"] == account_id and row["csm_id"] in on_duty and self.stands(row, month)
        }
        whole = max(sum(weights.values()), 1)
        reps = sorted(weights, key=str.encode)
        taken = [Fraction(0), *(rounded(up_to / whole, 6) for up_to in accumulate(weights[rep] for rep in reps))]
        found = [(rep, after - before) for rep, before, after in zip(reps, taken, taken[1:])]
        return [*found, (UNASSIGNED, 1 - taken[-1])] if taken[-1] < 1 else found

    def main_rep(self, account_id: str, month: date) -> str:
        """The rep with the largest part of the account, of equal ones the first; nobody only if no rep has any (D64)."""
        of_reps = [(-share, rep.encode(), rep) for rep, share in self.shares(account_id, month) if rep != UNASSIGNED]
        return min(of_reps)[-1] if of_reps else UNASSIGNED

    def parts(self, account_id: str, held_in: date, balance_of: date, valued_in: date) -> dict[str, Fraction]:
        """Each rep's part of what an account pays: split with four decimals in its own currency, along the shares."""
        found: dict[str, Fraction] = defaultdict(Fraction)
        for currency, value in self.book.balances(account_id, self.book.end_of(balance_of)).items():
            for rep, part in split(value, self.shares(account_id, held_in)).items():
                found[rep] += part * self.book.rate(currency, valued_in) if part else 0
        return found

    def parts_then_and_now(self, account_id: str, then_month: date, month: date) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
        """Each rep's part of what an account paid and pays; one that ever has several currencies is judged as a whole (D8)."""
        if len(self.currencies[account_id]) <= 1:
            return tuple(self.parts(account_id, then_month, at, month) for at in (then_month, month))
        shares = self.shares(account_id, then_month)
        return tuple(split(self.book.mrr_of(account_id, at, month), shares) for at in (then_month, month))

    @cached_property
    def currencies(self) -> dict[str, set[str]]:
        """The currencies that each account ever pays in."""
        ends = [self.book.end_of(month) for month in self.book.months]
        return {
            account_id: {
                currency for end in ends for currency, value in self.book.balances(account_id, end).items() if value
            }
            for account_id in self.book.accounts
        }

    # --- metrics -----------------------------------------------------------------------------------------------------

    def assigned_mrr(self, inside: list[str], month: date) -> Fraction:
        """Closing MRR that reps have."""
        parts = [self.parts(account_id, month, month, month) for account_id in inside]
        return sum((part for of_account in parts for rep, part in of_account.items() if rep != UNASSIGNED), Fraction(0))

    def retained(self, rep: str, month: date, horizon: int) -> dict[str, Fraction]:
        """Then, now and kept of the accounts that the rep had when a window opened, and how many there were and went."""
        then_month = add_months(month, -horizon)
        found: dict[str, Fraction] = defaultdict(Fraction)
        for account_id in self.book.accounts:
            share = dict(self.shares(account_id, then_month)).get(rep)
            then, now = self.book.mrr_of(account_id, then_month, month), self.book.closing_mrr(account_id, month)
            if share is None or then <= 0:
                continue
            then_parts, now_parts = self.parts_then_and_now(account_id, then_month, month)
            of_then, of_now = then_parts[rep], now_parts[rep] if now > 0 else Fraction(0)
            found["then"] += of_then
            found["now"] += of_now
            found["kept"] += of_now if now < then else of_then
            found["accounts"] += share
            found["lost"] += share if now <= 0 else 0
        return found

    def book_of(self, rep: str, month: date) -> dict[str, Fraction]:
        """What the metrics of a rep are made of, added up over the company's accounts."""
        before = add_months(month, -1)
        month_long, year_long = self.retained(rep, month, 1), self.retained(rep, month, 12)
        accounts = list(self.book.accounts)
        return {
            "closing": sum((self.parts(one, month, month, month)[rep] for one in accounts), Fraction(0)),
            "opening": sum((self.parts(one, before, before, before)[rep] for one in accounts), Fraction(0)),
            "accounts": sum(
                (dict(self.shares(one, month)).get(rep, Fraction(0)) for one in accounts if self.book.closing_mrr(one, month) > 0),
                Fraction(0),
            ),
            **{f"{name}_1m": month_long[name] for name in ("then", "now", "kept", "accounts", "lost")},
            **{f"{name}_12m": year_long[name] for name in ("then", "now", "kept", "accounts")},
        }


def split(value: Fraction, shares: Shares) -> dict[str, Fraction]:
    """An amount along the running sum of shares, with four decimals; what it has beyond them is in the last part."""
    edges = [Fraction(0), *accumulate(share for _, share in shares)]
    taken = [value if edge == 1 else rounded(value * edge, 4) for edge in edges]
    return defaultdict(Fraction, {rep: after - before for (rep, _), before, after in zip(shares, taken, taken[1:])})


def of_book(book: dict[str, Fraction], fte: Fraction | None, rep: str, provisional: bool) -> dict[str, Figure]:
    """Every metric of a rep's book."""

    def share(top: str, bottom: str, sample: str) -> Figure:
        return ratio(book[top], book[bottom], provisional, counted(book[sample]))

    assigned, accounts = (book["closing"], book["accounts"]) if rep != UNASSIGNED else (Fraction(0), Fraction(0))
    found = {
        "mrr": amount(book["closing"], provisional),
        "arr": amount(book["closing"] * 12, provisional),
        "opening_mrr": amount(book["opening"], provisional),
        "accounts": amount(book["accounts"], provisional),
        "customer_churn_rate": share("lost_1m", "accounts_1m", "accounts_1m"),
        "nrr_1m": share("now_1m", "then_1m", "accounts_1m"),
        "grr_1m": share("kept_1m", "then_1m", "accounts_1m"),
        "nrr_12m": share("now_12m", "then_12m", "accounts_12m"),
        "grr_12m": share("kept_12m", "then_12m", "accounts_12m"),
        "arr_per_csm": ratio(assigned * 12, fte, provisional, counted(accounts)),
        "accounts_per_csm": ratio(accounts, fte, provisional, counted(accounts)),
    }
    return found | ({"csm_fte": amount(fte, provisional)} if fte is not None else {})


def counted(accounts: Fraction) -> int:
    """A number of accounts, some of them shared, as a whole number."""
    return int(rounded(accounts, 0))


# --- all of it ---------------------------------------------------------------------------------------------------------


def figures(company: Company) -> Figures:
    """What is assigned by segment, and what the customers of each rep said."""
    found: Figures = {}
    for policy in company.policies:
        book = book_of(company, policy)
        success = Success(book)
        for month in book.months:
            provisional = is_provisional(month, company.as_of_date)
            for dimension in dimensions_of(company)[1:]:
                places = {account_id: place(book, account_id, month, dimension) for account_id in book.accounts}
                for value in set(places.values()):
                    inside = [account_id for account_id in places if places[account_id] == value]
                    assigned = success.assigned_mrr(inside, month)
                    closing = sum((book.closing_mrr(account_id, month) for account_id in inside), Fraction(0))
                    found[Key(policy, month, "assigned_arr", dimension, value)] = amount(assigned * 12, provisional)
                    found[Key(policy, month, "unassigned_arr", dimension, value)] = amount((closing - assigned) * 12, provisional)
        found |= said_by_rep(success)
    return found


def place(book: Book, account_id: str, month: date, dimension: str) -> str:
    """The account's value of any dimension."""
    return book.company.entity if dimension == "billing_entity" else segment_of(book, account_id, month, dimension)


def said_by_rep(success: Success) -> Figures:
    """NPS, satisfaction and response rate by rep: an answer is his who has most of the account in its month (D64)."""
    found: Figures = {}
    voice = Voice(success.book)
    for month in voice.months:
        reached = [add_months(month, -back) for back in range(4)]
        for rep in {success.main_rep(account_id, at) for account_id in success.book.accounts for at in reached}:

            def belongs(customer: str | None, said_in: date, rep=rep) -> bool:
                return customer is not None and success.main_rep(customer, said_in) == rep

            of_rep = voice.of_segment(month, belongs, with_mrr=False)
            for metric in OF_ANSWERS & of_rep.keys():
                found[Key(success.book.name, month, metric, "csm", rep)] = of_rep[metric]
    return found


def is_there(of_value: dict[str, Figure]) -> bool:
    """Segments without MRR have nothing to assign."""
    return "arr_per_csm" in of_value or sum(figure.numerator for figure in of_value.values()) != 0


def together(companies: list[Company]) -> Figures:
    """The figures of reps, and of all reps together, over the companies that they work for."""
    found: Figures = {}
    for policy in companies[0].policies:
        of_companies = [Success(book_of(company, policy)) for company in companies]
        for month in months_with_figures(of_companies):
            provisional = is_provisional(month, companies[0].as_of_date)
            fte = {rep: time for success in of_companies for rep, time in success.fte(month).items()}
            books = books_of(of_companies, month, fte)
            for rep, book in books.items():
                for metric, figure in of_book(book, fte.get(rep), rep, provisional).items():
                    found[Key(policy, month, metric, "csm", rep)] = figure
            for metric, figure in of_all_reps(of_companies, books, month, fte, provisional).items():
                found[Key(policy, month, metric, "all", "all")] = figure
    return found


def months_with_figures(of_companies: list[Success]) -> list[date]:
    """From the first month in which any company has anything."""
    months = [month for success in of_companies for month in success.book.months]
    if not months:
        return []
    month = min(months)
    while not any(has_figures(success.book, month) for success in of_companies):
        month = add_months(month, 1)
    return months_between(month, month_of(of_companies[0].company.as_of_date))


def has_figures(book: Book, month: date) -> bool:
    """Whether any account pays, is billed, has users, or is known to come."""
    return any(
        any(book.balances(account_id, book.end_of(month)).values())
        or book.users(account_id, month)
        or book.revenue(account_id, month)[0]
        or book.pending_mrr(account_id, month)
        or book.has_short_stay(account_id, month)
        for account_id in book.accounts
    )


def books_of(of_companies: list[Success], month: date, fte: dict[str, Fraction]) -> dict[str, dict[str, Fraction]]:
    """The book of each rep who is on duty, has somebody who pays, or had when a window opened.

    Balances have six decimals; what they lack of the whole is with the month's largest book (D54).
    """
    books: dict[str, dict[str, Fraction]] = {}
    for success in of_companies:
        for rep in sorted({row["csm_id"] for row in success.terms} | {UNASSIGNED}):
            of_rep = success.book_of(rep, month)
            books[rep] = {name: books.get(rep, {}).get(name, Fraction(0)) + of_rep[name] for name in of_rep}
    has_some = ("closing", "opening", "accounts", "then_1m", "then_12m")
    books = {rep: book for rep, book in books.items() if rep in fte or any(book[name] for name in has_some)}
    for balance in ("closing", "opening"):
        largest = min(books, key=lambda rep: (-books[rep][balance], rep.encode()), default=None)
        lacking = sum((book[balance] - rounded(book[balance], 6) for book in books.values()), Fraction(0))
        for rep, book in books.items():
            book[balance] = rounded(book[balance], 6) + (lacking if rep == largest else 0)
    return books


def of_all_reps(
    of_companies: list[Success], books: dict[str, dict[str, Fraction]], month: date, fte: dict[str, Fraction], provisional: bool
) -> dict[str, Figure]:
    """ARR and accounts per full-time equivalent, of all reps together: the sum of their books."""
    time = sum(fte.values(), Fraction(0)) if fte else None
    assigned = sum((book["closing"] for rep, book in books.items() if rep != UNASSIGNED), Fraction(0))
    accounts = sum((book["accounts"] for rep, book in books.items() if rep != UNASSIGNED), Fraction(0))
    mrr = [one.book.closing_mrr(account_id, month) for one in of_companies for account_id in one.book.accounts]
    return {
        "assigned_arr": amount(assigned * 12, provisional),
        "unassigned_arr": amount((sum(mrr) - assigned) * 12, provisional),
        "arr_per_csm": ratio(assigned * 12, time, provisional, counted(accounts)),
        "accounts_per_csm": ratio(accounts, time, provisional, counted(accounts)),
        "total_arr_per_csm": ratio(sum(mrr) * 12, time, provisional, sum(value > 0 for value in mrr)),
    } | ({"csm_fte": amount(time, provisional)} if time is not None else {})
