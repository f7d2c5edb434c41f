"""The small release with the tables of the service pages: two cities, one engagement, a handful of rows each."""

from small_release import METRIC_ROW, TABLES

CURVE_KEYS = """null::varchar as engagement_id, null::varchar as dimension, null::varchar as dimension_value,
    null::varchar as basis, period_type, period, cause, t::double as t, at_risk, events, estimate::double as estimate,
    low::double as ci_low, high::double as ci_high"""
# 10 asked: 4 answered by 8 hours (6 of 10 wait), 2 more by 24 (4 of 10); Waco 3 asked, 1 answered by 8, 1 by 24
CURVES = f"""
    select metric, grain, city_id, null::varchar as topic, {CURVE_KEYS} from (values
        ('response_hours_median', 'network', null, 'to_date', 'to_date', 'first_reply', 8, 10, 4, 0.6, 0.25, 0.83),
        ('response_hours_median', 'network', null, 'to_date', 'to_date', 'first_reply', 24, 6, 2, 0.4, 0.12, 0.67),
        ('response_hours_median', 'city', '4876000', 'to_date', 'to_date', 'first_reply', 8, 3, 1, 0.667, 0.05, 0.94),
        ('response_hours_median', 'city', '4876000', 'to_date', 'to_date', 'first_reply', 24, 2, 1, 0.333, 0.01, 0.77),
        ('resolved_within_10d_pct', 'network', null, 'to_date', 'to_date', 'resolved', 16, 10, 5, 0.5, 0.2, 0.75),
        ('resolved_within_10d_pct', 'network', null, 'to_date', 'to_date', 'withdrawn', 40, 5, 1, 0.1, 0.01, 0.35)
    ) as v (metric, grain, city_id, period_type, period, cause, t, at_risk, events, estimate, low, high)"""
# to date: 2 of 3 engagements of the funnel started; E1 spent 120 % of its plan when 80 % of its time had passed
FIGURES = f"""
    select {
    METRIC_ROW.replace("'quarter' as period_type", "period_type")
    .replace("null::varchar as topic,", "topic,")
    .replace("null::varchar as engagement_id", "engagement_id")
    .replace("null::varchar as dimension,", "dimension,")
    .replace("null::varchar as dimension_value", "dimension_value")
    .replace("null::varchar as basis", "basis")
}
    from (select metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period,
        case period_type when 'quarter' then '2015-01-01' else '2014-05-22' end as period_start,
        '2015-03-31' as period_end, value, k, n, low, high, unit, state, reason,
        null as change, null as change_low, null as change_high from (values
        ('applications_received', 'network', null, null, null, null, null, null, 'to_date', 'to_date', 3, 3, null, null, null,
         'applications', 'value', null),
        ('engagements_started', 'network', null, null, null, null, null, null, 'to_date', 'to_date', 2, 2, null, null, null,
         'engagements', 'value', null),
        ('budget_spent_pct', 'engagement', null, null, 'E1', null, null, null, 'to_date', 'to_date', 120, 120, 100, null,
         null, 'percent of plan', 'value', null),
        ('time_elapsed_pct', 'engagement', null, null, 'E1', null, null, null, 'to_date', 'to_date', 80, 80, 100, null, null,
         'percent of plan', 'value', null),
        ('library_gap_pp', 'topic', null, 'housing', null, null, null, null, 'quarter', 'FY2015Q2', 12, null, null, null,
         null, 'percentage points', 'value', null),
        ('library_gap_pp', 'topic', null, 'budget', null, null, null, null, 'quarter', 'FY2015Q2', -12, null, null, null,
         null, 'percentage points', 'value', null),
        ('on_time_pct', 'network', null, null, null, 'size_quartile', '1', null, 'to_date', 'to_date', null, 6, 8, null,
         null, 'percent', 'withheld', 'fewer than 10'),
        ('on_time_pct', 'network', null, null, null, 'size_quartile', '4', null, 'to_date', 'to_date', 75, 12, 16, 50, 90,
         'percent', 'value', null),
        ('reach_pct', 'network', null, null, null, 'service', 'peer', 'then', 'quarter', 'FY2015Q2', null, 1, 2, null, null,
         'percent', 'withheld', 'fewer than 10'),
        ('use_rate', 'network', null, null, null, 'service', 'peer', 'then', 'quarter', 'FY2015Q2', 12.5, 1, 8, 0.3, 69,
         'uses per 100 eligible city-months', 'value', null),
        ('days_to_first_use', 'network', null, null, null, 'service', 'peer', null, 'quarter', 'FY2015Q2', null, 0, 0, null,
         null, 'days', 'not_computable', 'no city became eligible'),
        ('clearance_ratio', 'network', null, null, null, null, null, null, 'quarter', 'FY2015Q2', 0.8, 16, 20, null, null,
         'ratio', 'value', null),
        ('closed_unanswered_pct', 'network', null, null, null, null, null, null, 'quarter', 'FY2015Q2', null, 2, 7, null, null,
         'percent', 'withheld', 'fewer than 10'),
        ('peer_pairs', 'network', null, null, null, null, null, null, 'quarter', 'FY2015Q2', 1, 1, null, null, null,
         'pairs', 'value', null),
        ('answered_pct', 'topic', null, 'housing', null, null, null, null, 'quarter', 'FY2015Q2', null, 3, 4, null, null,
         'percent', 'withheld', 'fewer than 10'),
        ('answered_pct', 'topic', null, 'budget', null, null, null, null, 'quarter', 'FY2015Q2', 75, 9, 12, 47, 91,
         'percent', 'value', null),
        ('cost_per_answer_usd', 'network', null, null, null, null, null, null, 'to_date', 'to_date', 1250, 15000, 12, 900,
         1600, 'usd', 'value', null),
        ('engagements_on_time_pct', 'network', null, null, null, null, null, null, 'quarter', 'FY2015Q2', null, 1, 2, null,
         null, 'percent', 'withheld', 'fewer than 10'),
        ('use_rate', 'city', '4876000', null, null, 'service', 'desk', 'then', 'quarter', 'FY2015Q2', 300, 9, 3, 137, 569,
         'uses per 100 eligible city-months', 'value', null),
        ('satisfied_pct', 'network', null, null, null, null, null, null, 'quarter', 'FY2015Q2', 80, 16, 20, 58, 92,
         'percent', 'value', null)
    ) as v (metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type, period, value, k,
        n, low, high, unit, state, reason)) as w"""
SERVICE = TABLES | {
    "metric_values": f"{TABLES['metric_values']} union all by name {FIGURES}",
    "survival_curves": CURVES,
    "alerts": """select * from (values
        ('overdue_request', 'high', '4876000', 'housing', null, 'R1', date '2015-03-03', 28.0, 'Request R1 has no reply', 1),
        ('overdue_request', 'high', '1245000', 'budget', null, 'R2', date '2015-03-04', 27.0, 'Request R2 has no reply', 2),
        ('late_milestone', 'high', null, 'budget', 'E1', 'M1', date '2015-03-01', 30.0, 'Milestone M1 is not done', 3))
        as t (kind, severity, city_id, topic, engagement_id, subject, since_on, measure, sentence, sort_order)""",
    "engagements": """select 'E1' as engagement_id, 'Budget plan' as title, 'budget' as topic, 'light' as intensity,
        'Active' as status, date '2014-08-01' as starts_on, date '2015-06-01' as ends_on, null::date as completed_on,
        'Finance partner' as lead_partner, 100.00::decimal(18, 2) as planned_cost_usd, 1 as cities""",
    "engagement_cities": "select 'E1' as engagement_id, '4876000' as city_id, 1.0 as share",
    "milestones": """select 'M1' as milestone_id, 'E1' as engagement_id, 'Draft' as title, date '2015-03-01' as baseline_due,
        date '2015-03-01' as due, null::date as done_on""",
    "milestones_ahead": """select 'M1' as milestone_id, 'Draft' as title, 'late' as standing,
        date '2015-03-01' as baseline_due, date '2015-03-01' as due, 30 as days_late, 'E1' as engagement_id,
        'Budget plan' as engagement_title, 'Finance partner' as lead_partner""",
    "partner_workload": """select 'Finance partner' as partner, 4 as open_requests, 1 as overdue_requests,
        6 as on_time_requests, 8 as due_requests, 1 as open_engagements, 0 as overdue_engagements, 1 as late_milestones,
        0 as milestones_ahead""",
    "application_funnel": """select 'FY2014Q4' as cohort, date '2014-07-01' as period_start, 3 as applied, 2 as approved,
        2 as started, 0 as completed, 1 as withdrawn, 0 as waiting, 0 as stopped""",
    "satisfaction_statement": """select 'network' as grain, null::varchar as city_id, null::varchar as topic,
        'quarter' as period_type, 'FY2015Q2' as period, 40.0 as low_pct, 90.0 as high_pct,
        'Three in four of those who answered, but others could change this.' as statement""",
    "equity_tests": """select 'size_quartile' as dimension, 'to_date' as period_type, 'to_date' as period, 0.04 as p_value,
        null::varchar as reason""",
    "city_leagues": """select *, 'on_time_pct' as metric, 'to_date' as period_type, 'to_date' as period, 'pooled' as pooling
        from (values ('4876000', 6.0, 8.0, null, 78.0, 60.0, 90.0, null, null),
                     ('0644000', 0.0, 0.0, null, null, null, null, null, null),
                     ('0667000', 1.0, 2.0, null, 20.0, 5.0, 39.0, null, null),
                     ('1245000', 10.0, 20.0, 50.0, 55.0, 40.0, 70.0, 1, 2),
                     ('4835000', 12.0, 20.0, 60.0, 57.0, 42.0, 72.0, 1, 2))
        as t (city_id, numerator, denominator, raw, pooled, pooled_low, pooled_high, rank_low, rank_high)""",
    "reach_bases": """select metric, service, 'quarter' as period_type, 'FY2015Q2' as period, value_then::double as value_then,
        value_now::double as value_now, state_then, state_now, 8 as cities_then, 311 as cities_now, differs, why
        from (values
        ('reach_pct', 'peer', null, 0.3, 'withheld', 'value', true, 'of 311 cities eligible now 303 were not then'),
        ('reach_pct', 'library', 50.0, 50.0, 'value', 'value', false, null),
        ('reach_pct', 'desk', 87.5, 2.3, 'value', 'value', true, 'of 311 cities eligible now 303 were not then'))
        as t (metric, service, value_then, value_now, state_then, state_now, differs, why)""",
    "peer_links": """select '1245000' as city_a, '4876000' as city_b, 2 as events, date '2014-10-01' as first_on,
        date '2015-01-15' as last_on""",
    "peer_cities": """select * from (values ('1245000', 2, 1, false), ('4876000', 2, 1, false), ('0644000', 0, 0, true))
        as t (city_id, events, cities_met, never_connected)""",
    "library_use": """select 'U1' as use_id, date '2015-02-02' as used_on, '4876000' as city_id, 'housing' as topic,
        'search' as action, 0 as results""",
    "silent_cities": """select '4876000' as city_id, 'to_date' as period_type, 'to_date' as period, 9 as eligible_months,
        1 as observed, 9.5 as expected, 4.0 as expected_low, 16.0 as expected_high, 8.5 as silent_requests, true as is_silent""",
    "unmapped_topics": "select 'requests' as feed, 'parks' as word, 3 as records",
    "topic_gates": "select 'quarter' as period_type, 'FY2015Q2' as period, 5.0 as limit_pct, false as blocks",
    "target_results": """select 'on_time_pct' as metric, 'FY2015' as period, '4876000' as city_id, null::varchar as topic,
        90.0 as target, 70.0 as value, 'value' as state, null::varchar as reason, false as met,
        null::varchar as reason_missed, true as needs_reason""",
}
