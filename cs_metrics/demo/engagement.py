"""What surrounds the billing: users and their usage, surveys, tickets, reps and segments of an account."""

from bisect import bisect_right
from functools import lru_cache

from cs_metrics.demo import catalogue as cat
from cs_metrics.demo.clock import (
    DAY, FIRST_MONTH, HISTORY_START, NOW, at, day_of, is_weekday, month_of, month_start, stamp,
)
from cs_metrics.demo.contract import row_type
from cs_metrics.demo.life import Account

TELEMETRY_START = at(2025, 9, 1)
CLOSE_LOOK_START = at(2026, 6, 1)
LEAVING_REP = 2
MOODS = (0.13, 0.17, 0.21, 0.25, 0.29, 0.34, 0.40, 0.49, 0.60, 0.74)  # from where on the score is 1, 2, ... 10


class User:
    """A seat holder and the time for which the seat is theirs."""

    __slots__ = ("id", "start", "end", "zeal")

    def __init__(self, id, start, zeal):
        self.id, self.start, self.end, self.zeal = id, start, None, zeal


def soon(moment: int, chance) -> str:
    """When a row arrived that the systems exchange within the hour."""
    return stamp(moment + 30 + int(chance() * 3000))


def spells(account: Account) -> list[tuple[int, int]]:
    """The times in which an account uses the product, up to now."""
    found = []
    for subscription in account.subscriptions:
        end = NOW if subscription.end is None else min(subscription.end, NOW)
        if subscription.start < end and subscription.status != "incomplete":
            found.append((subscription.start, end))
    return found


# --- users and usage ---------------------------------------------------------------------------------------------


def users_of(account: Account, chance) -> list[User]:
    """Users follow the seats: most seats are taken within weeks, and given back when seats go or the service ends."""
    users = []
    for subscription in account.subscriptions:
        if subscription.start >= NOW or subscription.status == "incomplete":
            continue
        active, taken = [], 0
        for term in subscription.items[1].terms:
            if term.start >= NOW:
                break
            wanted = max(1, term.quantity * 17 // 20)
            for _ in range(wanted - taken):
                start = term.start + int(chance() * chance() * 40 * DAY)
                if start < NOW - DAY and (subscription.end is None or start < subscription.end):
                    user = User(f"U{account.number}-{len(users) + 1}", start, chance())
                    users.append(user)
                    active.append(user)
            for _ in range(taken - wanted):
                if active and active[-1].start < term.start:
                    active.pop().end = term.start
            taken = wanted
        for user in active:
            user.end = subscription.end if subscription.end is None or subscription.end <= NOW else None
            if chance() < 0.08:
                left = user.start + int((30 + chance() * 500) * DAY)
                if left < NOW and (user.end is None or left < user.end):
                    user.end = left
    return users


def user_rows(account: Account, users: list[User], chance):
    """One row a user."""
    row = row_type("users")
    for user in users:
        yield row(
            billing_entity=account.entity, user_id=user.id, account_id=account.id, activated_at=stamp(user.start),
            deactivated_at=stamp(user.end), loaded_at=soon(user.start, chance),
        )


def usage_rows(account: Account, users: list[User], chance):
    """A user's days: every account's first value, a sample since telemetry began, a few accounts in full of late."""
    row, seen = row_type("usage_events"), set()

    def used(user, day, feature, count):
        key = (user.id, day, feature)
        if key in seen:
            return None
        seen.add(key)
        arrived = (day + 1) * DAY + 3 * 3600
        if chance() < 0.01:
            arrived += (14 + int(chance() * 10)) * DAY
        return row(
            billing_entity=account.entity, usage_date=day_of(day * DAY), account_id=account.id, user_id=user.id,
            feature=feature, event_count=count, minutes=None if feature == "api_call" else 1 + int(count * chance() * 6),
            loaded_at=stamp(arrived),
        )

    if not users:
        return
    first = users[0]
    until = min(NOW, first.end or NOW)
    for feature, days in (("login", 3), ("report_created", 60)):
        moment = first.start + int(chance() * chance() * days * DAY)
        if moment < until and chance() < 0.85:
            yield used(first, moment // DAY, feature, 1)
    dense = account.index % 25 == 11
    for start, end in spells(account):
        month = max(month_of(start), month_of(TELEMETRY_START))
        while month_start(month) < end:
            opens, closes = max(start, month_start(month)), min(end, month_start(month + 1))
            for _ in range(1 + int(chance() * 4 * account.happiness)):
                moment = opens + int(chance() * (closes - opens))
                user = users[int(chance() * chance() * len(users))]
                if is_weekday(moment) and user.start <= moment and (user.end is None or moment < user.end):
                    feature = cat.pick(chance(), cat.FEATURES)
                    event = used(user, moment // DAY, feature, 1 + int(chance() * chance() * 30))
                    if event:
                        yield event
            month += 1
        if dense:
            for day in range(max(start, CLOSE_LOOK_START) // DAY + 1, end // DAY):
                for user in users[:12]:
                    is_there = user.start < day * DAY and (user.end is None or user.end > (day + 1) * DAY)
                    if is_weekday(day * DAY) and is_there and chance() < 0.1 + 0.5 * user.zeal * user.zeal:
                        event = used(user, day, cat.pick(chance(), cat.FEATURES), 1 + int(chance() * chance() * 40))
                        if event:
                            yield event


# --- surveys and tickets -----------------------------------------------------------------------------------------


def comment(score_share: float, chance) -> str | None:
    """A comment on one theme, in the mood of the score; most people leave none."""
    if chance() > 0.45:
        return None
    themes = list(cat.COMMENTS)
    mood = 0 if score_share <= 0.6 else 1 if score_share < 0.9 else 2
    return cat.COMMENTS[themes[int(chance() * len(themes))]][mood]


def nps_score(account: Account, chance) -> int:
    """0 to 10: happy accounts lean to the top."""
    mood = account.happiness * 0.6 + chance() * 0.62
    return bisect_right(MOODS, mood)


def survey_rows(account: Account, users: list[User], tickets, chance):
    """Invitations and the fewer answers: a quarterly relationship survey, one after tickets, CSAT after onboarding."""
    invitation_row, response_row = row_type("survey_invitations"), row_type("survey_responses")
    count = 0

    def ask(survey, kind, user, moment, scale, answer_odds, score):
        nonlocal count
        count += 1
        low, high = scale
        yield invitation_row(
            billing_entity=account.entity, invitation_id=f"V{account.number}-{count}", survey_id=survey,
            account_id=account.id, respondent_id=user.id, delivered_at=stamp(moment), loaded_at=soon(moment, chance),
        )
        answered = moment + 600 + int(chance() * chance() * 9 * DAY)
        if chance() < answer_odds and answered < NOW:
            late = chance() < 0.02
            skipped = chance() < 0.02
            yield response_row(
                billing_entity=account.entity, response_id=f"R{account.number}-{count}", survey_id=survey,
                survey_type=kind, account_id=account.id, respondent_id=user.id,
                score=None if skipped else score, scale_min=low, scale_max=high,
                comment=comment((score - low) / (high - low), chance), responded_at=stamp(answered),
                loaded_at=stamp(answered + 20 * DAY) if late else soon(answered, chance),
            )

    def someone(moment):
        active = [user for user in users[:20] if user.start <= moment and (user.end is None or moment < user.end)]
        return active[int(chance() * len(active))] if active else None

    last_month = month_of(NOW)
    for month in range(FIRST_MONTH + 2, last_month + 1, 3):
        moment = month_start(month) + 8 * DAY + 9 * 3600 + int(chance() * 3 * 3600)
        if moment >= NOW or not any(start + 45 * DAY < moment < end for start, end in spells(account)):
            continue
        user = someone(moment)
        if user is None:
            continue
        year, quarter = 2022 + month // 12, month % 12 // 3 + 1
        yield from ask(
            f"nps-{year}-q{quarter}", "relationship", user, moment, (0, 10), 0.34, nps_score(account, chance)
        )
        if month == FIRST_MONTH + 14 and account.entity == "acme-eu":
            moment += 20 * DAY
            user = someone(moment)
            if user:
                score = max(1, nps_score(account, chance))
                yield from ask("nps-eu-pulse-2023", "relationship", user, moment, (1, 10), 0.4, score)
    for opened, closed in tickets:
        user = someone(closed) if closed else None
        if user and chance() < 0.45:
            score = max(0, min(10, nps_score(account, chance) + int(chance() * 3) - 1))
            yield from ask("nps-after-ticket", "transactional", user, closed + 3600, (0, 10), 0.38, score)
    for start, end in spells(account)[:1]:
        moment = start + 40 * DAY
        if moment < min(end, NOW) and account.tier != "basic" and (user := someone(moment)):
            score = 1 + nps_score(account, chance) * 2 // 5
            yield from ask("csat-onboarding", "csat", user, moment, (1, 5), 0.5, score)


def tickets_of(account: Account, chance) -> list[tuple[int, int | None]]:
    """When tickets were opened and closed."""
    tickets = []
    for start, end in spells(account):
        moment = start
        while True:
            moment += int((10 + chance() * 500) * DAY * (0.6 + account.happiness))
            if moment >= min(end, NOW):
                break
            closed = moment + 1800 + int(chance() * chance() * 6 * DAY)
            tickets.append((moment, closed if closed < NOW else None))
    return tickets


def ticket_rows(account: Account, tickets, chance):
    """One row a ticket."""
    row = row_type("support_tickets")
    for number, (opened, closed) in enumerate(tickets, 1):
        score = 1 + nps_score(account, chance) * 2 // 5
        yield row(
            billing_entity=account.entity, ticket_id=f"T{account.number}-{number}", account_id=account.id,
            opened_at=stamp(opened), closed_at=stamp(closed), priority=cat.pick(chance(), cat.PRIORITIES),
            satisfaction_score=score if closed and chance() < 0.3 else None, loaded_at=soon(opened, chance),
        )


# --- reps and segments -------------------------------------------------------------------------------------------


def rep_count(size: int) -> int:
    """How many reps a company of that many accounts has."""
    return max(4, size // 60)


@lru_cache(maxsize=2)
def rep_starts(reps: int) -> list[int]:
    """When each rep joined, in order: the first two at the launch, the others over the first three years."""
    return [HISTORY_START if rep < 2 else month_start(FIRST_MONTH + rep * 34 // reps) for rep in range(reps)]


def some_rep(reps: int, moment: int, chance, busy: int | None = None) -> int:
    """A rep who has joined by a moment and stays; not the busy one."""
    joined = bisect_right(rep_starts(reps), moment)
    without = sorted(one for one in (LEAVING_REP, busy) if one is not None and one < joined)
    rep = int(chance() * (joined - len(without)))
    for other in without:
        rep += rep >= other
    return rep


def rep_rows(size: int):
    """The reps: some change their hours, one has left."""
    row, reps = row_type("csms"), rep_count(size)
    for rep in range(reps):
        start = rep_starts(reps)[rep]
        name = cat.REP_NAMES[rep % len(cat.REP_NAMES)]
        common = {"csm_id": f"C{rep + 1:02d}", "csm_name": name, "team": ("Americas", "EMEA", "Strategic")[rep % 3]}
        changed = at(2025, 4, 1) if rep % 4 == 1 and start < at(2025, 4, 1) else None
        left = at(2026, 7, 1) if rep == LEAVING_REP else None
        yield row(
            **common, fte="1.0", valid_from=stamp(start), valid_to=stamp(changed or left), loaded_at=stamp(start + 3600)
        )
        if changed:
            yield row(
                **common, fte="0.6", valid_from=stamp(changed), valid_to=stamp(left), loaded_at=stamp(changed + 3600)
            )


def assignment_rows(account: Account, size: int, chance):
    """The account's reps: none for most small accounts, two who share for some large ones, a hand-over now and then."""
    row, reps = row_type("csm_assignments"), rep_count(size)
    lives = spells(account)
    if not lives or chance() < {"basic": 0.75, "pro": 0.12, "enterprise": 0.03}[account.tier]:
        return
    start, end = lives[0][0] + int(chance() * 10 * DAY), account.subscriptions[-1].end
    start -= start % DAY
    until = min(end, NOW) if end else NOW
    if start >= until:
        return
    rep = some_rep(reps, start, chance)

    def assigned(rep, share, start, end):
        return row(
            billing_entity=account.entity, account_id=account.id, csm_id=f"C{rep + 1:02d}", share=share,
            valid_from=stamp(start), valid_to=stamp(end), loaded_at=stamp(start + 4 * 3600),
        )

    if account.tier == "enterprise" and chance() < 0.4:
        other = some_rep(reps, start, chance, busy=rep)
        yield assigned(rep, "0.6", start, end)
        yield assigned(other, "0.4", start, end)
        return
    handover = start + int(200 + chance() * 500) * DAY
    if chance() < 0.35 and handover < until:
        yield assigned(rep, None, start, handover)
        yield assigned(some_rep(reps, handover, chance, busy=rep), None, handover, end)
    else:
        yield assigned(rep, None, start, end)


def segment_rows(account: Account, chance):
    """Tier, territory and acquisition channel of an account; the tier follows the plan, a territory may change hands."""
    row = row_type("account_segments")

    def dated(name, values):
        for (start, value), following in zip(values, values[1:] + [(None, None)]):
            if following[0] != start:
                yield row(
                    billing_entity=account.entity, account_id=account.id, segment_name=name, segment_value=value,
                    valid_from=stamp(start), valid_to=stamp(following[0]), loaded_at=stamp(start + 1800),
                )

    tiers = [(account.created, cat.SEGMENT_OF_TIER[account.subscriptions[0].tier_changes[0][1]])]
    for subscription in account.subscriptions:
        for start, tier in subscription.tier_changes:
            value = cat.SEGMENT_OF_TIER[tier]
            if tiers[-1][1] != value and tiers[-1][0] < start < NOW:
                tiers.append((start, value))
    yield from dated("tier", tiers)
    territories = [(account.created, account.territory)]
    if chance() < 0.1:
        moved = month_start(min(month_of(account.created) + 3 + int(chance() * 20), month_of(NOW)))
        others = [one for one in cat.TERRITORIES[account.entity] if one != account.territory]
        if moved > account.created:
            territories.append((moved, others[int(chance() * 2)]))
    yield from dated("territory", territories)
    yield from dated("channel", [(account.created, account.channel)])
