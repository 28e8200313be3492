with

donors as (

    select * from {{ ref('stg_donor') }}

),

mobilisations as (

    select * from {{ ref('int_mobilisation') }}

),

-- A collection without a donor may be the first of any donor of the case.
unattributed as (

    select distinct center_id, case_id
    from mobilisations
    where donor_id is null

),

starts as (

    select
        center_id,
        case_id,
        donor_id,
        {{ min_if_all_known('start_day_lo') }} as first_start_day_lo,
        min(start_day_hi) as first_start_day_hi
    from mobilisations
    where donor_id is not null
    group by center_id, case_id, donor_id

),

joined as (

    select
        donors.*,
        starts.donor_id is not null as has_collection,
        unattributed.case_id is not null as may_have_collection,
        case when unattributed.case_id is null then starts.first_start_day_lo end as start_day_lo,
        starts.first_start_day_hi as start_day_hi
    from donors
    left join starts
        on starts.center_id = donors.center_id
        and starts.case_id = donors.case_id
        and starts.donor_id = donors.donor_id
    left join unattributed
        on unattributed.center_id = donors.center_id
        and unattributed.case_id = donors.case_id

),

final as (

    select
        center_id,
        case_id,
        donor_id,
        case
            when has_collection or role in ('cells infused', 'collected, not infused') then true
            when may_have_collection then cast(null as boolean)
            when role = 'considered only' then false
        end as collected,
        case
            when clearance is not null then clearance = 'cleared'
            when {{ missing_code('clearance') }} = 'not done' then false
        end as cleared,
        {%- for name, column in [
            ('examined', 'examination_day'), ('markers', 'infectious_markers_day')
        ] %}
        -- On the day itself nobody knows which came first.
        case
            when {{ column }} < start_day_lo then true
            when {{ column }} > start_day_hi then false
            when {{ missing_code(column) }} = 'not done' then false
        end as {{ name }}_before_mobilisation{{ ',' if not loop.last }}
        {%- endfor %}
    from joined

)

select * from final
