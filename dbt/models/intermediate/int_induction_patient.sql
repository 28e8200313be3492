{%- set eight_weeks = var('parameters').second_induction_days -%}

with

courses as (

    select * from {{ ref('int_course') }}

),

course_rows as (

    select * from {{ ref('stg_course') }}

),

blocks as (

    select * from {{ ref('int_drug_block') }}

),

responses as (

    select * from {{ ref('int_response_course') }}

),

plans as (

    select * from {{ ref('stg_plan') }}

),

counts as (

    select * from {{ ref('int_case_counts') }}

),

outcomes as (

    select * from {{ ref('int_outcome') }}

),

ordered as (

    select
        center_id,
        case_id,
        course_no,
        coalesce(end_day, start_day) as end_day,
        drug_list_complete,
        lead(start_day) over in_order as next_start_day,
        lead(phase) over in_order as next_phase
    from course_rows
    window in_order as (partition by center_id, case_id order by course_no)

),

inductions as (

    select
        courses.*,
        ordered.end_day,
        ordered.drug_list_complete,
        ordered.next_start_day,
        ordered.next_phase
    from courses
    inner join ordered
        on ordered.center_id = courses.center_id
        and ordered.case_id = courses.case_id
        and ordered.course_no = courses.course_no
    where courses.is_first_induction or courses.is_second_induction

),

best_responses as (

    select
        inductions.center_id,
        inductions.case_id,
        inductions.course_no,
        min(case
            when responses.response <> 'not evaluable' then {{ response_rank('responses.response') }}
        end) as best_rank
    from inductions
    inner join responses
        on responses.center_id = inductions.center_id
        and responses.case_id = inductions.case_id
        and responses.course_no = inductions.course_no
    group by inductions.center_id, inductions.case_id, inductions.course_no

),

-- Which drugs stand beside venetoclax, whatever their doses and days.
drugs_beside as (

    select
        inductions.center_id,
        inductions.case_id,
        inductions.course_no,
        {%- for drug in ['venetoclax', 'azacitidine', 'decitabine'] %}
        {{ any_row("blocks.drug = '" ~ drug ~ "'") }} as {{ drug }},
        {%- endfor %}
        {{ any_row(
            "blocks.drug not in ('venetoclax', 'azacitidine', 'decitabine') and blocks.drug not in "
            ~ beside_a_regimen()
        ) }} as others
    from inductions
    inner join blocks
        on blocks.center_id = inductions.center_id
        and blocks.case_id = inductions.case_id
        and blocks.course_no = inductions.course_no
    group by inductions.center_id, inductions.case_id, inductions.course_no

),

assessed as (

    select
        inductions.*,
        case
            when not inductions.drug_list_complete or inductions.drug_list_complete is null
                then cast(null as varchar)
            when drugs_beside.venetoclax = 1 and azacitidine = 1 and decitabine + others = 0
                then 'venetoclax and azacitidine'
            when drugs_beside.venetoclax = 1 and decitabine = 1 and azacitidine + others = 0
                then 'venetoclax and decitabine'
            else 'other drugs'
        end as ven_hma,
        best_responses.best_rank <= {{ response_rank("'CRi'") }} as in_remission
    from inductions
    left join best_responses
        on best_responses.center_id = inductions.center_id
        and best_responses.case_id = inductions.case_id
        and best_responses.course_no = inductions.course_no
    left join drugs_beside
        on drugs_beside.center_id = inductions.center_id
        and drugs_beside.case_id = inductions.case_id
        and drugs_beside.course_no = inductions.course_no

),

later_plans as (

    select
        center_id,
        case_id,
        {{ any_row("next_line <> 'second induction'") }} as names_another_line,
        {{ any_row(
            "point = 'after induction' and next_line in ('clinical trial', 'other protocol', "
            ~ "'best supportive care', 'allogeneic transplant')"
        ) }} as leaves_after_induction,
        max(case when point = 'treatment failure' then next_line end) as next_line_after_failure
    from plans
    where point <> 'diagnosis'
    group by center_id, case_id

),

joined as (

    select
        first_inductions.center_id,
        first_inductions.case_id,
        first_inductions.start_day as first_start_day,
        first_inductions.end_day + {{ eight_weeks }} as last_awaited_day,
        first_inductions.is_mst as first_induction_is_mst,
        first_inductions.fit_induction_match,
        first_inductions.unfit_induction_match,
        first_inductions.intensity as first_induction_intensity,
        first_inductions.ven_or_hma_given as first_induction_has_ven_or_hma,
        first_inductions.ven_hma as first_induction_ven_hma,
        first_inductions.in_remission as first_remission,
        first_inductions.next_phase,
        second_inductions.course_no is not null as has_second,
        second_inductions.in_remission as second_remission,
        second_inductions.is_mst as second_induction_is_mst,
        second_inductions.same_drugs_as_induction as second_induction_same_drugs,
        coalesce(later_plans.names_another_line, 0) = 1 as has_another_line,
        coalesce(later_plans.leaves_after_induction, 0) = 1 as leaves_after_induction,
        outcomes.is_dead,
        outcomes.last_contact_day,
        outcomes.allo_day
    from assessed as first_inductions
    left join assessed as second_inductions
        on second_inductions.center_id = first_inductions.center_id
        and second_inductions.case_id = first_inductions.case_id
        and second_inductions.is_second_induction
    left join later_plans
        on later_plans.center_id = first_inductions.center_id
        and later_plans.case_id = first_inductions.case_id
    left join outcomes
        on outcomes.center_id = first_inductions.center_id
        and outcomes.case_id = first_inductions.case_id
    where first_inductions.is_first_induction

),

known as (

    select
        center_id,
        case_id,
        first_induction_is_mst,
        case
            {%- for better in ['exact', 'within tolerance'] %}
            when fit_induction_match = '{{ better }}' or unfit_induction_match = '{{ better }}'
                then '{{ better }}'
            {%- endfor %}
            when fit_induction_match is null or unfit_induction_match is null then cast(null as varchar)
            {%- for worse in ['other dose', 'other days', 'other drugs'] %}
            when fit_induction_match = '{{ worse }}' or unfit_induction_match = '{{ worse }}'
                then '{{ worse }}'
            {%- endfor %}
        end as first_induction_match,
        first_induction_intensity,
        first_induction_has_ven_or_hma,
        first_induction_ven_hma,
        first_remission as remission_after_first_induction,
        case
            when has_second then true
            when leaves_after_induction or allo_day between first_start_day and last_awaited_day then false
            when is_dead and last_contact_day <= last_awaited_day then false
            when last_contact_day > last_awaited_day then true
        end as reinduction_possible,
        case
            when has_second then true
            when next_phase <> 'induction' or has_another_line or allo_day >= first_start_day then false
            when is_dead or last_contact_day >= last_awaited_day then false
        end as second_induction_given,
        second_induction_same_drugs,
        second_induction_is_mst,
        case when has_second then not (first_remission or second_remission) end as treatment_failure
    from joined

),

-- Cases without an induction have a row too: that is known of them.
final as (

    select
        outcomes.center_id,
        outcomes.case_id,
        case
            when known.case_id is not null then true
            when counts.case_id is null or counts.n_inductions = 0 then false
        end as had_induction,
        case
            when counts.case_id is null then false
            when counts.n_mst_inductions is not null then counts.n_mst_inductions > 0
            when known.first_induction_is_mst or known.second_induction_is_mst then true
        end as started_induction_with_mst,
        known.first_induction_is_mst,
        known.first_induction_match,
        known.first_induction_intensity,
        known.first_induction_has_ven_or_hma,
        known.first_induction_ven_hma,
        known.remission_after_first_induction,
        known.reinduction_possible,
        known.second_induction_given,
        known.second_induction_same_drugs,
        known.second_induction_is_mst,
        known.treatment_failure,
        later_plans.next_line_after_failure
    from outcomes
    left join counts
        on counts.center_id = outcomes.center_id
        and counts.case_id = outcomes.case_id
    left join known
        on known.center_id = outcomes.center_id
        and known.case_id = outcomes.case_id
    left join later_plans
        on later_plans.center_id = outcomes.center_id
        and later_plans.case_id = outcomes.case_id

)

select * from final
