"""Exchange rates, and the costs of winning customers and of serving them."""

from itertools import count
from random import Random

from cs_metrics.demo import catalogue as cat
from cs_metrics.demo.billing import half_up, money
from cs_metrics.demo.clock import (
    DAY, FIRST_MONTH, HISTORY_START, NOW, day_of, days_in_month, month_of, month_start, stamp,
)
from cs_metrics.demo.contract import row_type

# Rates into USD in millionths: at the launch, at the end.
RATES = {"EUR": (1_002_000, 1_168_000), "GBP": (1_161_000, 1_349_000)}


def exchange_rates(seed: int) -> dict[str, list[tuple[int, int]]]:
    """Each currency's rate into USD on every day, in millionths: a slow walk that is drawn towards its end."""
    rates = {}
    for place, (currency, (first, last)) in enumerate(RATES.items()):
        chance = Random((seed << 44) + place + 5).random
        days = range(HISTORY_START // DAY, NOW // DAY + 1)
        rate, rates[currency] = first, []
        for number, day in enumerate(days):
            rates[currency].append((day, rate))
            trend = first + (last - first) * number // len(days)
            rate += int((chance() - 0.5) * 12_000) + (trend - rate) // 60
    return rates


def rate_rows(seed: int):
    """One row a day and currency."""
    row = row_type("exchange_rates")
    for currency, days in exchange_rates(seed).items():
        for day, rate in days:
            yield row(
                rate_date=day_of(day * DAY), from_currency=currency, to_currency="USD",
                rate=f"{rate // 1_000_000}.{rate % 1_000_000:06d}", loaded_at=stamp(day * DAY + 16 * 3600),
            )


# Cost of winning customers, per cent of the whole: category, channel, segment, paid media.
ACQUISITION = (
    ("marketing", "paid_search", None, True, 15),
    ("marketing", "paid_social", None, True, 9),
    ("marketing", "content", None, False, 9),
    ("marketing", "events", "enterprise", False, 8),
    ("marketing", "partner", None, False, 6),
    ("sales", "outbound", "mid_market", False, 21),
    ("sales", "outbound", "enterprise", False, 18),
    ("sales", None, None, False, 10),
)
COST_OF_A_CUSTOMER = 10_500_00
SHARED_SYSTEMS = 4  # per cent on top: one cost a month that both entities share


def month_days(month: int) -> tuple[int, int]:
    """How many of the month's days are over, and how many it has."""
    length = days_in_month(month)
    return min(length, NOW // DAY - month_start(month) // DAY), length


def acquisition_rows(seed: int, new_accounts: dict[tuple[str, int], int]):
    """Monthly costs per channel: they follow the customers won over half a year, not one month's luck."""
    row, chance = row_type("acquisition_costs"), Random((seed << 44) + 3).random
    number = count(1)
    for month in range(FIRST_MONTH, month_of(NOW) + 1):
        over, length = month_days(month)
        day, arrived = day_of(month_start(month)), stamp(month_start(month) + over * DAY - 6 * 3600)
        all_entities = 0
        for entity in cat.ENTITIES:
            months = range(max(month - 3, FIRST_MONTH), min(month + 4, month_of(NOW)))
            near = [new_accounts.get((entity, one), 0) for one in months]
            budget = COST_OF_A_CUSTOMER * sum(near) // max(len(near), 1) * over // length
            all_entities += budget
            for category, channel, segment, is_paid, share in ACQUISITION:
                amount = half_up(budget, share * (900 + int(chance() * 200)), 100_000)
                if amount:
                    yield row(
                        billing_entity=entity, cost_id=f"AC{next(number)}", cost_date=day, category=category, channel=channel, segment_value=segment,
                        amount=money(amount), currency=cat.ENTITY_CURRENCY[entity],
                        is_paid_media="true" if is_paid else "false", loaded_at=arrived,
                    )
        yield row(
            cost_id=f"AC{next(number)}", cost_date=day, category="sales", channel=None, segment_value=None,
            amount=money(half_up(all_entities, SHARED_SYSTEMS, 100)), currency="USD", is_paid_media="false",
            loaded_at=arrived,
        )


# Cost of revenue: stream, per cent of the revenue that it belongs to.
MARGINS = (("recurring", 22), ("services", 64), ("usage", 38), ("hardware", 81))


def revenue_cost_rows(seed: int, revenue: dict[tuple[str, int, str], int]):
    """Monthly costs per entity and stream, in the entity's currency, booked on the month's last day."""
    row, chance = row_type("revenue_costs"), Random((seed << 44) + 4).random
    number = count(1)
    for month in range(FIRST_MONTH, month_of(NOW) + 1):
        over, length = month_days(month)
        last_day = month_start(month) + (over - 1) * DAY
        for entity in cat.ENTITIES:
            for stream, share in MARGINS:
                earned = revenue.get((entity, month, stream), 0)
                if stream == "recurring":
                    earned = earned * over // length
                cost = half_up(earned, share * (950 + int(chance() * 100)), 100_000)
                if cost:
                    yield row(
                        billing_entity=entity, cost_id=f"RC{next(number)}", cost_date=day_of(last_day), revenue_stream=stream,
                        amount=money(cost), currency=cat.ENTITY_CURRENCY[entity], loaded_at=stamp(last_day + 17 * 3600),
                    )
