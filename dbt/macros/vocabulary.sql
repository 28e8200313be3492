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

{%- macro immunosuppressive_classes() -%}
('calcineurin inhibitor', 'mTOR inhibitor', 'mycophenolate', 'methotrexate', 'cyclophosphamide',
 'corticosteroid', 'anti-lymphocyte globulin', 'alemtuzumab', 'abatacept', 'ruxolitinib')
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
