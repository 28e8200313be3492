with

options as (

    select * from {{ ref('int_hla_options') }}

),

donors as (

    select * from {{ ref('stg_donor') }}

),

pairs as (

    select
        donors.center_id,
        donors.case_id,
        donors.donor_id,
        recipient.locus,
        recipient.is_ambiguous or donor.is_ambiguous as is_ambiguous,
        {%- for i in [1, 2] %}
        {%- for j in [1, 2] %}
        {{ hla_may_be_same(
            'recipient.options_' ~ i, 'recipient.allele_group_' ~ i,
            'donor.options_' ~ j, 'donor.allele_group_' ~ j
        ) }} as may_be_{{ i }}{{ j }},
        {{ hla_is_same('recipient.options_' ~ i, 'donor.options_' ~ j) }} as is_{{ i }}{{ j }},
        {%- endfor %}
        {%- endfor %}
        {%- for side in ['recipient', 'donor'] %}
        {{ hla_may_be_same(
            side ~ '.options_1', side ~ '.allele_group_1', side ~ '.options_2', side ~ '.allele_group_2'
        ) }} as {{ side }}_may_be_homozygous{{ ',' if not loop.last }}
        {%- endfor %}
    from donors
    inner join options as donor
        on donor.center_id = donors.center_id
        and donor.case_id = donors.case_id
        and donor.subject_id = donors.donor_id
    inner join options as recipient
        on recipient.center_id = donors.center_id
        and recipient.case_id = donors.case_id
        and recipient.locus = donor.locus
        and recipient.subject_id = 'patient'

),

-- Nothing is missing in a direction if each allele finds its own, or both the same, on the other side.
final as (

    select
        center_id,
        case_id,
        donor_id,
        locus,
        is_ambiguous,
        case
            when (may_be_11 and may_be_22) or (may_be_12 and may_be_21)
                or (recipient_may_be_homozygous
                    and ((may_be_11 and may_be_21) or (may_be_12 and may_be_22))) then 0
            when may_be_11 or may_be_12 or may_be_21 or may_be_22 then 1
            else 2
        end as gvh_mismatches_lo,
        case when is_11 or is_12 then 0 else 1 end + case when is_21 or is_22 then 0 else 1 end
            as gvh_mismatches_hi,
        case
            when (may_be_11 and may_be_22) or (may_be_12 and may_be_21)
                or (donor_may_be_homozygous
                    and ((may_be_11 and may_be_12) or (may_be_21 and may_be_22))) then 0
            when may_be_11 or may_be_12 or may_be_21 or may_be_22 then 1
            else 2
        end as hvg_mismatches_lo,
        case when is_11 or is_21 then 0 else 1 end + case when is_12 or is_22 then 0 else 1 end
            as hvg_mismatches_hi
    from pairs

)

select * from final
