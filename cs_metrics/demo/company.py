"""The demo company put together: the rows of every contract table, account by account."""

from collections import Counter

from cs_metrics.demo import billing, catalogue as cat, engagement, facts, faults, finance
from cs_metrics.demo.clock import NOW, WHOLE_MONTHS, month_of, stamp
from cs_metrics.demo.contract import row_type
from cs_metrics.demo.life import Account, make_account, stream

REVENUE_STREAMS = {
    "setup_fee": "services", "consulting": "services", "training": "services", "one_off_add_on": "services",
    "usage": "usage", "usage_overage": "usage", "hardware": "hardware",
}
POUND_IN_EURO_PERCENT = 116


class Totals:
    """What costs are worked out from: new accounts and revenue per entity and month, in the entity's own currency."""

    def __init__(self):
        self.new_accounts, self.revenue = Counter(), Counter()

    def add(self, account: Account, invoices) -> None:
        """Add an account: its list MRR month by month, and what else it was billed."""
        if account.is_test:
            return
        paying = [one for one in account.subscriptions if one.status != "incomplete" and one.paid_from < NOW]
        if paying and (paying[0].end is None or paying[0].end > paying[0].paid_from):
            self.new_accounts[account.entity, month_of(paying[0].paid_from)] += 1
        for subscription in paying:
            rate = POUND_IN_EURO_PERCENT if subscription.currency == "GBP" else 100
            months, weeks = subscription.interval.months, 84 if not subscription.interval.months else 0
            for item in subscription.items:
                for term in item.terms:
                    start = max(term.start, subscription.paid_from)
                    end = min(one for one in (term.end, subscription.end, NOW) if one is not None)
                    amount = term.price * term.quantity * (365 if weeks else 1) * rate // ((weeks or months) * 100)
                    for month in range(month_of(start), month_of(end) + (end >= NOW)):
                        self.revenue[account.entity, month, "recurring"] += amount
        for invoice in invoices:
            if invoice.status not in ("void", "draft"):
                rate = POUND_IN_EURO_PERCENT if invoice.currency == "GBP" else 100
                for line in invoice.lines:
                    kind = REVENUE_STREAMS.get(line.charge)
                    if kind:
                        self.revenue[account.entity, month_of(invoice.issued), kind] += line.amount * rate // 100

    def merge(self, other: "Totals") -> None:
        """Add what another part of the company has."""
        self.new_accounts.update(other.new_accounts)
        self.revenue.update(other.revenue)


def account_rows(seed: int, size: int, account: Account, wanted, totals: Totals):
    """All rows of an account in the wanted tables, as (table, row)."""
    if "accounts" in wanted:
        yield "accounts", account_row(account)
    for table, rows in (
        ("subscriptions", subscription_rows), ("subscription_pauses", pause_rows), ("subscription_items", item_rows),
        ("discounts", discount_rows),
    ):
        if table in wanted:
            for row in rows(account):
                yield table, row
    invoices = billing.invoices_of(seed, account)
    totals.add(account, invoices)
    if "invoices" in wanted or "invoice_lines" in wanted:
        invoice_row, line_row = row_type("invoices"), row_type("invoice_lines")
        for row in billing.rows(account, invoices, invoice_row, line_row, stamp):
            table = "invoices" if type(row) is invoice_row else "invoice_lines"
            if table in wanted:
                yield table, row
    yield from engagement_rows(seed, size, account, wanted)


def engagement_rows(seed: int, size: int, account: Account, wanted):
    """The rows around the billing; usage has its own chance, so that leaving it out changes nothing else."""
    if not wanted & {
        "users", "usage_events", "support_tickets", "survey_invitations", "survey_responses", "csm_assignments",
        "account_segments",
    }:
        return
    chance = stream(seed, account.index, "engagement")
    users = engagement.users_of(account, chance)
    tickets = engagement.tickets_of(account, chance)
    parts = [
        ("users", engagement.user_rows(account, users, chance)),
        ("support_tickets", engagement.ticket_rows(account, tickets, chance)),
        (None, engagement.survey_rows(account, users, tickets, chance)),
        ("csm_assignments", engagement.assignment_rows(account, size, chance)),
        ("account_segments", engagement.segment_rows(account, chance)),
        ("usage_events", engagement.usage_rows(account, users, stream(seed, account.index, "usage"))),
    ]
    for table, rows in parts:
        if table == "usage_events" and table not in wanted:
            continue
        for row in rows:
            name = table or type(row).__name__
            if row and name in wanted:
                yield name, row


def company_rows(seed: int, size: int, wanted, totals: Totals, typed: bool):
    """The rows that belong to no account, and the planted faults, as (table, row)."""
    parts = (
        ("products", product_rows()),
        ("exchange_rates", finance.rate_rows(seed)),
        ("csms", engagement.rep_rows(size)),
        ("acquisition_costs", finance.acquisition_rows(seed, totals.new_accounts)),
        ("revenue_costs", finance.revenue_cost_rows(seed, totals.revenue)),
    )
    for table, rows in parts:
        if table in wanted:
            for row in rows:
                yield table, row
    for table, row in faults.fault_rows(size, typed):
        if table in wanted:
            yield table, row


def money_facts(seed: int, size: int, months: int = WHOLE_MONTHS) -> list[dict]:
    """Closing MRR per entity, month and currency, and paying accounts, from the simulation."""
    found = {}
    for index in range(size):
        facts.add_facts(make_account(seed, index, size, months), found)
    return facts.as_rows(found)


# --- rows of the billing tables ----------------------------------------------------------------------------------


def product_rows():
    """The price list's products, in each entity."""
    row = row_type("products")
    for entity in cat.ENTITIES:
        for product, (name, family) in cat.PRODUCTS.items():
            yield row(
                billing_entity=entity, product_id=product, product_name=name, product_family=family,
                loaded_at="2022-08-01 06:00:00",
            )


def account_row(account: Account):
    """The account's row."""
    return row_type("accounts")(
        billing_entity=account.entity, account_id=account.id, account_name=account.name,
        parent_account_id=account.parent, country=account.country, region=account.region, industry=account.industry,
        employee_count=account.employees, currency=account.currency, created_at=stamp(account.created),
        is_test="true" if account.is_test else "false", is_deleted="true" if account.is_deleted else "false",
        loaded_at=stamp(account.created + 30),
    )


def subscription_rows(account: Account):
    """One row a subscription, as it stands."""
    row = row_type("subscriptions")
    for one in account.subscriptions:
        yield row(
            billing_entity=account.entity, subscription_id=one.id, account_id=account.id, status=one.status,
            started_at=stamp(one.start), trial_started_at=stamp(one.start) if one.trial_end else None,
            trial_ended_at=stamp(one.trial_end), cancel_requested_at=stamp(one.cancel_requested),
            ended_at=stamp(one.end), billing_anchor_at=stamp(one.paid_from), signed_at=stamp(one.signed),
            loaded_at=stamp(one.known),
        )


def pause_rows(account: Account):
    """One row a pause."""
    row = row_type("subscription_pauses")
    for one in account.subscriptions:
        for start, end in one.pauses:
            yield row(
                billing_entity=account.entity, subscription_id=one.id, paused_at=stamp(start), resumed_at=stamp(end),
                loaded_at=stamp(start + 90),
            )


def item_rows(account: Account):
    """One row an item and term."""
    row = row_type("subscription_items")
    for one in account.subscriptions:
        for item in one.items:
            for term in item.terms:
                yield row(
                    billing_entity=account.entity, item_id=item.id, subscription_id=one.id, product_id=term.product,
                    plan_id=f"{term.product}-{one.interval.name}", charge_type=item.charge,
                    interval_unit=one.interval.unit, interval_count=one.interval.count,
                    unit_amount=billing.money(term.price), quantity=term.quantity, currency=one.currency,
                    valid_from=stamp(term.start), valid_to=stamp(term.end), loaded_at=stamp(term.known),
                )


def discount_rows(account: Account):
    """One row a discount."""
    row = row_type("discounts")
    for one in account.subscriptions:
        for discount in one.discounts:
            yield row(
                billing_entity=account.entity, discount_id=discount.id,
                subscription_id=None if discount.item else one.id, item_id=discount.item.id if discount.item else None,
                percent_off=billing.money(discount.basis_points) if discount.basis_points else None,
                amount_off=billing.money(discount.cents) if discount.cents else None,
                currency=one.currency if discount.cents else None, duration=discount.duration,
                valid_from=stamp(discount.start), valid_to=stamp(discount.end),
                loaded_at=stamp((one.known if discount.start == one.paid_from else discount.start) + 40),
            )
