with

courses as (

    select * from {{ ref('stg_course') }}

),

blocks as (

    select * from {{ ref('int_drug_block') }}

),

azoles as (

    select * from {{ ref('int_course_azole') }}

),

summed as (

    select
        center_id,
        case_id,
        course_no,
        {{ any_row("drug = 'fludarabine'") }} as fludarabine,
        {{ any_row("drug in " ~ antilymphocyte_drugs()) }} as antilymphocyte,
        {{ any_row("drug in " ~ inhibitors()) }} as inhibitor,
        {{ any_row("drug = 'venetoclax'") }} as venetoclax,
        {{ any_row("drug = 'lenalidomide'") }} as lenalidomide,
        {{ any_row("drug in " ~ cytotoxic_drugs()) }} as cytotoxic,
        {{ any_row("drug in " ~ anthracyclines()) }} as anthracycline,
        {{ any_row("drug = 'cytarabine'") }} as cytarabine,
        {{ any_row("drug in " ~ hypomethylating_agents()) }} as hypomethylating,
        {{ any_row("drug = 'CPX-351'") }} as cpx_351,
        {{ any_row("drug in ('homoharringtonine', 'etoposide', 'fludarabine', 'cladribine', 'other')") }}
            as other_cytotoxic,
        max(case when drug = 'cytarabine' then dose_mg_per_m2 end) as cytarabine_each,
        -- Against the standard regimens: more of any drug, or a dose nobody recorded.
        {{ any_row(above_standard()) }} as above_standard,
        {{ any_row("(drug in " ~ anthracyclines() ~ " or drug = 'cytarabine') and mg_per_m2_per_day is null") }}
            as dose_unknown,
        sum(case when drug = 'cytarabine' then n_days end) as cytarabine_n_days,
        {{ any_row("drug = 'azacitidine' and route = 'SC'") }} as azacitidine_sc,
        {{ any_row("drug = 'azacitidine' and route is not null and route <> 'SC'") }} as azacitidine_iv,
        max(case when drug = 'venetoclax' then mg_per_day end) as venetoclax_mg,
        {{ joined_texts("case when drug <> 'hydroxyurea' then drug end") }} as drug_set
    from blocks
    group by center_id, case_id, course_no

),

-- A course whose drugs nobody listed has a row too.
joined as (

    select
        courses.center_id,
        courses.case_id,
        courses.course_no,
        courses.drug_list_complete,
        summed.course_no is not null as has_drugs,
        summed.antilymphocyte,
        summed.fludarabine,
        summed.inhibitor,
        summed.venetoclax,
        summed.lenalidomide,
        summed.cytotoxic,
        summed.anthracycline,
        summed.cytarabine,
        summed.hypomethylating,
        summed.cpx_351,
        summed.other_cytotoxic,
        summed.cytarabine_each,
        summed.above_standard,
        summed.dose_unknown,
        summed.cytarabine_n_days,
        summed.azacitidine_sc,
        summed.azacitidine_iv,
        summed.venetoclax_mg,
        summed.drug_set
    from courses
    left join summed
        on summed.center_id = courses.center_id
        and summed.case_id = courses.case_id
        and summed.course_no = courses.course_no

),

final as (

    select
        joined.center_id,
        joined.case_id,
        joined.course_no,
        joined.drug_set,
        case when joined.drug_list_complete then joined.drug_set end as complete_drug_set,
        {{ found_or_absent('fludarabine', '0', 'drug_list_complete') }} as fludarabine_given,
        joined.antilymphocyte,
        {{ found_or_absent('inhibitor', '0', 'drug_list_complete') }} as targeted_drug_given,
        {{ found_or_absent('greatest(inhibitor, venetoclax)', '0', 'drug_list_complete') }}
            as targeted_or_ven_given,
        {{ found_or_absent('greatest(hypomethylating, venetoclax)', '0', 'drug_list_complete') }}
            as ven_or_hma_given,
        {{ found_or_absent('lenalidomide', '0', 'drug_list_complete') }} as lenalidomide_given,
        case
            when cytotoxic = 1 and greatest(inhibitor, venetoclax) = 1 then 'both'
            when not drug_list_complete or drug_list_complete is null then cast(null as varchar)
            when cytotoxic = 1 then 'chemotherapy'
            when greatest(inhibitor, venetoclax) = 1 then 'targeted'
            else 'neither'
        end as pre_infusion_therapy,
        case
            when cytarabine = 1 and cytarabine_n_days is not null
                then case cytarabine_n_days when 5 then '5' when 7 then '7' else 'other' end
        end as cytarabine_days,
        case
            when not has_drugs or not drug_list_complete or drug_list_complete is null
                then cast(null as varchar)
            when other_cytotoxic = 1 or above_standard = 1 and anthracycline = 1 then 'other'
            when cytarabine_each >= 500 and anthracycline = 0 then 'intermediate cytarabine'
            when dose_unknown = 1 then cast(null as varchar)
            when anthracycline = 1 and greatest(cytarabine, cpx_351) = 1 then 'reduced'
            when anthracycline = 1 then 'other'
            when greatest(hypomethylating, venetoclax, inhibitor) = 1 or cytarabine = 1 then 'low'
            else 'other'
        end as intensity_by_drugs,
        case
            when venetoclax = 1 then venetoclax_mg < 400 and azoles.course_no is not null
        end as venetoclax_reduced_for_azole,
        case when azacitidine_sc = 1 then true when azacitidine_iv = 1 then false end as azacitidine_sc
    from joined
    left join azoles
        on azoles.center_id = joined.center_id
        and azoles.case_id = joined.case_id
        and azoles.course_no = joined.course_no

)

select * from final
