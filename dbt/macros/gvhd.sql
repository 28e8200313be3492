{#- Grades from organ stages; null while a stage that could change it is missing. -#}

{#- Acute GVHD after MAGIC (Harris 2016). -#}
{%- macro acute_gvhd_grade(skin, liver, lower_gi, upper_gi) -%}
case
    when {{ skin }} = 4 or {{ liver }} = 4 or {{ lower_gi }} = 4 then 4
    when {{ skin }} is null or {{ liver }} is null or {{ lower_gi }} is null then cast(null as bigint)
    when {{ liver }} >= 2 or {{ lower_gi }} >= 2 then 3
    when {{ skin }} = 3 or {{ liver }} = 1 or {{ lower_gi }} = 1 or {{ upper_gi }} = 1 then 2
    when {{ upper_gi }} is null then cast(null as bigint)
    when {{ skin }} >= 1 then 1
    else 0
end
{%- endmacro -%}

{#- Chronic GVHD after NIH 2014: the worst organ, how many, and the lung, which weighs more. -#}
{%- macro chronic_gvhd_severity(worst_stage, organs, lung_stage) -%}
case
    when {{ worst_stage }} >= 3 or {{ lung_stage }} >= 2 then 'severe'
    when {{ worst_stage }} is null or {{ lung_stage }} is null then cast(null as varchar)
    when {{ worst_stage }} = 2 or {{ lung_stage }} = 1 or {{ organs }} >= 3 then 'moderate'
    when {{ organs }} is null then cast(null as varchar)
    when {{ worst_stage }} = 1 then 'mild'
end
{%- endmacro -%}

{#- Acute GVHD after modified Glucksberg (Przepiorka 1995): gut 4 stays in III, and the gut has no upper stage. Grade
    IV by performance status (ECOG 4) is not asked of the form. -#}
{%- macro glucksberg_grade(skin, liver, lower_gi) -%}
case
    when {{ skin }} = 4 or {{ liver }} = 4 then 4
    when {{ skin }} is null or {{ liver }} is null or {{ lower_gi }} is null then cast(null as bigint)
    when {{ liver }} >= 2 or {{ lower_gi }} >= 2 then 3
    when {{ skin }} = 3 or {{ liver }} = 1 or {{ lower_gi }} = 1 then 2
    when {{ skin }} >= 1 then 1
    else 0
end
{%- endmacro -%}

{#- Whether an episode is of a grade or above, from what its grade is at least and at most; null if it may be. -#}
{%- macro acute_gvhd_reaches(grade) -%}
case when grade_lo >= {{ grade }} then true when grade_hi < {{ grade }} then false end
{%- endmacro -%}
