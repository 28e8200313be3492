with

derivations as (

    select * from {{ ref('int_derivation') }}

),

final as (

    select
        center_id,
        case_id,
        subject_id,
        derivation,
        definition_id,
        value,
        center_value,
        agrees,
        because,
        certainty,
        is_exploratory
    from derivations

)

select * from final
