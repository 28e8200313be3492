{%- set asked = var('parameters') -%}

with

recoveries as (

    select * from {{ ref('int_count_recovery') }}

),

courses as (

    select * from {{ ref('stg_course') }}

),

-- A count that was never seen below is there from the first run on. A platelet count is free of transfusion only
-- where all transfusions are listed.
final as (

    select
        recoveries.center_id,
        recoveries.case_id,
        case recoveries.lineage when 'neutrophils' then 'neutrophil_recovery' else 'platelet_recovery' end as endpoint,
        recoveries.day_0 as last_dose_day,
        case
            when recoveries.outcome = 'never below' then recoveries.first_run_day
            else recoveries.recovery_day
        end as recovery_day,
        recoveries.last_count_day,
        recoveries.competing_day
    from recoveries
    inner join courses
        on courses.center_id = recoveries.center_id
        and courses.case_id = recoveries.case_id
        and courses.course_no = recoveries.course_no
    where recoveries.is_first_course
        and recoveries.clock = 'last dose'
        and recoveries.threshold_e9_per_l = case recoveries.lineage
            when 'neutrophils' then {{ asked.neutrophil_recovery_e9_per_l }}
            else {{ asked.platelet_recovery_e9_per_l }}
        end
        and (recoveries.lineage = 'neutrophils' or courses.transfusion_list_complete)

)

select * from final
