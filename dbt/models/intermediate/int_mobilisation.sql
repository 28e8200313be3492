with

collections as (

    select * from {{ ref('stg_collection') }}

),

final as (

    select
        center_id,
        case_id,
        collection_id,
        donor_id,
        case
            when mobilisation_start_day is not null then mobilisation_start_day
            when mobilisation_agent = 'none' then collection_day
            else collection_day - gcsf_days
        end as start_day_lo,
        coalesce(mobilisation_start_day, collection_day) as start_day_hi
    from collections

)

select * from final
