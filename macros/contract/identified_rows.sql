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


{#- Whether a staged row had arrived by the end of the as-of date; one that doesn't say when had. -#}
{% macro is_known() -%}
    (loaded_at is null or {{ local_time('loaded_at') }} < {{ as_of_cutoff() }})
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
