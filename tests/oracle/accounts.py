"""Who the paying customer is: the account, or the one at the top of its group."""

from oracle import accepted
from oracle.company import Company

BY_PARENT = ("standard_by_parent",)
GENERATIONS = 5


def customer_of(company: Company, policy: str, account_id: str | None) -> str | None:
    """The customer that an account counts as by the policy; None where it isn't known, or is a test account."""
    known = accepted.accounts(company)
    if account_id not in known:
        return None
    return top_of(account_id, known) if policy in BY_PARENT else account_id


def top_of(account_id: str, known: dict) -> str:
    """The topmost ancestor within five generations; the account itself where its parents go in a circle."""
    line = [account_id]
    while len(line) <= GENERATIONS and known[line[-1]].get("parent_account_id") in known:
        parent = known[line[-1]]["parent_account_id"]
        if parent in line:
            return account_id
        line.append(parent)
    return line[-1]
