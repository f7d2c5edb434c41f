-- core.unmapped_topics: one row per feed × word for a topic that no taxonomy knows, with the records that have it.
select feed, word, records
from staging.unmapped_topics
order by feed, word
