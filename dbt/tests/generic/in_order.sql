{#- An interval does not end before it starts, and a start without an end is no interval problem. -#}
{% test in_order(model, lo, hi) %}

select *
from {{ model }}
where {{ lo }} > {{ hi }}

{% endtest %}
