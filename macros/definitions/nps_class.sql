{#-
    Promoter, passive or detractor, by a score that may have decimals (a mean); 0 is a score, NULL is none. It is for
    scales of 0 to 10 and 1 to 10 only: see is_nps_scale.
-#}
{% macro nps_class(score) -%}
    case
        when {{ score }} >= 9 then 'promoter'
        when {{ score }} >= 7 then 'passive'
        when {{ score }} is not null then 'detractor'
    end
{%- endmacro %}


{#- The classes, in the order in which people list them. -#}
{% macro nps_classes() -%}
    {{ return(['promoter', 'passive', 'detractor']) }}
{%- endmacro %}


{#- Whether answers on a scale are NPS answers. The two scales are never pooled. -#}
{% macro is_nps_scale(scale_min, scale_max) -%}
    ({{ scale_max }} = 10 and {{ scale_min }} in (0, 1))
{%- endmacro %}


{#-
    The scores that are made of answers, and which of them each takes: the columns are those of int_voice__votes'
    `placed`. Each score is 100 x (promoters - detractors) over its own answers; answers are pooled, scores never.
-#}
{% macro nps_scores() -%}
    {%- set relationship = "survey_type = 'relationship' and scale = '0 to 10'" -%}
    {{ return({
        'nps': relationship ~ ' and is_of_month',
        'nps_transactional': "survey_type = 'transactional' and scale = '0 to 10' and is_of_month",
        'nps_rolling_90d': relationship ~ ' and is_of_90_days',
        'nps_quarter': relationship ~ ' and is_of_quarter',
        'nps_latest_answer': relationship ~ ' and is_of_90_days and is_latest_of_respondent',
        'nps_1_to_10': "survey_type = 'relationship' and scale = '1 to 10' and is_of_month",
    }) }}
{%- endmacro %}


{#- All scores: those made of answers, and the one of accounts. -#}
{% macro nps_score_names() -%}
    {{ return(nps_scores().keys() | list + ['nps_by_accounts']) }}
{%- endmacro %}
