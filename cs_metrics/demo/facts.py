"""What the monthly MRR of the healthy company has to be, worked out from the simulation month by month.

This is the plain way, on purpose: for each month's last instant it looks at what is in force and adds it up, in exact
fractions, rounded once per item. It shares no code and no method with the SQL, so that the two can be compared.
"""

from fractions import Fraction

from cs_metrics.demo.clock import FIRST_MONTH, NOW, WHOLE_MONTHS, month_name, month_start
from cs_metrics.demo.life import Account, Subscription

RECURRING = ("subscription", "seat", "add_on", "committed_minimum")


def monthly(amount, interval) -> Fraction:
    """An amount of one billing period brought to a month."""
    if interval.months:
        return Fraction(amount) / interval.months
    return Fraction(amount) * 365 / 84


def item_mrr(subscription: Subscription, moment: int) -> list[int]:
    """MRR of each item that counts at a moment, in ten-thousandths of the currency unit, halves rounded up."""
    if subscription.status == "incomplete" or moment < subscription.paid_from or moment < subscription.start:
        return []
    if subscription.end is not None and moment >= subscription.end:
        return []
    if any(start <= moment and (end is None or moment < end) for start, end in subscription.pauses):
        return []
    listed = {}
    for item in subscription.items:
        for term in item.terms if item.charge in RECURRING else ():
            if term.start <= moment and (term.end is None or moment < term.end) and term.known <= NOW:
                listed[item.id] = term.price * term.quantity
    off = dict.fromkeys(listed, Fraction(0))
    for discount in subscription.discounts:
        if moment < discount.start or (discount.in_force_until is not None and moment >= discount.in_force_until):
            continue
        target = [discount.item.id] if discount.item else list(listed)
        total = sum(listed.get(item, 0) for item in target)
        for item in target:
            if item in listed:
                if discount.basis_points:
                    off[item] += Fraction(listed[item] * discount.basis_points, 10_000)
                else:
                    off[item] += Fraction(discount.cents * listed[item], total)
    result = []
    for item, amount in listed.items():
        exact = monthly(max(amount - off[item], 0), subscription.interval) * 100
        result.append((2 * exact.numerator + exact.denominator) // (2 * exact.denominator))
    return result


def add_facts(account: Account, facts: dict) -> None:
    """Add the account's MRR and its being a payer to the facts, per entity and month."""
    if account.is_test:
        return
    for month in range(FIRST_MONTH, FIRST_MONTH + WHOLE_MONTHS):
        last_instant = month_start(month + 1) - 1
        paid = False
        for subscription in account.subscriptions:
            mrr = sum(item_mrr(subscription, last_instant)) if subscription.known <= NOW else 0
            if mrr:
                paid = True
                cell = facts.setdefault((account.entity, month_name(month)), {"accounts": 0, "mrr": {}})
                cell["mrr"][subscription.currency] = cell["mrr"].get(subscription.currency, 0) + mrr
        if paid:
            facts[account.entity, month_name(month)]["accounts"] += 1


def as_rows(facts: dict) -> list[dict]:
    """The facts as a list of rows, sorted: entity, month, paying accounts, MRR per currency as text."""
    return [
        {
            "billing_entity": entity,
            "month": month,
            "paying_accounts": cell["accounts"],
            "mrr": {
                currency: f"{amount // 10_000}.{amount % 10_000:04d}" for currency, amount in sorted(cell["mrr"].items())
            },
        }
        for (entity, month), cell in sorted(facts.items())
    ]
