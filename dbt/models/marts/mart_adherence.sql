with

verdicts as (

    select * from {{ ref('fct_verdict') }}

),

final as (

    select
        recommendation_id,
        reading,
        is_default,
        center_id,
        count(*) as subjects
        {%- for verdict in ['met', 'deviated', 'not_evaluable', 'not_applicable'] %},
        cast(sum(case when verdict = '{{ verdict }}' then 1 else 0 end) as bigint) as {{ verdict }}
        {%- endfor %}
    from verdicts
    group by recommendation_id, reading, is_default, center_id

)

select * from final
