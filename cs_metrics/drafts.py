"""Drafts the blocks of a mapping for a folder: which file, column and value is which of the contract's, and how sure that is.

The grounds are names (`synonyms`), values (`profiles`) and references: the share of a column's values that are in another file's key.
Every entry has a remark that begins with `sure`, `likely`, `check`, or `decide` for what no file can tell.
"""

from dataclasses import dataclass, field

import duckdb

from cs_metrics import contract
from cs_metrics.contract import Table
from cs_metrics.formats import currencies_of, signs_of
from cs_metrics.mapping import ENTITY_COLUMN
from cs_metrics.operators import comparable
from cs_metrics.profiles import NO, YES, Profile, has_repeated, plain_words, profiles, share_found
from cs_metrics.sources import Source, quoted
from cs_metrics.synonyms import SIMILAR, Amount, Synonyms

ITEMS = ("product_id", "plan_id", "charge_type", "interval_unit", "interval_count", "quantity", "currency")
OWN_KEYS = {
    "invoices": "invoice_id", "subscriptions": "subscription_id", "support_tickets": "ticket_id", "survey_responses": "response_id",
    "invoice_lines": "invoice_line_id", "survey_invitations": "invitation_id", "discounts": "discount_id", "users": "user_id",
}  # fmt: skip
"""Keys that the number of a row can stand for."""
EMPTY_WORDS = ("data", "export", "extract", "dump", "table", "list", "report", "all", "full", "final", "history")
"""Words at the end of a file's name that say nothing of what is in it."""
FOUND = 0.9
"""The share of values that have to be in another file's key, for a column to refer to it."""


@dataclass
class Match:
    """A column of a file for a column of the contract."""

    profile: Profile
    score: float

    @property
    def remark(self) -> str:
        """How sure it is."""
        if not self.profile.filled:
            return "check: the column is empty"
        if self.score >= 1:
            return "sure: same name"
        return "likely: its name usually means this" if self.score > SIMILAR else "check: only the name is similar"


@dataclass
class Entry:
    """A column of a block: what it is made of, and how sure that is. Without a value it is a gap to fill."""

    value: object
    remark: str
    is_gap: bool = False


@dataclass
class Draft:
    """A block of the proposal."""

    table: Table
    source: Source
    entries: dict[str, Entry] = field(default_factory=dict)
    one_row_per: list[str] = field(default_factory=list)


class Proposer:
    """Looks at the files of a folder and drafts the blocks of a mapping."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, sources: list[Source], entity: str) -> None:
        self.connection = connection
        self.sources = {source.name: source for source in sources}
        self.entity = entity
        self.tables = contract.tables()
        self.synonyms = Synonyms()
        self.profiles = {source.name: profiles(connection, source) for source in sources}
        self.words = file_words(sources)
        self.parts: dict[str, list[Source]] = {}
        """The files that each table is taken from; the first is the one that was looked at."""
        self.left_out: dict[str, str] = {}
        self.missing: list[str] = []
        self.drafts: list[Draft] = []
        """The blocks, in the contract's order."""
        self.choose()
        self.draft()

    # Which file is which table

    def columns_of(self, source: Source, *but: str) -> list[Profile]:
        """The profiles of a file's columns."""
        return [profile for name, profile in self.profiles[source.name].items() if name not in but]

    def assign(self, source: Source, table: str, only: tuple[str, ...] = (), but: tuple[str, ...] = ()) -> dict[str, Match]:
        """The best column of a file for each column of a table, by name, where the values fit; each column once."""
        pairs = []
        for column in self.tables[table].columns:
            if only and column.name not in only:
                continue
            for profile in self.columns_of(source, *but):
                score = self.synonyms.column_score(table, column.name, profile.words)
                if score and profile.fits(column.kind) and self.is_plausible(table, column.name, profile):
                    pairs.append((score, column.is_required, column.name, profile))
        found: dict[str, Match] = {}
        for score, _, name, profile in sorted(pairs, key=lambda pair: (-pair[0], not pair[1])):
            if name not in found and all(match.profile is not profile for match in found.values()):
                found[name] = Match(profile, score)
        return found

    def is_plausible(self, table: str, column: str, profile: Profile) -> bool:
        """Whether a column's values can be codes where the contract wants codes."""
        if column == "currency" and profile.filled:
            return profile.currencies == profile.filled
        if column in ("product_id", "plan_id") and self.synonyms.amount([profile]):
            return False
        if self.synonyms.known_values(table, column) and profile.filled:
            return bool(profile.values) and not profile.fits("timestamp") and not profile.fits("decimal")
        return True

    def names_one(self, source: Source, table: str, column: str) -> bool:
        """Whether a file refers to something that the table has no column for, by which it can be looked up."""
        if column in self.tables[table].column_names:
            return False
        return any(self.synonyms.column_score(table, column, profile.words) > SIMILAR for profile in self.columns_of(source))

    def score(self, source: Source, table: str) -> float:
        """How well a file fits a table; 0 where it lacks what the table needs."""
        name = self.synonyms.table_score(table, self.words[source.name])
        found = self.assign(source, table)
        if not all(
            any(column in found or self.names_one(source, table, column) for column in group) for group in self.synonyms.needs(table)
        ):
            return 0
        amount = self.synonyms.amount(self.columns_of(source, *(match.profile.name for match in found.values() if match.score >= 1)))
        if table == "accounts" and name < 2 and not found["account_id"].profile.is_key:
            return 0
        exact = sum(match.score >= 1 for match in found.values())
        required = [column.name for column in self.tables[table].columns if column.is_required]
        is_told_by_columns = bool(amount) if table == "subscriptions" else exact >= len(required) / 2
        if name == 0 and not is_told_by_columns:
            return 0
        return 2 * name + 0.3 * len(found) + 0.1 * exact + (2 if table == "subscriptions" and amount else 0)

    def choose(self) -> None:
        """Choose the file, or the like files, for each table."""
        best: dict[str, list[tuple[float, Source]]] = {}
        for source in self.sources.values():
            scores = {table: self.score(source, table) for table in self.tables}
            table = max(scores, key=lambda each: scores[each])
            if scores[table]:
                best.setdefault(table, []).append((scores[table], source))
            else:
                self.left_out[source.name] = "no table of the contract fits its columns"
        for table, candidates in best.items():
            candidates.sort(key=lambda pair: -pair[0])
            first = candidates[0][1]
            self.parts[table] = [first]
            for _, source in candidates[1:]:
                if set(source.columns) == set(first.columns):
                    self.parts[table].append(source)
                else:
                    self.left_out[source.name] = f"looks like {table}, for which {first.name} fits better"
        if "subscriptions" not in self.parts:
            self.choose_subscriptions()

    def choose_subscriptions(self) -> None:
        """Where no file is one of subscriptions: one that has a customer, a date and an amount says as much."""
        for table, sources in self.parts.items():
            found = self.assign(sources[0], "subscriptions")
            amount = self.synonyms.amount(self.columns_of(sources[0]))
            if (
                table in ("accounts", "products", "users")
                and amount
                and {"account_id", "account_name"} & set(found)
                and "started_at" in found
            ):
                self.parts["subscriptions"] = sources
                return
        self.missing.append(
            "subscriptions: no file has customers with a start date and a price. What would serve: a list of contracts, "
            "subscriptions or their periods, one row each, with the customer, the first day, the last day and the price."
        )

    # What is drafted

    def draft(self) -> None:
        """Draft a block for each table and file."""
        drafts: dict[str, Draft] = {}
        for table, sources in self.parts.items():
            if table not in ("accounts", "products", "subscriptions", "subscription_items"):
                drafts[table] = self.simple(table, sources[0])
        if "subscriptions" in self.parts:
            self.draft_subscriptions(drafts)
        for table in ("accounts", "products"):
            if table in self.parts:
                drafts[table] = self.simple(table, self.parts[table][0])
        if "invoices" in drafts and "invoice_lines" not in drafts:
            self.draft_lines(drafts)
        self.settle_references(drafts)
        if "accounts" not in drafts and "subscriptions" in drafts:
            drafts["accounts"] = self.accounts_of(drafts["subscriptions"])
        for name in self.tables:
            if name in drafts:
                self.fill(drafts[name])
                self.drafts += self.with_parts(drafts[name])

    def with_parts(self, draft: Draft) -> list[Draft]:
        """The draft for each of the like files."""
        sources = next((sources for sources in self.parts.values() if sources[0] is draft.source), [draft.source])
        return [Draft(draft.table, source, draft.entries, draft.one_row_per) for source in sources]

    def simple(self, table: str, source: Source) -> Draft:
        """A block whose columns are those of the file."""
        draft = Draft(self.tables[table], source)
        for name, match in self.assign(source, table).items():
            draft.entries[name] = self.entry(table, name, match)
        if table == "usage_events":
            for profile in self.columns_of(source):
                divisor = self.synonyms.minutes_divisor(profile.words)
                if divisor and profile.fits("decimal") and "minutes" not in draft.entries:
                    draft.entries["minutes"] = Entry({"column": profile.name, "divide_by": divisor}, "likely: its name says the unit")
        if table == "accounts" and "created_at" not in draft.entries and "subscriptions" in self.parts:
            self.first_start(draft)
        return draft

    def entry(self, table: str, name: str, match: Match) -> Entry:
        """A column with its remark, translated where the contract has codes."""
        if not self.synonyms.known_values(table, name) or not match.profile.values:
            return Entry(match.profile.name, match.remark)
        return self.translated(table, name, match)

    def translated(self, table: str, name: str, match: Match) -> Entry:
        """A code column with the contract's word for each of its own."""
        values, known = match.profile.values, self.synonyms.known_values(table, name)
        meanings = {value: known.get(plain_words(value)) or known.get(contract.word_of(value)) for value in values}
        own = {value: meaning for value, meaning in meanings.items() if meaning and meaning not in (plain_words(value), contract.word_of(value))}
        strange = [repr(value) for value, meaning in meanings.items() if not meaning]
        value = {"column": match.profile.name, "values": own} if own else match.profile.name
        if strange:
            (column,) = (column for column in self.tables[table].columns if column.name == name)
            allowed = ", ".join(contract.allowed_words(column) or dict.fromkeys(known.values()))
            return Entry(value, f"decide: what is {', '.join(strange[:4])}{' ...' if strange[4:] else ''}? the contract knows {allowed}")
        return Entry(value, match.remark if not own else f"likely: all {len(values)} values are known")

    def first_start(self, draft: Draft) -> None:
        """An account that doesn't say since when it is one came to be with its first subscription."""
        source = self.parts["subscriptions"][0]
        found = self.assign(source, "subscriptions")
        customer = found.get("account_id") or found.get("account_name")
        if not customer or "started_at" not in found or source is draft.source:
            return
        theirs = customer.profile.name
        for key in ("account_id", "account_name"):
            own = draft.entries.get(key)
            if own and share_found(self.connection, source, theirs, draft.source, own.value) >= FOUND:
                start = {"lookup": source.name, "by": {own.value: theirs}, "column": found["started_at"].profile.name, "take": "min"}
                draft.entries["created_at"] = Entry(start, "check: no column says it, so the start of the first subscription")
                return

    def draft_subscriptions(self, drafts: dict[str, Draft]) -> None:
        """Subscriptions, their items and, where no file lists them, the products."""
        source = self.parts["subscriptions"][0]
        draft = Draft(self.tables["subscriptions"], source)
        found = self.assign(source, "subscriptions")
        draft.entries = {name: self.entry("subscriptions", name, match) for name, match in found.items()}
        key = found.get("subscription_id")
        if key is None:
            draft.entries["subscription_id"] = Entry({"row_number": True}, "likely: the file has no id, so the number of the row")
        self.draft_status(draft, found)
        ended = found.get("ended_at")
        if ended and self.is_inclusive(source, found):
            draft.entries["ended_at"] = Entry(
                {"column": ended.profile.name, "plus": "1 day"}, "check: the next start is the day after, so it is the last day of service"
            )
        elif ended and ended.profile.filled:
            draft.entries["ended_at"].remark += "; the first day without service (for the last day with it: {column: ..., plus: 1 day})"
        drafts["subscriptions"] = draft
        items = self.parts.get("subscription_items", [source])[0]
        if items is source:
            drafts["subscription_items"] = self.items_of(draft, found)
            if key and has_repeated(self.connection, source, [key.profile.name]):
                self.by_terms(draft, drafts["subscription_items"], found)
        else:
            drafts["subscription_items"] = self.simple("subscription_items", items)
            self.draft_price(drafts["subscription_items"], ())
        if "products" not in self.parts:
            drafts["products"] = self.products_of(drafts["subscription_items"])

    def draft_status(self, draft: Draft, found: dict[str, Match]) -> None:
        """The status, where no column says it: from the end, and from yes/no columns."""
        if "status" in found:
            return
        ended = found.get("ended_at")
        status: object = {"value": "active"}
        inner: object = "active"
        remark = "check: no column says it, so all are active"
        if ended:
            status = inner = {"filled": ended.profile.name, "then": "cancelled", "else": "active"}
            remark = "likely: no column says it; one with an end is cancelled"
        for name in self.synonyms.content["flags"]:
            flag = self.synonyms.flag(name, self.columns_of(draft.source))
            if not flag:
                continue
            profile, answer = flag
            meant = [value for value in profile.values if value.lower() in (YES if answer == "yes" else NO)]
            if not meant:
                continue
            status = inner = {"column": profile.name, "values": {value: name for value in meant}, "else": inner}
            remark = f"likely: {profile.name} says who is {name}"
            if name == "trialing" and "trial_started_at" not in found and "started_at" in found:
                starts = {value: {"column": found["started_at"].profile.name} for value in meant}
                draft.entries["trial_started_at"] = Entry(
                    {"column": profile.name, "values": starts, "else": None}, "likely: a trial begins with its subscription"
                )
        draft.entries["status"] = Entry(status, remark)

    def is_inclusive(self, source: Source, found: dict[str, Match]) -> bool:
        """Whether an end is the last day with service: customers' next terms begin the day after, and not on the same day."""
        if not {"account_id", "started_at", "ended_at"} <= set(found):
            return False
        account, start, end = (quoted(found[name].profile.name) for name in ("account_id", "started_at", "ended_at"))
        dates = f"try_cast({start} as date) as start, try_cast({end} as date) as ending"
        rows = f"(select {comparable(account)} as account, {dates} from {source.scan})"
        ((after, same),) = self.connection.execute(
            f"select count(*) filter (where later.start = earlier.ending + 1), count(*) filter (where later.start = earlier.ending) "
            f"from {rows} as earlier join {rows} as later on earlier.account = later.account and later.start > earlier.start "
            "and later.start between earlier.ending and earlier.ending + 1"
        ).fetchall()
        return after > 3 * same

    def items_of(self, subscriptions: Draft, found: dict[str, Match]) -> Draft:
        """The items of a file of subscriptions: one for each."""
        source = subscriptions.source
        draft = Draft(self.tables["subscription_items"], source)
        taken = tuple(
            match.profile.name
            for name, match in found.items()
            if name in ("subscription_id", "account_id", "started_at", "ended_at", "status")
        )
        key = subscriptions.entries["subscription_id"]
        draft.entries["item_id"] = Entry(key.value, "likely: one item for each subscription")
        draft.entries["subscription_id"] = Entry(key.value, key.remark)
        for name, match in self.assign(source, "subscription_items", ITEMS, taken).items():
            draft.entries[name] = self.entry("subscription_items", name, match)
        self.draft_price(draft, taken)
        start = subscriptions.entries.get("started_at")
        if start:
            draft.entries["valid_from"] = Entry(start.value, "likely: the terms stand from the subscription's start")
        return draft

    def draft_price(self, draft: Draft, taken: tuple[str, ...]) -> None:
        """The price of an item and the time that it is for."""
        columns = self.columns_of(draft.source, *taken)
        amount = self.synonyms.amount(columns)
        interval = draft.entries.get("interval_unit")
        yearly = self.synonyms.amount(columns, "year")
        values = interval.value.get("values", {}) if interval and isinstance(interval.value, dict) else {}
        annual = [theirs for theirs, ours in values.items() if ours == "year"]
        if amount and amount.period == "month" and yearly and set(values.values()) == {"month", "year"}:
            cases = {theirs: self.price(draft, yearly) for theirs in annual}
            value = {"column": interval.value["column"], "values": cases, "else": self.price(draft, amount)}
            draft.entries["unit_amount"] = Entry(
                value, f"likely: {yearly.profile.name} where it is paid by year, else {amount.profile.name}"
            )
        elif amount and amount.period:
            draft.entries["unit_amount"] = Entry(self.price(draft, amount), f"likely: its name says that it is for a {amount.period}")
            draft.entries["interval_unit"] = Entry(
                {"value": amount.period}, f"likely: {amount.profile.name} is for a {amount.period}, however it is billed"
            )
            draft.entries.pop("interval_count", None)
        elif amount:
            remark = "check: is it the price of one unit"
            draft.entries["unit_amount"] = Entry(self.price(draft, amount), f"{remark} for one billing period?")
        else:
            self.price_of_plan(draft)
        if "interval_unit" not in draft.entries:
            draft.entries["interval_unit"] = Entry(
                {"value": "month"}, "decide: for which time is the price? day, week, month, quarter, year or once"
            )
        if "plan_id" in draft.entries and "product_id" not in draft.entries:
            draft.entries["product_id"] = Entry(draft.entries["plan_id"].value, "likely: no column for products, so the plan")
        elif "product_id" not in draft.entries:
            draft.entries["product_id"] = Entry({"value": "subscription"}, "check: no column for products or plans, so one for all")

    def price(self, draft: Draft, amount: Amount) -> object:
        """A price for one unit, in the currency's major unit."""
        quantity = draft.entries.get("quantity")
        if amount.is_total and quantity and isinstance(quantity.value, str):
            return {"column": amount.profile.name, "divide_by": quantity.value} if not amount.is_minor else {
                "add": [{"column": amount.profile.name, "divide_by": "100"}], "divide_by": quantity.value}  # fmt: skip
        return {"column": amount.profile.name, "divide_by": "100"} if amount.is_minor else amount.profile.name

    def price_of_plan(self, draft: Draft) -> None:
        """The price in the list of plans, where the subscription only names its plan."""
        plans = self.parts.get("products", [None])[0]
        amount = self.synonyms.amount(self.columns_of(plans)) if plans else None
        found = self.assign(plans, "products") if plans else {}
        for name in ("product_id", "plan_id"):
            own = draft.entries.get(name)
            if amount and own and isinstance(own.value, str) and "product_id" in found:
                key = found["product_id"].profile.name
                share = share_found(self.connection, draft.source, own.value, plans, key)
                if share >= FOUND:
                    by = {own.value: key}
                    value: object = {"lookup": plans.name, "by": by, "column": amount.profile.name}
                    if amount.is_minor:
                        value = {"add": [value], "divide_by": "100"}
                    draft.entries["unit_amount"] = Entry(value, f"likely: {share:.0%} of the plans are in {plans.name}")
                    draft.entries["product_id"] = Entry(own.value, f"likely: {share:.0%} of its values are in {plans.name}")
                    self.interval_of_plan(draft, plans, by, amount.period)
                    return

    def interval_of_plan(self, draft: Draft, plans: Source, by: dict[str, str], period: str | None) -> None:
        """The billing interval in the list of plans."""
        interval = self.assign(plans, "subscription_items", ("interval_unit", "currency"))
        if period:
            draft.entries["interval_unit"] = Entry({"value": period}, f"likely: the price's name says that it is for a {period}")
        elif "interval_unit" in interval and "interval_unit" not in draft.entries:
            value = {"lookup": plans.name, "by": by, "column": interval["interval_unit"].profile.name}
            translated = self.translated("subscription_items", "interval_unit", interval["interval_unit"])
            if isinstance(translated.value, dict):
                value["values"] = translated.value["values"]
            draft.entries["interval_unit"] = Entry(value, translated.remark)
        if "currency" in interval and "currency" not in draft.entries:
            draft.entries["currency"] = Entry(
                {"lookup": plans.name, "by": by, "column": interval["currency"].profile.name}, "likely: the plan's"
            )

    def by_terms(self, subscriptions: Draft, items: Draft, found: dict[str, Match]) -> None:
        """A file with several rows for a subscription has its terms: they are the items, and the subscription is all of them together."""
        subscriptions.one_row_per = ["subscription_id"]
        for name, entry in list(subscriptions.entries.items()):
            if name == "subscription_id":
                continue
            if name == "ended_at":
                del subscriptions.entries[name]
                items.entries["valid_to"] = Entry(entry.value, entry.remark)
            else:
                how = "min" if name == "started_at" else "last"
                subscriptions.entries[name] = Entry(
                    {how: entry.value}, f"check: several rows for a subscription, so the {'earliest' if how == 'min' else 'last'}"
                )
        if "ended_at" in found and "status" not in found:
            subscriptions.entries["status"] = Entry({"value": "active"}, "check: its terms say when it ends")

    def products_of(self, items: Draft) -> Draft:
        """The products that items name."""
        product = items.entries["product_id"]
        draft = Draft(self.tables["products"], items.source, one_row_per=["product_id"])
        draft.entries["product_id"] = Entry(product.value, "likely: one for each that is sold")
        name = product.value if isinstance(product.value, dict) and "value" in product.value else {"first": product.value}
        draft.entries["product_name"] = Entry(name, "likely: it is called by its key")
        return draft

    def accounts_of(self, subscriptions: Draft) -> Draft:
        """The customers that subscriptions name."""
        source = subscriptions.source
        draft = Draft(self.tables["accounts"], source, one_row_per=["account_id"])
        used = {"created_at"} | ({"account_id"} if "account_id" in subscriptions.entries else set())
        found = {name: match for name, match in self.assign(source, "accounts").items() if name not in used}
        for name, match in found.items():
            start = subscriptions.entries.get("started_at")
            if name not in ("account_id", "is_deleted") and not (start and match.profile.name == start.value):
                draft.entries[name] = Entry({"first": match.profile.name}, f"{match.remark}; the first that is filled")
        account, start = subscriptions.entries.get("account_id"), subscriptions.entries.get("started_at")
        if account:
            draft.entries["account_id"] = Entry(unwrapped(account.value), "likely: no file of customers, so those that subscriptions name")
        if start:
            draft.entries["created_at"] = Entry({"min": unwrapped(start.value)}, "likely: the start of the first subscription")
        return draft

    def draft_lines(self, drafts: dict[str, Draft]) -> None:
        """The lines of invoices that come without: one for each that has an amount."""
        invoices = drafts["invoices"]
        found = self.assign(
            invoices.source,
            "invoice_lines",
            but=tuple(
                entry.value
                for name, entry in invoices.entries.items()
                if isinstance(entry.value, str) and name not in ("account_id", "currency")
            ),
        )
        total, tax = invoices.entries.get("total_amount"), found.get("tax_amount")
        draft = Draft(self.tables["invoice_lines"], invoices.source)
        if "amount" in found:
            draft.entries["amount"] = Entry(found["amount"].profile.name, f"check: is it without tax? ({found['amount'].profile.name})")
        elif total and isinstance(total.value, str):
            value = {"add": [total.value], "subtract": [tax.profile.name]} if tax else total.value
            draft.entries["amount"] = Entry(value, "likely: the total without its tax" if tax else "check: is the total without tax?")
        else:
            return
        number = invoices.entries.get("invoice_id") or Entry({"row_number": True}, "likely: the file has no id, so the number of the row")
        repeated = isinstance(number.value, str) and has_repeated(self.connection, invoices.source, [number.value])
        draft.entries["invoice_line_id"] = Entry(
            {"row_number": True} if repeated else number.value, "likely: one line for each row of the file"
        )
        for name in ("invoice_id", "account_id", "currency"):
            if name in invoices.entries or name == "invoice_id":
                draft.entries[name] = Entry((invoices.entries.get(name) or number).value, "likely: the invoice's")
        for name, match in found.items():
            draft.entries.setdefault(name, self.entry("invoice_lines", name, match))
        if "charge_type" not in draft.entries:
            draft.entries["charge_type"] = Entry(
                {"value": "subscription"}, "decide: what is billed? The seed charge_code_rules lists the codes"
            )
        if repeated:
            invoices.one_row_per = ["invoice_id"]
            invoices.entries.pop("total_amount", None)
            for name, entry in invoices.entries.items():
                if name != "invoice_id":
                    invoices.entries[name] = Entry({"first": entry.value}, f"{entry.remark}; of the invoice's first row")
        drafts["invoice_lines"] = draft

    # What refers to what

    def settle_references(self, drafts: dict[str, Draft]) -> None:
        """Ids of accounts, subscriptions and invoices: how many of them are there, and where else one may come from."""
        for draft in drafts.values():
            for name, owner in (("account_id", "accounts"), ("subscription_id", "subscriptions"), ("invoice_id", "invoices")):
                target = drafts.get(owner)
                if draft.table.name == owner or name not in draft.table.column_names or not target:
                    continue
                key = target.entries.get(name)
                if not key or not isinstance(key.value, str) or (target.source is draft.source and name in draft.entries):
                    continue
                self.settle_reference(draft, name, target, key.value)
            self.through_another(draft, drafts)
            if draft.table.name == "usage_events":
                self.settle_usage(draft)

    def settle_reference(self, draft: Draft, name: str, target: Draft, key: str) -> None:
        """Say what share of a reference's values is there; without a column for it look for one by its values."""
        own = draft.entries.get(name)
        where = f"{target.table.name}.{name}"
        if own and isinstance(own.value, str):
            share = share_found(self.connection, draft.source, own.value, target.source, key)
            if share >= FOUND:
                own.remark = f"{'sure' if own.remark.startswith('sure') else 'likely'}: {share:.0%} of its values are in {where}"
            elif not self.by_name(draft, name, target, key):
                own.remark = f"check: only {share:.0%} of its values are in {where}"
        elif not own and any(column.name == name and column.is_required for column in draft.table.columns):
            shares = {
                profile.name: share_found(self.connection, draft.source, profile.name, target.source, key)
                for profile in self.columns_of(draft.source)
                if profile.distinct > 1 and not profile.fits("timestamp")
            }
            best = max(shares, key=lambda each: shares[each], default=None)
            if best and shares[best] >= FOUND and self.profiles[target.source.name][key].is_key:
                draft.entries[name] = Entry(best, f"likely: {shares[best]:.0%} of its values are in {where}")
            else:
                self.by_name(draft, name, target, key)

    def by_name(self, draft: Draft, name: str, target: Draft, key: str) -> bool:
        """An account that is referred to by its name and not by its key."""
        title = target.entries.get("account_name")
        if name != "account_id" or not title or not isinstance(title.value, str):
            return False
        for profile in self.columns_of(draft.source):
            if profile.distinct > 1 and share_found(self.connection, draft.source, profile.name, target.source, title.value) >= FOUND:
                value = {"lookup": target.source.name, "by": {profile.name: title.value}, "column": key}
                draft.entries[name] = Entry(value, f"likely: {profile.name} has the names of {target.source.name}")
                return True
        return False

    def through_another(self, draft: Draft, drafts: dict[str, Draft]) -> None:
        """An account that a row doesn't name, but its subscription or invoice does."""
        names = [column.name for column in draft.table.columns if column.is_required]
        if "account_id" not in names or "account_id" in draft.entries:
            return
        for owner, key_name in (("subscriptions", "subscription_id"), ("invoices", "invoice_id"), ("users", "user_id")):
            target = drafts.get(owner)
            if not target or target is draft:
                continue
            key, account = target.entries.get(key_name), target.entries.get("account_id")
            found = [
                profile
                for profile in self.columns_of(draft.source)
                if self.synonyms.column_score(draft.table.name, key_name, profile.words) > SIMILAR
            ]
            if not found or not key or not account or not isinstance(key.value, str) or not isinstance(account.value, str):
                continue
            share = share_found(self.connection, draft.source, found[0].name, target.source, key.value)
            if share >= FOUND:
                by: object = found[0].name if found[0].name == key.value else {found[0].name: key.value}
                value = {"lookup": target.source.name, "by": by, "column": account.value}
                draft.entries["account_id"] = Entry(
                    value, f"likely: {share:.0%} of {found[0].name} are in {target.source.name}, which has the account"
                )
                return

    def settle_usage(self, draft: Draft) -> None:
        """A day's usage: whose it is, and one row for each day, user and feature."""
        if "user_id" not in draft.entries:
            other = [
                profile
                for profile in self.columns_of(draft.source)
                if self.synonyms.column_score("usage_events", "subscription_id", profile.words) > SIMILAR
            ]
            account = draft.entries.get("account_id")
            if other:
                draft.entries["user_id"] = Entry(other[0].name, "check: no column for users, so the subscription stands for one")
            elif account:
                draft.entries["user_id"] = Entry(account.value, "check: no column for users, so the account stands for one")
        day = draft.entries.get("usage_date")
        key = [name for name in draft.table.key if name in draft.entries]
        columns = [entry.value for name in key if isinstance((entry := draft.entries[name]).value, str)]
        has_times = bool(day and any(len(value) > 10 for value in self.some_values(draft.source, str(day.value))))
        if has_times:
            day.value = {"date_of": day.value}
        if has_times or (columns and has_repeated(self.connection, draft.source, columns)):
            draft.one_row_per = [
                name for name in draft.table.key if name in draft.entries or name in self.synonyms.supplied("usage_events")
            ]
            for name in ("event_count", "minutes"):
                if name in draft.entries:
                    draft.entries[name] = Entry({"sum": draft.entries[name].value}, "likely: several rows for a day, so their sum")
            draft.entries.setdefault("event_count", Entry({"count": "rows"}, "likely: a row is an event"))
            for name in [name for name in draft.entries if name not in draft.one_row_per and name not in ("event_count", "minutes")]:
                draft.entries[name] = Entry({"first": draft.entries[name].value}, draft.entries[name].remark)

    def some_values(self, source: Source, column: str) -> list[str]:
        """A few values of a column."""
        name = quoted(column)
        return [value for (value,) in self.connection.execute(
            f"select cast({name} as varchar) from {source.scan} where {name} is not null limit 20").fetchall()]  # fmt: skip

    # Gaps

    def fill(self, draft: Draft) -> None:
        """Supply what the contract requires and the file lacks, or leave a gap that says what would serve."""
        supplied = self.synonyms.supplied(draft.table.name)
        for column in draft.table.columns:
            is_needed = column.is_required or column.name in supplied
            if not is_needed or column.name in draft.entries or column.name == ENTITY_COLUMN:
                continue
            if column.name in supplied:
                draft.entries[column.name] = Entry({"value": supplied[column.name]}, "check: no column says it, so one value for all")
            elif column.name == "currency" or column.name == "to_currency":
                draft.entries[column.name] = self.currency_of_signs(draft.source)
            elif column.name == "status" and draft.table.name == "invoices":
                paid = draft.entries.get("paid_at")
                value = {"filled": unwrapped(paid.value), "then": "paid", "else": "open"} if paid else {"value": "paid"}
                draft.entries["status"] = Entry({"first": value} if paid and draft.one_row_per else value, "check: no column says it")
            elif OWN_KEYS.get(draft.table.name) == column.name:
                draft.entries[column.name] = Entry({"row_number": True}, "likely: the file has no id, so the number of the row")
            else:
                draft.entries[column.name] = Entry(None, f"{column.kind}: {column.description}", is_gap=True)
                self.missing.append(
                    f"{draft.table.name}.{column.name}: no column of {draft.source.name} fits. What would serve: {column.description}"
                )


    def currency_of_signs(self, source: Source) -> Entry:
        """The currency that the sign beside all amounts of a file means, where it means one; else a question."""
        amount = self.synonyms.amount(self.columns_of(source))
        signs = signs_of(self.connection, source, amount.profile.name) if amount and amount.profile.type == "VARCHAR" else {}
        (sign,) = signs if len(signs) == 1 else (None,)
        currency, *others = currencies_of(sign) or ("USD",)
        if sign and not others:
            return Entry({"value": currency}, f"likely: all amounts have the sign {sign}")
        return Entry({"value": currency}, "decide: no column says it; which currency are the amounts in?")


def unwrapped(value: object) -> object:
    """A value without the choice among several rows around it."""
    if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in ("first", "last", "min", "max"):
        return next(iter(value.values()))
    return value


def file_words(sources: list[Source]) -> dict[str, str]:
    """Each file's name as it is compared: without numbers, words that say nothing, and words that all files begin with."""
    words = {source.name: [part for part in plain_words(source.stem).split("_") if not part.isdigit()] for source in sources}
    for parts in words.values():
        while len(parts) > 1 and parts[-1] in EMPTY_WORDS:
            parts.pop()
    while len(words) > 1 and all(len(parts) > 1 for parts in words.values()) and len({parts[0] for parts in words.values()}) == 1:
        words = {name: parts[1:] for name, parts in words.items()}
    return {name: "_".join(parts) for name, parts in words.items()}
