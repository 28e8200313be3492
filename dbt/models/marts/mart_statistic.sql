{%- set counts = [
    'subjects', 'known', 'unknown', 'events',
    'patients', 'known_patients', 'unknown_patients', 'event_patients', 'other_patients',
] -%}

-- The figures that reports and benchmarks of the paper ask for, as counts and quartiles by center; the
-- intervals are those of registry.statistics. Subjects for whom it is not known are counted apart.
with

-- Types of the columns, and the whole table when the consensus asks for no figure.
unioned as (

    select
        cast(null as varchar) as statement_id,
        cast(null as varchar) as statistic,
        cast(null as varchar) as center_id,
        cast(null as varchar) as by_group
        {%- for count in counts %},
        cast(null as bigint) as {{ count }}
        {%- endfor %},
        cast(null as double) as lower_quartile,
        cast(null as double) as median,
        cast(null as double) as upper_quartile
    where 1 = 0
    {%- for subject, figures in var('statistics').items() %}
    {%- for figure in figures %}
    union all
    {{ statistic_rows(subject, figure) | indent(4) }}
    {%- endfor %}
    {%- endfor %}

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
