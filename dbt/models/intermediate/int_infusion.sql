{%- set window = var('parameters') -%}

with

infusions as (

    select * from {{ ref('stg_infusion') }}

),

cases as (

    select * from {{ ref('int_case') }}

),

hours as (

    select * from {{ ref('int_infusion_hours') }}

),

courses as (

    select * from {{ ref('stg_course') }}

),

course_facts as (

    select * from {{ ref('int_course') }}

),

aliquots as (

    select * from {{ ref('stg_aliquot') }}

),

collections as (

    select * from {{ ref('int_collection') }}

),

pairs as (

    select * from {{ ref('int_hla_pair') }}

),

signs as (

    select * from {{ ref('int_infusion_gvhd') }}

),

chimerism as (

    select * from {{ ref('int_infusion_chimerism') }}

),

conmeds as (

    select * from {{ ref('stg_conmed') }}

),

allo_days as (

    select * from {{ ref('int_allo_day') }}

),

next_infusions as (

    select
        infusions.center_id,
        infusions.case_id,
        infusions.infusion_no,
        min(later.infusion_day) as next_infusion_day
    from infusions
    inner join infusions as later
        on later.center_id = infusions.center_id
        and later.case_id = infusions.case_id
        and later.infusion_day > infusions.infusion_day
    group by infusions.center_id, infusions.case_id, infusions.infusion_no

),

windows as (

    select
        infusions.center_id,
        infusions.case_id,
        infusions.infusion_no,
        infusions.infusion_day - {{ window.gvhd_prophylaxis_days_before_infusion }} as window_first_day,
        -- Until the next infusion; what prepares a transplant belongs to the transplant.
        least(
            infusions.infusion_day + {{ window.gvhd_prophylaxis_days_after_infusion }},
            coalesce(
                next_infusions.next_infusion_day - 1,
                infusions.infusion_day + {{ window.gvhd_prophylaxis_days_after_infusion }}
            ),
            coalesce(
                allo_days.allo_day - {{ window.transplant_preparation_days }} - 1,
                infusions.infusion_day + {{ window.gvhd_prophylaxis_days_after_infusion }}
            )
        ) as window_last_day
    from infusions
    left join next_infusions
        on next_infusions.center_id = infusions.center_id
        and next_infusions.case_id = infusions.case_id
        and next_infusions.infusion_no = infusions.infusion_no
    left join allo_days
        on allo_days.center_id = infusions.center_id
        and allo_days.case_id = infusions.case_id
        and allo_days.allo_day > infusions.infusion_day

),

prophylaxis as (

    select
        windows.center_id,
        windows.case_id,
        windows.infusion_no,
        {{ any_row(
            "indication = 'GVHD prophylaxis' and " ~ overlaps('window_first_day', 'window_last_day')
        ) }} as given,
        -- Prophylaxis whose days, or an immunosuppressant whose purpose, nobody knows.
        {{ any_row(
            "(indication = 'GVHD prophylaxis' or (indication is null and coalesce(drug_class in "
            ~ immunosuppressive_classes() ~ ", true))) and coalesce("
            ~ may_overlap('window_first_day', 'window_last_day') ~ ", true)"
        ) }} as maybe_given
    from windows
    inner join conmeds
        on conmeds.center_id = windows.center_id
        and conmeds.case_id = windows.case_id
    group by windows.center_id, windows.case_id, windows.infusion_no

),

final as (

    select
        infusions.center_id,
        infusions.case_id,
        infusions.infusion_no,
        infusions.course_no,
        cases.is_eaml,
        courses.phase,
        course_facts.is_mst as course_is_mst,
        infusions.donor_id,
        infusions.infusion_day,
        collections.product_type,
        collections.product_type is not null as has_product,
        collections.is_gpbsc,
        pairs.hla_mismatched,
        hours.hours_since_cytotoxic_lo,
        hours.hours_since_cytotoxic_hi,
        hours.hours_since_anchor_lo,
        hours.hours_since_anchor_hi,
        -- Only when the whole interval lies in one tier (T-01). Infusion before the end of
        -- chemotherapy gives negative hours and belongs to E0.
        case
            when hours.hours_since_cytotoxic_hi < 24 then 'E0'
            when hours.hours_since_cytotoxic_lo >= 24 and hours.hours_since_cytotoxic_hi <= 48 then 'T1'
            when hours.hours_since_cytotoxic_lo > 48 and hours.hours_since_cytotoxic_hi <= 72 then 'T2'
            when hours.hours_since_cytotoxic_lo > 72 and hours.hours_since_cytotoxic_hi <= 96 then 'T3'
            when hours.hours_since_cytotoxic_lo > 96 then 'T4'
        end as timing_tier,
        infusions.mnc_e8_per_kg,
        infusions.cd3_e8_per_kg,
        infusions.cd34_e6_per_kg,
        infusions.dose_state,
        infusions.delay_reason,
        {{ found_or_absent('prophylaxis.given', 'prophylaxis.maybe_given',
            'courses.conmed_list_complete') }} as gvhd_prophylaxis_given,
        signs.gvhd_window_observed,
        signs.gvhd_trigger,
        signs.gvhd_trigger_sensitive,
        signs.gvhd_trigger_kind,
        signs.gvhd_assessed,
        chimerism.chimerism_tested,
        chimerism.chimerism_evaluable,
        chimerism.chimerism_tests
    from infusions
    left join cases
        on cases.center_id = infusions.center_id
        and cases.case_id = infusions.case_id
    left join hours
        on hours.center_id = infusions.center_id
        and hours.case_id = infusions.case_id
        and hours.infusion_no = infusions.infusion_no
    left join courses
        on courses.center_id = infusions.center_id
        and courses.case_id = infusions.case_id
        and courses.course_no = infusions.course_no
    left join course_facts
        on course_facts.center_id = infusions.center_id
        and course_facts.case_id = infusions.case_id
        and course_facts.course_no = infusions.course_no
    left join aliquots
        on aliquots.center_id = infusions.center_id
        and aliquots.case_id = infusions.case_id
        and aliquots.aliquot_id = infusions.aliquot_id
    left join collections
        on collections.center_id = aliquots.center_id
        and collections.case_id = aliquots.case_id
        and collections.collection_id = aliquots.collection_id
    left join pairs
        on pairs.center_id = infusions.center_id
        and pairs.case_id = infusions.case_id
        and pairs.donor_id = infusions.donor_id
    left join prophylaxis
        on prophylaxis.center_id = infusions.center_id
        and prophylaxis.case_id = infusions.case_id
        and prophylaxis.infusion_no = infusions.infusion_no
    left join signs
        on signs.center_id = infusions.center_id
        and signs.case_id = infusions.case_id
        and signs.infusion_no = infusions.infusion_no
    left join chimerism
        on chimerism.center_id = infusions.center_id
        and chimerism.case_id = infusions.case_id
        and chimerism.infusion_no = infusions.infusion_no

)

select * from final
