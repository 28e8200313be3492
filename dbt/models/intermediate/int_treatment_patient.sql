with

patients as (

    select * from {{ ref('stg_patient') }}

),

courses as (

    select * from {{ ref('int_course') }}

),

course_rows as (

    select * from {{ ref('stg_course') }}

),

blocks as (

    select * from {{ ref('int_drug_block') }}
    where drug in {{ inhibitors() }} or drug = 'venetoclax'

),

genetics as (

    select * from {{ ref('int_genetics') }}

),

first_courses as (

    select
        *,
        row_number() over (partition by center_id, case_id order by course_no) as position
    from courses

),

mst_courses as (

    select
        courses.*,
        course_rows.drug_list_complete,
        row_number() over (partition by courses.center_id, courses.case_id order by courses.course_no) as position
    from courses
    inner join course_rows
        on course_rows.center_id = courses.center_id
        and course_rows.case_id = courses.case_id
        and course_rows.course_no = courses.course_no
    where courses.is_mst

),

first_mst_courses as (

    select
        mst_courses.center_id,
        mst_courses.case_id,
        mst_courses.start_day,
        mst_courses.dose_adjusted or mst_courses.intensity in ('reduced', 'low') as dose_adjusted,
        mst_courses.drug_list_complete,
        count(distinct blocks.drug) as n_targeted,
        min(blocks.drug) as targeted_drug
    from mst_courses
    left join blocks
        on blocks.center_id = mst_courses.center_id
        and blocks.case_id = mst_courses.case_id
        and blocks.course_no = mst_courses.course_no
    where mst_courses.position = 1
    group by mst_courses.center_id, mst_courses.case_id, mst_courses.start_day,
        mst_courses.dose_adjusted, mst_courses.intensity, mst_courses.drug_list_complete

),

summed as (

    select
        center_id,
        case_id,
        {{ any_true('is_mst') }} as had_mst,
        {{ any_true('in_trial') }} as in_any_trial,
        {{ any_true('targeted_or_ven_given') }} as targeted_drug_given
    from courses
    group by center_id, case_id

),

lists as (

    select
        center_id,
        case_id,
        min(case when drug_list_complete then 1 else 0 end) as all_complete
    from course_rows
    group by center_id, case_id

),

matched as (

    select
        blocks.center_id,
        blocks.case_id,
        {{ any_row(matching_drug()) }} as has_match
    from blocks
    inner join genetics
        on genetics.center_id = blocks.center_id
        and genetics.case_id = blocks.case_id
    group by blocks.center_id, blocks.case_id

),

final as (

    select
        patients.center_id,
        patients.case_id,
        case when summed.case_id is null then false else summed.had_mst end as had_mst,
        first_mst_courses.start_day as first_mst_day,
        first_mst_courses.dose_adjusted as mst_dose_adjusted,
        case
            when first_mst_courses.n_targeted > 1 then 'several'
            when first_mst_courses.n_targeted = 1 then first_mst_courses.targeted_drug
            when first_mst_courses.drug_list_complete then 'none'
        end as first_mst_targeted_agent,
        first_courses.in_trial as first_course_in_trial,
        summed.in_any_trial,
        summed.targeted_drug_given,
        case
            when genetics.targetable_lesion
                then {{ found_or_absent('coalesce(matched.has_match, 0)', '0', 'lists.all_complete = 1') }}
        end as matching_inhibitor_given
    from patients
    left join summed
        on summed.center_id = patients.center_id
        and summed.case_id = patients.case_id
    left join first_courses
        on first_courses.center_id = patients.center_id
        and first_courses.case_id = patients.case_id
        and first_courses.position = 1
    left join first_mst_courses
        on first_mst_courses.center_id = patients.center_id
        and first_mst_courses.case_id = patients.case_id
    left join genetics
        on genetics.center_id = patients.center_id
        and genetics.case_id = patients.case_id
    left join matched
        on matched.center_id = patients.center_id
        and matched.case_id = patients.case_id
    left join lists
        on lists.center_id = patients.center_id
        and lists.case_id = patients.case_id

)

select * from final
