with

donors as (

    select * from {{ ref('stg_donor') }}

),

infusions as (

    select * from {{ ref('stg_infusion') }}

),

antibody_tests as (

    select * from {{ ref('stg_antibody') }}

),

kir_genes as (

    select * from {{ ref('stg_kir') }}

),

typings as (

    select * from {{ ref('int_hla_typing') }}

),

homozygous_loci as (

    select * from {{ ref('int_hla_homozygous_locus') }}

),

screenings as (

    select * from {{ ref('int_donor_screening') }}

),

collections as (

    select * from {{ ref('int_collection') }}

),

pairs as (

    select * from {{ ref('int_hla_pair') }}

),

infused as (

    select
        center_id,
        case_id,
        donor_id,
        {{ min_if_all_known('infusion_day') }} as first_infusion_day,
        min(infusion_no) as first_infusion_no
    from infusions
    where donor_id is not null
    group by center_id, case_id, donor_id

),

first_infusions as (

    select
        center_id,
        case_id,
        min(infusion_no) as first_infusion_no,
        min(case when donor_id is not null then infusion_no end) as first_attributed_no
    from infusions
    group by center_id, case_id

),

unattributed as (

    select distinct center_id, case_id
    from infusions
    where donor_id is null

),

antibody as (

    select
        antibody_tests.center_id,
        antibody_tests.case_id,
        antibody_tests.donor_id,
        min(antibody_tests.test_day) as first_test_day,
        max(
            case
                when antibody_tests.test_day <= infused.first_infusion_day then antibody_tests.test_day
            end
        ) as last_test_day
    from antibody_tests
    left join infused
        on infused.center_id = antibody_tests.center_id
        and infused.case_id = antibody_tests.case_id
        and infused.donor_id = antibody_tests.donor_id
    where antibody_tests.result is not null
    group by antibody_tests.center_id, antibody_tests.case_id, antibody_tests.donor_id

),

kir as (

    select
        center_id,
        case_id,
        donor_id,
        count(present) as genes_called
    from kir_genes
    group by center_id, case_id, donor_id

),

homozygous as (

    select
        center_id,
        case_id,
        donor_id,
        sum(case when is_homozygous_shared then 1 else 0 end) as shared,
        sum(case when not is_homozygous_shared then 1 else 0 end) as not_shared,
        sum(case when is_homozygous_one_way then 1 else 0 end) as one_way,
        sum(case when not is_homozygous_one_way then 1 else 0 end) as not_one_way
    from homozygous_loci
    group by center_id, case_id, donor_id

),

judged_collections as (

    select
        *,
        case
            when counted_by_flow then subsets_counted >= 7
            else counted_by_flow
        end as is_counted
    from collections

),

collected as (

    select
        center_id,
        case_id,
        donor_id,
        {{ every_row('is_gpbsc') }} as all_mobilised,
        {{ every_row('consent_before_mobilisation') }} as all_consented,
        count(case when coalesce(infused, true) then 1 end) as infused_collections,
        -- Of a collection that may not have been used, only good counts say something.
        {{ every_row('not infused or is_counted') }} as all_counted
    from judged_collections
    where donor_id is not null
    group by center_id, case_id, donor_id

),

unattributed_collections as (

    select distinct center_id, case_id
    from collections
    where donor_id is null

),

joined as (

    select
        donors.center_id,
        donors.case_id,
        donors.donor_id,
        donors.relation,
        donors.relation in {{ related() }} as is_related,
        donors.eligible,
        donors.replaces_donor_id,
        donors.replacement_reason,
        donors.kir_typed as kir_typed_reported,
        donors.antibodies_tested,
        case
            when infused.donor_id is not null or donors.role = 'cells infused' then true
            when unattributed.case_id is not null then cast(null as boolean)
            else false
        end as infused,
        infused.first_infusion_day,
        infused.first_infusion_no,
        first_infusions.first_infusion_no as first_no_of_case,
        first_infusions.first_attributed_no as first_attributed_no_of_case,
        antibody.first_test_day,
        antibody.last_test_day,
        coalesce(typings.loci_typed, 0) as hla_core_loci_typed,
        coalesce(typings.loci_high, 0) as hla_core_loci_high,
        typings.hla_typed_high,
        coalesce(homozygous.shared, 0) as homozygous_shared_loci_lo,
        5 - coalesce(homozygous.not_shared, 0) as homozygous_shared_loci_hi,
        coalesce(homozygous.one_way, 0) as homozygous_one_way_loci_lo,
        5 - coalesce(homozygous.not_one_way, 0) as homozygous_one_way_loci_hi,
        coalesce(kir.genes_called, 0) as kir_genes_called,
        coalesce(pairs.loci_compared, 0) as loci_compared,
        pairs.gvh_mismatches,
        pairs.hvg_mismatches,
        pairs.loci_sharing_allele,
        pairs.hla_mismatched,
        pairs.matched_alleles,
        pairs.one_way_match,
        screenings.collected,
        screenings.cleared,
        screenings.examined_before_mobilisation,
        screenings.markers_before_mobilisation,
        unattributed_collections.case_id is not null as may_have_collection,
        collected.all_consented,
        collected.all_mobilised,
        collected.infused_collections,
        collected.all_counted
    from donors
    left join infused
        on infused.center_id = donors.center_id
        and infused.case_id = donors.case_id
        and infused.donor_id = donors.donor_id
    left join unattributed
        on unattributed.center_id = donors.center_id
        and unattributed.case_id = donors.case_id
    left join antibody
        on antibody.center_id = donors.center_id
        and antibody.case_id = donors.case_id
        and antibody.donor_id = donors.donor_id
    left join kir
        on kir.center_id = donors.center_id
        and kir.case_id = donors.case_id
        and kir.donor_id = donors.donor_id
    left join typings
        on typings.center_id = donors.center_id
        and typings.case_id = donors.case_id
        and typings.subject_id = donors.donor_id
    left join homozygous
        on homozygous.center_id = donors.center_id
        and homozygous.case_id = donors.case_id
        and homozygous.donor_id = donors.donor_id
    left join screenings
        on screenings.center_id = donors.center_id
        and screenings.case_id = donors.case_id
        and screenings.donor_id = donors.donor_id
    left join first_infusions
        on first_infusions.center_id = donors.center_id
        and first_infusions.case_id = donors.case_id
    left join collected
        on collected.center_id = donors.center_id
        and collected.case_id = donors.case_id
        and collected.donor_id = donors.donor_id
    left join unattributed_collections
        on unattributed_collections.center_id = donors.center_id
        and unattributed_collections.case_id = donors.case_id
    left join pairs
        on pairs.center_id = donors.center_id
        and pairs.case_id = donors.case_id
        and pairs.donor_id = donors.donor_id

),

categorised as (

    select
        *,
        case when kir_genes_called > 0 then true else kir_typed_reported end as kir_typed,
        case
            when loci_compared < 5 then cast(null as varchar)
            when gvh_mismatches = 0 and hvg_mismatches = 0 then 'matched'
            when loci_sharing_allele = 0 then 'fully mismatched'
            when loci_sharing_allele < 5 or is_related is false then 'partially mismatched'
            when is_related then 'haploidentical'
        end as donor_category,
        is_related and hla_mismatched and coalesce(eligible, case when infused then true end)
            as is_mismatched_relative
    from joined

),

candidates as (

    select
        center_id,
        case_id,
        {{ any_row('is_mismatched_relative') }} as found,
        {{ any_row('is_mismatched_relative is null') }} as possible,
        -- Whoever records only the donor used says nothing of the others.
        {{ any_row('not infused') }} as has_others
    from categorised
    group by center_id, case_id

),

final as (

    select
        categorised.center_id,
        categorised.case_id,
        categorised.donor_id,
        categorised.relation,
        categorised.is_related,
        categorised.infused,
        categorised.first_infusion_day,
        categorised.collected,
        categorised.cleared,
        categorised.examined_before_mobilisation,
        categorised.markers_before_mobilisation,
        {%- for name, column in [
            ('consented_before_mobilisation', 'all_consented'),
            ('all_collections_mobilised', 'all_mobilised')
        ] %}
        case when not {{ column }} or not may_have_collection then {{ column }} end as {{ name }},
        {%- endfor %}
        case
            when infused_collections > 0 and (not all_counted or not may_have_collection) then all_counted
        end as all_collections_counted,
        cast(hla_core_loci_typed as bigint) as hla_core_loci_typed,
        cast(hla_core_loci_high as bigint) as hla_core_loci_high,
        hla_typed_high,
        kir_typed,
        cast(kir_genes_called as bigint) as kir_genes_called,
        case
            when kir_genes_called >= {{ var('parameters').kir_genes_complete }} then true
            when not kir_typed then false
        end as kir_complete,
        case
            when antibodies_tested is false and first_test_day is null then false
            when first_test_day < first_infusion_day then true
            when first_test_day > first_infusion_day then false
            when first_test_day is not null and infused is false then true
        end as antibody_test_before_infusion,
        first_infusion_day - last_test_day as antibody_test_age_days,
        gvh_mismatches,
        hvg_mismatches,
        cast(loci_compared as bigint) as loci_compared,
        hla_mismatched,
        matched_alleles,
        one_way_match,
        {%- for name in ['homozygous_shared_loci', 'homozygous_one_way_loci'] %}
        cast({{ name }}_lo as bigint) as {{ name }}_lo,
        cast({{ name }}_hi as bigint) as {{ name }}_hi,
        {%- endfor %}
        donor_category,
        {{ found_or_absent('candidates.found', 'candidates.possible', 'candidates.has_others = 1') }}
            as mismatched_relative_available,
        case
            when replaces_donor_id is not null or replacement_reason is not null then true
            when infused is false or first_infusion_no = first_no_of_case then false
            when first_infusion_no > first_attributed_no_of_case then true
        end as is_replacement,
        replacement_reason
    from categorised
    inner join candidates
        on candidates.center_id = categorised.center_id
        and candidates.case_id = categorised.case_id

)

select * from final
