with

complications as (

    select * from {{ ref('stg_complication') }}
    where kind in ('acute GVHD', 'chronic GVHD')

),

final as (

    select
        center_id,
        case_id,
        kind,
        onset_day,
        case when kind = 'acute GVHD' then cast(agvhd_grade as bigint) end as center_grade,
        case
            when kind = 'acute GVHD'
                then {{ acute_gvhd_grade(
                    'agvhd_skin_stage', 'agvhd_liver_stage', 'agvhd_lower_gi_stage', 'agvhd_upper_gi_stage'
                ) }}
        end as magic_grade,
        case
            when kind = 'acute GVHD'
                then {{ glucksberg_grade('agvhd_skin_stage', 'agvhd_liver_stage', 'agvhd_lower_gi_stage') }}
        end as glucksberg_grade,
        case when kind = 'chronic GVHD' then cgvhd_severity end as center_severity,
        case
            when kind = 'chronic GVHD'
                then {{ chronic_gvhd_severity(
                    'cgvhd_max_organ_stage', 'cgvhd_organs', 'cgvhd_lung_stage'
                ) }}
        end as nih_severity,
        case
            when kind = 'acute GVHD'
                then 'skin ' || {{ number_text('agvhd_skin_stage') }}
                    || ', liver ' || {{ number_text('agvhd_liver_stage') }}
                    || ', lower gut ' || {{ number_text('agvhd_lower_gi_stage') }}
                    || ', upper gut ' || {{ number_text('agvhd_upper_gi_stage') }}
            else 'worst organ ' || {{ number_text('cgvhd_max_organ_stage') }}
                || ', organs ' || {{ number_text('cgvhd_organs') }}
                || ', lung ' || {{ number_text('cgvhd_lung_stage') }}
        end as stages
    from complications

)

select * from final
