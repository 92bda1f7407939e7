"""Random groups, mergers, attributes that change, and seats that are sold in quantity 0."""

from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from oracle.company import Row, Tables, in_utc
from oracle.drawn import arrivals, instants, maybe, some, some_days

LONG_AGO = datetime(2020, 1, 1)
MERGED = [datetime(2024, 3, 31, 23, 59, 59), datetime(2024, 4, 1), datetime(2024, 6, 15, 12), datetime(2025, 1, 31)]
VALUES = {"tier": ("low", "high"), "channel": ("search", "partner"), "unused": ("low", "high")}


def add(draw, tables: Tables) -> None:
    """Parents, and what besides hangs on groups and on segments of the company's own."""
    of_days = draw(some_days())
    accounts = sorted(row["account_id"] for row in tables["accounts"])
    if not has_both_signs_in_several_currencies(tables):
        add_parents(draw, tables)
        add_mergers(draw, tables)
        add_seats(draw, tables)
    whole = []
    for account_id in accounts:
        # Some change in the days after the account comes to pay, of which its first month knows the last value.
        began = [row["started_at"].replace(tzinfo=None) for row in tables["subscriptions"] if row["account_id"] == account_id]
        near = [start + timedelta(days=2) for start in began * 8]
        whole += from_the_beginning(draw, account_id, [*of_days, *near])
    tables["account_segments"] = whole + draw(some(account_segments(accounts, of_days), None, 5))
    for row in tables["acquisition_costs"]:
        if draw(st.integers(0, 2)) == 0:
            row["segment_value"] = draw(st.sampled_from(("low", "high", "search")))


def has_both_signs_in_several_currencies(tables: Tables) -> bool:
    """Whether a group could have what no account is drawn with (D70)."""
    items = tables["subscription_items"]
    return any(row["unit_amount"] < 0 for row in items) and len({row["currency"] for row in items}) > 1


def add_parents(draw, tables: Tables) -> None:
    """Trees, a line of more than five generations, circles, parents that nobody knows."""
    rows = tables["accounts"]
    shape = draw(st.sampled_from(("tree", "tree", "tree", "line", "line", "circle")))
    if shape == "line":
        # Those that pay are at both ends.
        between = [{"account_id": f"g{number}", "created_at": datetime(2024, 1, 31)} for number in range(draw(st.sampled_from((1, 2, 4, 6, 6, 6))))]
        tables["accounts"] = rows = [*rows[:1], *between, *rows[1:]]
    elif shape == "circle":
        for number, row in enumerate(rows):
            row["parent_account_id"] = rows[(number + 1) % len(rows)]["account_id"]
        return
    for number, row in enumerate(rows[1:], 1):
        before = [one["account_id"] for one in rows[:number]]
        row["parent_account_id"] = before[-1] if shape == "line" else draw(st.sampled_from([*before * 3, None, "unheard of"]))


def add_mergers(draw, tables: Tables) -> None:
    """What an account had is its parent's from some day on."""
    known = {row["account_id"] for row in tables["accounts"]}
    parents = {row["account_id"]: row.get("parent_account_id") for row in tables["accounts"]}
    for row in list(tables["subscriptions"]):
        survivor, merged_at = parents.get(row["account_id"]), draw(st.sampled_from(MERGED))
        is_open = row["started_at"].replace(tzinfo=None) < merged_at and row.get("ended_at") is None and row["status"] != "incomplete"
        if survivor not in known or survivor == row["account_id"] or not is_open or draw(st.integers(0, 3)) == 0:
            continue
        taken = {"subscription_id": f"{row['subscription_id']} merged", "account_id": survivor, "started_at": merged_at}
        tables["subscriptions"].append({"status": "active"} | taken)
        under_way = [item for item in tables["subscription_items"] if item["subscription_id"] == row["subscription_id"] and not item.get("valid_to")]
        # The last terms of each item: two of one item, both from the merger on, would be versions of one row that contradict each other.
        for name, item in {item["item_id"]: item for item in sorted(under_way, key=lambda item: in_utc(item["valid_from"]))}.items():
            tables["subscription_items"].append(item | taken_item(taken, f"{name} merged"))
        row |= {"status": "cancelled", "ended_at": merged_at}


def taken_item(subscription: Row, name: str) -> Row:
    """An item's columns under another subscription."""
    return {"item_id": name, "subscription_id": subscription["subscription_id"], "valid_from": subscription["started_at"]}


def add_seats(draw, tables: Tables) -> None:
    """Seats, often none of them, beside a user who is active."""
    tables["products"].append({"product_id": "seats", "product_name": "Seats", "charge_class": draw(st.sampled_from((None, "seat")))})
    for number, row in enumerate(tables["subscriptions"]):
        if draw(st.integers(0, 2)) == 0:
            start = row["started_at"] + timedelta(days=draw(st.sampled_from((0, 31))))
            holder = {"user_id": f"seat {number}", "account_id": row["account_id"]}
            tables["users"].append(holder | {"activated_at": start, "deactivated_at": None})
            tables["usage_events"].append(holder | {"usage_date": start.date(), "feature": "export", "event_count": 1})
            tables["subscription_items"].append(
                {
                    "item_id": f"seats {number}",
                    "subscription_id": row["subscription_id"],
                    "product_id": "seats",
                    "charge_type": "seat",
                    "interval_unit": "month",
                    "interval_count": 1,
                    "unit_amount": Decimal(5),
                    "quantity": draw(st.sampled_from((Decimal(0), Decimal(0), Decimal(3)))),
                    "currency": tables["subscription_items"][0]["currency"],
                    "valid_from": start,
                    "valid_to": draw(maybe(st.just(start + timedelta(days=150)), 1)),
                }
            )


def from_the_beginning(draw, account_id: str, of_days: list[datetime]) -> list[Row]:
    """An account's attributes from long ago on, some of them until another one begins."""
    found = []
    for name, values in VALUES.items():
        if draw(st.integers(0, 3)):
            changed = draw(maybe(instants(of_days), 2))
            both = {"account_id": account_id, "segment_name": name}
            first, second = draw(st.permutations(values))
            found.append(both | {"segment_value": first, "valid_from": LONG_AGO, "valid_to": changed})
            if changed is not None:
                found.append(both | {"segment_value": second, "valid_from": changed, "valid_to": None})
    return found


@st.composite
def account_segments(draw, accounts: list[str], of_days: list[datetime]) -> Row:
    """An attribute that may overlap another one, be nobody's, or end before it begins."""
    name = draw(st.sampled_from(list(VALUES)))
    return {
        "account_id": draw(st.sampled_from([*accounts * 4, "unheard of"])),
        "segment_name": name,
        "segment_value": draw(st.sampled_from(VALUES[name])),
        "valid_from": draw(instants(of_days)),
        "valid_to": draw(maybe(instants(of_days), 1)),
        "loaded_at": draw(arrivals()),
    }
