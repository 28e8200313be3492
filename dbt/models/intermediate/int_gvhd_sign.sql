{%- set fever, low_fever = var('parameters').fever_c, var('parameters').fever_sensitive_c -%}

with

windows as (

    select * from {{ ref('int_infusion_window') }}

),

samples as (

    select * from {{ ref('int_infusion_lab') }}

),

immune as (

    select * from {{ ref('stg_immune') }}

),

complications as (

    select
        *,
        -- Temperatures of a CTCAE grade of fever.
        case ctcae_grade when 2 then 39.0 when 3 then 40.0 when 4 then 40.0 when 5 then 40.0 else 38.0 end
            as fever_lo,
        case ctcae_grade when 1 then 39.0 when 2 then 40.0 else 45.0 end as fever_hi
    from {{ ref('stg_complication') }}
    where kind in ('fever', 'rash', 'diarrhoea', 'liver dysfunction') or kind in {{ gvhd_kinds() }}

),

episodes as (

    select
        windows.center_id,
        windows.case_id,
        windows.infusion_no,
        complications.onset_day as sign_day,
        complications.kind as sign,
        case when complications.kind = 'liver dysfunction' then 'laboratory' else 'clinical' end
            as sign_class,
        {%- for name, limit in [('is_sign', fever), ('is_sign_sensitive', low_fever)] %}
        case
            when complications.kind <> 'fever' or complications.fever_lo >= {{ limit }} then true
            when complications.fever_hi < {{ limit }} then false
        end as {{ name }},
        {%- endfor %}
        case
            when complications.kind in {{ gvhd_kinds() }} then true
            when complications.gvhd_considered is not null then complications.gvhd_considered
            when {{ missing_code('gvhd_considered', 'complications.missing') }} = 'not done' then false
        end as gvhd_considered
    from complications
    inner join windows
        on windows.center_id = complications.center_id
        and windows.case_id = complications.case_id
        and complications.onset_day between windows.first_sign_day and windows.last_sign_day
    where complications.kind <> 'chronic GVHD'

),

unioned as (

    select * from episodes
    union all
    select
        center_id,
        case_id,
        infusion_no,
        sample_day as sign_day,
        'temperature' as sign,
        'clinical' as sign_class,
        temperature_max_c >= {{ fever }} as is_sign,
        temperature_max_c >= {{ low_fever }} as is_sign_sensitive,
        cast(null as boolean) as gvhd_considered
    from samples
    where temperature_max_c is not null
    union all
    select
        center_id,
        case_id,
        infusion_no,
        sample_day as sign_day,
        'liver values' as sign,
        'laboratory' as sign_class,
        true as is_sign,
        true as is_sign_sensitive,
        cast(null as boolean) as gvhd_considered
    from samples
    where liver_values_rose
    union all
    select
        windows.center_id,
        windows.case_id,
        windows.infusion_no,
        immune.sample_day as sign_day,
        'cytokines' as sign,
        'cytokine' as sign_class,
        true as is_sign,
        true as is_sign_sensitive,
        cast(null as boolean) as gvhd_considered
    from immune
    inner join windows
        on windows.center_id = immune.center_id
        and windows.case_id = immune.case_id
        and immune.sample_day between windows.first_sign_day and windows.last_sign_day
    where immune.cytokine_raised

),

final as (

    select * from unioned
    where coalesce(is_sign_sensitive, true)

)

select * from final
