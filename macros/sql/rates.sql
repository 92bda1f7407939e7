{#- A currency's month-end rates, each beside that of the month before (its own, where there is none before it). -#}
{% macro rates_with_previous() -%}
    select
        currency,
        month,
        rate,
        coalesce(nullif(lag(rate) over (partition by currency order by month), 0), rate) as previous_rate
    from {{ ref('contract_month_rates') }}
{%- endmacro %}
