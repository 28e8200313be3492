with

infusions as (

    select * from {{ ref('stg_infusion') }}

),

per_infusion as (

    select * from {{ ref('int_infusion_chimerism') }}

),

samples as (

    select * from {{ ref('int_chimerism_sample') }}

),

cases as (

    select
        center_id,
        case_id,
        {{ min_if_all_known('infusion_day') }} as first_infusion_day
    from infusions
    group by center_id, case_id

),

untested as (

    select
        center_id,
        case_id,
        {{ any_row('not chimerism_tested') }} as untested
    from per_infusion
    group by center_id, case_id

),

after_cells as (

    select samples.*
    from samples
    inner join cases
        on cases.center_id = samples.center_id
        and cases.case_id = samples.case_id
        and samples.sample_day > cases.first_infusion_day

),

summed as (

    select
        center_id,
        case_id,
        -- A share that is not stated may be the highest.
        case
            when {{ any_row('coalesce(is_detected, true) and donor_pct is null') }} = 0
                then max(donor_pct)
        end as max_donor_pct,
        {{ any_row('coalesce(is_detected, true) and chimerism_class is null') }} as maybe_higher,
        {%- for name, class in [
            ('full_seen', 'full'), ('mixed_seen', 'mixed'), ('micro_seen', 'micro'),
            ('none_seen', 'not detected'), ('not_evaluable', 'not evaluable')
        ] %}
        {{ any_row("chimerism_class = '" ~ class ~ "'") }} as {{ name }},
        {%- endfor %}
        max(case when chimerism_class = 'micro' then sample_day end) as last_micro_day,
        max(case when chimerism_class = 'micro' and method = 'NGS' then sample_day end)
            as last_micro_day_ngs,
        {{ any_row('method in ' ~ listed_chimerism_methods()) }} = 1 as chimerism_method_listed
    from after_cells
    group by center_id, case_id

),

final as (

    select
        cases.center_id,
        cases.case_id,
        case
            when summed.case_id is not null then true
            when untested.untested = 1 then false
        end as chimerism_tested,
        summed.max_donor_pct,
        case
            when summed.full_seen = 1 then 'full'
            when summed.maybe_higher = 1 then cast(null as varchar)
            when summed.mixed_seen = 1 then 'mixed'
            when summed.micro_seen = 1 then 'micro'
            when summed.none_seen = 1 then 'not detected'
            when summed.not_evaluable = 1 then 'not evaluable'
        end as chimerism_class,
        summed.last_micro_day - cases.first_infusion_day as microchimerism_days,
        summed.last_micro_day_ngs - cases.first_infusion_day as microchimerism_days_ngs,
        summed.chimerism_method_listed
    from cases
    left join untested
        on untested.center_id = cases.center_id
        and untested.case_id = cases.case_id
    left join summed
        on summed.center_id = cases.center_id
        and summed.case_id = cases.case_id

)

select * from final
