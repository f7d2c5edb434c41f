-- metrics.equity_groups: one row per city × breakdown: the quartile of core.city_groups that the city stands in.
select city_id, 'size_quartile' as dimension, size_quartile as dimension_value
from core.city_groups
union all
select city_id, 'poverty_quartile' as dimension, poverty_quartile as dimension_value
from core.city_groups
