{%- set cytokines = named_cytokines() -%}

with

samples as (

    select
        *,
        {{ missing_code('pentamer_done') }} as pentamer_missing,
        coalesce({{ cytokines | join(', ') }}) is not null as has_cytokine
    from {{ ref('stg_immune') }}

),

infusions as (

    select
        center_id,
        case_id,
        {{ min_if_all_known('infusion_day') }} as first_infusion_day
    from {{ ref('stg_infusion') }}
    group by center_id, case_id

),

placed as (

    select
        samples.*,
        infusions.first_infusion_day,
        samples.sample_day > infusions.first_infusion_day as is_after
    from samples
    inner join infusions
        on infusions.center_id = samples.center_id
        and infusions.case_id = samples.case_id

),

summed as (

    select
        center_id,
        case_id,
        {{ any_row('is_after') }} as has_sample,
        {%- for cells in ['t_cells', 'b_cells', 'nk_cells'] %}
        {{ any_row('is_after and ' ~ cells ~ '_e6_per_l is not null') }} as has_{{ cells }},
        {%- endfor %}
        {%- for cytokine in cytokines %}
        {{ any_row('is_after and ' ~ cytokine ~ ' is not null') }} as has_{{ cytokine }},
        {%- endfor %}
        {{ any_row('is_after and (has_cytokine or cytokine_raised is not null)') }} as has_any_cytokine,
        {{ any_row('has_cytokine') }} as has_cytokine_ever,
        {{ any_row('sample_day < first_infusion_day and has_cytokine') }} as has_cytokine_before,
        {{ any_row('is_after and pentamer_done') }} as has_pentamer,
        {{ any_row("is_after and (not pentamer_done or pentamer_missing = 'not done')") }} as has_no_pentamer,
        {{ any_row("is_after and pentamer_missing = 'not applicable'") }} as lacks_pentamer
    from placed
    group by center_id, case_id

),

final as (

    select
        center_id,
        case_id,
        case when has_sample = 1 then has_t_cells + has_b_cells + has_nk_cells = 3 end
            as immune_cells_measured,
        case when has_sample = 1 then has_any_cytokine = 1 end as cytokines_measured,
        case
            when has_sample = 1
                then cast({% for cytokine in cytokines %}{{ ' + ' if not loop.first }}has_{{ cytokine }}{% endfor %} as bigint)
        end as named_cytokines_measured,
        case when has_cytokine_ever = 1 then has_cytokine_before = 1 end as cytokines_before_infusion,
        {{ found_or_absent('has_pentamer', '0', 'has_no_pentamer = 1') }} as pentamer_done,
        lacks_pentamer = 1 and has_pentamer = 0 as pentamer_unavailable
    from summed

)

select * from final
