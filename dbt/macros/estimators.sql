{#- The product over the window of (1 - events / at risk): exp of a sum of logs, and 0 from the
    moment everybody at risk had the event, where the log would not exist. -#}
{%- macro product_limit(n_event, n_risk, over) -%}
case
    when max(case when {{ n_event }} >= {{ n_risk }} then 1 else 0 end) over ({{ over }}) = 1 then 0.0
    else exp(sum(
        case
            when {{ n_event }} < {{ n_risk }}
                then ln(1.0 - cast({{ n_event }} as double) / {{ n_risk }})
        end
    ) over ({{ over }}))
end
{%- endmacro -%}

{#- Greenwood's sum; null where everybody at risk had the event. -#}
{%- macro greenwood_sum(n_event, n_risk, over) -%}
sum(cast({{ n_event }} as double) / nullif({{ n_risk }} * ({{ n_risk }} - {{ n_event }}), 0))
    over ({{ over }})
{%- endmacro -%}

{#- Bound of the 95 % interval on the log-log scale (R: conf.type = "log-log"); sign +1 is the lower.
    Does not exist at survival 0 or 1. -#}
{%- macro log_log_bound(survival, std_error, sign) -%}
case
    when {{ survival }} > 0 and {{ survival }} < 1
        then exp(-exp(
            ln(-ln({{ survival }}))
            + ({{ sign }}) * 1.959963984540054 * {{ std_error }} / ({{ survival }} * -ln({{ survival }}))
        ))
end
{%- endmacro -%}
