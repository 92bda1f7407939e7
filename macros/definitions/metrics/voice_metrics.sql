{#- NPS, CSAT and response rate, made of int_voice__monthly's columns. -#}
{% macro voice_metrics() -%}
    {%- set metrics = [] -%}
    {%- for score in nps_score_names() -%}
        {%- do metrics.append({
            'name': score, 'unit': 'points',
            'over_months': 'sum' if score in ['nps', 'nps_transactional', 'nps_1_to_10'] else 'last',
            'numerator': '100 * (' ~ score ~ '_promoters - ' ~ score ~ '_detractors)',
            'denominator': score ~ '_responses', 'sample': score ~ '_responses', 'only_if': 'has_' ~ score,
        }) -%}
    {%- endfor -%}
    {%- for score in ['nps', 'nps_transactional', 'nps_rolling_90d', 'nps_quarter'] -%}
        {%- do metrics.append({
            'name': score ~ '_margin_of_error', 'unit': 'points',
            'numerator': nps_margin_of_error(score ~ '_promoters', score ~ '_detractors', score ~ '_responses'),
            'reads_as': 'nps_margin_of_error(' ~ score ~ '_promoters, ' ~ score ~ '_detractors, ' ~ score ~ '_responses)',
            'sample': score ~ '_responses', 'only_if': 'has_' ~ score, 'splits': false,
        }) -%}
    {%- endfor -%}
    {%- for count in ['responses', 'promoters', 'passives', 'detractors'] -%}
        {%- do metrics.append({'name': 'nps_' ~ count, 'unit': 'count', 'over_months': 'sum',
            'numerator': 'nps_' ~ count, 'only_if': 'has_nps'}) -%}
    {%- endfor -%}
    {%- for class in nps_classes() -%}
        {%- do metrics.append({
            'name': class ~ '_mrr_share', 'unit': 'ratio', 'numerator': class ~ '_mrr', 'denominator': 'closing_mrr',
            'sample': 'closing_accounts', 'only_if': 'has_nps_by_accounts',
        }) -%}
    {%- endfor -%}
    {{ return(metrics + [
        {'name': 'nps_mrr_coverage', 'unit': 'ratio', 'numerator': 'promoter_mrr + passive_mrr + detractor_mrr',
            'denominator': 'closing_mrr', 'sample': 'closing_accounts', 'only_if': 'has_nps_by_accounts'},
        {'name': 'survey_response_rate', 'unit': 'ratio', 'over_months': 'sum',
            'numerator': 'answered_invitations', 'denominator': 'invitations', 'sample': 'invitations', 'only_if': 'has_invitations'},
        {'name': 'csat', 'unit': 'ratio', 'over_months': 'sum', 'numerator': 'csat_satisfied', 'denominator': 'csat_answers',
            'sample': 'csat_answers', 'only_if': 'has_csat'},
    ]) }}
{%- endmacro %}


{#- What int_voice__counts counts: the classes of each score, answers and invitations. -#}
{% macro voice_counts() -%}
    {%- set counts = ['csat_answers', 'csat_satisfied', 'invitations', 'answered_invitations'] -%}
    {%- for score in nps_score_names() -%}
        {%- for class in nps_classes() -%}
            {%- do counts.append(score ~ '_' ~ class ~ 's') -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(counts) }}
{%- endmacro %}


{#- The measures of int_voice__monthly that are counts, as SQL over rows of int_voice__counts. -#}
{% macro voice_count_measures() -%}
    {%- set measures = {} -%}
    {%- for count in voice_counts() -%}
        {%- do measures.update({count: "case measure when '" ~ count ~ "' then things else 0 end"}) -%}
    {%- endfor -%}
    {%- for score in nps_score_names() -%}
        {%- set classes = [] -%}
        {%- for class in nps_classes() -%}
            {%- do classes.append("'" ~ score ~ '_' ~ class ~ "s'") -%}
        {%- endfor -%}
        {%- do measures.update({
            score ~ '_responses': 'case when measure in (' ~ classes | join(', ') ~ ') then things else 0 end'
        }) -%}
    {%- endfor -%}
    {{ return(measures) }}
{%- endmacro %}
