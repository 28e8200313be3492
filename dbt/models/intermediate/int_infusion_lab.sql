{%- set tests = ['alt_u_per_l', 'ast_u_per_l', 'ldh_u_per_l'] -%}

with

windows as (

    select * from {{ ref('int_infusion_window') }}

),

blood_counts as (

    select * from {{ ref('stg_blood_count') }}

),

-- Infusions among the samples; a sample of the same day comes before the cells.
stream as (

    select
        center_id,
        case_id,
        sample_day as stream_day,
        0 as is_infusion,
        0 as infusion_no,
        {{ tests | join(',\n        ') }}
    from blood_counts
    where coalesce({{ tests | join(', ') }}) is not null
    union all
    select
        center_id,
        case_id,
        infusion_day as stream_day,
        1 as is_infusion,
        infusion_no
        {%- for test in tests %},
        cast(null as double) as {{ test }}
        {%- endfor %}
    from windows

),

carried as (

    select
        *
        {%- for test in tests %},
        last_value({{ test }} ignore nulls) over (
            partition by center_id, case_id order by stream_day, is_infusion, infusion_no
            rows unbounded preceding
        ) as last_{{ test }}
        {%- endfor %}
    from stream

),

baselines as (

    select * from carried
    where is_infusion = 1

),

compared as (

    select
        windows.center_id,
        windows.case_id,
        windows.infusion_no,
        blood_counts.sample_day,
        blood_counts.temperature_max_c
        {%- for test in tests %},
        blood_counts.{{ test }} is not null as has_{{ test }},
        -- Twice a low value is still a low value.
        blood_counts.{{ test }} >= {{ var('parameters').ldh_floor_u_per_l if test == 'ldh_u_per_l'
                else var('parameters').liver_floor_u_per_l }}
            and blood_counts.{{ test }}
                >= {{ var('parameters').liver_rise_factor }} * baselines.last_{{ test }} as {{ test }}_rose
        {%- endfor %}
    from blood_counts
    inner join windows
        on windows.center_id = blood_counts.center_id
        and windows.case_id = blood_counts.case_id
        and blood_counts.sample_day between windows.first_sign_day and windows.last_sign_day
    inner join baselines
        on baselines.center_id = windows.center_id
        and baselines.case_id = windows.case_id
        and baselines.infusion_no = windows.infusion_no

),

final as (

    select
        center_id,
        case_id,
        infusion_no,
        sample_day,
        temperature_max_c,
        case
            when {% for test in tests %}{{ ' or ' if not loop.first }}{{ test }}_rose{% endfor %} then true
            -- A value with nothing to hold it against.
            when
                {%- for test in tests %}
                {{ 'or ' if not loop.first }}(has_{{ test }} and {{ test }}_rose is null)
                {%- endfor %}
                then cast(null as boolean)
            when {% for test in tests %}{{ ' or ' if not loop.first }}has_{{ test }}{% endfor %} then false
        end as liver_values_rose
    from compared

)

select * from final
