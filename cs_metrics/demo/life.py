"""An account's life: its subscriptions, their items term by term, discounts and pauses.

Every account lives from its own stream of chance, so that any slice of the company can be made on its own. Most
accounts live as chance has it; the account's place in its hundred gives some of them a part to play (`PARTS`), so
that every situation is there at any size.
"""

from random import Random

from cs_metrics.demo import catalogue as cat
from cs_metrics.demo.clock import (
    DAY, FIRST_MONTH, HISTORY_START, NOW, WHOLE_MONTHS, add_months, at, days_in_month, month_of,
    month_start,
)

PARTS = {
    3: "leap_day", 4: "trial_only", 8: "merged", 9: "merged", 13: "day_31", 14: "incomplete", 18: "deleted",
    22: "short_stay", 24: "same_day_change", 28: "scheduled_cancellation", 29: "scheduled_cancellation",
    31: "two_currencies", 32: "two_currencies", 34: "scheduled_downgrade", 36: "late_add_on", 38: "signed_not_live",
    43: "long_gap", 44: "long_gap", 48: "free_months", 53: "short_gap", 58: "paused", 63: "day_31", 68: "past_due",
    71: "test", 78: "uncollectible", 83: "short_gap", 88: "in_trial", 93: "month_boundaries", 98: "free_forever",
}
STREAMS = {"life": 0, "billing": 1, "engagement": 2, "usage": 3}


def stream(seed: int, index: int, purpose: str):
    """A function that gives the next chance between 0 and 1, of one account for one purpose."""
    return Random((seed << 44) + (index << 3) + STREAMS[purpose]).random


class Account:
    """A customer and all that it ever subscribed to."""

    __slots__ = (
        "index", "entity", "number", "name", "country", "currency", "tax", "region", "industry", "employees", "created",
        "parent", "part", "tier", "channel", "territory", "happiness", "subscriptions", "is_test", "is_deleted",
    )

    @property
    def id(self):
        return "A" + self.number


class Subscription:
    """A subscription with its items, discounts and pauses; `paid_from` is where the trial ends and billing starts."""

    __slots__ = (
        "id", "currency", "interval", "start", "paid_from", "trial_end", "cancel_requested", "end", "signed", "status",
        "items", "discounts", "pauses", "tier", "tier_changes", "left_unpaid", "known",
    )

    def boundary(self, number: int) -> int:
        """Start of the billing period of that number."""
        if self.interval.months:
            return add_months(self.paid_from, number * self.interval.months)
        return self.paid_from + number * 7 * DAY


class Item:
    """A line of a subscription, term by term."""

    __slots__ = ("id", "charge", "terms")

    def __init__(self, id, charge, term):
        self.id, self.charge, self.terms = id, charge, [term]


class Term:
    """An item while its terms stand still, open-ended without an `end`; the price is in cents, `known` is its arrival."""

    __slots__ = ("start", "end", "product", "price", "quantity", "known")

    def __init__(self, start, product, price, quantity, known, end=None):
        self.start, self.end, self.product = start, end, product
        self.price, self.quantity, self.known = price, quantity, known


class Discount:
    """Basis points or cents off, of a subscription (`item` None) or of one item of it."""

    __slots__ = ("id", "item", "basis_points", "cents", "duration", "start", "end", "in_force_until")

    def __init__(self, id, item, basis_points, cents, duration, start, end, in_force_until):
        self.id, self.item, self.basis_points, self.cents = id, item, basis_points, cents
        self.duration, self.start, self.end, self.in_force_until = duration, start, end, in_force_until


# --- who the account is ------------------------------------------------------------------------------------------


def place(index: int) -> tuple[str, int]:
    """The account's entity and its number there, from its index alone: three of five are in the first entity.

    Both entities number their accounts from 1, so the same key means another account in the other one.
    """
    block = index // 5
    position = (index + block + index // 100) % 5
    if position % 2 == 0:
        return cat.ENTITIES[0], block * 3 + position // 2 + 1
    return cat.ENTITIES[1], block * 2 + position // 2 + 1


def part_of(index: int) -> str | None:
    """The part that the account plays; the first two are plain, so that other things can rely on them."""
    return PARTS.get(index % 100) if index > 1 else None


def parent_index(index: int) -> int | None:
    """An earlier account of the same entity that plays no part."""
    entity = place(index)[0]
    return next(
        (other for other in range(index - 5, -1, -1) if part_of(other) is None and place(other)[0] == entity), None
    )


def account_number(number: int, width: int) -> str:
    """The account's number as it stands in keys."""
    return f"{number:0{width}d}"


def start_month(index: int, size: int, months: int) -> int:
    """The month that an account joins in: many at the launch, then more each year. Accounts are numbered as they join."""
    weights = [90] + [40 + month for month in range(1, months + 1)]
    weights[-1] //= 3
    left = (2 * index + 1) * sum(weights)
    for month, weight in enumerate(weights):
        left -= 2 * size * weight
        if left < 0:
            return FIRST_MONTH + WHOLE_MONTHS - months + month
    raise ValueError(f"Account {index} isn't one of {size}.")


def make_account(seed: int, index: int, size: int, months: int = WHOLE_MONTHS) -> Account:
    """The account of an index with its whole life."""
    chance = stream(seed, index, "life")
    width = max(4, len(str(size)))
    account = Account()
    account.index = index
    account.entity, number = place(index)
    account.number = account_number(number, width)
    account.part = part_of(index)
    account.is_test = account.part == "test"
    account.is_deleted = account.part == "deleted"
    country = pick_country(chance(), account.entity)
    account.country, account.region, account.currency, account.tax = (
        country.code, country.region, country.currency, country.tax,
    )
    starts, ends = cat.NAME_STARTS, cat.NAME_ENDS
    name = f"{starts[int(chance() * len(starts))]} {ends[int(chance() * len(ends))]}"
    account.name = f"Test account {account.number}" if account.is_test else f"{name} {country.legal_form}"
    account.tier = cat.pick(chance(), (("basic", 44), ("pro", 42), ("enterprise", 14)))
    account.industry = cat.INDUSTRIES[int(chance() * len(cat.INDUSTRIES))] if chance() < 0.92 else None
    scale = {"basic": 10, "pro": 70, "enterprise": 600}[account.tier]
    account.employees = scale // 2 + int(chance() * chance() * scale * 5) if chance() < 0.9 else None
    if chance() < 0.06:
        account.country = account.region = None
    account.channel = cat.pick(chance(), cat.CHANNELS)
    account.territory = cat.TERRITORIES[account.entity][int(chance() * 3)]
    account.happiness = (chance() + chance() + chance()) / 3
    account.parent = None
    if account.part == "merged" and (parent := parent_index(index)) is not None:
        account.parent = "A" + account_number(place(parent)[1], width)
    elif index == 19:
        account.parent = "A" + "9" * width
    start = first_start(account, chance, size, months)
    account.subscriptions = []
    live(account, start, chance)
    account.created = min(
        account.subscriptions[0].start - int(chance() * 12 * DAY) * (chance() < 0.6),
        account.subscriptions[0].signed or NOW,
    )
    account.created = max(account.created, HISTORY_START - 40 * DAY)
    return account


def pick_country(chance: float, entity: str) -> cat.Country:
    """A country of the entity by its weight."""
    return cat.pick(chance, tuple((country, country.weight) for country in cat.COUNTRIES[entity]))


def first_start(account: Account, chance, size: int, months: int) -> int:
    """When the first subscription starts."""
    month = start_month(account.index, size, months)
    first_month, last_month = FIRST_MONTH, FIRST_MONTH + WHOLE_MONTHS - 1
    day = int(chance() * days_in_month(month))
    second = int(chance() * DAY)
    if account.part == "leap_day":
        return at(2024, 2, 29, second)
    if account.part == "day_31":
        while days_in_month(month) < 31:
            month += -1 if month > first_month else 1
        return month_start(month) + 30 * DAY + second
    if account.part == "month_boundaries":
        return month_start(max(first_month, min(month, last_month - 14)))
    if account.part == "short_stay":
        return month_start(min(month, last_month)) + (2 + day % 5) * DAY + second
    if account.part == "long_gap":
        return month_start(first_month + day % 9) + day % 28 * DAY + second
    if account.part in ("short_gap", "deleted", "uncollectible", "trial_only", "paused", "past_due", "same_day_change"):
        month = max(first_month, min(month, last_month - 12))
    elif account.part == "in_trial":
        return NOW - (3 + day % 9) * DAY - second // 24
    elif account.part == "signed_not_live":
        return NOW + (4 + day) * DAY
    elif account.part or account.index < 2:
        month = max(first_month, min(month, last_month - 4))
    if chance() < 0.04:
        return month_start(month)
    start = month_start(month) + day % days_in_month(month) * DAY + second
    return min(start, NOW - DAY)


# --- what the account subscribes to ------------------------------------------------------------------------------


def live(account: Account, start: int, chance) -> None:
    """All subscriptions of an account, one after the other; a second currency runs beside the first."""
    part = account.part
    stay = {
        "long_gap": 6 + int(chance() * 4), "short_gap": 5, "short_stay": 0, "deleted": 7, "uncollectible": 8,
        "month_boundaries": 6 + int(chance() * 6),
    }.get(part)
    subscription = subscribe(account, start, chance, 1, stay=stay)
    gap = None
    if part == "short_gap":
        gap = (33 + int(chance() * 27)) * DAY
    elif part == "long_gap":
        gap = (400 + int(chance() * 200)) * DAY
    elif part is None and subscription.end and subscription.end < NOW and chance() < 0.1:
        gap = (35 + int(chance() * 30)) * DAY if chance() < 0.6 else (370 + int(chance() * 300)) * DAY
    if gap and subscription.end + gap < NOW - 40 * DAY:
        subscribe(account, subscription.end + gap, chance, 2)
    if part == "two_currencies" and account.entity == "acme-eu":
        other = "GBP" if account.currency == "EUR" else "EUR"
        subscribe(account, min(start + 100 * DAY, NOW - 45 * DAY), chance, 2, currency=other)


def subscribe(account: Account, start: int, chance, number: int, stay: int | None = None, currency=None) -> Subscription:
    """A subscription from its start to its end, or to now; `stay` is the number of months after which it ends."""
    part = account.part if number == 1 else None
    subscription = Subscription()
    subscription.id = f"S{account.number}-{number}"
    subscription.currency = currency or account.currency
    subscription.tier = account.tier
    subscription.tier_changes = [(start, account.tier)]
    subscription.interval = cat.pick(chance(), cat.INTERVALS_BY_TIER[cat.TIERS.index(account.tier)])
    if stay is not None or part in ("paused", "past_due", "late_add_on", "free_months"):
        subscription.interval = cat.MONTH
    if part == "scheduled_downgrade":
        subscription.interval = cat.YEAR
    subscription.start, subscription.known = start, start + 60 + int(chance() * 1800)
    subscription.paid_from, subscription.trial_end = start, None
    if part in ("trial_only", "in_trial") or (
        chance() < 0.22 and account.tier != "enterprise" and stay is None and part not in ("leap_day", "day_31")
    ):
        subscription.trial_end = subscription.paid_from = start + (14 if chance() < 0.7 else 30) * DAY
        if part == "in_trial":
            subscription.trial_end = subscription.paid_from = start + 30 * DAY
    subscription.signed = None
    if part == "signed_not_live" or (subscription.interval.months >= 12 and chance() < 0.5):
        subscription.signed = start - (3 + int(chance() * 30)) * DAY
        if part == "signed_not_live":
            subscription.signed = NOW - (2 + int(chance() * 20)) * DAY
        subscription.known = subscription.signed + 60 + int(chance() * 1800)
    subscription.cancel_requested = subscription.end = None
    subscription.status = "active"
    subscription.left_unpaid = None
    subscription.discounts, subscription.pauses, subscription.items = [], [], []
    account.subscriptions.append(subscription)
    first_items(subscription, chance)
    give_discounts(account, subscription, part, chance)
    if part == "incomplete":
        subscription.status = "incomplete"
    elif part == "trial_only":
        subscription.cancel_requested = start + int(chance() * 12 * DAY)
        subscription.end = subscription.trial_end
    elif part == "short_stay":
        subscription.cancel_requested = subscription.end = start + DAY + int(chance() * 15 * DAY)
    elif part != "signed_not_live":
        step_through(account, subscription, part, stay, chance)
    settle(subscription, part, chance)
    return subscription


def first_items(subscription: Subscription, chance) -> None:
    """The platform fee, the seats and perhaps add-ons that a subscription starts with."""
    tier = subscription.tier
    seats = {"basic": (2, 6), "pro": (5, 13), "enterprise": (16, 34)}[tier]
    seats = seats[0] + int(chance() * seats[1])
    add_item(subscription, "subscription", tier, cat.PLATFORM_FEE[tier], 1, subscription.start)
    add_item(subscription, "seat", tier, cat.SEAT_PRICE[tier], seats, subscription.start)
    if tier != "basic" and chance() < 0.35:
        add_on = cat.ADD_ONS[int(chance() * 4)]
        add_item(subscription, "add_on", add_on, cat.ADD_ON_PRICE[add_on], 1, subscription.start)
    if tier == "enterprise" and chance() < 0.25:
        add_item(subscription, "committed_minimum", "messages", cat.COMMITTED_MINIMUM, 1, subscription.start)


def add_item(subscription, charge, product, month_prices, quantity, start) -> Item:
    """A further item of the subscription at list price."""
    price = cat.list_price(month_prices, subscription.currency, subscription.interval)
    number = len(subscription.items) + 1
    known = max(start, subscription.known) if start > subscription.start else subscription.known
    item = Item(
        f"I{subscription.id[1:]}-{number}", charge, Term(start, product, price, quantity, known + 30 + number % 7)
    )
    subscription.items.append(item)
    return item


def change(item: Item, start: int, known: int, product=None, price=None, quantity=None) -> None:
    """A new term of the item from an instant on."""
    last = item.terms[-1]
    last.end = start
    item.terms.append(
        Term(
            start,
            product or last.product,
            last.price if price is None else price,
            last.quantity if quantity is None else quantity,
            known,
        )
    )


DISCOUNT_KINDS = (
    ("once", "percent", 5), ("repeating", "percent", 8), ("forever", "percent", 5),
    ("once", "amount", 4), ("repeating", "amount", 4), ("forever", "amount", 4),
)


def give_discounts(account: Account, subscription: Subscription, part: str | None, chance) -> None:
    """The discounts that a subscription starts with."""
    if part == "free_months":
        add_discount(subscription, None, 10_000, None, "repeating", 0, 3)
    elif part == "free_forever":
        add_discount(subscription, None, 10_000, None, "forever", 0, None)
    elif account.index > 1 and chance() < 0.22:
        duration, kind = cat.pick(chance(), tuple(((d, k), weight) for d, k, weight in DISCOUNT_KINDS))
        item = subscription.items[int(chance() * 2)] if chance() < 0.35 else None
        items = [item] if item else subscription.items
        basis_points = cents = None
        if kind == "percent":
            basis_points = (500, 1000, 1500, 2000, 1250)[int(chance() * 5)]
        else:
            listed = sum(one.terms[0].price * one.terms[0].quantity for one in items)
            cents = max(listed // 1000, 1) * 100
        periods = (2, 3, 6)[int(chance() * 3)] if subscription.interval.months < 12 else 1
        add_discount(subscription, item, basis_points, cents, duration, 0, periods)
        if basis_points and item and chance() < 0.4:
            add_discount(subscription, None, 1000, None, "repeating", 0, periods)


def add_discount(subscription, item, basis_points, cents, duration, from_period, periods) -> None:
    """A discount that starts with a billing period and stands for some of them."""
    start = subscription.boundary(from_period)
    end = in_force_until = None
    if duration == "repeating":
        end = in_force_until = subscription.boundary(from_period + periods)
    elif duration == "once":
        in_force_until = subscription.boundary(from_period + 1)
    subscription.discounts.append(
        Discount(
            f"D{subscription.id[1:]}-{len(subscription.discounts) + 1}",
            item, basis_points, cents, duration, start, end, in_force_until,
        )
    )


# --- what happens to a subscription ------------------------------------------------------------------------------

LEAVING = {"basic": 0.024, "pro": 0.0135, "enterprise": 0.006}  # a month, where there's no longer term
NOT_RENEWING = {"basic": 0.24, "pro": 0.15, "enterprise": 0.07}  # at the end of a year


def step_through(account: Account, subscription: Subscription, part, stay, chance) -> None:
    """Month after month from the start of billing: leaving, pausing, and changes of terms."""
    interval = subscription.interval
    leaving, not_renewing = LEAVING[account.tier], NOT_RENEWING[account.tier]
    happy = 1.5 - account.happiness
    quiet = part in ("free_forever", "scheduled_cancellation", "scheduled_downgrade", "late_add_on", "paused", "past_due")
    step = 0
    while True:
        opens, closes = add_months(subscription.paid_from, step), add_months(subscription.paid_from, step + 1)
        if opens >= NOW:
            return
        moment = opens + int(chance() * (closes - opens))
        starts_period = interval.months == 0 or step % interval.months == 0
        ends_term = interval.months == 0 or (step + 1) % interval.months == 0
        if stay is not None and step == stay:
            return leave(subscription, part, moment, closes, chance)
        if stay is None and not quiet and account.index > 1:
            if interval.months < 3:
                odds = leaving * happy * (1.5 if interval.months == 0 else 1)
            elif ends_term:
                odds = not_renewing * happy * (0.3 if interval.months == 3 else 1)
            else:
                odds = 0.0015
            if chance() < odds and moment < NOW:
                return leave(subscription, part, moment, closes if ends_term else None, chance)
        if step and step % 12 == 0 and starts_period and chance() < 0.6:
            raise_prices(subscription, opens, chance)
        if step and starts_period and interval.months in (1, 3) and chance() < 0.006 and part is None:
            number = step // interval.months
            add_discount(subscription, None, 2000, None, "repeating", number, 3)
        if moment < NOW - DAY:
            if part == "same_day_change" and step == 4:
                change_seats(subscription, moment // DAY * DAY + 9 * 3600, 3, chance)
                change_seats(subscription, moment // DAY * DAY + 15 * 3600, -1, chance)
            elif moment > opens:
                happen(subscription, moment, chance)
        if part is None and step and chance() < 0.003 and interval.months == 1 and moment < NOW:
            resumed = moment + (20 + int(chance() * 70)) * DAY
            if not subscription.pauses or subscription.pauses[-1][1] < moment:
                subscription.pauses.append((moment, resumed if resumed < NOW else None))
                if resumed >= NOW:
                    return
        step += 1


def happen(subscription: Subscription, moment: int, chance) -> None:
    """Perhaps one change of terms at a moment; some come at midnight of the first of a month."""
    what = chance()
    if what >= 0.135:
        return
    if what < 0.004 and month_start(month_of(moment)) > subscription.paid_from:
        moment = month_start(month_of(moment))
    if moment <= max(item.terms[-1].start for item in subscription.items):
        return
    if what < 0.085:
        seats = subscription.items[1].terms[-1].quantity
        change_seats(subscription, moment, 1 + int(seats * chance() * 0.32), chance)
    elif what < 0.103:
        change_seats(subscription, moment, -1 - int(chance() * 3), chance)
    elif what < 0.111:
        change_tier(subscription, moment, 1, chance)
    elif what < 0.115:
        change_tier(subscription, moment, -1, chance)
    elif what < 0.129:
        held = {item.terms[-1].product for item in subscription.items}
        add_on = cat.ADD_ONS[int(chance() * 4)]
        if add_on not in held and subscription.tier != "basic":
            add_item(subscription, "add_on", add_on, cat.ADD_ON_PRICE[add_on], 1, moment)
    else:
        add_ons = [item for item in subscription.items if item.charge == "add_on" and item.terms[-1].end is None]
        if add_ons:
            add_ons[0].terms[-1].end = moment


def arrival(moment: int, chance) -> int:
    """When the row of a change arrived: soon after it, or weeks late."""
    if chance() < 0.015:
        return min(moment + (15 + int(chance() * 25)) * DAY, NOW)
    return moment + 60 + int(chance() * 3600)


def change_seats(subscription, moment: int, by: int, chance) -> None:
    """More or fewer seats, never below one."""
    seats = subscription.items[1]
    quantity = max(1, seats.terms[-1].quantity + by)
    if quantity != seats.terms[-1].quantity:
        change(seats, moment, arrival(moment, chance), quantity=quantity)


def change_tier(subscription, moment: int, by: int, chance, known=None) -> None:
    """Another plan: the platform fee and the seats go on as items of another product."""
    place_now = cat.TIERS.index(subscription.tier)
    if not 0 <= place_now + by < len(cat.TIERS):
        return
    tier = subscription.tier = cat.TIERS[place_now + by]
    subscription.tier_changes.append((moment, tier))
    known = known or arrival(moment, chance)
    for item, prices in zip(subscription.items[:2], (cat.PLATFORM_FEE[tier], cat.SEAT_PRICE[tier])):
        price = cat.list_price(prices, subscription.currency, subscription.interval)
        change(item, moment, known, product=tier, price=price)


def raise_prices(subscription, moment: int, chance) -> None:
    """Some 5 % more on everything that still runs, to the quarter of a unit."""
    for item in subscription.items:
        last = item.terms[-1]
        if last.end is None and last.start < moment:
            change(item, moment, arrival(moment, chance), price=(last.price * 105 + 1250) // 2500 * 25)


def leave(subscription: Subscription, part, moment: int, closes: int | None, chance) -> None:
    """The customer cancels: at once, or at the end of what is paid for."""
    subscription.cancel_requested = moment
    if part == "month_boundaries":
        subscription.end = closes
    elif part == "uncollectible":
        subscription.end, subscription.left_unpaid = moment, "uncollectible"
    elif closes is None or (subscription.interval.months < 3 and chance() < 0.35):
        subscription.end = moment
    elif subscription.interval.months == 0:
        periods = (moment - subscription.paid_from) // (7 * DAY) + 1
        subscription.end = subscription.boundary(periods)
    else:
        subscription.end = closes


def settle(subscription: Subscription, part, chance) -> None:
    """Status as it stands, what is scheduled, and items that end with their subscription."""
    if part == "scheduled_cancellation":
        subscription.cancel_requested = NOW - (2 + int(chance() * 18)) * DAY
        if subscription.cancel_requested <= subscription.paid_from:
            subscription.cancel_requested = subscription.paid_from + DAY
        number = 1
        while subscription.boundary(number) <= NOW:
            number += 1
        subscription.end = subscription.boundary(number)
    elif part == "scheduled_downgrade":
        number = 1
        while subscription.boundary(number) <= NOW:
            number += 1
        moment, known = subscription.boundary(number), NOW - (2 + int(chance() * 20)) * DAY
        if subscription.tier == "basic":
            seats = subscription.items[1].terms[-1]
            change(subscription.items[1], moment, known, quantity=max(1, seats.quantity - 2))
        else:
            before = subscription.tier
            change_tier(subscription, moment, -1, chance, known=known)
            subscription.tier = before
            subscription.tier_changes.pop()
    elif part == "paused":
        subscription.pauses.append((NOW - (20 + int(chance() * 30)) * DAY, None))
    elif part == "past_due":
        subscription.status, subscription.left_unpaid = "past_due", "open"
    elif part == "late_add_on":
        held = {item.terms[-1].product for item in subscription.items}
        lacking = [one for one in cat.ADD_ONS if one not in held]
        if lacking:
            item = add_item(subscription, "add_on", lacking[0], cat.ADD_ON_PRICE[lacking[0]], 1, at(2026, 8, 20, 7 * 3600))
            item.terms[0].known = at(2026, 9, 14, 3 * 3600)
    if subscription.end is not None and subscription.end <= NOW:
        subscription.status = "cancelled"
    elif subscription.trial_end and subscription.trial_end > NOW:
        subscription.status = "trialing"
    elif subscription.pauses and subscription.pauses[-1][1] is None:
        subscription.status = "paused"
    if subscription.end is not None:
        says_so = chance() < 0.5
        for item in subscription.items:
            last = item.terms[-1]
            if last.end is None and says_so:
                last.end = max(subscription.end, last.start)
