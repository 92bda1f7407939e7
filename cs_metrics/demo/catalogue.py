"""What the demo company is and sells: entities, countries, products, prices, and the words its customers use."""

from typing import NamedTuple


class Interval(NamedTuple):
    """A billing period: how the contract writes it, its length, and its price in quarters of a month's price."""

    name: str
    unit: str
    count: int
    months: int
    price_quarters: int


WEEK = Interval("week", "week", 1, 0, 1)
MONTH = Interval("month", "month", 1, 1, 4)
QUARTER = Interval("quarter", "quarter", 1, 3, 12)
YEAR = Interval("year", "year", 1, 12, 40)
TWO_YEARS = Interval("2years", "year", 2, 24, 76)

INTERVALS_BY_TIER = (
    ((WEEK, 3), (MONTH, 61), (QUARTER, 12), (YEAR, 24)),
    ((WEEK, 1), (MONTH, 46), (QUARTER, 14), (YEAR, 35), (TWO_YEARS, 4)),
    ((MONTH, 22), (QUARTER, 14), (YEAR, 50), (TWO_YEARS, 14)),
)

TIERS = ("basic", "pro", "enterprise")
ADD_ONS = ("analytics", "security", "api", "priority")
CURRENCIES = ("USD", "EUR", "GBP")

# A month's list price in whole units of USD, EUR, GBP: the platform fee and a seat of each tier, the add-ons.
PLATFORM_FEE = {"basic": (99, 89, 79), "pro": (299, 279, 239), "enterprise": (990, 920, 790)}
SEAT_PRICE = {"basic": (29, 27, 23), "pro": (59, 55, 47), "enterprise": (99, 92, 79)}
ADD_ON_PRICE = {"analytics": (149, 139, 119), "security": (99, 92, 79), "api": (79, 74, 63), "priority": (249, 229, 199)}
COMMITTED_MINIMUM = (500, 460, 400)

# product id: name, family
PRODUCTS = {
    "basic": ("Acme Basic", "platform"),
    "pro": ("Acme Pro", "platform"),
    "enterprise": ("Acme Enterprise", "platform"),
    "analytics": ("Analytics", "add-ons"),
    "security": ("Security Pack", "add-ons"),
    "api": ("API Access", "add-ons"),
    "priority": ("Priority Support", "add-ons"),
    "messages": ("Messaging", "usage"),
    "setup": ("Set-up", "services"),
    "consulting": ("Consulting", "services"),
    "training": ("Training", "services"),
    "migration": ("Data Migration", "services"),
    "scanner": ("Badge Scanner", "hardware"),
    "carrier": ("Carrier Fees", "pass-through"),
}

# One-off charges: charge code, product, text, price in whole units, chance in ten thousand a month.
ONE_OFFS = (
    ("consulting", "consulting", "Consulting day", 1200, 90),
    ("training", "training", "Training session", 450, 70),
    ("one_off_add_on", "migration", "Data migration", 900, 50),
    ("hardware", "scanner", "Badge scanner", 180, 40),
    ("pass_through", "carrier", "Carrier fees", 60, 50),
    ("credit_adjustment", None, "Goodwill credit", -75, 60),
    ("credit_note", None, "Credit note", -120, 40),
)

SETUP_FEE = {"pro": 500, "enterprise": 2500}


class Country(NamedTuple):
    """Where an account is: its region, currency, tax in basis points, legal form and weight in its entity."""

    code: str
    region: str
    currency: str
    tax: int
    legal_form: str
    weight: int


ENTITIES = ("acme-us", "acme-eu")
ENTITY_CURRENCY = {"acme-us": "USD", "acme-eu": "EUR"}
COUNTRIES = {
    "acme-us": (
        Country("US", "North America", "USD", 0, "Inc.", 70),
        Country("US", "North America", "USD", 625, "LLC", 14),
        Country("CA", "North America", "USD", 500, "Corp.", 10),
        Country("BR", "Latin America", "USD", 0, "Ltda.", 6),
    ),
    "acme-eu": (
        Country("DE", "DACH", "EUR", 1900, "GmbH", 28),
        Country("FR", "Western Europe", "EUR", 2000, "SAS", 18),
        Country("NL", "Western Europe", "EUR", 2100, "B.V.", 10),
        Country("ES", "Southern Europe", "EUR", 2100, "S.L.", 8),
        Country("GB", "UK & Ireland", "GBP", 2000, "Ltd", 32),
        Country("AE", "Middle East", "EUR", 0, "FZE", 4),
    ),
}

INDUSTRIES = ("Software", "Retail", "Health", "Finance", "Manufacturing", "Education", "Logistics", "Media")
CHANNELS = (("paid_search", 24), ("paid_social", 14), ("content", 24), ("events", 10), ("partner", 13), ("outbound", 15))
TERRITORIES = {"acme-us": ("us-east", "us-central", "us-west"), "acme-eu": ("dach", "uki", "rest-of-emea")}
SEGMENT_OF_TIER = {"basic": "smb", "pro": "mid_market", "enterprise": "enterprise"}

NAME_STARTS = (
    "Alder", "Amber", "Beacon", "Birch", "Bright", "Canyon", "Cedar", "Clear", "Cobalt", "Copper", "Coral", "Delta",
    "Ember", "Falcon", "Fern", "Granite", "Harbor", "Hazel", "Indigo", "Iron", "Juniper", "Lark", "Linden", "Lunar",
    "Maple", "Meadow", "Mistral", "Nimbus", "North", "Oak", "Onyx", "Orchard", "Pine", "Quartz", "Raven", "River",
    "Saffron", "Silver", "Slate", "Summit", "Tidal", "Umber", "Vale", "Vector", "Willow", "Zephyr",
)
NAME_ENDS = (
    "Analytics", "Books", "Care", "Dental", "Energy", "Foods", "Freight", "Games", "Health", "Insurance", "Labs",
    "Learning", "Logistics", "Media", "Motors", "Networks", "Outfitters", "Partners", "Robotics", "Stores", "Studios",
    "Systems", "Textiles", "Travel", "Works",
)
REP_NAMES = (
    "Ana Ruiz", "Ben Okafor", "Chloe Martin", "David Kim", "Elif Yilmaz", "Femi Ade", "Greta Vogel", "Hugo Silva",
    "Ines Costa", "Jonas Weber", "Kavya Rao", "Liam Byrne",
)

# Comments per theme: what unhappy, lukewarm and happy people write.
COMMENTS = {
    "price": (
        "Too expensive for what we use.",
        "Good tool, but the price went up again.",
        "Fair price, worth every cent.",
    ),
    "support": (
        "Support took four days to answer.",
        "Support is friendly, if a little slow.",
        "Your support team is fantastic!",
    ),
    "bugs": (
        "Crashes every week, the export bug is still open.",
        'A few bugs, nothing "critical".',
        "Hardly ever see a bug any more.",
    ),
    "onboarding": (
        "Onboarding was confusing and nobody helped us.",
        "Onboarding was fine, documentation could be better.",
        "Onboarding was smooth, we were live in a week.",
    ),
    "features": (
        "Missing features that your competitors have.",
        "Reporting does the job, dashboards need work.",
        "Love the new dashboards.",
    ),
    "ease of use": (
        "Hard to use, my team gave up.",
        "Works, though the menus are hard to find.",
        "So easy to use - einfach großartig.",
    ),
}

FEATURES = (("login", 40), ("report_viewed", 25), ("report_created", 15), ("export", 10), ("api_call", 10))
PRIORITIES = (("low", 25), ("normal", 50), ("high", 19), ("urgent", 6))


def pick(chance: float, weighted):
    """The value that a chance between 0 and 1 falls on, out of (value, weight) pairs."""
    left = int(chance * sum(weight for _, weight in weighted))
    for value, weight in weighted:
        left -= weight
        if left < 0:
            return value
    raise ValueError("pick: the chance has to be below 1")


def list_price(month_prices, currency: str, interval: Interval) -> int:
    """The price of one billing period, in cents."""
    return month_prices[CURRENCIES.index(currency)] * 25 * interval.price_quarters
