with

windows as (

    select * from {{ ref('int_infusion_window') }}

),

samples as (

    select * from {{ ref('int_chimerism_sample') }}
    where days_since_infusion <= {{ var('parameters').chimerism_days_after_infusion }}

),

-- A case without any row of the form may have been tested all the same.
recorded as (

    select distinct center_id, case_id from {{ ref('stg_chimerism') }}

),

tested as (

    select
        center_id,
        case_id,
        infusion_no,
        -- Several cell fractions of a sample are one test.
        count(distinct sample_day) as tests,
        {{ any_row('sees_micro') }} as evaluable,
        {{ any_row('sees_micro is null') }} as maybe_evaluable
    from samples
    group by center_id, case_id, infusion_no

),

final as (

    select
        windows.center_id,
        windows.case_id,
        windows.infusion_no,
        case
            when tested.infusion_no is not null then true
            when windows.is_followed_for_chimerism and recorded.case_id is not null then false
        end as chimerism_tested,
        {{ found_or_absent(
            'tested.evaluable', 'tested.maybe_evaluable', 'tested.infusion_no is not null'
        ) }} as chimerism_evaluable,
        case
            when tested.infusion_no is not null then cast(tested.tests as bigint)
            when windows.is_followed_for_chimerism and recorded.case_id is not null then cast(0 as bigint)
        end as chimerism_tests
    from windows
    left join recorded
        on recorded.center_id = windows.center_id
        and recorded.case_id = windows.case_id
    left join tested
        on tested.center_id = windows.center_id
        and tested.case_id = windows.case_id
        and tested.infusion_no = windows.infusion_no

)

select * from final
