{#- Every value that is known is one of these; with `required`, it is always known. -#}
{% test one_of(model, column_name, values, required=false) %}

select {{ column_name }}
from {{ model }}
where {{ column_name }} not in ('{{ values | join("', '") }}')
    {{ 'or ' ~ column_name ~ ' is null' if required }}

{% endtest %}
