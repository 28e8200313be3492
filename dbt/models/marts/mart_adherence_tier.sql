with

verdicts as (

    select * from {{ ref('fct_verdict') }}

),

final as (

    select
        recommendation_id,
        reading,
        center_id,
        verdict,
        tier,
        count(*) as subjects
    from verdicts
    where tier is not null
    group by recommendation_id, reading, center_id, verdict, tier

)

select * from final
