{#- The words that systems and spreadsheets write for an empty value, in lower case between bars. NA isn't among them: Namibia. -#}
{% macro placeholders() -%}
    '|-|--|null|<null>|(null)|#null!|none|(none)|(blank)|(empty)|n/a|#n/a|n.a.|nan|nat|nil|#ref!|#value!|#div/0!|#name?|#num!|' || chr(92) || 'n|'
{%- endmacro %}

{#- Without spaces around it; NULL where nothing is left, or a placeholder for nothing. The longest has seven letters. -#}
{% macro default__read_text(text) -%}
    case
        when length(trim({{ text }})) <= 7 and {{ dbt.position("'|' || lower(trim(" ~ text ~ ")) || '|'", placeholders()) }} > 0 then null
        else nullif(trim({{ text }}), '')
    end
{%- endmacro %}

{#-
    Its trim takes away every kind of space that Unicode has unless told which, other engines' only the plain one. It costs
    more than all else that is done to a text, as looking for placeholders does: only texts that end with a space or begin
    before "0", as spaces, # and - do, and short ones that begin as another placeholder (n, N, <, a backslash) go through it.
-#}
{% macro duckdb__read_text(text) -%}
    {%- set without_spaces -%}
    case
            when contains({{ placeholders() }}, '|' || lower(trim({{ text }}, ' ')) || '|') then null
            else nullif(trim({{ text }}, ' '), '')
        end
    {%- endset -%}
    case
        when {{ text }} < '0' or {{ text }} like '% ' then {{ without_spaces }}
        when strlen({{ text }}) > 7 then {{ text }}
        when
            {{ text }} >= 'N' and {{ text }} < 'O' or {{ text }} >= 'n' and {{ text }} < 'o'
            or {{ text }} >= '<' and {{ text }} < '=' or {{ text }} >= chr(92) and {{ text }} < ']'
            then {{ without_spaces }}
        else {{ text }}
    end
{%- endmacro %}
