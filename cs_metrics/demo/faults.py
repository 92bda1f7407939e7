"""Faults planted on extra rows of their own, in stated numbers, so that the checks can be checked.

The rows hang on a host account that is a test account, so what is accepted of them is in no metric. Each row has one
fault. A row that refers to a rejected row has `unknown <column>`.
"""

from cs_metrics.demo.contract import row_type
from cs_metrics.demo.life import account_number

PLANTED_FAULTS = {
    "accounts": {
        "duplicate row": 2, "superseded": 1, "conflicting versions": 2, "missing account_id": 1, "unreadable is_test": 1,
    },
    "products": {"duplicate row": 1, "missing product_id": 1},
    "subscriptions": {
        "unknown account_id": 3, "ended_at before started_at": 1, "trial_ended_at before trial_started_at": 1,
        "invalid status": 1, "unreadable started_at": 1, "missing account_id": 1, "duplicate row": 1,
        "conflicting versions": 2,
    },
    "subscription_pauses": {"unknown subscription_id": 1, "resumed_at before paused_at": 1, "unreadable resumed_at": 1},
    "subscription_items": {
        "unknown subscription_id": 4, "unknown product_id": 2, "unknown currency": 2,
        "overlapping terms": 2, "invalid interval_unit": 1, "invalid interval_count": 1, "unreadable unit_amount": 1,
        "unreadable valid_from": 1, "missing unit_amount": 1, "valid_to before valid_from": 1, "duplicate row": 1,
        "superseded": 1, "conflicting versions": 2,
    },
    "discounts": {
        "unknown subscription_id": 1, "unknown item_id": 2, "valid_to before valid_from": 1, "invalid duration": 1,
        "unreadable percent_off": 1,
    },
    "invoices": {
        "unknown account_id": 2, "invalid status": 1, "unreadable issued_at": 1, "missing issued_at": 1,
        "duplicate row": 1, "superseded": 1,
    },
    "invoice_lines": {
        "unknown invoice_id": 4, "unknown account_id": 1, "service_end before service_start": 1, "unreadable amount": 1,
        "missing amount": 1, "unknown currency": 1, "invalid currency": 1, "duplicate row": 2, "conflicting versions": 2,
    },
    "exchange_rates": {"invalid rate": 2, "unreadable rate": 1, "missing rate": 1, "duplicate row": 1},
    "survey_responses": {
        "invalid score": 2, "invalid survey_type": 1, "unreadable score": 1, "missing responded_at": 1, "duplicate row": 1,
    },
    "survey_invitations": {"missing delivered_at": 1, "duplicate row": 1},
    "csms": {"valid_to before valid_from": 1, "unreadable fte": 1},
    "csm_assignments": {
        "unknown account_id": 1, "unknown csm_id": 2, "valid_to before valid_from": 1, "invalid share": 1,
    },
    "account_segments": {
        "unknown account_id": 1, "valid_to before valid_from": 1, "missing segment_value": 1, "overlapping terms": 1,
    },
    "users": {
        "unknown account_id": 1, "deactivated_at before activated_at": 1, "unreadable activated_at": 1, "duplicate row": 1,
    },
    "usage_events": {
        "unknown account_id": 1, "unknown user_id": 2, "invalid event_count": 1, "unreadable usage_date": 1,
        "duplicate row": 2,
    },
    "support_tickets": {
        "unknown account_id": 1, "closed_at before opened_at": 1, "invalid priority": 1, "duplicate row": 1,
    },
    "acquisition_costs": {"invalid category": 1, "unknown currency": 1, "unreadable amount": 1, "duplicate row": 1},
    "revenue_costs": {"unknown currency": 1, "missing amount": 1, "duplicate row": 1},
}
"""Rows that have to be rejected, per table and reason, those that follow from another row's rejection included."""

PLANTED_EMPTIED = {
    "accounts": {"created_at": "unreadable", "employee_count": "unreadable"},
    "support_tickets": {"satisfaction_score": "invalid"},
}
"""Labels of one row each that can't be taken, and why: the row is accepted without the value."""

PLANTED_UNCLASSIFIED = {"subscription_items": 1, "invoice_lines": 3}
"""Rows with a charge code that nobody knows: accepted, and to be reported as unclassified."""

ENTITY, HOST, HOST_SUBSCRIPTION, HOST_ITEM, HOST_INVOICE, HOST_USER = "acme-us", "X1", "XS1", "XI1", "XN1", "XU1"
START, LATER, LATEST = "2024-03-01 10:00:00", "2024-06-01 10:00:00", "2024-09-01 10:00:00"
LOADED, RELOADED = "2024-09-02 03:00:00", "2024-09-09 03:00:00"


def planted_faults(typed: bool = False) -> dict[str, dict[str, int]]:
    """The planted numbers; in typed files nothing is unreadable, so those rows aren't planted there."""
    return {
        table: {
            reason: count
            for reason, count in reasons.items()
            if not (typed and reason.startswith("unreadable"))
        }
        for table, reasons in PLANTED_FAULTS.items()
    }


def fault_rows(size: int, typed: bool = False):
    """The host rows and the faulty ones, as (table, row); `typed` leaves out those that only text can hold."""
    for table, planted in _hosts() + _unclassified(size):
        yield table, _row(table, planted)
    for table, planted, readable in _faults():
        if readable or not typed:
            yield table, _row(table, planted)


def _row(table: str, values: dict):
    return row_type(table)(**values)


def _base(table: str, **values) -> dict:
    """A faultless row of the host account, with the given values in it."""
    shared = {"billing_entity": ENTITY, "loaded_at": LOADED}
    rows = {
        "accounts": {
            "account_name": "Fault host", "currency": "USD", "created_at": START, "is_test": "true", "is_deleted": "false",
        },
        "products": {"product_name": "Faulty product", "product_family": "add-ons"},
        "subscriptions": {"account_id": HOST, "status": "active", "started_at": START, "billing_anchor_at": START},
        "subscription_pauses": {"subscription_id": HOST_SUBSCRIPTION, "paused_at": START, "resumed_at": LATER},
        "subscription_items": {
            "subscription_id": HOST_SUBSCRIPTION, "product_id": "pro", "plan_id": "pro-month", "charge_type": "seat",
            "interval_unit": "month", "interval_count": "1", "unit_amount": "59.00", "quantity": "3", "currency": "USD",
            "valid_from": START, "valid_to": LATER,
        },
        "discounts": {
            "subscription_id": HOST_SUBSCRIPTION, "percent_off": "10", "duration": "repeating", "valid_from": START,
            "valid_to": LATER,
        },
        "invoices": {
            "account_id": HOST, "status": "paid", "issued_at": START, "due_at": START, "paid_at": START,
            "currency": "USD", "total_amount": "0.00",
        },
        "invoice_lines": {
            "invoice_id": HOST_INVOICE, "account_id": HOST, "subscription_id": HOST_SUBSCRIPTION, "item_id": HOST_ITEM,
            "product_id": "pro", "charge_type": "seat", "quantity": "1", "amount": "59.00", "discount_amount": "0.00",
            "tax_amount": "0.00", "currency": "USD", "service_start": START, "service_end": LATER,
            "is_proration": "false", "is_credit": "false",
        },
        "exchange_rates": {"from_currency": "SEK", "to_currency": "USD", "rate": "0.094000"},
        "survey_responses": {
            "survey_id": "nps-2024-q3", "survey_type": "relationship", "account_id": HOST, "respondent_id": HOST_USER,
            "score": "8", "scale_min": "0", "scale_max": "10", "responded_at": LATER,
        },
        "survey_invitations": {
            "survey_id": "nps-2024-q3", "account_id": HOST, "respondent_id": HOST_USER, "delivered_at": LATER,
        },
        "csms": {"csm_name": "Faulty Rep", "team": "Americas", "fte": "1.0", "valid_from": START, "valid_to": LATER},
        "csm_assignments": {"account_id": HOST, "csm_id": "C01", "valid_from": START, "valid_to": LATER},
        "account_segments": {
            "account_id": HOST, "segment_name": "tier", "segment_value": "smb", "valid_from": START, "valid_to": LATER,
        },
        "users": {"account_id": HOST, "activated_at": START},
        "usage_events": {
            "usage_date": "2024-06-03", "account_id": HOST, "user_id": HOST_USER, "feature": "login", "event_count": "1",
        },
        "support_tickets": {
            "account_id": HOST, "opened_at": START, "closed_at": LATER, "priority": "normal", "satisfaction_score": "4",
        },
        "acquisition_costs": {
            "cost_date": "2024-06-15", "category": "marketing", "amount": "0.00", "currency": "USD", "is_paid_media": "false",
        },
        "revenue_costs": {"cost_date": "2024-06-15", "amount": "0.00", "currency": "USD"},
    }
    if table in ("exchange_rates", "csms"):
        del shared["billing_entity"]
    return {**shared, **rows[table], **values}


def _hosts() -> list:
    """What the faulty rows hang on: accepted, and in no metric because the account is a test account."""
    return [
        ("accounts", _base("accounts", account_id=HOST)),
        ("subscriptions", _base("subscriptions", subscription_id=HOST_SUBSCRIPTION)),
        ("subscription_items", _base("subscription_items", item_id=HOST_ITEM)),
        ("invoices", _base("invoices", invoice_id=HOST_INVOICE)),
        ("users", _base("users", user_id=HOST_USER)),
        # SEK is known, but only for three days of 2022, when nobody pays in it.
        *[("exchange_rates", _base("exchange_rates", rate_date=f"2022-10-0{day}")) for day in (3, 4, 5)],
    ]


def _unclassified(size: int) -> list:
    """Unknown charge codes on the first account of the first entity: a line item, and an invoice that ties."""
    number = account_number(1, max(4, len(str(size))))
    account = {"billing_entity": ENTITY, "loaded_at": LOADED}
    subscription = f"S{number}-1"
    line = {
        **account, "invoice_id": f"N{number}-X1", "account_id": f"A{number}", "subscription_id": subscription,
        "product_id": "pro", "quantity": "1", "discount_amount": "0.00", "tax_amount": "0.00", "currency": "USD",
        "is_proration": "false", "is_credit": "false",
    }
    return [
        (
            "subscription_items",
            {
                **_base("subscription_items", item_id=f"I{number}-X1", subscription_id=subscription),
                "charge_type": "loyalty_bonus", "unit_amount": "25.00", "quantity": "1",
            },
        ),
        (
            "invoices",
            {
                **_base("invoices", invoice_id=f"N{number}-X1", account_id=f"A{number}"),
                "total_amount": "95.00",
            },
        ),
        ("invoice_lines", {**line, "invoice_line_id": f"L{number}-X1-1", "charge_type": "loyalty_bonus", "amount": "25.00"}),
        ("invoice_lines", {**line, "invoice_line_id": f"L{number}-X1-2", "charge_type": "fuel_surcharge", "amount": "40.00"}),
        ("invoice_lines", {**line, "invoice_line_id": f"L{number}-X1-3", "charge_type": "MISC-7", "amount": "30.00"}),
    ]


def _faults() -> list:
    """Every faulty row, as (table, values, whether typed columns can hold it)."""
    rows = []

    def plant(table, readable=True, **values):
        rows.append((table, _base(table, **values), readable))

    def copies(table, count, **values):
        """One good row and identical copies of it."""
        for _ in range(count + 1):
            plant(table, **values)

    # accounts
    copies("accounts", 2, account_id="X2")
    plant("accounts", account_id="X3", account_name="Fault host, old")
    plant("accounts", account_id="X3", loaded_at=RELOADED)
    plant("accounts", account_id="X4")
    plant("accounts", account_id="X4", is_test="false")
    plant("accounts", account_id=None)
    plant("accounts", False, account_id="X5", is_test="perhaps")
    plant("accounts", False, account_id="X6", created_at="last spring")
    plant("accounts", False, account_id="X7", employee_count="about fifty")

    # products
    copies("products", 1, product_id="x-copied")
    plant("products", product_id=None)

    # subscriptions: two of accounts that aren't there, one of a rejected account
    plant("subscriptions", subscription_id="XS2", account_id="X9998")
    plant("subscriptions", subscription_id="XS3", account_id="X9999")
    plant("subscriptions", subscription_id="XS4", account_id="X5")
    plant("subscriptions", subscription_id="XS5", started_at=LATER, billing_anchor_at=LATER, ended_at=START, status="cancelled")
    plant("subscriptions", subscription_id="XS6", trial_started_at=LATER, trial_ended_at=START)
    plant("subscriptions", subscription_id="XS7", status="zombie")
    plant("subscriptions", False, subscription_id="XS8", started_at="31/02/2024")
    plant("subscriptions", subscription_id="XS9", account_id=None)
    copies("subscriptions", 1, subscription_id="XS10")
    plant("subscriptions", subscription_id="XS11", status="active")
    plant("subscriptions", subscription_id="XS11", status="past_due")

    plant("subscription_pauses", subscription_id="XS9999")
    plant("subscription_pauses", subscription_id=HOST_SUBSCRIPTION, paused_at=LATER, resumed_at=START)
    plant("subscription_pauses", False, subscription_id=HOST_SUBSCRIPTION, paused_at=LATEST, resumed_at="soon")

    # items: one of a subscription that isn't there, three of rejected ones
    plant("subscription_items", item_id="XI2", subscription_id="XS9999")
    plant("subscription_items", item_id="XI3", subscription_id="XS2")
    plant("subscription_items", item_id="XI4", subscription_id="XS5")
    plant("subscription_items", item_id="XI5", subscription_id="XS7")
    plant("subscription_items", item_id="XI6", product_id="no-such-product")
    plant("subscription_items", item_id="XI7", product_id="another-product")
    plant("subscription_items", item_id="XI8", currency="XYZ")
    plant("subscription_items", item_id="XI9", currency="US$")
    for item in ("XI10", "XI11"):
        plant("subscription_items", item_id=item, valid_to=LATEST)
        plant("subscription_items", item_id=item, valid_from=LATER, valid_to=None)
    plant("subscription_items", item_id="XI12", interval_unit="decade")
    plant("subscription_items", item_id="XI13", interval_count="0")
    plant("subscription_items", False, item_id="XI14", unit_amount="59,00 $")
    plant("subscription_items", False, item_id="XI15", valid_from="yesterday")
    plant("subscription_items", item_id="XI16", unit_amount=None)
    plant("subscription_items", item_id="XI17", valid_from=LATER, valid_to=START)
    copies("subscription_items", 1, item_id="XI18")
    plant("subscription_items", item_id="XI19", quantity="2")
    plant("subscription_items", item_id="XI19", loaded_at=RELOADED)
    plant("subscription_items", item_id="XI20", quantity="4")
    plant("subscription_items", item_id="XI20", quantity="5")

    # discounts: one of an item that isn't there, one of a rejected item
    plant("discounts", discount_id="XD1", subscription_id="XS9999")
    plant("discounts", discount_id="XD2", subscription_id=None, item_id="XI9999")
    plant("discounts", discount_id="XD3", subscription_id=None, item_id="XI12")
    plant("discounts", discount_id="XD4", valid_from=LATER, valid_to=START)
    plant("discounts", discount_id="XD5", duration="sometimes")
    plant("discounts", False, discount_id="XD6", percent_off="ten")

    # invoices
    plant("invoices", invoice_id="XN2", account_id="X9999")
    plant("invoices", invoice_id="XN3", account_id="X4")
    plant("invoices", invoice_id="XN4", status="lost")
    plant("invoices", False, invoice_id="XN5", issued_at="2024-13-01 10:00:00")
    plant("invoices", invoice_id="XN6", issued_at=None)
    copies("invoices", 1, invoice_id="XN8")
    plant("invoices", invoice_id="XN9", status="open", paid_at=None)
    plant("invoices", invoice_id="XN9", loaded_at=RELOADED)

    # lines: two of invoices that aren't there, two of rejected ones
    plant("invoice_lines", invoice_line_id="XL1", invoice_id="XN9998")
    plant("invoice_lines", invoice_line_id="XL2", invoice_id="XN9999")
    plant("invoice_lines", invoice_line_id="XL3", invoice_id="XN4")
    plant("invoice_lines", invoice_line_id="XL4", invoice_id="XN6")
    plant("invoice_lines", invoice_line_id="XL5", account_id="X9999")
    plant("invoice_lines", invoice_line_id="XL9", service_start=LATER, service_end=START)
    plant("invoice_lines", False, invoice_line_id="XL10", amount="fifty-nine")
    plant("invoice_lines", invoice_line_id="XL11", amount=None)
    plant("invoice_lines", invoice_line_id="XL12", currency="XYZ")
    plant("invoice_lines", invoice_line_id="XL6", currency="EUR")
    copies("invoice_lines", 2, invoice_line_id="XL13", invoice_id="XN8", amount="0.00")
    plant("invoice_lines", invoice_line_id="XL14", amount="59.00")
    plant("invoice_lines", invoice_line_id="XL14", amount="95.00")

    # exchange rates: SEK alone, so that no healthy rate is touched
    plant("exchange_rates", rate_date="2022-10-06", rate="0")
    plant("exchange_rates", rate_date="2022-10-07", rate="-0.094")
    plant("exchange_rates", False, rate_date="2022-10-08", rate="about nine")
    plant("exchange_rates", rate_date="2022-10-09", rate=None)
    copies("exchange_rates", 1, rate_date="2022-10-10")

    # surveys
    plant("survey_responses", response_id="XR2", score="11")
    plant("survey_responses", response_id="XR3", score="-1")
    plant("survey_responses", response_id="XR4", survey_type="gossip")
    plant("survey_responses", False, response_id="XR5", score="ten")
    plant("survey_responses", response_id="XR6", responded_at=None)
    copies("survey_responses", 1, response_id="XR7")
    plant("survey_invitations", invitation_id="XV2", delivered_at=None)
    copies("survey_invitations", 1, invitation_id="XV3")

    # reps and segments: one assignment to a rep who isn't there, one to a rejected rep
    plant("csms", csm_id="XC1", valid_from=LATER, valid_to=START)
    plant("csms", False, csm_id="XC2", fte="half")
    plant("csm_assignments", account_id="X9999")
    plant("csm_assignments", csm_id="XC9999")
    plant("csm_assignments", csm_id="XC1")
    plant("csm_assignments", valid_from=LATER, valid_to=START)
    plant("csm_assignments", valid_from=LATEST, valid_to=None, share="1.5")
    plant("account_segments", account_id="X9999")
    plant("account_segments", valid_from=LATER, valid_to=START)
    plant("account_segments", segment_name="territory", segment_value=None)
    plant("account_segments", segment_name="channel", valid_to=LATEST)
    plant("account_segments", segment_name="channel", valid_from=LATER, valid_to=None)

    # users, usage, tickets: one use by a user who isn't there, one by a rejected user
    plant("users", user_id="XU2", account_id="X9999")
    plant("users", user_id="XU3", activated_at=LATER, deactivated_at=START)
    plant("users", False, user_id="XU4", activated_at="day one")
    copies("users", 1, user_id="XU5")
    plant("usage_events", account_id="X9999")
    plant("usage_events", user_id="XU9999")
    plant("usage_events", user_id="XU3")
    plant("usage_events", feature="export", event_count="-5")
    plant("usage_events", False, usage_date="Monday")
    copies("usage_events", 2, feature="report_viewed")
    plant("support_tickets", ticket_id="XT1", account_id="X9999")
    plant("support_tickets", ticket_id="XT2", opened_at=LATER, closed_at=START)
    plant("support_tickets", ticket_id="XT3", priority="whenever")
    plant("support_tickets", ticket_id="XT4", satisfaction_score="9")
    copies("support_tickets", 1, ticket_id="XT5")

    # costs: on a channel, segment and stream of their own, of amount 0 where they're accepted
    plant("acquisition_costs", cost_id="XAC1", category="catering", channel="fault", segment_value="fault")
    plant("acquisition_costs", cost_id="XAC2", channel="fault-currency", segment_value="fault", currency="XYZ")
    plant("acquisition_costs", False, cost_id="XAC3", channel="fault-amount", segment_value="fault", amount="a lot")
    copies("acquisition_costs", 1, billing_entity=None, cost_id="XAC4", channel="fault-copy", segment_value="fault")
    plant("revenue_costs", cost_id="XRC1", revenue_stream="fault-currency", currency="XYZ")
    plant("revenue_costs", cost_id="XRC2", revenue_stream="fault-amount", amount=None)
    copies("revenue_costs", 1, cost_id="XRC3", revenue_stream="fault-copy")
    return rows
