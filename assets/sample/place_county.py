"""Which county each city lies in, in the layout of the Census Bureau's list of places by county."""

from pathlib import Path

from assets.sample import files
from assets.sample.world import World

HEADER = "STATE|STATEFP|COUNTYFP|COUNTYNAME|PLACEFP|PLACENS|PLACENAME|TYPE|CLASSFP|FUNCSTAT"
NAME = "national_place_by_county2020.txt"


def write(folder: Path, world: World) -> dict[str, int]:
    """Writes one row a city; the sample takes each to lie in one county."""
    counties = {fips: name for fips, name, _ in world.counties}
    rows = [
        f"{city.state}|{city.geoid[:2]}|{city.county[2:]}|{counties.get(city.county, '')}|{city.geoid[2:]}||{city.name}"
        "|INCORPORATED PLACE|C1|A"
        for city in world.cities
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8", newline="\n")
    files.write_mapping(folder, {NAME: {"delivered_on": "2017-10-06"}})
    return {"links": len(rows)}
