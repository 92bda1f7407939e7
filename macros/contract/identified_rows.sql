{#-
    CTEs that every checked_<table> model begins with. They end in `identified`: each row of a contract table
    that is known on the as-of date, from all enabled systems, instants in the reporting time zone, with
    `key_reason` set where a key comes more than once:

        superseded             an older version of the row: its loaded_at is before another's
        never in force         a term that ends as it begins, as several changes on one day leave it
        conflicting versions   versions that differ and arrived at the same time: none is taken
        duplicate row          a further copy of the same row

    Versions that differ in labels only are copies of one row, in which a label that they contradict each other in is
    empty (macros/contract/emptied.sql). Only rows whose key is repeated are compared, so that a large table isn't sorted.
    Of those that arrived last, the ones that take time are; a charge that is due once and takes none is kept where it is alone.
    A row without a key is one of its own: two bookings of a cost that are alike are two.

    Words of a vocabulary are in the contract's spelling, where the seed `vocabulary` knows them; `known_word` is empty where
    it doesn't, `written_word` is the word as the source has it.
-#}
{% macro identified_rows(table) -%}
    {%- set in_use = systems_in_use(table) -%}
    {%- if execute -%}
    {%- set columns = contract_columns(table) -%}
    {%- set names = columns | map(attribute='name') | list -%}
    {%- set labels = columns | selectattr('is_label') | list -%}
    {%- set vocabulary = vocabulary_column(table) -%}
    {%- set key = contract_key(table) -%}
    {%- set filled_key = contract_filled_key(table) -%}
    {%- set term = contract_term(table) -%}
    {%- set versions = 'partition by ' ~ (key + ['loaded_at', 'standing'] if term else key + ['loaded_at']) | join(', ') -%}
known as {{ read_again() }}(
    {%- for system in in_use %}
    select
        {%- for column in columns %}
        {{ known_value(column) }} as {{ column.name }},
        {%- endfor %}
        unreadable_column,
        unreadable_value,
        {{ emptied_values(untrue_labels(labels), before='emptied') }} as emptied
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
    where {{ filled_key | join(' is not null and ') }} is not null
    group by {{ key | join(', ') }}
    having count(*) > 1
),

repeated as (
    select
        known.*,
        {{ texts_of(what_rows_say(columns, 'known')) }} as content,
        {{ row_content(labels | map(attribute='name') | list + ['emptied'], 'known') }} as labels
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
        {%- for column in labels %}
        min({{ comparable(column) }}) over ({{ versions }}) as first_{{ column.name }},
        max({{ comparable(column) }}) over ({{ versions }}) as last_{{ column.name }},
        {%- endfor %}
        max(loaded_at) over (partition by {{ key | join(', ') }}) as newest,
        {%- if term %}
        max(standing) over (partition by {{ key | join(', ') }}, loaded_at) as best_standing,
        {%- endif %}
        min(content) over ({{ versions }}) as first_content,
        max(content) over ({{ versions }}) as last_content,
        row_number() over ({{ versions }} order by content, {{ by_bytes('labels') }}) as copy_number
    from repeated
),

judged_versions as (
    select
        compared.*,
        case
            when loaded_at < newest or (loaded_at is null and newest is not null) then 'superseded'
            {%- if term %}
            when standing = 0 or standing < best_standing then 'never in force'
            {%- endif %}
            when first_content <> last_content then 'conflicting versions'
            when copy_number > 1 then 'duplicate row'
        end as key_reason
    from compared
),

versions as (
    select
        {%- for column in columns %}
        {{ agreed_label(column) if column.is_label else column.name }} as {{ column.name }},
        {%- endfor %}
        unreadable_column,
        unreadable_value,
        {{ emptied_values(contradicted_labels(labels), before='emptied') }} as emptied,
        key_reason
    from judged_versions
    union all
    select
        {%- for name in names %}
        known.{{ name }},
        {%- endfor %}
        known.unreadable_column,
        known.unreadable_value,
        known.emptied,
        {% if term -%}
        case when {{ standing_of_term(table, 'known') }} = 0 then 'never in force' end as key_reason
        {%- else -%}
        cast(null as {{ type_of('text') }}) as key_reason
        {%- endif %}
    from known
    left join repeated_keys
        on {{ same_key('known', 'repeated_keys', table) }}
    where repeated_keys.{{ filled_key[0] }} is null
),

identified as (
    select
        {%- for column in columns %}
        {{ in_the_contract_s_words(column, 'versions', 'words') }} as {{ column.name }},
        {%- endfor %}
        {%- if vocabulary %}
        words.word as known_word,
        versions.{{ vocabulary.name }} as written_word,
        {%- endif %}
        versions.unreadable_column,
        versions.unreadable_value,
        versions.emptied,
        versions.key_reason
    from versions
    {%- if vocabulary %}
    left join {{ ref('vocabulary') }} as words
        on words.vocabulary = '{{ vocabulary.vocabulary }}'
        and words.word = {{ word_of('versions.' ~ vocabulary.name) }}
    {%- endif %}
)
    {%- else -%}
{#- While dbt parses: only what the model depends on. -#}
        {%- for system in in_use %}{% do ref('stg_' ~ system ~ '__' ~ table) %}{% endfor -%}
        {%- do ref('vocabulary') -%}
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
    {%- set filled_key = contract_filled_key(table) -%}
    {%- for name in contract_key(table) -%}
        {{ '\n        and ' if not loop.first }}
        {%- if name in filled_key -%}
    {{ left }}.{{ name }} = {{ right }}.{{ name }}
        {%- else -%}
    coalesce({{ left }}.{{ name }}, '') = coalesce({{ right }}.{{ name }}, '')
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
        cast(null as {{ type_of('text') }}) as unreadable_value,
        cast(null as {{ type_of('text') }}) as emptied
    from (select 1 as one) as nothing
    where 1 = 0
{%- endmacro %}


{#- What versions of a row have to agree in: all of its values but labels and its arrival; words however they are spelt. -#}
{% macro what_rows_say(columns, relation) -%}
    {%- set values = [] -%}
    {%- for column in columns if column.name != 'loaded_at' and not column.is_label -%}
        {%- set value = relation ~ '.' ~ column.name -%}
        {%- do values.append(word_of(value) if column.vocabulary else value) -%}
    {%- endfor -%}
    {{ return(values) }}
{%- endmacro %}


{#-
    A staged value as the contract knows it: an instant in the reporting time zone, an end that is a placeholder (9999-12-31)
    open, a label that can't be true empty, a word that is compared with a seed in the seed's spelling.
-#}
{% macro known_value(column) -%}
    {%- set value = local_time(column.name) if column.kind == 'timestamp' else column.name -%}
    {%- if column.is_word -%}
    {{ word_of(value) }}
    {%- elif column.is_end -%}
    case when {{ is_no_end(value, column.kind) }} then null else {{ value }} end
    {%- elif column.is_label and column.kind in ('date', 'timestamp') -%}
    case when {{ is_absurd(value, column.kind) }} then null else {{ value }} end
    {%- elif column.is_label and column.minimum is defined -%}
    case when {{ is_untrue(value, column) }} then null else {{ value }} end
    {%- else -%}
    {{ value }}
    {%- endif -%}
{%- endmacro %}


{#- The labels of a staged row that can't be true, as emptied_values has them. -#}
{% macro untrue_labels(labels) -%}
    {%- set found = [] -%}
    {%- for column in labels if 'invalid' in emptied_reasons(column) -%}
        {%- set value = local_time(column.name) if column.kind == 'timestamp' else column.name -%}
        {%- do found.append({'reason': 'invalid', 'column': column.name, 'value': column.name, 'holds': is_untrue(value, column)}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{#- The labels that versions of a row contradict each other in, as emptied_values has them. -#}
{% macro contradicted_labels(labels) -%}
    {%- set found = [] -%}
    {%- for column in labels -%}
        {%- set first, last = 'first_' ~ column.name, 'last_' ~ column.name -%}
        {%- do found.append({
            'reason': 'conflicting',
            'column': column.name,
            'value': 'cast(' ~ first ~ ' as ' ~ type_of('text') ~ ") || ' / ' || cast(" ~ last ~ ' as ' ~ type_of('text') ~ ')',
            'holds': 'key_reason is null and ' ~ first ~ ' <> ' ~ last,
        }) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{#- A label of the version that is taken: what all versions say that say anything. Rejected ones keep their own. -#}
{% macro agreed_label(column) -%}
    {%- set first, last = 'first_' ~ column.name, 'last_' ~ column.name -%}
    case
            when key_reason is not null then {{ column.name }}
            when {{ first }} = {{ last }} then {{ first ~ ' = 1' if column.kind == 'boolean' else first }}
        end
{%- endmacro %}


{#- A label as min and max take it on every engine. -#}
{% macro comparable(column) -%}
    {%- if column.kind == 'boolean' -%}
    case when {{ column.name }} then 1 when not {{ column.name }} then 0 end
    {%- else -%}
    {{ by_bytes(column.name) if column.kind == 'text' else column.name }}
    {%- endif -%}
{%- endmacro %}


{#-
    A value in the contract's words. A word that says a period by itself (monthly, P3M) multiplies the count beside it;
    without a count it is that period once.
-#}
{% macro in_the_contract_s_words(column, versions, words) -%}
    {%- set value = versions ~ '.' ~ column.name -%}
    {%- if column.vocabulary -%}
    coalesce({{ words }}.meaning, {{ value }})
    {%- elif column.counts -%}
    case
            when {{ words }}.multiple is not null and coalesce({{ value }}, 1) between 1 and 100000
                then {{ words }}.multiple * coalesce({{ value }}, 1)
            else {{ value }}
        end
    {%- else -%}
    {{ value }}
    {%- endif -%}
{%- endmacro %}
