{%- set genetics = var('genetics') -%}
{%- set asked = var('parameters') -%}

with

tests as (

    select
        *,
        test_day between -{{ asked.diagnosis_window_days }} and {{ asked.diagnosis_window_days }}
            as is_at_diagnosis
    from {{ ref('stg_genetics') }}

),

karyotypes as (

    select * from {{ ref('int_karyotype') }}

),

named as (

    select
        tests.*,
        case
            {%- for lesion, names in genetics.names.items() %}
            when lesion in ('{{ names | join("', '") }}') and coalesce(kind, 'fusion') <> 'mutation'
                then '{{ lesion }}'
            {%- endfor %}
            -- A partial duplication of KMT2A is no rearrangement.
            when lesion not in ('{{ genetics.names.values() | sum(start=[]) | join("', '") }}')
                and coalesce(kind, 'mutation') = 'mutation' then lesion
        end as known_lesion,
        kind is null and lesion in ('{{ genetics.also_genes | join("', '") }}') as is_open
    from tests

),

readings as (

    select
        center_id,
        case_id,
        known_lesion as lesion,
        is_at_diagnosis,
        case when is_open then null when result = 'present' then true else false end as is_present
    from named
    where known_lesion is not null and result in ('present', 'absent')
    {%- for lesion, as_lesion, condition in [
        ('TP53', 'TP53 from 10 %', 'vaf_pct >= 10'),
        ('FLT3-ITD', 'FLT3-ITD high', 'allelic_ratio >= 0.5'),
        ('CEBPA', 'CEBPA biallelic', 'biallelic'),
        ('CEBPA', 'CEBPA in-frame bZIP', 'in_frame_bzip'),
        ('MECOM', 'GATA2::MECOM', 'cast(null as boolean)'),
    ] %}
    union all
    select
        center_id,
        case_id,
        '{{ as_lesion }}',
        is_at_diagnosis,
        case when is_open then null when result = 'present' then {{ condition }} else false end
    from named
    where known_lesion = '{{ lesion }}' and result in ('present', 'absent')
    {%- endfor %}
    {%- for column, lesion, pattern in karyotype_lesions() %}
    union all
    select center_id, case_id, '{{ lesion }}', true, {{ column }} from karyotypes
    where {{ column }} is not null
    {%- endfor %}
    {%- for lesion in ['complex karyotype', 'monosomal karyotype'] %}
    union all
    select center_id, case_id, '{{ lesion }}', true, {{ lesion | replace(' ', '_') }} from karyotypes
    where {{ lesion | replace(' ', '_') }} is not null
    {%- endfor %}

),

-- Found once is found; a result that does not say enough leaves it open.
final as (

    select
        center_id,
        case_id,
        lesion,
        case
            when {{ any_row('is_present and is_at_diagnosis') }} = 1 then true
            when {{ any_row('is_present is null and is_at_diagnosis') }} = 1 then cast(null as boolean)
            when {{ any_row('not is_present and is_at_diagnosis') }} = 1 then false
        end as is_present,
        case
            when {{ any_row('is_present') }} = 1 then true
            when {{ any_row('is_present is null') }} = 1 then cast(null as boolean)
            else false
        end as is_present_ever
    from readings
    group by center_id, case_id, lesion

)

select * from final
