with

patients as (

    select * from {{ ref('int_patient') }}

),

unioned as (

    {%- for characteristic in public_characteristics() %}
    {%- if not loop.first %}
    union all
    {%- endif %}
    select '{{ characteristic }}' as characteristic, coalesce({{ characteristic }}, 'not known') as level
    from patients
    {%- endfor %}

),

counted as (

    select
        characteristic,
        level,
        count(*) as patients
    from unioned
    group by characteristic, level

),

final as (

    select
        characteristic,
        level,
        {{ public_count('patients') }} as patients
    from counted

)

select * from final
