{#- What the endpoints fix that no consensus does; told to readers in docs/endpoints.md. -#}

{#- Every death within so many days of the first course (ELN 2022 asks for both). -#}
{%- macro early_death_windows() -%}
{{ return([30, 60]) }}
{%- endmacro -%}

{#- Days from the first course by which remission must have come. ELN 2022 leaves the landmark to the
    protocol; half a year leaves room for two inductions and a late assessment. -#}
{%- macro efs_landmark_days() -%}
180
{%- endmacro -%}

{#- So many days after its last count a patient is still taken as not recovered; later nobody knows. -#}
{%- macro recovery_followed_days() -%}
14
{%- endmacro -%}

{#- What centers are compared by: endpoint, origin, and the day by which. -#}
{%- macro center_comparisons() -%}
{{ return([('os', 'first_course', 365), ('os', 'first_course', 730), ('lfs', 'remission', 730)]) }}
{%- endmacro -%}
