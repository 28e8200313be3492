{#- What an abnormality of an ISCN formula says: patterns on one abnormality, such as t(8;21)(q22;q22). -#}

{#- A translocation of two chromosomes with these bands, or without bands, or with a third chromosome. -#}
{%- macro translocation(a, b, band_a, band_b) -%}
{{ "t\\(%s;%s\\)($|[^(]|\\(%s[^;)]*;%s)|t\\((%s;%s;[0-9XY]+|%s;[0-9XY]+;%s|[0-9XY]+;(%s;%s|%s;%s))\\)"
    | format(a, b, band_a, band_b, a, b, a, b, a, b, b, a) }}
{%- endmacro -%}

{#- Column, lesion as genetics.yaml calls it, and pattern. -#}
{%- macro karyotype_lesions() -%}
{%- set inv3 = "(inv\\(3\\)|t\\(3;3\\))($|[^(]|\\(q21[^q]*q26)" -%}
{%- set mllt3 = translocation('9', '11', 'p2[12]', 'q23') -%}
{{ return([
    ('runx1_runx1t1', 'RUNX1::RUNX1T1', translocation('8', '21', 'q2[12]', 'q22')),
    ('cbfb_myh11', 'CBFB::MYH11', "(inv\\(16\\)|t\\(16;16\\))($|[^(]|\\(p13)"),
    ('pml_rara', 'PML::RARA', translocation('15', '17', 'q2[24]', 'q(12|21)')),
    ('kmt2a_mllt3', 'KMT2A::MLLT3', mllt3),
    ('kmt2a', 'KMT2A', mllt3
        ~ "|t\\(11;[0-9XY;]+\\)\\(q23"
        ~ "|(t|ins)\\([0-9XY]+;11(;[0-9XY]+)?\\)\\([^;)]+;q23"
        ~ "|t\\([0-9XY]+;[0-9XY]+;11\\)\\([^;)]+;[^;)]+;q23"),
    ('dek_nup214', 'DEK::NUP214', translocation('6', '9', 'p2[23]', 'q34')),
    ('bcr_abl1', 'BCR::ABL1', translocation('9', '22', 'q34', 'q11')),
    ('kat6a_crebbp', 'KAT6A::CREBBP', translocation('8', '16', 'p11', 'p13')),
    ('gata2_mecom', 'GATA2::MECOM', inv3),
    ('mecom', 'MECOM', inv3
        ~ "|t\\(3;[0-9XY]+\\)\\(q26|t\\([12];3\\)\\([^;)]+;q26"),
    ('loss_5q', '-5 or del(5q)', "^-5$|del\\(5\\)\\(q|del\\(5q\\)|i\\(5\\)\\(p10"),
    ('loss_7', '-7', "^-7$"),
    ('abn_17p', '-17 or abn(17p)', "^-17$|\\(17\\)\\(p|(del|abn)\\(17p\\)|i\\(17\\)\\(q10|i\\(17q\\)"
        ~ "|(t|der|dic)\\(17;[0-9XY]+\\)\\((p|q10)|(t|der|dic)\\([0-9XY]+;17\\)\\([^;)]+;(p|q10)"),
]) }}
{%- endmacro -%}

{#- Other changes of chromosome 5, which may or may not lose the long arm. -#}
{%- macro perhaps_5q() -%}
(add|der|dic|idic|r|ins)\((5|[0-9]+;5|5;[0-9]+)\)
{%- endmacro -%}

{#- Autosomal monosomy, a structural change (ring and marker too), a gain of a whole chromosome. -#}
{%- macro autosomal_monosomy() -%}
^-([1-9]|1[0-9]|2[0-2])$
{%- endmacro -%}

{%- macro structural_change() -%}
\(|mar|r[0-9]*$
{%- endmacro -%}

{%- macro whole_gain() -%}
^[+]([1-9]|1[0-9]|2[0-2]|X|Y)$
{%- endmacro -%}
