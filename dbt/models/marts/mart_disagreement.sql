with

derivations as (

    select * from {{ ref('int_derivation') }}
    where is_asked_of_center

),

final as (

    select
        center_id,
        derivation,
        definition_id,
        cast(count(*) as bigint) as subjects,
        cast(count(agrees) as bigint) as compared,
        cast(sum(case when agrees then 1 else 0 end) as bigint) as agree,
        cast(sum(case when not agrees then 1 else 0 end) as bigint) as disagree,
        cast(count(*) - count(agrees) as bigint) as not_comparable
    from derivations
    group by center_id, derivation, definition_id

)

select * from final
