{%- set cut = var('release').get('data_cut') -%}
{%- set cut = "'" ~ (cut | string)[:10] ~ "'" if cut else 'cast(null as varchar)' -%}
{%- set origin_days = {'first_course': 'first_course_day', 'remission': 'remission_day'} -%}

-- How long a patient was observed after an origin, up to the day of a comparison, and how long it could have
-- been; of whom the endpoint is not known, no day. The registry keeps the year of diagnosis only, so what was possible is an interval.
with

endpoints as (

    select * from {{ ref('int_endpoint') }}

),

timelines as (

    select * from {{ ref('int_timeline') }}

),

patients as (

    select * from {{ ref('int_patient') }}

),

observed as (

    {%- for endpoint, origin, by_day in center_comparisons() %}
    {%- if not loop.first %}
    union all
    {%- endif %}
    select
        '{{ endpoint }}' as endpoint,
        '{{ origin }}' as origin,
        cast({{ by_day }} as bigint) as by_day,
        timelines.center_id,
        timelines.case_id,
        endpoints.time_days,
        endpoints.status,
        coalesce(least(endpoints.time_days, {{ by_day }}), 0) as observed_days,
        {{ days_since('patients.diagnosis_year', 12, 31, cut) }} - timelines.{{ origin_days[origin] }}
            as until_cut_lo,
        {{ days_since('patients.diagnosis_year', 1, 1, cut) }} - timelines.{{ origin_days[origin] }}
            as until_cut_hi
    from timelines
    inner join patients
        on patients.center_id = timelines.center_id
        and patients.case_id = timelines.case_id
    left join endpoints
        on endpoints.center_id = timelines.center_id
        and endpoints.case_id = timelines.case_id
        and endpoints.endpoint = '{{ endpoint }}'
        and endpoints.origin = '{{ origin }}'
    where timelines.{{ origin_days[origin] }} is not null
    {%- endfor %}

),

final as (

    select
        endpoint,
        origin,
        by_day,
        center_id,
        case_id,
        time_days,
        status,
        observed_days,
        -- Who had the event was followed to the end.
        case
            when status = 1 then observed_days
            else greatest(observed_days, least(by_day, coalesce(until_cut_lo, observed_days)))
        end as possible_days_lo,
        case
            when status = 1 then observed_days
            else greatest(observed_days, least(by_day, coalesce(until_cut_hi, by_day)))
        end as possible_days_hi
    from observed

)

select * from final
