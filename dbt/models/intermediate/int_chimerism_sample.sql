{%- set micro, full = var('parameters').microchimerism_limit_pct, var('parameters').full_chimerism_pct -%}

with

transplants as (

    select * from {{ ref('int_allo_day') }}

),

samples as (

    select chimerisms.*
    from {{ ref('stg_chimerism') }} as chimerisms
    left join transplants
        on transplants.center_id = chimerisms.center_id
        and transplants.case_id = chimerisms.case_id
    where coalesce(chimerisms.sample_day < transplants.allo_day, true)
        -- A row that says not done is no test.
        and (
            chimerisms.donor_pct is not null
            or coalesce({{ missing_code('detected', 'chimerisms.missing') }}, '') <> 'not done'
        )

),

infusions as (

    select * from {{ ref('stg_infusion') }}

),

earlier as (

    select
        samples.*,
        infusions.infusion_no,
        infusions.infusion_day,
        row_number() over (
            partition by
                samples.center_id, samples.case_id, samples.sample_day, samples.donor_id,
                samples.method, samples.cell_fraction
            order by infusions.infusion_day desc, infusions.infusion_no desc
        ) as position
    from samples
    left join infusions
        on infusions.center_id = samples.center_id
        and infusions.case_id = samples.case_id
        and coalesce(infusions.donor_id, samples.donor_id) = samples.donor_id
        and infusions.infusion_day < samples.sample_day

),

read_out as (

    select
        *,
        case
            when detected is not null then detected
            when donor_pct = 0 or donor_pct < lod_pct then false
            when donor_pct > 0 then true
        end as is_detected,
        case
            when informative_markers = 0 then false
            when lod_pct is not null then lod_pct < {{ micro }}
            when detected and donor_pct < {{ micro }} then true
        end as sees_micro
    from earlier
    where position = 1

),

final as (

    select
        center_id,
        case_id,
        sample_day,
        donor_id,
        method,
        cell_fraction,
        infusion_no,
        sample_day - infusion_day as days_since_infusion,
        sees_micro,
        is_detected,
        case when is_detected then donor_pct end as donor_pct,
        case
            when informative_markers = 0 then 'not evaluable'
            when is_detected and donor_pct >= {{ full }} then 'full'
            when is_detected and donor_pct >= {{ micro }} then 'mixed'
            when is_detected and donor_pct < {{ micro }} and coalesce(sees_micro, true) then 'micro'
            -- Found, and the share is not stated.
            when is_detected and donor_pct is null then cast(null as varchar)
            when sees_micro is false then 'not evaluable'
            when not is_detected and sees_micro then 'not detected'
        end as chimerism_class
    from read_out

)

select * from final
