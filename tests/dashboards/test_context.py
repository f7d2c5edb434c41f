"""A county's figure beside a city's own: on the page, and said to be the county's."""

import pytest
from small_release import TABLES, write_release

SPAN = "'2013-01-01'::date as period_start, '2013-12-31'::date as period_end"
CONTEXT = {
    "indicator_values": f"""select '4876000' as city_id, '4876000' as geo_id, 'place' as geo_level, 'population' as indicator,
        {SPAN}, 130000.0 as value, null::double as moe, 'persons' as unit, '2013' as vintage, 'census_population' as source,
        'value' as state, null as note, true as is_default""",
    "city_context": f"""select '4876000' as city_id, '48309' as geo_id, 'county' as geo_level,
        'unemployment_rate' as indicator, {SPAN}, 6.4 as value, null::double as moe, 'percent' as unit,
        '2014-04-18' as vintage, 'bls_laus' as source, null as note""",
}


@pytest.fixture
def page(tmp_path, monkeypatch, open_page):
    write_release(tmp_path, "2015-03-31-r1", tables=TABLES | CONTEXT)
    monkeypatch.setenv("CITIES311_HOME", str(tmp_path))
    return open_page("city", city="4876000")


def test_a_county_s_figure_is_shown_and_marked(page):
    assert not page.exception
    shown = [
        frame.value for frame in page.dataframe if "Indicator" in frame.value.columns or "name" in frame.value.columns
    ]
    rows = [tuple(map(str, row)) for row in shown[0].itertuples(index=False)]
    assert len(rows) == 2
    (county,) = [row for row in rows if "Unemployment rate" in row]
    assert "County 48309: context, not the city" in county and "6.4" in county
    (own,) = [row for row in rows if "Population" in row]
    assert "City" in own
