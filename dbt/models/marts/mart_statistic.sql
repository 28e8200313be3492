{%- set counts = [
    'subjects', 'known', 'unknown', 'events',
    'patients', 'known_patients', 'unknown_patients', 'event_patients', 'other_patients',
] -%}

-- The figures that reports and benchmarks of the paper ask for, as counts and quartiles by center; the
-- intervals are those of registry.statistics. Subjects for whom it is not known are counted apart.
with

subjects as (

    select
        *,
        is_event is not null or value is not null as is_known
    from ({{ statistic_subjects() | indent(4) }})
    where is_asked

),

counted as (

    select
        statement_id,
        statistic,
        center_id,
        by_group,
        count(*) as subjects,
        {{ counted('is_known') }} as known,
        {{ counted('not is_known') }} as unknown,
        {{ counted('is_event') }} as events,
        {{ counted_patients('true') }} as patients,
        {{ counted_patients('is_known') }} as known_patients,
        {{ counted_patients('not is_known') }} as unknown_patients,
        {{ counted_patients('is_event') }} as event_patients,
        {{ counted_patients('not is_event') }} as other_patients,
        quantile_cont(value, 0.25) as lower_quartile,
        quantile_cont(value, 0.5) as median,
        quantile_cont(value, 0.75) as upper_quartile
    from subjects
    group by grouping sets (
        (statement_id, statistic, by_group, center_id),
        (statement_id, statistic, by_group)
    )

),

-- A figure that nobody is asked of counts nobody; of groups it cannot say which there would be.
ungrouped as (

    {%- for figures in var('statistics').values() %}
    {%- for figure in figures if not figure.by %}
    select '{{ figure.statement_id }}' as statement_id, '{{ figure.statistic }}' as statistic
    union all
    {%- endfor %}
    {%- endfor %}
    select null, null where 1 = 0

),

unioned as (

    select * from counted
    union all by name
    select
        statement_id,
        statistic,
        'all' as by_group
        {%- for count in counts %},
        0 as {{ count }}
        {%- endfor %}
    from ungrouped
    anti join counted using (statement_id, statistic)

),

final as (

    select
        statement_id,
        statistic,
        center_id,
        center_id is null as is_all_centers,
        by_group
        {%- for count in counts %},
        {{ count }}
        {%- endfor %},
        lower_quartile,
        median,
        upper_quartile
    from unioned

)

select * from final
