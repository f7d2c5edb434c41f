"""What happens to each request at the desk: competing clocks drawn per request, then read off at any date of export."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from assets.sample.clock import Clock, instant
from assets.sample.topics import TOPICS, Topic
from assets.sample.world import LAUNCHED_ON, Bools, Floats, Ints, World, generator

NEVER = np.iinfo(np.int64).max // 4
LAST_DAY = date(2017, 10, 18)
SERVICE_LEVEL = 24 * 3600
# Shares of all requests, or of those that could have the thing.
NO_CITY, DUPLICATE, SPAM, TEST, BUSY_FORGOT, REOPENED = (0.06, 0.035, 0.008, 0.005, 0.25, 0.05)
# Two Fridays before a change of clocks and both readings of 1:30 on the night the hour repeats.
PLANTED = (1425675600, 1446237000, 1478410200, 1478413800)


@dataclass(frozen=True)
class Requests:
    """One entry per request, in order of submission; instants are seconds since 1970 UTC, NEVER where nothing happens.

    city: position in world.cities, -1 for callers without one; topic: position in TOPICS; duplicate: position of the
    request it repeats, or -1; closes: left unanswered by the desk; again: closed a second time after reopened.
    """

    city: Ints
    caller: Ints
    topic: Ints
    submitted: Ints
    response: Ints
    resolved: Ints
    withdrawn: Ints
    merged: Ints
    closes: Ints
    reopened: Ints
    again: Ints
    duplicate: Ints
    disposition: Ints
    marked_only: Bools
    spam: Bools
    test: Bools
    luck: Floats

    def __len__(self) -> int:
        return len(self.submitted)

    @cached_property
    def closed_at(self) -> Ints:
        """The first leaving of the open state."""
        closed: Ints = np.minimum.reduce([self.resolved, self.withdrawn, self.merged, self.closes])
        return closed


def weibull_hours(topic: Topic) -> float:
    """The scale, in business hours, at which the share of on_time replies falls within 24 business hours."""
    share = topic.on_time / (1 - topic.never)
    return 24.0 / float((-np.log(1 - share)) ** (1 / topic.shape))


def simulate(world: World, clock: Clock, rows: int) -> Requests:
    """Draws `rows` requests (at least 200)."""
    rng = generator(world.seed, "requests")
    city = _callers(world, rng, rows)
    submitted = _submitted(world, clock, city, rng)
    order = np.argsort(submitted, kind="stable")
    city, submitted = city[order], submitted[order]
    caller = np.where(city >= 0, 0, 1 + (rng.random(rows) * 3).astype(np.int64))
    shares = np.cumsum([t.share for t in TOPICS])
    topic = np.searchsorted(shares, rng.random(rows) * shares[-1], side="right").clip(0, len(TOPICS) - 1)
    duplicate = _duplicates(city, rng)
    topic = np.where(duplicate >= 0, topic[duplicate], topic)
    spam = (rng.random(rows) < SPAM) & (duplicate < 0)

    def waits(mean_hours: Floats | float) -> Ints:
        drawn: Ints = (-np.log1p(-rng.random(rows)) * mean_hours * 3600).astype(np.int64) + 60
        return drawn

    scale = np.array([weibull_hours(t) for t in TOPICS])[topic]
    shape = np.array([t.shape for t in TOPICS])[topic]
    never = rng.random(rows) < np.array([t.never for t in TOPICS])[topic]
    wait = (scale * 3600 * (-np.log1p(-rng.random(rows))) ** (1 / shape)).astype(np.int64) + 60
    response = np.where(never | spam, NEVER, clock.after(submitted, np.minimum(wait, 1500 * 3600)))
    withdrawn = clock.after(submitted, waits(1200.0))
    # The desk closes some unanswered: a clock that does not look at the reply to come, so replies stay well estimable.
    closes = np.where(rng.random(rows) < BUSY_FORGOT, NEVER, clock.after(submitted, 30 * 3600 + waits(220.0)))
    merged = np.where(duplicate >= 0, clock.after(submitted, waits(5.0)), NEVER)
    spam_end = np.where(spam, clock.after(submitted, waits(4.0)), NEVER)

    end = np.minimum.reduce([withdrawn, closes, merged, spam_end])
    response = np.where(response <= end, response, NEVER)
    answered = response < NEVER
    work = np.where(rng.random(rows) < 0.3, 0, waits(np.array([t.work_hours for t in TOPICS])[topic]))
    resolved = np.where(work == 0, response, clock.after(np.where(answered, response, submitted), work))
    resolved = np.where(answered & (rng.random(rows) > 0.04), resolved, spam_end)
    closes = np.where(answered, NEVER, closes)
    first = np.minimum.reduce([resolved, withdrawn, closes, merged])
    resolved, withdrawn = (np.where(at == first, at, NEVER) for at in (resolved, withdrawn))
    closes, merged = (np.where(at == first, at, NEVER) for at in (closes, merged))
    reopens = (resolved < NEVER) & ~spam & (rng.random(rows) < REOPENED)
    reopened = np.where(reopens, clock.after(np.where(reopens, resolved, submitted), waits(60.0)), NEVER)
    back = reopens & (rng.random(rows) < 0.75)
    again = np.where(back, clock.after(np.where(back, reopened, submitted), waits(30.0)), NEVER)
    return Requests(
        city, caller, topic, submitted, response, resolved, withdrawn, merged, closes, reopened, again,
        duplicate=np.where(merged < NEVER, duplicate, -1),
        disposition=_dispositions(answered, spam, rng),
        marked_only=rng.random(rows) < 0.15,
        spam=spam,
        test=(rng.random(rows) < TEST) & ~spam,
        luck=rng.random(rows),
    )  # fmt: skip


def _callers(world: World, rng: np.random.Generator, rows: int) -> Ints:
    """Which city calls: activity times days of eligibility. The planted first rows belong to the first busy pilot."""
    until = [min(to or LAST_DAY, LAST_DAY) for to in world.eligible_to]
    days = np.array([(end - start).days for start, end in zip(world.eligible_from, until, strict=True)])
    weight = np.cumsum(world.activity * days)
    city = np.searchsorted(weight / weight[-1], rng.random(rows), side="right").clip(0, len(days) - 1)
    city = np.where(rng.random(rows) < NO_CITY, -1, city)
    first = next(i for i in world.pilots if world.cities[i].wave == 1 and not world.silent[i])
    city[: len(PLANTED)] = first
    return city


def _submitted(world: World, clock: Clock, city: Ints, rng: np.random.Generator) -> Ints:
    """Mostly working hours of working days, more as the desk becomes known, within the city's eligibility."""
    rows = len(city)
    starts = np.array([(day - LAUNCHED_ON).days for day in world.eligible_from] + [0])[city]
    last = (LAST_DAY - LAUNCHED_ON).days
    ends = np.array([last if to is None else (to - LAUNCHED_ON).days for to in world.eligible_to] + [last])[city]
    day = starts + ((ends + 1 - starts) * rng.random(rows) ** 0.85).astype(np.int64)
    weekday = (day + LAUNCHED_ON.weekday()) % 7
    monday = day + 7 - weekday
    day = np.where((weekday >= 5) & (monday <= ends) & (rng.random(rows) < 0.8), monday, day)
    working = 8 * 3600 + (rng.random(rows) + rng.random(rows)) / 2 * 10 * 3600
    second = np.where(rng.random(rows) < 0.92, working, rng.random(rows) * 86_400).astype(np.int64)
    midnights = np.array([instant(LAUNCHED_ON + timedelta(days=i)) for i in range(last + 2)])
    # On the short day of spring the last hour would belong to the next day.
    submitted: Ints = np.minimum(midnights[day] + second, midnights[day + 1] - 1)
    submitted[: len(PLANTED)] = PLANTED
    return submitted


def _duplicates(city: Ints, rng: np.random.Generator) -> Ints:
    """For a few requests the position of the same city's previous one, if that is no duplicate itself; else -1."""
    order = np.argsort(city, kind="stable")
    previous = np.full(len(city), -1)
    same = (city[order][1:] == city[order][:-1]) & (city[order][1:] >= 0)
    previous[order[1:]] = np.where(same, order[:-1], -1)
    marked = (rng.random(len(city)) < DUPLICATE) & (previous >= 0)
    chained = marked & marked[previous]
    found: Ints = np.where(marked & ~chained, previous, -1)
    return found


def _dispositions(answered: Bools, spam: Bools, rng: np.random.Generator) -> Ints:
    """Positions in the contract's list: answered, referred, out_of_scope, no_answer, spam."""
    draw = rng.random(len(answered))
    replied = np.searchsorted([0.88, 0.96], draw)
    unanswered = np.array([3, 1, 2])[np.searchsorted([0.6, 0.85], draw)]
    found: Ints = np.where(spam, 4, np.where(answered, replied, unanswered))
    return found
