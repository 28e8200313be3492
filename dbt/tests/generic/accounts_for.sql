{#- An accounting identity: the parts make up the whole in every row. Returns the rows where not. -#}
{% test accounts_for(model, whole, parts) %}

select *
from {{ model }}
where {{ whole }} <> {{ parts | join(' + ') }}
    {%- for column in [whole] + parts %}
    or {{ column }} is null
    {%- endfor %}

{% endtest %}
