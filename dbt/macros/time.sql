{#- Minutes since the start of day 0. A time that is not known is the whole day, so that every moment
    is an interval: lo is the first minute it can be, hi the last one. -#}

{%- macro minute_of_day(clock) -%}
cast(substring({{ clock }}, 1, 2) as integer) * 60 + cast(substring({{ clock }}, 4, 2) as integer)
{%- endmacro -%}

{%- macro minute_lo(day, clock) -%}
{{ day }} * 1440 + coalesce({{ minute_of_day(clock) }}, 0)
{%- endmacro -%}

{%- macro minute_hi(day, clock) -%}
{{ day }} * 1440 + coalesce({{ minute_of_day(clock) }}, 1439)
{%- endmacro -%}
