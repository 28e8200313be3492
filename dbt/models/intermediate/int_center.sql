with

centers as (

    select * from {{ ref('stg_center') }}

),

final as (

    select
        center_id,
        adoption_year,
        {%- for standard in ['transfusion', 'infection', 'supportive_care'] %}
        case
            when {{ missing_code(standard ~ '_standard') }} = 'not done' then false
            else {{ standard }}_standard
        end as center_{{ standard }}_standard{{ ',' if not loop.last }}
        {%- endfor %}
    from centers

)

select * from final
