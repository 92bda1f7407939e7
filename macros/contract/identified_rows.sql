{#-
    CTEs that every checked_<table> model begins with. They end in `identified`: each row of a contract table
    that is known on the as-of date, from all enabled systems, instants in the reporting time zone, with
    `key_reason` set where a key comes more than once:

        superseded             an older version of the row: its loaded_at is before another's
        never in force         a term that ends as it begins, as several changes on one day leave it
        conflicting versions   versions that differ and arrived at the same time: none is taken
        duplicate row          a further copy of the same row

    Only rows whose key is repeated are compared, so that a large table isn't sorted. Of those that arrived last, the ones
    that take time are; a charge that is due once and takes none is kept where it is alone.
-#}
{% macro identified_rows(table) -%}
    {%- set in_use = systems_in_use(table) -%}
    {%- if execute -%}
    {%- set columns = contract_columns(table) -%}
    {%- set names = columns | map(attribute='name') | list -%}
    {%- set key = contract_key(table) -%}
    {%- set term = contract_term(table) -%}
    {%- set versions = (key + ['loaded_at', 'standing'] if term else key + ['loaded_at']) | join(', ') -%}
    {%- set required_key = columns | selectattr('name', 'in', key) | selectattr('required') | map(attribute='name') | list -%}
known as {{ read_again() }}(
    {%- for system in in_use %}
    select
        {%- for column in columns %}
        {{ local_time(column.name) if column.kind == 'timestamp' else column.name }} as {{ column.name }},
        {%- endfor %}
        unreadable_column,
        unreadable_value
    from {{ ref('stg_' ~ system ~ '__' ~ table) }}
    where {{ is_known() }}
    {{- '\n    union all' if not loop.last }}
    {%- else %}
    {{ no_rows(columns) }}
    {%- endfor %}
),

repeated_keys as (
    select {{ key | join(', ') }}
    from known
    where {{ required_key | join(' is not null and ') }} is not null
    group by {{ key | join(', ') }}
    having count(*) > 1
),

repeated as (
    select
        known.*,
        {{ row_content(names | reject('equalto', 'loaded_at') | list, 'known') }} as content
        {%- if term %},
        {{ standing_of_term(table, 'known') }} as standing
        {%- endif %}
    from known
    inner join repeated_keys
        on {{ same_key('known', 'repeated_keys', table) }}
),

compared as (
    select
        repeated.*,
        max(loaded_at) over (partition by {{ key | join(', ') }}) as newest,
        {%- if term %}
        max(standing) over (partition by {{ key | join(', ') }}, loaded_at) as best_standing,
        {%- endif %}
        min(content) over (partition by {{ versions }}) as first_content,
        max(content) over (partition by {{ versions }}) as last_content,
        row_number() over (partition by {{ versions }} order by content) as copy_number
    from repeated
),

identified as (
    select
        {{ names | join(',\n        ') }},
        unreadable_column,
        unreadable_value,
        case
            when loaded_at < newest or (loaded_at is null and newest is not null) then 'superseded'
            {%- if term %}
            when standing = 0 or standing < best_standing then 'never in force'
            {%- endif %}
            when first_content <> last_content then 'conflicting versions'
            when copy_number > 1 then 'duplicate row'
        end as key_reason
    from compared
    union all
    select
        {%- for name in names %}
        known.{{ name }},
        {%- endfor %}
        known.unreadable_column,
        known.unreadable_value,
        {% if term -%}
        case when {{ standing_of_term(table, 'known') }} = 0 then 'never in force' end as key_reason
        {%- else -%}
        cast(null as {{ type_of('text') }}) as key_reason
        {%- endif %}
    from known
    left join repeated_keys
        on {{ same_key('known', 'repeated_keys', table) }}
    where repeated_keys.{{ required_key[0] }} is null
)
    {%- else -%}
{#- While dbt parses: only what the model depends on. -#}
        {%- for system in in_use %}{% do ref('stg_' ~ system ~ '__' ~ table) %}{% endfor -%}
identified as (select 1 as parsed)
    {%- endif -%}
{%- endmacro %}


{#- 2 for a term that takes time, 0 for one that takes none; 1 for a charge that is due once and takes none. -#}
{% macro standing_of_term(table, alias) -%}
    {%- set start, end = contract_term(table) -%}
    case
        {%- if table == 'subscription_items' %}
        when {{ alias }}.{{ start }} = {{ alias }}.{{ end }} and {{ alias }}.interval_unit = 'once' then 1
        {%- endif %}
        when {{ alias }}.{{ start }} = {{ alias }}.{{ end }} then 0
        else 2
    end
{%- endmacro %}


{#- Whether a staged row had arrived by the end of the as-of date; one that doesn't say when had. -#}
{% macro is_known() -%}
    (loaded_at is null or {{ local_time('loaded_at') }} < {{ as_of_cutoff() }})
{%- endmacro %}


{#- Two relations' rows have the same key; parts of it that may be empty agree where both are. -#}
{% macro same_key(left, right, table) -%}
    {%- set key = contract_key(table) -%}
    {%- for column in contract_columns(table) if column.name in key -%}
        {{ '\n        and ' if not loop.first }}
        {%- if column.required -%}
    {{ left }}.{{ column.name }} = {{ right }}.{{ column.name }}
        {%- else -%}
    coalesce({{ left }}.{{ column.name }}, '') = coalesce({{ right }}.{{ column.name }}, '')
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{#- A table of the contract that no enabled system has: its columns, no rows. -#}
{% macro no_rows(columns) -%}
    select
        {%- for column in columns %}
        cast(null as {{ type_of(column.kind) }}) as {{ column.name }},
        {%- endfor %}
        cast(null as {{ type_of('text') }}) as unreadable_column,
        cast(null as {{ type_of('text') }}) as unreadable_value
    from (select 1 as one) as nothing
    where 1 = 0
{%- endmacro %}
