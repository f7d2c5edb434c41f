"""An Open311 GeoReport v2 server, page by page: month by month, narrower where the server gives no more at once.

Nothing is assumed of how many requests a server gives at once, nor of its paging, for servers differ (50 to 6,260; pages
from 0, from 1, none, the last one again and again). An answer that has as many requests as the fullest so far may have
been cut off: then further pages are asked for, and where they bring nothing new, the two halves of its time.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from assets.fetch.files import Fetched, Notes, download, write_whole
from assets.fetch.georeport import Page, read
from assets.fetch.http import Missing, Polite, Refused, Unreachable, Wanted

DAY = 86_400
SETTLED = timedelta(days=2)  # after its end, a month is over in every zone, and its last requests are shown
FEWEST = 10  # no server is known to give fewer at once
FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
Files = list[tuple[str, bytes]]  # name and content
STYLES = [(form, zone) for form in ("json", "xml") for zone in ("Z", "")]  # a few servers refuse a time with its zone
MAPPING = """\
# How the requests of this server are read; docs/mapping.md shows every key.
jurisdiction: "{jurisdiction}"
# To fill in:
# constants: {{city: "0000000"}}   # the 7-digit place GEOID; without it these are residents' requests, of no city
# zone: America/New_York          # of times that have no offset
# values:
#   topic: {{"Words of the server": topic_id}}   # services.json lists its services
"""


@dataclass(frozen=True)
class Span:
    """From `start` to `end`, both UTC and both asked for: what was made at the very end comes twice, nothing is left out."""

    start: datetime
    end: datetime

    @property
    def name(self) -> str:
        return f"{short(self.start)}_{short(self.end)}"

    def halves(self) -> tuple["Span", "Span"]:
        """Whole days apart as long as there are several, then the last second of a day, for some servers filter by day."""
        seconds = int((self.end - self.start).total_seconds())
        if seconds < 2:
            return Span(self.start, self.start), Span(self.end, self.end)
        middle = self.start + timedelta(seconds=seconds // 2)
        if seconds >= 2 * DAY:
            middle = midnight(middle.date())
        elif seconds == DAY:
            middle = self.end - timedelta(seconds=1)
        return Span(self.start, middle), Span(middle, self.end)


@dataclass
class Server:
    """What has been learned of a server, and which months are done: HOME/fetch/open311-<folder>.json."""

    form: str = ""  # json or xml
    zone: str = ""  # what stands behind the times that it is asked for
    first_page: int | None = None  # how it numbers the page that it gives unasked: 0 or 1; None: not known
    pages: bool = True  # false once it was seen to cut off and not to page
    done: list[str] = field(default_factory=list)


class Desk:
    """Fetches the requests of one server into LANDING/requests/<jurisdiction or host>."""

    def __init__(
        self, polite: Polite, url: str, jurisdiction: str, landing: Path, notes: Notes, page_size: int | None = None
    ) -> None:
        place = jurisdiction or urlsplit(url).hostname or ""
        if not FOLDER.fullmatch(place):
            raise Refused(f"{place!r} cannot name a folder; expected letters, digits, dots and dashes, as boston.gov")
        self.polite, self.url, self.jurisdiction, self.size = polite, url.rstrip("/"), jurisdiction, page_size
        self.landing, self.folder, self.place = landing, landing / "requests" / place, place
        self.notes, self.state = notes, notes.folder / f"open311-{place}.json"
        self.server = self._known()
        self.fullest = 0  # requests in the fullest answer so far
        self.doubtful: list[tuple[Span, int]] = []
        self.wrote: list[Fetched] = []

    def fetch(
        self,
        since: date,
        until: date | None,
        now: datetime,
        again: bool = False,
        report: Callable[[str], None] = lambda line: None,
    ) -> list[Fetched]:
        """Every request made from `since` to before `until` (default: now), with services and a mapping beside them.

        A month that was fetched two days after its end, or later, is not fetched again unless `again`. Raises Refused.
        """
        self._services()
        self._mapping()
        for span in months(since, until or following_month(now.date())):
            if span.start >= now:
                break
            if span.name in self.server.done and not again:
                continue
            asked = Span(span.start, min(span.end, now))
            found, files = self._settle(asked, span.name, *self._pages(asked))
            for name, content in files:
                self._write(name, content)
            if span.end + SETTLED <= now and not any(
                asked.start <= s.start <= asked.end for s in self._still_doubtful()
            ):
                self.server.done = sorted({*self.server.done, span.name})
            self._remember()
            report(f"{span.name}: {len(found):,} requests")
        if doubtful := self._still_doubtful():
            raise Refused(
                f"{self.url}: from {short(doubtful[0].start)} on {self.fullest:,} requests came, as many as this server gives "
                "at once, and it neither pages nor filters more finely; there may be more: ask the city for its bulk export"
            )
        return self.wrote

    def _settle(self, span: Span, name: str, pages: list[Page], cut_off: bool) -> tuple[set[str], Files]:
        """The ids of all requests of a span, and its files: its own pages, or those of its halves where they hold more."""
        ids = {i for page in pages for i in page.ids}
        files = [(f"{name}_{number}.{self.server.form}", page.content) for number, page in enumerate(pages, 1)]
        if not cut_off:
            return ids, files
        answers = [(half, self._pages(half, False)) for half in span.halves()] if span.start < span.end else []
        if all(answer[0].ids == ids for _, (answer, _) in answers):  # it does not filter so finely
            self.doubtful.append((span, pages[0].count))
            return ids, files
        settled = [self._settle(half, half.name, *answer) for half, answer in answers]
        found = set().union(*(half_ids for half_ids, _ in settled))
        if not ids <= found:  # what was there is not in the halves, so that they prove nothing
            self.doubtful.append((span, pages[0].count))
        if found <= ids:
            return ids, files
        if self.server.first_page is None:
            self.server.pages = False
        halves = [file for _, half_files in settled for file in half_files]
        return found | ids, halves if ids <= found else files + halves

    def _pages(self, span: Span, further: bool = True) -> tuple[list[Page], bool]:
        """The pages of a span, and whether there may be more that they do not show.

        further: ask for further pages; where they brought nothing new for a longer span, they will not for its halves.
        """
        pages = [self._ask(span, None)]
        self.fullest = max(self.fullest, pages[0].count)
        if pages[0].count < max(self.fullest, FEWEST) or not (further and self.server.pages):
            return pages, pages[0].count >= max(self.fullest, FEWEST)
        ids, known = set(pages[0].ids), self.server.first_page
        for first in (0, 1) if known is None else (known,):
            number = first + 1
            while new := (page := self._ask(span, number)).ids - ids:
                pages.append(page)
                ids |= new
                if self.server.first_page is None and 2 * len(new) <= len(page.ids):
                    break  # the first page once more, with what was asked for meanwhile
                self.server.first_page = first
                if page.count < pages[0].count:
                    break
                number += 1
            if page.count == 0 or self.server.first_page is not None:
                return pages, False
        return pages, True

    def _still_doubtful(self) -> list[Span]:
        """Spans that may be cut off. A fuller answer that came later shows that a server gives more at once."""
        return [span for span, count in self.doubtful if count >= self.fullest]

    def _ask(self, span: Span, page: int | None) -> Page:
        """One answer. The first shows in which form the server speaks: JSON, else XML. Raises Refused."""
        known, refused = self.server, None
        for form, zone in [(known.form, known.zone)] if known.form else STYLES:
            query = {
                "jurisdiction_id": self.jurisdiction,
                "start_date": f"{span.start:%Y-%m-%dT%H:%M:%S}{zone}",
                "end_date": f"{span.end:%Y-%m-%dT%H:%M:%S}{zone}",
                "page_size": str(self.size or ""),
                "page": "" if page is None else str(page),
            }
            text = urlencode({k: v for k, v in query.items() if v})
            try:
                answer = read(self.polite.read(Wanted(f"{self.url}/requests.{form}?{text}", expects=form)), self.url)
            except Unreachable:
                raise
            except Refused as error:
                if page is not None and isinstance(error, Missing):  # behind the last page
                    return Page(b"", 0, frozenset())
                refused = refused or error
                continue
            known.form, known.zone = form, zone
            return answer
        raise refused or Refused(self.url)

    def _services(self) -> None:
        """The list of services, in the form that the server has it; one without any still has requests."""
        query = "?" + urlencode({"jurisdiction_id": self.jurisdiction}) if self.jurisdiction else ""
        for form in ("json", "xml"):
            url, folder = f"{self.url}/services.{form}{query}", f"requests/{self.place}"
            wanted = Wanted(url, folder, f"services.{form}", expects=form)
            try:
                self.wrote.append(download(self.polite, wanted, self.landing, self.notes))
                return
            except Unreachable:
                raise
            except Refused:
                continue

    def _mapping(self) -> None:
        path = self.folder / "mapping.yml"
        if not path.exists():
            write_whole(path, MAPPING.format(jurisdiction=self.place).encode())

    def _write(self, name: str, content: bytes) -> None:
        path = self.folder / name
        state = "changed" if path.exists() else "new"
        if state == "changed" and path.read_bytes() == content:
            state = "unchanged"
        else:
            write_whole(path, content)
        self.wrote.append(Fetched(f"requests/{self.place}/{name}", state, len(content)))

    def _known(self) -> Server:
        try:
            return Server(**json.loads(self.state.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):  # none yet, or damaged: then everything is fetched
            return Server()

    def _remember(self) -> None:
        write_whole(self.state, json.dumps(asdict(self.server), indent=1).encode())


def months(since: date, until: date) -> Iterator[Span]:
    """Calendar months, the first from `since` on and the last to before `until`."""
    while since < until:
        end = min(following_month(since), until)
        yield Span(midnight(since), midnight(end))
        since = end


def following_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def short(instant: datetime) -> str:
    """2014-03-01, or 2014-03-01T120000 within a day."""
    return f"{instant:%Y-%m-%d}" if instant == midnight(instant.date()) else f"{instant:%Y-%m-%dT%H%M%S}"
