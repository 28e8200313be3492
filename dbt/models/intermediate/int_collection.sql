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

donors as (

    select * from {{ ref('stg_donor') }}

),

screenings as (

    select * from {{ ref('int_donor_screening') }}

),

mobilisations as (

    select * from {{ ref('int_mobilisation') }}

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

states as (

    select
        center_id,
        case_id,
        collection_id,
        case when freeze_day is not null or thaw_day is not null then true else state = 'frozen' end
            as is_frozen
    from aliquots

),

parts as (

    select
        center_id,
        case_id,
        collection_id,
        {{ any_row('is_frozen') }} as frozen,
        {{ any_row('is_frozen is null') }} as maybe_frozen
    from states
    where collection_id is not null
    group by center_id, case_id, collection_id

),

-- A part without a collection may be of any of the case.
unplaced as (

    select distinct center_id, case_id
    from states
    where collection_id is null and coalesce(is_frozen, true)

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
        collections.product_type,
        collections.mobilisation_agent,
        screenings.cleared as donor_cleared,
        case
            when donors.consent_day <= mobilisations.start_day_lo then true
            when donors.consent_day > mobilisations.start_day_hi then false
            when {{ missing_code('consent_day', 'donors.missing') }} = 'not done' then false
        end as consent_before_mobilisation,
        cast(
            {% for subset in ['cd34', 'cd3', 'cd4', 'cd8', 'nk', 'nkt', 'gdt'] -%}
            case when {{ subset }}_e8 is not null then 1 else 0 end{{ ' + ' if not loop.last }}
            {% endfor -%}
        as bigint) as subsets_counted,
        {{ was_done('mnc_e8', 'collections') }} as mnc_counted,
        {% for count in ['mnc_e8', 'cd34_e8', 'cd3_e8'] -%}
        {{ was_done(count, 'collections') }}{{ ' and ' if not loop.last }}
        {%- endfor %} as core_counted,
        case
            when collections.count_method is not null then collections.count_method = 'flow cytometry'
            when {{ missing_code('count_method', 'collections.missing') }} = 'not done' then false
        end as counted_by_flow,
        case
            when product_type is not null and product_type <> 'PBSC' then false
            else product_type = 'PBSC' and mobilisation_agent in ('G-CSF', 'G-CSF and plerixafor')
        end as is_gpbsc,
        {{ found_or_absent(
            'parts.frozen', 'parts.maybe_frozen',
            'parts.collection_id is not null and unplaced.case_id is null'
        ) }} as cells_frozen
    from collections
    left join infused
        on infused.center_id = collections.center_id
        and infused.case_id = collections.case_id
        and infused.collection_id = collections.collection_id
    left join untraced
        on untraced.center_id = collections.center_id
        and untraced.case_id = collections.case_id
    left join donors
        on donors.center_id = collections.center_id
        and donors.case_id = collections.case_id
        and donors.donor_id = collections.donor_id
    left join screenings
        on screenings.center_id = collections.center_id
        and screenings.case_id = collections.case_id
        and screenings.donor_id = collections.donor_id
    left join mobilisations
        on mobilisations.center_id = collections.center_id
        and mobilisations.case_id = collections.case_id
        and mobilisations.collection_id = collections.collection_id
    left join parts
        on parts.center_id = collections.center_id
        and parts.case_id = collections.case_id
        and parts.collection_id = collections.collection_id
    left join unplaced
        on unplaced.center_id = collections.center_id
        and unplaced.case_id = collections.case_id

)

select * from final
