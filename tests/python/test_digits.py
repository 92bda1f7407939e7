"""Numbers as sources write them: what is read of them, what doesn't fit, and products that lose no digit."""

import random
from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest

from scratch import Warehouse

KINDS = ("integer", "decimal", "price", "rate")

# A kind, what is written, and what is read of it; None where it doesn't fit.
READ = [
    ("decimal", "12.340000000000001", "12.34"),
    ("decimal", "33.333333333333336", "33.333333"),
    ("decimal", "0.3333333333333333", "0.333333"),
    ("decimal", "0.16666666666666666", "0.166667"),
    ("decimal", "0.142857142857143", "0.142857"),
    ("decimal", "0.08333333333333333", "0.083333"),
    ("decimal", "0.0166666667", "0.016667"),
    ("decimal", "100.1234567", "100.123457"),
    ("decimal", "1.0000005", "1.000001"),
    ("decimal", "-1.0000005", "-1.000001"),
    ("decimal", "0.000001", "0.000001"),
    ("decimal", "0.9999999", "1"),
    ("decimal", "5.551115123125783e-17", "0"),
    ("decimal", "-2.8e-14", "0"),
    ("decimal", "0", "0"),
    ("decimal", "999999999999.999999", "999999999999.999999"),
    ("decimal", "0.00000004", None),
    ("decimal", "-0.00000004", None),
    ("decimal", "0.0000025", None),
    ("decimal", "0.0013333333", None),
    ("decimal", "1000000000000", None),
    ("price", "0.0000025", "0.0000025"),
    ("price", "0.00000000000125", "0.00000000000125"),
    ("price", "123456.78901234567891", "123456.78901234567891"),
    ("price", "9.99", "9.99"),
    ("price", "0.000000000000004", None),
    ("price", "1e12", None),
    ("rate", "0.0000333333333333", "0.0000333333333333"),
    ("rate", "0.000033333333333333335", "0.0000333333333333"),
    ("rate", "0.00000000023456789123", "0.0000000002345679"),
    ("rate", "25000", "25000"),
    ("rate", "0.00000000000000004", None),
    ("rate", "1e10", None),
    ("integer", "3", "3"),
    ("integer", "3.0", "3"),
    ("integer", "1e3", "1000"),
    ("integer", "2.9999999999999996", "3"),
    ("integer", "1000000000000", "1000000000000"),
    ("integer", "-9223372036854775808", "-9223372036854775808"),
    ("integer", "9223372036854775807", "9223372036854775807"),
    ("integer", "1000000000000.5", None),
    ("integer", "9223372036854775808", None),
    ("integer", "2.5", None),
    ("integer", "-1.5", None),
    ("integer", "0.3", None),
    ("integer", "9223372036854775806.5", None),
]

# Price and quantity; the first are a tie at the sixth decimal, away from zero.
PRODUCTS = [
    ("0.0000005", "1"), ("-0.0000005", "1"), ("0.00000049999999", "1"), ("0.00000000000001", "50000000"), ("33.335", "3"), ("9.99", "2.5"),
    ("0.0000025", "10000000"), ("-0.0000025", "10000000"), ("0.00000000000001", "999999999999.999999"), ("999999999999", "1"),
    ("999999.99999999999999", "999999"), ("0.33333333333333", "3"), ("0", "5"), ("12345.6789012345", "0"), ("1", "0.000001"),
]  # fmt: skip
CENTS = Decimal("0.000001")


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory) -> Warehouse:
    """A DuckDB file for what the tests write."""
    return Warehouse(tmp_path_factory.mktemp("digits"))


def drawn_products() -> list[tuple[str, str]]:
    """Prices and quantities of all lengths whose product the contract takes."""
    chance, found = random.Random(96), list(PRODUCTS)
    while len(found) < 3000:
        price = Decimal(chance.randrange(-(10 ** chance.randint(1, 25)), 10 ** chance.randint(1, 25))).scaleb(-14)
        quantity = Decimal(chance.randrange(10 ** chance.randint(1, 17))).scaleb(-chance.choice((0, 0, 2, 6)))
        if abs(price) < 10**12 and quantity < 10**12 and abs(price * quantity) < 10**12 - 1:
            found.append((f"{price:f}", f"{quantity:f}"))
    return found


def test_what_is_written_is_read_or_does_not_fit(warehouse):
    """As a text, and as DuckDB's own numbers."""
    warehouse.load("given", {"numbers": (["kind", "written"], [dict(zip(("kind", "written"), row)) for row in READ])})
    read = ", ".join(
        f"case when kind = '{kind}' then cast({{{{ read_as('{kind}', 'written') }}}} as varchar) end" for kind in KINDS
    )
    sql = warehouse.dbt("--quiet", "compile", "--inline", f"select kind, written, coalesce({read}) as read from given.numbers")
    found = {(kind, written): value for kind, written, value in warehouse.query(sql)}
    expected = {(kind, written): value for kind, written, value in READ}
    as_numbers = [{key: Decimal(value) if value else None for key, value in values.items()} for values in (found, expected)]
    wrong = {key: (value, as_numbers[1][key]) for key, value in as_numbers[0].items() if value != as_numbers[1][key]}
    assert not wrong and len(found) == len(READ)


def test_a_floating_point_column_is_read_by_its_digits(warehouse):
    """Prices of Parquet files are often floats: 9.99 isn't 9.98999977111816, nor 12.34 a little more."""
    sql = warehouse.dbt("--quiet", "compile", "--inline", "select {{ read_as('price', 'f') }}, {{ read_as('rate', 'd') }} from floats")
    rows = warehouse.query(f"with floats as (select 9.99::float as f, 99999999.99::double as d) {sql}")
    assert rows == [(Decimal("9.99"), Decimal("99999999.99"))]


def test_a_price_is_hashed_as_it_was_with_fewer_decimals(warehouse):
    """Or every closed month would be called restated by the build that has the longer types."""
    texts = [f"{{{{ digits_as_text('{kind}', 'cast({number} as ' ~ type_of('{kind}') ~ ')') }}}}" for kind, number in (
        ("price", "100"), ("price", "-9.99"), ("price", "999999999999.9999999"), ("price", "0.0000025"), ("rate", "1.1"), ("rate", "0.123456789"),
    )]  # fmt: skip
    found = warehouse.query(warehouse.dbt("--quiet", "compile", "--inline", f"select {', '.join(texts)}"))
    assert found == [
        ("100.000000", "-9.990000", "999999999999.99999990000000", "0.00000250000000", "1.10000000", "0.1234567890000000")
    ]


def test_a_price_times_a_quantity_loses_no_digit(warehouse):
    """Rounded once, halves away from zero, whichever branch works it out."""
    products = drawn_products()
    warehouse.load("given", {"products": (["price", "quantity"], [dict(zip(("price", "quantity"), row)) for row in products])})
    typed = "cast(price as {{ type_of('price') }}) as price, cast(quantity as {{ type_of('decimal') }}) as quantity"
    product = "select price, quantity, {{ price_of_quantity('price', 'quantity') }}"
    sql = warehouse.dbt("--quiet", "compile", "--inline", f"{product} from (select {typed} from given.products)")
    rows = warehouse.query(sql)
    with localcontext() as exact:
        exact.prec = 60
        wrong = [
            (price, quantity, found)
            for price, quantity, found in rows
            if found != (price * quantity).quantize(CENTS, ROUND_HALF_UP)
        ]
        split = sum(price != price.quantize(CENTS) for price, _, _ in rows)
    assert not wrong and len(rows) == len(products) and split > 500


def test_an_amount_at_a_rate_is_exact(warehouse):
    """Also by the two products that Redshift takes it in, which DuckDB works out here."""
    chance = random.Random(96)
    amounts = [
        (f"{Decimal(chance.randrange(-(10 ** chance.randint(1, 16)), 10 ** chance.randint(1, 16))).scaleb(-4):f}",
         f"{Decimal(chance.randrange(1, 10 ** chance.randint(1, 20))).scaleb(-16):f}")
        for _ in range(2000)
    ] + [("1000000000", "0.0000333333333333"), ("-0.0001", "0.0000000000000001"), ("9999999999999999.9999", "1")]  # fmt: skip
    warehouse.load("given", {"amounts": (["amount", "rate"], [dict(zip(("amount", "rate"), row)) for row in amounts])})
    typed = "cast(amount as {{ type_of('total') }}) as amount, cast(rate as {{ type_of('rate') }}) as rate"
    ways = ", ".join(f"{{{{ cs_metrics.{engine}__amount_at_rate('amount', 'rate') }}}}" for engine in ("default", "redshift"))
    products = f"select amount, rate, {{{{ in_reporting_currency('amount', 'rate') }}}}, {ways}"
    sql = warehouse.dbt("--quiet", "compile", "--inline", f"{products} from (select {typed} from given.amounts)")
    rows = warehouse.query(sql)
    with localcontext() as exact:
        exact.prec = 60
        wrong = [row for row in rows if any(found != row[0] * row[1] for found in row[2:])]
    assert not wrong and len(rows) == len(amounts)
