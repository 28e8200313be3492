{%- set lesions = karyotype_lesions() -%}
{%- set asked = var('parameters') -%}

with

diagnoses as (

    select
        center_id,
        case_id,
        karyotype_iscn,
        metaphases,
        {{ missing_code('karyotype_iscn') }} as karyotype_missing,
        coalesce(genetics_day, 0) between -{{ asked.diagnosis_window_days }}
            and {{ asked.diagnosis_window_days }} as is_at_diagnosis
    from {{ ref('stg_diagnosis') }}

),

-- FISH written behind the formula has abnormalities of its own notation.
formulas as (

    select
        center_id,
        case_id,
        {{ without_pattern(without_pattern('karyotype_iscn', '[.; ]*(nuc )?ish.*$'), '^mos | ') }} as formula
    from diagnoses
    where karyotype_iscn is not null and is_at_diagnosis

),

split_clones as (

    select
        center_id,
        case_id,
        {{ parts_of("replace(formula, '//', '/')", '/', 'clone') }}
    from formulas

),

clones as (

    select
        center_id,
        case_id,
        clone_no,
        {{ without_pattern('clone', '\\[.*$') }} as formula,
        cast({{ matched_group('clone', '\\[(?:cp)?([0-9]+)\\]') }} as bigint) as cells,
        {{ matches('clone', '(^|,)(idem|sl|sdl[0-9]*)(x[0-9])?(,|\\[|$)') }} as has_stem,
        {{ matches('clone', '^[0-9]{2,3}([~-][0-9]{2,3})?(<[^>]*>)?,(X|Y|U|idem|sl|sdl)') }} as is_readable
    from split_clones

),

-- Cells of a clone that repeats the stem line show what the stem line has.
counted_clones as (

    select
        *,
        case
            when clone_no = 1
                then cells + coalesce(sum(case when has_stem then cells end) over in_case, 0)
            else cells
        end as cells_with_stem
    from clones
    window in_case as (partition by center_id, case_id)

),

split_parts as (

    select
        center_id,
        case_id,
        clone_no,
        cells_with_stem,
        {{ parts_of('formula', ',', 'part') }}
    from counted_clones

),

-- Without number, sex chromosomes, stem line and what the patient was born with (c).
abnormalities as (

    select
        center_id,
        case_id,
        clone_no,
        {{ without_pattern('part', 'x[0-9]$') }} as abnormality,
        {{ matches('part', '[?]|or') }} as is_uncertain,
        case
            when count(*) over same = count(cells_with_stem) over same then sum(cells_with_stem) over same
        end as cells
    from split_parts
    where part_no > 1
        and part <> 'inc'
        and not {{ matches('part', '^([XYU]+c?|(idem|sl|sdl[0-9]*)(x[0-9])?|.*c)$') }}
    window same as (partition by center_id, case_id, part)

),

-- Two cells make a clone, of a loss three (ISCN).
clonal as (

    select
        *,
        {{ matches('abnormality', autosomal_monosomy()) }} as is_monosomy,
        {{ matches('abnormality', structural_change()) }} as is_structural,
        {{ matches('abnormality', whole_gain()) }} as is_gain,
        {{ matches('abnormality', perhaps_5q()) }} as is_perhaps_5q
        {%- for column, lesion, pattern in lesions %},
        {{ matches('abnormality', pattern) }} as is_{{ column }}
        {%- endfor %}
    from abnormalities
    where cells is null or cells >= case when abnormality like '-%' then 3 else 2 end

),

per_clone as (

    select
        center_id,
        case_id,
        clone_no,
        count(distinct abnormality) as n_abnormalities,
        count(distinct case when is_monosomy then abnormality end) as n_monosomies,
        count(distinct case
            when is_structural and not is_runx1_runx1t1 and not is_cbfb_myh11 then abnormality
        end) as n_structural
    from clonal
    where not is_uncertain
    group by center_id, case_id, clone_no

),

-- What a clone has beside the stem line, and the stem line where it repeats it.
whole_clones as (

    select
        clones.center_id,
        clones.case_id
        {%- for number in ['n_abnormalities', 'n_monosomies', 'n_structural'] %},
        coalesce(own.{{ number }}, 0)
            + case when clones.has_stem then coalesce(stem.{{ number }}, 0) else 0 end as {{ number }}
        {%- endfor %}
    from clones
    left join per_clone as own
        on own.center_id = clones.center_id
        and own.case_id = clones.case_id
        and own.clone_no = clones.clone_no
    left join per_clone as stem
        on stem.center_id = clones.center_id
        and stem.case_id = clones.case_id
        and stem.clone_no = 1

),

largest_clones as (

    select
        center_id,
        case_id,
        max(n_abnormalities) as n_abnormalities,
        {{ any_row('n_monosomies >= 2 or (n_monosomies = 1 and n_structural >= 1)') }} as is_monosomal
    from whole_clones
    group by center_id, case_id

),

summed as (

    select
        center_id,
        case_id,
        {{ any_row('is_uncertain') }} as has_uncertain,
        {{ any_row('not is_uncertain') }} as has_abnormality,
        count(distinct abnormality) as n_abnormalities,
        count(distinct case when is_monosomy and not is_uncertain then abnormality end) as n_monosomies,
        count(distinct case when is_structural and not is_uncertain then abnormality end) as n_structural,
        count(distinct case
            when is_structural and not is_uncertain and not is_runx1_runx1t1 and not is_cbfb_myh11
                then abnormality
        end) as n_structural_not_cbf,
        count(distinct case when is_gain then abnormality end) as n_gains,
        {{ any_row('is_perhaps_5q') }} as perhaps_5q
        {%- for column, lesion, pattern in lesions %},
        {{ any_row('is_' ~ column ~ ' and not is_uncertain') }} as has_{{ column }}
        {%- endfor %}
    from clonal
    group by center_id, case_id

),

readings as (

    select
        clones.center_id,
        clones.case_id,
        sum(cells) as cells,
        max(case when is_readable then 0 else 1 end) as unreadable,
        {{ any_row('is_readable') }} as has_readable,
        max(case when {{ matches('formula', '(^|,)inc(,|$)|[?]|or') }} then 1 else 0 end) as incomplete
    from clones
    group by clones.center_id, clones.case_id

),

joined as (

    select
        diagnoses.center_id,
        diagnoses.case_id,
        case
            when readings.has_readable = 1 then true
            when karyotype_missing = 'not done' then false
        end as karyotype_done,
        coalesce(diagnoses.metaphases, readings.cells) as metaphases,
        coalesce(summed.has_abnormality = 1, false) as is_abnormal,
        unreadable = 0 and incomplete = 0 and coalesce(has_uncertain, 0) = 0 as is_read_in_full,
        largest_clones.n_abnormalities as n_in_one_clone,
        largest_clones.is_monosomal,
        coalesce(summed.n_abnormalities, 0) as n_abnormalities,
        coalesce(n_monosomies, 0) as n_monosomies,
        coalesce(n_structural, 0) as n_structural,
        coalesce(n_structural_not_cbf, 0) as n_structural_not_cbf,
        coalesce(n_gains, 0) as n_gains,
        coalesce(perhaps_5q, 0) as perhaps_5q
        {%- for column, lesion, pattern in lesions %},
        coalesce(has_{{ column }}, 0) as has_{{ column }}
        {%- endfor %}
    from diagnoses
    left join readings
        on readings.center_id = diagnoses.center_id
        and readings.case_id = diagnoses.case_id
    left join largest_clones
        on largest_clones.center_id = diagnoses.center_id
        and largest_clones.case_id = diagnoses.case_id
    left join summed
        on summed.center_id = diagnoses.center_id
        and summed.case_id = diagnoses.case_id

),

judged as (

    select
        *,
        case
            when karyotype_done
                then is_abnormal or metaphases >= {{ asked.metaphases_complete }}
        end as karyotype_complete
    from joined

),

final as (

    select
        center_id,
        case_id,
        karyotype_done,
        karyotype_complete,
        cast(metaphases as bigint) as metaphases,
        -- What a complete karyotype read in full does not show is absent.
        {%- for column, lesion, pattern in lesions %}
        case
            when has_{{ column }} = 1 then true
            {%- if column == 'loss_5q' %}
            when perhaps_5q = 1 then cast(null as boolean)
            {%- endif %}
            when karyotype_complete and is_read_in_full then false
        end as {{ column }},
        {%- endfor %}
        -- Abnormalities of independent clones are not surely to be added.
        case
            when n_in_one_clone >= 3 then true
            when karyotype_complete and is_read_in_full and n_abnormalities < 3 then false
        end as complex_karyotype,
        case
            when is_monosomal = 1 then true
            when karyotype_complete and is_read_in_full
                and not (n_monosomies >= 2 or (n_monosomies = 1 and n_structural_not_cbf >= 1)) then false
        end as monosomal_karyotype,
        -- Whole chromosomes gained and nothing else.
        case when n_structural > 0 then false when is_read_in_full then n_gains >= 3 end as hyperdiploid_karyotype
    from judged

)

select * from final
