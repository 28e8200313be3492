{%- set sets = {'8': ['A', 'B', 'C', 'DRB1'], '10': ['A', 'B', 'C', 'DRB1', 'DQB1']} -%}
{%- set directions = ['gvh', 'hvg', 'bidirectional'] -%}

with

donors as (

    select * from {{ ref('stg_donor') }}

),

loci as (

    select
        *,
        -- The worse of the two directions, locus by locus.
        greatest(gvh_mismatches_lo, hvg_mismatches_lo) as bidirectional_mismatches_lo,
        greatest(gvh_mismatches_hi, hvg_mismatches_hi) as bidirectional_mismatches_hi
    from {{ ref('int_hla_bounds_locus') }}

),

summed as (

    select
        donors.center_id,
        donors.case_id,
        donors.donor_id,
        {%- for size, names in sets.items() %}
        {%- set of_set = "loci.locus in ('" ~ names | join("', '") ~ "')" %}
        sum(case when {{ of_set }} then 1 else 0 end) as loci_compared_{{ size }},
        {%- for direction in directions %}
        sum(case when {{ of_set }} then loci.{{ direction }}_mismatches_lo else 0 end)
            as {{ direction }}_mismatches_{{ size }}_lo,
        -- A locus that was not typed on both sides can add two.
        sum(case when {{ of_set }} then loci.{{ direction }}_mismatches_hi else 0 end)
            + 2 * ({{ names | length }} - sum(case when {{ of_set }} then 1 else 0 end))
            as {{ direction }}_mismatches_{{ size }}_hi,
        {%- endfor %}
        {%- endfor %}
        {%- for direction in ['gvh', 'hvg'] %}
        {{ joined_texts(
            "loci.locus || ' ' || " ~ interval_text(
                'loci.' ~ direction ~ '_mismatches_lo', 'loci.' ~ direction ~ '_mismatches_hi')
        ) }} as {{ direction }}_vector{{ ',' if not loop.last }}
        {%- endfor %}
    from donors
    left join loci
        on loci.center_id = donors.center_id
        and loci.case_id = donors.case_id
        and loci.donor_id = donors.donor_id
    group by donors.center_id, donors.case_id, donors.donor_id

),

final as (

    select
        center_id,
        case_id,
        donor_id,
        {%- for size in sets %}
        cast(loci_compared_{{ size }} as bigint) as loci_compared_{{ size }},
        {%- for direction in directions %}
        {%- for bound in ['lo', 'hi'] %}
        cast({{ direction }}_mismatches_{{ size }}_{{ bound }} as bigint)
            as {{ direction }}_mismatches_{{ size }}_{{ bound }},
        {%- endfor %}
        {%- endfor %}
        {%- endfor %}
        gvh_vector,
        hvg_vector
    from summed

)

select * from final
