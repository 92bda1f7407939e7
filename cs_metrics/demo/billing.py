"""The invoices that follow from an account's life.

Every item is billed in advance, period by period. A change inside a period is prorated: the unused part of the old
terms is credited, the rest of the period charged at the new ones, at once for plans of a year and more, with the next
invoice for shorter ones. One-off charges, usage in arrears, credit notes and refunds come as chance has it.
"""

from cs_metrics.demo import catalogue as cat
from cs_metrics.demo.clock import DAY, NOW, add_months, day_of
from cs_metrics.demo.life import Account, Discount, Subscription, stream

DECIMALS = [f".{cents:02d}" for cents in range(100)]


class Line:
    """A line of an invoice, amounts in cents: `amount` is net of `discount`."""

    __slots__ = (
        "subscription", "item", "product", "charge", "text", "quantity", "amount", "discount", "start", "end",
        "is_proration", "is_credit",
    )

    def __init__(
        self, subscription, item, product, charge, text, quantity, amount,
        discount=0, start=None, end=None, is_proration=False, is_credit=False,
    ):
        self.subscription, self.item, self.product, self.charge = subscription, item, product, charge
        self.text, self.quantity, self.amount, self.discount = text, quantity, amount, discount
        self.start, self.end, self.is_proration, self.is_credit = start, end, is_proration, is_credit


class Invoice:
    """An invoice or credit note with its lines; `number` is given when all of an account's are sorted by time."""

    __slots__ = ("issued", "currency", "status", "due", "paid", "lines", "number", "arrived")

    def __init__(self, issued, currency, lines, status="paid"):
        self.issued, self.currency, self.lines, self.status = issued, currency, lines, status
        self.due = self.paid = self.number = self.arrived = None


def half_up(amount: int, parts: int, whole: int) -> int:
    """amount x parts / whole in whole cents, halves away from zero."""
    product = amount * parts
    if product < 0:
        return -((-product * 2 + whole) // (whole * 2))
    return (product * 2 + whole) // (whole * 2)


def invoices_of(seed: int, account: Account) -> list[Invoice]:
    """All invoices of an account, in the order in which they were issued."""
    chance = stream(seed, account.index, "billing")
    invoices = []
    for subscription in account.subscriptions:
        if subscription.status != "incomplete":
            invoices += bill(subscription, chance)
    invoices.sort(key=lambda invoice: invoice.issued)
    for number, invoice in enumerate(invoices, 1):
        invoice.number = number
        late = chance() < 0.012 or (invoice.issued > NOW - 15 * DAY and chance() < 0.05)
        invoice.arrived = invoice.issued + ((14 + int(chance() * 21)) * DAY if late else 60 + int(chance() * 3000))
    return invoices


def bill(subscription: Subscription, chance) -> list[Invoice]:
    """The invoices of one subscription."""
    currency, interval, end = subscription.currency, subscription.interval, subscription.end
    stop = min(NOW, end) if end is not None else NOW
    invoices, pending, number = [], [], 0
    if subscription.trial_end and subscription.start < NOW and chance() < 0.4:
        line = Line(
            subscription.id, subscription.items[0].id, subscription.items[0].terms[0].product, "trial", "Free trial",
            1, 0, start=subscription.start, end=min(subscription.trial_end, end or subscription.trial_end),
        )
        invoices.append(Invoice(subscription.start, currency, [line]))
    while (opens := subscription.boundary(number)) < stop:
        closes = subscription.boundary(number + 1)
        lines, pending = pending, []
        if not is_paused(subscription, opens):
            lines += period_lines(subscription, opens, closes)
        if number == 0 and subscription.tier_changes[0][1] in cat.SETUP_FEE and chance() < 0.5:
            fee = cat.SETUP_FEE[subscription.tier_changes[0][1]] * 100
            lines.append(Line(subscription.id, None, "setup", "setup_fee", "Set-up fee", 1, fee))
        if interval.months == 1 and number:
            lines += usage_lines(subscription, opens, chance)
        if lines:
            invoices.append(regular_invoice(subscription, opens, lines, chance))
            if number and chance() < 0.004:
                invoices.append(Invoice(opens - 1800, currency, lines, "void"))
        for moment, prorated in prorations(subscription, opens, closes, stop):
            if interval.months < 12:
                pending += prorated
            elif sum(line.amount for line in prorated) > 0:
                invoices.append(regular_invoice(subscription, moment, prorated, chance))
            else:
                pending += prorated
        invoices += one_offs(subscription, opens, min(closes, stop), chance)
        number += 1
        if end is not None and end <= NOW and opens < end < closes and lines and chance() < 0.5:
            invoices += refund(subscription, lines, closes)
    if end is not None and end <= NOW and pending:
        invoices.append(final_invoice(subscription, pending, end))
    return invoices


# --- lines of a period -------------------------------------------------------------------------------------------


def is_paused(subscription: Subscription, moment: int) -> bool:
    """Whether a pause is on at a moment."""
    return any(start <= moment and (end is None or moment < end) for start, end in subscription.pauses)


def discounts_at(subscription: Subscription, moment: int) -> list[Discount]:
    """The discounts in force at a moment."""
    return [
        one
        for one in subscription.discounts
        if one.start <= moment and (one.in_force_until is None or moment < one.in_force_until)
    ]


def percent_off(discounts, item) -> int:
    """The basis points that come off an item's list price: percentages add up."""
    return sum(one.basis_points for one in discounts if one.basis_points and one.item in (None, item))


def period_lines(subscription: Subscription, opens: int, closes: int) -> list[Line]:
    """A whole period of every item in force when it opens, net of the discounts in force then."""
    in_force = []
    for item in subscription.items:
        for term in item.terms:
            if term.known <= NOW and term.start <= opens and (term.end is None or opens < term.end):
                in_force.append((item, term, term.price * term.quantity))
    discounts = discounts_at(subscription, opens) if subscription.discounts else ()
    lines = []
    for item, term, listed in in_force:
        off = half_up(listed, percent_off(discounts, item), 10_000) if discounts else 0
        lines.append(
            Line(
                subscription.id, item.id, term.product, item.charge, None, term.quantity, listed - off, off, opens, closes
            )
        )
    for one in discounts:
        if one.cents:
            take_off(one, in_force, lines)
    return lines


def take_off(discount: Discount, in_force, lines: list[Line]) -> None:
    """An amount off: from one item, or from all in proportion to their list amounts; the last takes the remainder."""
    shares = [(line, listed) for line, (item, _, listed) in zip(lines, in_force) if discount.item in (None, item)]
    total, left = sum(listed for _, listed in shares), discount.cents
    for place, (line, listed) in enumerate(shares, 1):
        off = left if place == len(shares) else half_up(discount.cents, listed, total)
        line.amount -= off
        line.discount += off
        left -= off


def prorations(subscription: Subscription, opens: int, closes: int, stop: int):
    """What changes of terms inside a period credit and charge, by moment."""
    moments = {}
    for item in subscription.items:
        for term in item.terms:
            for moment, sign in ((term.start, 1), (term.end, -1)):
                if moment is None or not opens < moment < min(closes, stop) or term.known > NOW:
                    continue
                if not is_paused(subscription, moment):
                    line = part_of_period(subscription, item, term, moment, opens, closes, sign)
                    moments.setdefault(moment, []).append(line)
    for _, resumed in subscription.pauses:
        if resumed and opens < resumed < min(closes, stop) and is_paused(subscription, opens):
            for item in subscription.items:
                for term in item.terms:
                    if term.start <= resumed and (term.end is None or resumed < term.end):
                        line = part_of_period(subscription, item, term, resumed, opens, closes, 1)
                        moments.setdefault(resumed, []).append(line)
    return sorted((moment, lines) for moment, lines in moments.items())


def part_of_period(subscription, item, term, moment, opens, closes, sign) -> Line:
    """The part of a period from a moment on, charged (1) or credited (-1)."""
    listed = half_up(term.price * term.quantity, closes - moment, closes - opens)
    off = half_up(listed, percent_off(discounts_at(subscription, moment), item), 10_000)
    text = f"{'Remaining' if sign > 0 else 'Unused'} time from {day_of(moment)}"
    return Line(
        subscription.id, item.id, term.product, item.charge, text, sign * term.quantity, sign * (listed - off),
        sign * off, moment, closes, is_proration=True,
    )


# --- other lines and invoices ------------------------------------------------------------------------------------


def usage_lines(subscription: Subscription, opens: int, chance) -> list[Line]:
    """Usage of the month before, in arrears: of the API, or over the committed minimum."""
    lines = []
    for item in subscription.items:
        last = item.terms[-1]
        if last.product not in ("api", "messages") or item.terms[0].start >= opens or chance() > 0.5:
            continue
        if last.end is not None and last.end < opens:
            continue
        quantity = 100 + int(chance() * 4000)
        start = add_months(opens, -1)
        charge, text, price = (
            ("usage", "API calls (thousand)", 2) if last.product == "api" else ("usage_overage", "Messages over minimum", 5)
        )
        lines.append(
            Line(subscription.id, item.id, last.product, charge, text, quantity, quantity * price, 0, start, opens)
        )
    return lines


def one_offs(subscription: Subscription, opens: int, closes: int, chance) -> list[Invoice]:
    """One-off charges and credits inside a period, each on an invoice of its own."""
    invoices = []
    months = max(subscription.interval.months, 1)
    odds = 1 if subscription.interval.months else 4
    for charge, product, text, price, weight in cat.ONE_OFFS:
        if chance() * 10_000 * odds >= weight * months:
            continue
        moment = opens + int(chance() * (closes - opens))
        quantity = 1 + int(chance() * 3)
        day = moment // DAY * DAY
        line = Line(
            subscription.id, None, product, charge, text, quantity, quantity * price * 100,
            start=day if charge == "consulting" else None, end=day + quantity * DAY if charge == "consulting" else None,
            is_credit=charge == "credit_note",
        )
        if line.is_credit or price < 0:
            invoices.append(credit(moment, subscription.currency, [line]))
        else:
            invoice = regular_invoice(subscription, moment, [line], chance)
            if moment > NOW - 20 * DAY and invoice.status == "open":
                invoice.status, invoice.due = "draft", None
            invoices.append(invoice)
    return invoices


def refund(subscription: Subscription, lines: list[Line], closes: int) -> list[Invoice]:
    """The unused rest of the last period, paid back item by item."""
    end = subscription.end
    refunds = [
        Line(
            subscription.id, line.item, line.product, "refund", "Refund of unused time", 1,
            -half_up(line.amount, closes - end, closes - line.start), start=end, end=closes, is_credit=True,
        )
        for line in lines
        if line.item and line.end == closes and not line.is_proration and line.amount > 0
    ]
    return [credit(end + 3600, subscription.currency, refunds)] if refunds and end + 3600 < NOW else []


def final_invoice(subscription: Subscription, pending: list[Line], end: int) -> Invoice:
    """What was still pending when the subscription ended: billed, or given back with a credit note."""
    total = sum(line.amount for line in pending)
    if total >= 0:
        invoice = Invoice(end, subscription.currency, pending)
        invoice.due = invoice.paid = end
        return invoice
    line = Line(subscription.id, None, None, "credit_note", "Credit for unused time", 1, total, is_credit=True)
    return credit(end, subscription.currency, [line])


def credit(moment: int, currency: str, lines: list[Line]) -> Invoice:
    """A credit note, settled at once."""
    invoice = Invoice(moment, currency, lines)
    invoice.due = invoice.paid = moment
    return invoice


def regular_invoice(subscription: Subscription, issued: int, lines: list[Line], chance) -> Invoice:
    """An invoice with its due date, paid, still open, or never to be paid."""
    invoice = Invoice(issued, subscription.currency, lines)
    invoice.due = issued + (30 if subscription.interval.months >= 3 else 14) * DAY
    paid = issued + int(chance() * chance() * 30 * DAY)
    if subscription.left_unpaid == "uncollectible" and issued > subscription.end - 70 * DAY:
        invoice.status = "uncollectible"
    elif subscription.left_unpaid == "open" and issued > NOW - 75 * DAY:
        invoice.status = "open"
    elif chance() < 0.003:
        invoice.status = "uncollectible" if issued < NOW - 120 * DAY else "open"
    elif paid > NOW:
        invoice.status = "open"
    else:
        invoice.paid = paid
    return invoice


def rows(account: Account, invoices: list[Invoice], invoice_row, line_row, stamp):
    """The rows of an account's invoices and of their lines; tax is worked out line by line."""
    for invoice in invoices:
        invoice_id = f"N{account.number}-{invoice.number}"
        arrived, total = stamp(invoice.arrived), 0
        for number, line in enumerate(invoice.lines, 1):
            tax = 0 if line.charge == "pass_through" else half_up(line.amount, account.tax, 10_000)
            total += line.amount + tax
            yield line_row(
                billing_entity=account.entity,
                invoice_line_id=f"L{account.number}-{invoice.number}-{number}",
                invoice_id=invoice_id,
                account_id=account.id,
                subscription_id=line.subscription,
                item_id=line.item,
                product_id=line.product,
                charge_type=line.charge,
                description=line.text,
                quantity=line.quantity,
                amount=money(line.amount),
                discount_amount=money(line.discount),
                tax_amount=money(tax),
                currency=invoice.currency,
                service_start=stamp(line.start),
                service_end=stamp(line.end),
                is_proration="true" if line.is_proration else "false",
                is_credit="true" if line.is_credit else "false",
                loaded_at=arrived,
            )
        yield invoice_row(
            billing_entity=account.entity,
            invoice_id=invoice_id,
            account_id=account.id,
            status=invoice.status,
            issued_at=stamp(invoice.issued),
            due_at=stamp(invoice.due),
            paid_at=stamp(invoice.paid),
            currency=invoice.currency,
            total_amount=money(total),
            loaded_at=arrived,
        )


def money(cents: int) -> str:
    """Whole cents as an amount with two decimals."""
    if cents < 0:
        return "-" + money(-cents)
    return str(cents // 100) + DECIMALS[cents % 100]
