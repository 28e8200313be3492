{%- set genetics = var('genetics') -%}
{%- set asked = var('parameters') -%}
{%- set targetable = genetics.targetable -%}

with

patients as (

    select * from {{ ref('stg_patient') }}

),

diagnoses as (

    select
        *,
        coalesce(genetics_day, 0) between -{{ asked.diagnosis_window_days }}
            and {{ asked.diagnosis_window_days }} as is_at_diagnosis
    from {{ ref('stg_diagnosis') }}

),

karyotypes as (

    select * from {{ ref('int_karyotype') }}

),

groups as (

    select * from {{ ref('int_eln') }}

),

lesions as (

    select * from {{ ref('int_lesion') }}

),

tests as (

    select * from {{ ref('stg_genetics') }}
    where test_day between -{{ asked.diagnosis_window_days }} and {{ asked.diagnosis_window_days }}

),

tested as (

    select
        center_id,
        case_id,
        {{ any_row("kind in ('mutation', 'fusion') and result in ('present', 'absent')") }}
            as has_molecular_result,
        {{ any_row("method = 'FISH'") }} as has_fish,
        {{ any_row("kind in ('fusion', 'cytogenetic')") }} as has_cytogenetic_test,
        {{ any_row("method is null") }} as has_unnamed_method
    from tests
    group by center_id, case_id

),

found as (

    select
        center_id,
        case_id,
        {{ any_lesion(targetable.keys() | list, 'is_present_ever') }} as targetable_lesion,
        {%- for lesion in targetable %}
        {{ any_row("lesion = '" ~ lesion ~ "' and is_present_ever") }} as targetable_{{ loop.index }},
        {%- endfor %}
        count(distinct case
            when lesion in ('{{ genetics.panel_genes | join("', '") }}') and is_present is not null then lesion
        end) as panel_genes_tested
    from lesions
    group by center_id, case_id

),

joined as (

    select
        patients.center_id,
        patients.case_id,
        groups.eln_2017,
        groups.eln_2022,
        groups.eln_2024_less_intensive,
        groups.eln_2022_possible_groups,
        karyotypes.karyotype_done,
        karyotypes.karyotype_complete,
        karyotypes.metaphases,
        case
            when tested.has_fish = 1 then true
            when tested.has_cytogenetic_test = 1 and tested.has_unnamed_method = 0 then false
        end as fish_done,
        coalesce(tested.has_molecular_result, 0) = 1 as has_molecular_result,
        case
            when tested.has_molecular_result = 1
                or (diagnoses.mutation_panel is not null and diagnoses.is_at_diagnosis) then true
            when {{ missing_code('mutation_panel', 'diagnoses.missing') }} = 'not done' then false
        end as molecular_tested,
        coalesce(found.panel_genes_tested, 0) as genes_tested,
        found.targetable_lesion,
        {%- for lesion, drugs in targetable.items() %}
        coalesce(found.targetable_{{ loop.index }}, 0) as targetable_{{ loop.index }}{{ ',' if not loop.last }}
        {%- endfor %}
    from patients
    left join diagnoses
        on diagnoses.center_id = patients.center_id
        and diagnoses.case_id = patients.case_id
    left join karyotypes
        on karyotypes.center_id = patients.center_id
        and karyotypes.case_id = patients.case_id
    left join groups
        on groups.center_id = patients.center_id
        and groups.case_id = patients.case_id
    left join tested
        on tested.center_id = patients.center_id
        and tested.case_id = patients.case_id
    left join found
        on found.center_id = patients.center_id
        and found.case_id = patients.case_id

),

final as (

    select
        center_id,
        case_id,
        eln_2017,
        eln_2022,
        eln_2024_less_intensive,
        eln_2022_possible_groups,
        karyotype_done,
        karyotype_complete,
        metaphases,
        fish_done,
        molecular_tested,
        cast(
            case when has_molecular_result then genes_tested when not molecular_tested then 0 end
        as bigint) as panel_genes_tested,
        cast({{ genetics.panel_genes | length }} as bigint) as panel_genes_asked,
        case when has_molecular_result then genes_tested = {{ genetics.panel_genes | length }} end
            as panel_complete,
        targetable_lesion,
        -- A drug is named once for each lesion it matches.
        {%- for drug in targetable.values() | sum(start=[]) | unique %}
        {%- set outer = loop %}
        {%- for lesion, drugs in targetable.items() if drug in drugs %}
        {{ 'or ' if not loop.first }}targetable_{{ (targetable.keys() | list).index(lesion) + 1 }} = 1
        {%- endfor %} as {{ drug }}_matches{{ ',' if not outer.last }}
        {%- endfor %}
    from joined

)

select * from final
