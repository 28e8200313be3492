with

windows as (

    select * from {{ ref('int_infusion_window') }}

),

samples as (

    select * from {{ ref('int_infusion_lab') }}

),

signs as (

    select * from {{ ref('int_gvhd_sign') }}

),

assessments as (

    select * from {{ ref('stg_complication') }}
    where gvhd_considered or kind in {{ gvhd_kinds() }}

),

measured as (

    select
        center_id,
        case_id,
        infusion_no,
        max(case when not liver_values_rose then 1 else 0 end) as liver_values_steady
    from samples
    group by center_id, case_id, infusion_no

),

summed as (

    select
        center_id,
        case_id,
        infusion_no,
        min(sign_day) as first_found_day,
        {{ any_row('is_sign') }} as found,
        {{ any_row('is_sign is null') }} as possible,
        {{ any_row('is_sign_sensitive') }} as found_sensitive,
        {{ any_row('is_sign_sensitive is null') }} as possible_sensitive,
        {{ any_row("is_sign and sign_class = 'clinical'") }} as clinical,
        {{ any_row("is_sign is null and sign_class = 'clinical'") }} as maybe_clinical,
        {{ any_row("is_sign and sign_class = 'laboratory'") }} as laboratory,
        {{ any_row("is_sign and sign_class = 'cytokine'") }} as cytokine,
        {{ any_row('not gvhd_considered') }} as not_considered
    from signs
    group by center_id, case_id, infusion_no

),

assessed as (

    select distinct
        windows.center_id,
        windows.case_id,
        windows.infusion_no
    from windows
    inner join summed
        on summed.center_id = windows.center_id
        and summed.case_id = windows.case_id
        and summed.infusion_no = windows.infusion_no
    inner join assessments
        on assessments.center_id = windows.center_id
        and assessments.case_id = windows.case_id
        and assessments.onset_day between summed.first_found_day and windows.last_assessment_day

),

final as (

    select
        windows.center_id,
        windows.case_id,
        windows.infusion_no,
        windows.is_observed as gvhd_window_observed,
        {%- for name, suffix in [('gvhd_trigger', ''), ('gvhd_trigger_sensitive', '_sensitive')] %}
        {{ found_or_absent(
            'summed.found' ~ suffix, 'summed.possible' ~ suffix,
            'windows.is_watched and measured.liver_values_steady = 1'
        ) }} as {{ name }},
        {%- endfor %}
        case
            when summed.clinical = 1 then 'clinical'
            when summed.maybe_clinical = 1 then cast(null as varchar)
            when summed.laboratory = 1 then 'laboratory only'
            when summed.cytokine = 1 then 'cytokine only'
        end as gvhd_trigger_kind,
        case
            when assessed.infusion_no is not null then true
            when summed.not_considered = 1 then false
        end as gvhd_assessed
    from windows
    left join measured
        on measured.center_id = windows.center_id
        and measured.case_id = windows.case_id
        and measured.infusion_no = windows.infusion_no
    left join summed
        on summed.center_id = windows.center_id
        and summed.case_id = windows.case_id
        and summed.infusion_no = windows.infusion_no
    left join assessed
        on assessed.center_id = windows.center_id
        and assessed.case_id = windows.case_id
        and assessed.infusion_no = windows.infusion_no

)

select * from final
