{#- Sets of codes that more than one model speaks of. -#}

{#- Clock A of the infusion (T-03): anything cytotoxic, HMA included; targeted drugs never. -#}
{%- macro cytotoxic_drugs() -%}
('cytarabine', 'daunorubicin', 'idarubicin', 'mitoxantrone', 'CPX-351', 'azacitidine', 'decitabine',
 'fludarabine', 'etoposide', 'homoharringtonine', 'aclarubicin', 'cladribine', 'hydroxyurea', 'other')
{%- endmacro -%}

{#- Clock B (T-03): the agents the consensus names, CPX-351 being cytarabine. -#}
{%- macro anchor_drugs() -%}
('cytarabine', 'CPX-351', 'azacitidine', 'decitabine')
{%- endmacro -%}

{%- macro antilymphocyte_drugs() -%}
('ATG', 'ALG', 'alemtuzumab')
{%- endmacro -%}

{%- macro immunosuppressive_classes() -%}
('calcineurin inhibitor', 'mTOR inhibitor', 'mycophenolate', 'methotrexate', 'cyclophosphamide',
 'corticosteroid', 'anti-lymphocyte globulin', 'alemtuzumab', 'abatacept', 'ruxolitinib', 'purine analogue')
{%- endmacro -%}

{%- macro core_loci() -%}
('A', 'B', 'C', 'DRB1', 'DQB1')
{%- endmacro -%}

{%- macro remissions() -%}
('CR', 'CRh', 'CRi')
{%- endmacro -%}

{%- macro related() -%}
('child', 'sibling', 'parent', 'other relative')
{%- endmacro -%}

{#- ELN 2022 order; 'not evaluable' says nothing and comes last. -#}
{%- macro response_rank(response) -%}
case {{ response }}
    when 'CR' then 1 when 'CRh' then 2 when 'CRi' then 3 when 'MLFS' then 4 when 'PR' then 5
    when 'no response' then 6 when 'relapse' then 7 when 'not evaluable' then 8
end
{%- endmacro -%}

{#- Drugs against one lesion of the leukaemia; venetoclax, which is given without one, apart. -#}
{%- macro inhibitors() -%}
('midostaurin', 'gilteritinib', 'quizartinib', 'sorafenib', 'ivosidenib', 'enasidenib', 'imatinib',
 'dasatinib')
{%- endmacro -%}

{%- macro anthracyclines() -%}
('daunorubicin', 'idarubicin', 'mitoxantrone', 'aclarubicin', 'CPX-351')
{%- endmacro -%}

{%- macro hypomethylating_agents() -%}
('azacitidine', 'decitabine')
{%- endmacro -%}

{#- Cytoreduction before a regimen; it does not make another regimen of it. -#}
{%- macro beside_a_regimen() -%}
('hydroxyurea', 'lenalidomide', 'midostaurin', 'gilteritinib', 'quizartinib', 'sorafenib',
 'ivosidenib', 'enasidenib', 'imatinib', 'dasatinib')
{%- endmacro -%}

{#- Reasons for which 2.4 exempts an immunosuppressive drug (T-23). -#}
{%- macro exempt_indications() -%}
('GVHD treatment', 'antiemesis or premedication', 'CNS prophylaxis or treatment',
 'cytokine release syndrome', 'differentiation syndrome', 'hormone replacement')
{%- endmacro -%}

{#- Suspected or confirmed GVHD among the complications. -#}
{%- macro gvhd_kinds() -%}
('acute GVHD', 'chronic GVHD', 'GVHD suspected, not confirmed')
{%- endmacro -%}

{#- Tests for donor cells that 2.5-13 names. -#}
{%- macro listed_chimerism_methods() -%}
('FISH', 'chromosome analysis', 'STR-PCR', 'indel-PCR', 'flow cytometry', 'SNP', 'DIP', 'NGS')
{%- endmacro -%}

{#- The cytokines that 2.3 and 2.5 name, as columns of the immune form. -#}
{%- macro named_cytokines() -%}
{{ return([
    'il2_pg_per_ml', 'il6_pg_per_ml', 'il8_pg_per_ml', 'il10_pg_per_ml', 'il12_pg_per_ml',
    'ifn_alpha_pg_per_ml', 'ifn_gamma_pg_per_ml',
]) }}
{%- endmacro -%}
