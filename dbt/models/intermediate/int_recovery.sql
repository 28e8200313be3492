{%- set asked = var('parameters') -%}

with

recoveries as (

    select * from {{ ref('int_count_recovery') }}

),

-- A count that was never seen below is there from the first run on.
final as (

    select
        center_id,
        case_id,
        case lineage when 'neutrophils' then 'neutrophil_recovery' else 'platelet_recovery' end as endpoint,
        day_0 as last_dose_day,
        case when outcome = 'never below' then first_run_day else recovery_day end as recovery_day,
        last_count_day,
        competing_day
    from recoveries
    where is_first_course
        and clock = 'last dose'
        and threshold_e9_per_l = case lineage
            when 'neutrophils' then {{ asked.neutrophil_recovery_e9_per_l }}
            else {{ asked.platelet_recovery_e9_per_l }}
        end

)

select * from final
