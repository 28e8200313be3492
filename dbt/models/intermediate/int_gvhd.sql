with

transplants as (

    select * from {{ ref('int_allo_day') }}

),

complications as (

    select reported.*
    from {{ ref('stg_complication') }} as reported
    left join transplants
        on transplants.center_id = reported.center_id
        and transplants.case_id = reported.case_id
    -- GVHD merely considered, as with every fever, is no suspicion of it (2.3-07, 2.3-08).
    where (reported.kind in {{ gvhd_kinds() }} or reported.suspicion_day is not null)
        and coalesce(reported.onset_day < transplants.allo_day, true)

),

windows as (

    select * from {{ ref('int_infusion_window') }}

),

followups as (

    select * from {{ ref('stg_followup') }}

),

samples as (

    select * from {{ ref('int_chimerism_sample') }}

),

measured as (

    select
        complications.center_id,
        complications.case_id,
        complications.kind,
        complications.onset_day,
        min(samples.sample_day) as first_sample_day
    from complications
    inner join samples
        on samples.center_id = complications.center_id
        and samples.case_id = complications.case_id
        and samples.sample_day >= complications.suspicion_day
    group by
        complications.center_id, complications.case_id, complications.kind, complications.onset_day

),

joined as (

    select
        complications.*,
        complications.kind in ('acute GVHD', 'chronic GVHD') as confirmed,
        measured.first_sample_day,
        followups.last_contact_day
            >= complications.suspicion_day + {{ var('parameters').gvhd_chimerism_late_days }}
            as is_followed,
        windows.infusion_no,
        windows.infusion_day
    from complications
    left join measured
        on measured.center_id = complications.center_id
        and measured.case_id = complications.case_id
        and measured.kind = complications.kind
        and measured.onset_day = complications.onset_day
    left join followups
        on followups.center_id = complications.center_id
        and followups.case_id = complications.case_id
    left join windows
        on windows.center_id = complications.center_id
        and windows.case_id = complications.case_id
        and windows.infusion_day < complications.onset_day
        and complications.onset_day <= coalesce(windows.next_infusion_day, complications.onset_day)

),

final as (

    select
        center_id,
        case_id,
        kind,
        onset_day,
        infusion_no,
        true as suspected,
        confirmed,
        case
            when first_sample_day is not null then true
            when is_followed or {{ missing_code('workup_day') }} = 'not done' then false
        end as chimerism_after_suspicion,
        first_sample_day - suspicion_day as days_to_chimerism,
        case
            when biopsy_day is not null then true
            when {{ missing_code('biopsy_day') }} in ('not done', 'not applicable') then false
        end as biopsied,
        workup_day - suspicion_day as days_to_workup,
        case
            when treatment_day is not null or gvhd_treatment is not null then true
            when {{ missing_code('treatment_day') }} in ('not done', 'not applicable')
                or {{ missing_code('gvhd_treatment') }} in ('not done', 'not applicable') then false
        end as treated,
        case
            when gvhd_treatment is not null then gvhd_treatment <> 'topical treatment'
        end as treated_systemically,
        case when confirmed then treatment_day - confirmation_day end as days_to_treatment,
        case
            when kind <> 'acute GVHD' then cast(null as bigint)
            when agvhd_grade is not null then agvhd_grade
            else {{ acute_gvhd_grade(
                'agvhd_skin_stage', 'agvhd_liver_stage', 'agvhd_lower_gi_stage', 'agvhd_upper_gi_stage'
            ) }}
        end as grade,
        -- What the grade is at least and at most, where a stage is missing: grade III is III whatever the skin shows.
        {%- for bound, organ, upper_gi in [('lo', 0, 0), ('hi', 4, 1)] %}
        case
            when kind <> 'acute GVHD' then cast(null as bigint)
            when agvhd_grade is not null then agvhd_grade
            else {{ acute_gvhd_grade(
                'coalesce(agvhd_skin_stage, ' ~ organ ~ ')', 'coalesce(agvhd_liver_stage, ' ~ organ ~ ')',
                'coalesce(agvhd_lower_gi_stage, ' ~ organ ~ ')', 'coalesce(agvhd_upper_gi_stage, ' ~ upper_gi ~ ')'
            ) }}
        end as grade_{{ bound }},
        {%- endfor %}
        case
            when kind <> 'chronic GVHD' then cast(null as varchar)
            when cgvhd_severity is not null then cgvhd_severity
            else {{ chronic_gvhd_severity(
                'cgvhd_max_organ_stage', 'cgvhd_organs', 'cgvhd_lung_stage'
            ) }}
        end as severity,
        onset_day - infusion_day as days_since_infusion
    from joined

)

select * from final
