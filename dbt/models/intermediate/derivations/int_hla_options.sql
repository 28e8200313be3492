with

hla as (

    select * from {{ ref('stg_hla') }}
    where locus in {{ core_loci() }}
        and coalesce(allele_1, allele_2) is not null

),

-- One allele reported stands first, whichever column it was written in.
ordered as (

    select
        center_id,
        case_id,
        subject_id,
        locus,
        coalesce(homozygosity_confirmed, false) as is_confirmed,
        coalesce(allele_1, allele_2) as allele_1,
        case when allele_1 is not null then allele_2 end as allele_2
    from hla

),

alleles as (

    select
        center_id,
        case_id,
        subject_id,
        locus,
        is_confirmed,
        allele_2 is not null as has_two,
        {{ hla_options('allele_1') }} as options_1,
        {{ hla_options('allele_2') }} as options_2,
        {{ hla_allele_group('allele_1') }} as allele_group_1,
        {{ hla_allele_group('allele_2') }} as allele_group_2,
        {{ hla_may_be_null('allele_1') }} as may_be_null_1,
        coalesce({{ hla_may_be_null('allele_2') }}, false) as may_be_null_2
    from ordered

),

-- A null allele is dropped and its partner counts twice; one that may be null may be its partner. A second
-- allele that was not reported may be anything, unless homozygosity is confirmed.
completed as (

    select
        center_id,
        case_id,
        subject_id,
        locus,
        case
            when options_1 = '' then options_2
            when may_be_null_1 and (has_two or not is_confirmed)
                then {{ hla_either('options_1', 'options_2') }}
            else options_1
        end as options_1,
        case
            when not has_two and (is_confirmed or options_1 = '') then options_1
            when options_2 = '' then options_1
            when may_be_null_2 then {{ hla_either('options_2', 'options_1') }}
            else options_2
        end as options_2,
        case
            when options_1 = '' then allele_group_2
            when not may_be_null_1 then allele_group_1
        end as allele_group_1,
        case
            when not has_two and is_confirmed then allele_group_1
            when options_2 = '' then allele_group_1
            when not may_be_null_2 then allele_group_2
        end as allele_group_2
    from alleles

),

final as (

    select
        center_id,
        case_id,
        subject_id,
        locus,
        -- Two null alleles leave nothing that is known to be expressed.
        nullif(options_1, '') as options_1,
        nullif(options_2, '') as options_2,
        allele_group_1,
        allele_group_2,
        coalesce(options_1 = '' or options_2 = '' or options_1 like '%/%' or options_2 like '%/%', true)
            as is_ambiguous
    from completed

)

select * from final
