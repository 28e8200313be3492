with

patients as (

    select * from {{ ref('stg_patient') }}

),

followups as (

    select * from {{ ref('stg_followup') }}

),

infusions as (

    select * from {{ ref('stg_infusion') }}

),

transplants as (

    select * from {{ ref('int_allo_day') }}

),

complications as (

    select * from {{ ref('stg_complication') }}

),

gvhd as (

    select * from {{ ref('int_gvhd') }}
    where confirmed

),

blood_counts as (

    select * from {{ ref('stg_blood_count') }}

),

first_infusions as (

    select
        center_id,
        case_id,
        {{ min_if_all_known('infusion_day') }} as first_infusion_day
    from infusions
    group by center_id, case_id

),

gvhd_found as (

    select
        center_id,
        case_id,
        {{ any_row("grade_lo >= 3 or severity = 'severe'") }} as severe,
        {{ any_row("grade_hi >= 3 or (kind = 'chronic GVHD' and severity is null)") }} as maybe_severe
    from gvhd
    group by center_id, case_id

),

graded as (

    select
        complications.center_id,
        complications.case_id,
        complications.kind,
        case when complications.kind = 'CRS' then complications.crs_grade else complications.ctcae_grade end
            as grade,
        coalesce(complications.onset_day >= first_infusions.first_infusion_day, true) as is_after_cells
    from complications
    left join first_infusions
        on first_infusions.center_id = complications.center_id
        and first_infusions.case_id = complications.case_id
    left join transplants
        on transplants.center_id = complications.center_id
        and transplants.case_id = complications.case_id
    where coalesce(complications.onset_day < transplants.allo_day, true)

),

found as (

    select
        center_id,
        case_id,
        {%- for name, kinds in [
            ('crs', "('CRS')"), ('infection', "('infection', 'CMV')"), ('bleeding', "('bleeding')")
        ] %}
        {{ any_row('kind in ' ~ kinds ~ ' and grade >= 3') }} as severe_{{ name }},
        {{ any_row('kind in ' ~ kinds ~ ' and grade is null') }} as maybe_severe_{{ name }},
        {%- endfor %}
        {{ any_row("kind = 'CMV' and is_after_cells") }} as cmv
    from graded
    group by center_id, case_id

),

cmv_tests as (

    select
        blood_counts.center_id,
        blood_counts.case_id,
        {{ any_row('blood_counts.cmv_dna_copies_per_ml > 0') }} as viraemia,
        {{ any_row('blood_counts.cmv_tested or blood_counts.cmv_dna_copies_per_ml is not null') }}
            as tested,
        {{ any_row("blood_counts.cmv_tested is null and coalesce("
            ~ missing_code('cmv_tested', 'blood_counts.missing') ~ ", '') <> 'not done'") }} as maybe_tested
    from blood_counts
    inner join first_infusions
        on first_infusions.center_id = blood_counts.center_id
        and first_infusions.case_id = blood_counts.case_id
        and first_infusions.first_infusion_day < blood_counts.sample_day
    left join transplants
        on transplants.center_id = blood_counts.center_id
        and transplants.case_id = blood_counts.case_id
    where coalesce(blood_counts.sample_day < transplants.allo_day, true)
    group by blood_counts.center_id, blood_counts.case_id

),

-- Complications are reported as they occur: of whoever was followed, what is not reported was not seen.
joined as (

    select
        patients.center_id,
        patients.case_id,
        followups.last_contact_day is not null as is_followed,
        gvhd_found.case_id is not null as has_gvhd,
        gvhd_found.severe as severe_gvhd,
        gvhd_found.maybe_severe as maybe_severe_gvhd,
        {%- for name in ['crs', 'infection', 'bleeding'] %}
        found.severe_{{ name }},
        found.maybe_severe_{{ name }},
        {%- endfor %}
        greatest(coalesce(found.cmv, 0), coalesce(cmv_tests.viraemia, 0)) as cmv,
        cmv_tests.tested as cmv_tested,
        cmv_tests.maybe_tested as maybe_cmv_tested,
        cmv_tests.case_id is not null as has_counts
    from patients
    left join followups
        on followups.center_id = patients.center_id
        and followups.case_id = patients.case_id
    left join gvhd_found
        on gvhd_found.center_id = patients.center_id
        and gvhd_found.case_id = patients.case_id
    left join found
        on found.center_id = patients.center_id
        and found.case_id = patients.case_id
    left join cmv_tests
        on cmv_tests.center_id = patients.center_id
        and cmv_tests.case_id = patients.case_id

),

final as (

    select
        center_id,
        case_id,
        {%- for name in ['severe_gvhd', 'severe_crs', 'severe_infection', 'severe_bleeding'] %}
        {{ found_or_absent(name, 'maybe_' ~ name, 'is_followed') }} as {{ name }},
        {%- endfor %}
        case when has_gvhd then true when is_followed then false end as any_gvhd,
        {{ found_or_absent('cmv_tested', 'maybe_cmv_tested', 'has_counts') }} as cmv_tested,
        -- Patients who were not tested are not zeros.
        {{ found_or_absent('cmv', '0', 'cmv_tested = 1') }} as cmv_event
    from joined

)

select * from final
