{%- set release = var('release') -%}

with

final as (

    select
        {%- for column in ['release', 'data_cut', 'form_version', 'consensus_version', 'code_version'] %}
        {{ "cast(null as varchar)" if release.get(column) is none
            else "'" ~ (release.get(column) | string | replace("'", "''")) ~ "'" }} as {{ column }}
        {{- ',' if not loop.last }}
        {%- endfor %}

)

select * from final
