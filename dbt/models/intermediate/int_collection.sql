with

collections as (

    select * from {{ ref('stg_collection') }}

),

aliquots as (

    select * from {{ ref('stg_aliquot') }}

),

infusions as (

    select * from {{ ref('stg_infusion') }}

),

used as (

    select
        infusions.center_id,
        infusions.case_id,
        aliquots.collection_id
    from infusions
    left join aliquots
        on aliquots.center_id = infusions.center_id
        and aliquots.case_id = infusions.case_id
        and aliquots.aliquot_id = infusions.aliquot_id

),

infused as (

    select distinct center_id, case_id, collection_id
    from used
    where collection_id is not null

),

-- An infusion that cannot be traced to a collection may have come from any of the case.
untraced as (

    select distinct center_id, case_id
    from used
    where collection_id is null

),

final as (

    select
        collections.center_id,
        collections.case_id,
        collections.collection_id,
        collections.donor_id,
        case
            when infused.collection_id is not null then true
            when untraced.case_id is not null then cast(null as boolean)
            else false
        end as infused,
        cast(
            {% for subset in ['cd34', 'cd3', 'cd4', 'cd8', 'nk', 'nkt', 'gdt'] -%}
            case when {{ subset }}_e8 is not null then 1 else 0 end{{ ' + ' if not loop.last }}
            {% endfor -%}
        as bigint) as subsets_counted,
        case
            when mnc_e8 is not null then true
            when {{ missing_code('mnc_e8') }} = 'not done' then false
        end as mnc_counted,
        count_method = 'flow cytometry' as counted_by_flow,
        case
            when product_type is not null and product_type <> 'PBSC' then false
            else product_type = 'PBSC' and mobilisation_agent in ('G-CSF', 'G-CSF and plerixafor')
        end as is_gpbsc
    from collections
    left join infused
        on infused.center_id = collections.center_id
        and infused.case_id = collections.case_id
        and infused.collection_id = collections.collection_id
    left join untraced
        on untraced.center_id = collections.center_id
        and untraced.case_id = collections.case_id

)

select * from final
