"""Which segment an account is in: what revenue says of it, remembered, because every domain asks for it."""

from datetime import date

from oracle.revenue import Book, dimensions_of

WHOLE = ("all", "billing_entity")
__all__ = ["WHOLE", "dimensions_of", "segment_of"]


def segment_of(book: Book, customer: str | None, month: date, dimension: str) -> str | None:
    """The account's value of the dimension in the month; None for nobody known."""
    if customer is None:
        return None
    remembered = book.__dict__.setdefault("remembered_segments", {})
    if (customer, month) not in remembered:
        remembered[customer, month] = book.segments(customer, month)
    return remembered[customer, month][dimension]
