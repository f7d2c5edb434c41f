-- One row per feed × word for a topic that no taxonomy knows, with the records that have it.
select feed, word, records
from core.unmapped_topics
order by feed, word
