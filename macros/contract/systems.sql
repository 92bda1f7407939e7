{#-
    The one list of who fills the input contract: each table in the contract's order, the systems that stage it
    as stg_<system>__<table>, the variable that says which of them are in use, and whether there is no figure without it.
-#}
{% macro contract_tables() -%}
    {{ return({
        'accounts': {'systems': ['native', 'stripe'], 'enabled_by': 'billing_sources', 'is_required': true},
        'products': {'systems': ['native', 'stripe'], 'enabled_by': 'billing_sources', 'is_required': true},
        'subscriptions': {'systems': ['native', 'stripe'], 'enabled_by': 'billing_sources', 'is_required': true},
        'subscription_pauses': {'systems': ['native', 'stripe'], 'enabled_by': 'billing_sources'},
        'subscription_items': {'systems': ['native', 'stripe'], 'enabled_by': 'billing_sources', 'is_required': true},
        'discounts': {'systems': ['native', 'stripe'], 'enabled_by': 'billing_sources'},
        'invoices': {'systems': ['native', 'stripe'], 'enabled_by': 'billing_sources'},
        'invoice_lines': {'systems': ['native', 'stripe'], 'enabled_by': 'billing_sources'},
        'exchange_rates': {'systems': ['native'], 'enabled_by': 'finance_sources'},
        'survey_responses': {'systems': ['native'], 'enabled_by': 'survey_sources'},
        'survey_invitations': {'systems': ['native'], 'enabled_by': 'survey_sources'},
        'csms': {'systems': ['native'], 'enabled_by': 'crm_sources'},
        'csm_assignments': {'systems': ['native'], 'enabled_by': 'crm_sources'},
        'account_segments': {'systems': ['native'], 'enabled_by': 'crm_sources'},
        'users': {'systems': ['native'], 'enabled_by': 'usage_sources'},
        'usage_events': {'systems': ['native'], 'enabled_by': 'usage_sources'},
        'support_tickets': {'systems': ['native'], 'enabled_by': 'crm_sources'},
        'acquisition_costs': {'systems': ['native'], 'enabled_by': 'finance_sources'},
        'revenue_costs': {'systems': ['native'], 'enabled_by': 'finance_sources'},
    }) }}
{%- endmacro %}


{#- The tables without which there is no figure, as a list of SQL literals. -#}
{% macro required_tables() -%}
    {%- set required = [] -%}
    {%- for table, fills in contract_tables().items() if fills.is_required -%}
        {%- do required.append("'" ~ table ~ "'") -%}
    {%- endfor -%}
    {{ return(required | join(', ')) }}
{%- endmacro %}


{#- The systems that a contract table is read from. A native table may be missing: without_tables names it. -#}
{% macro systems_in_use(table) -%}
    {%- set in_use = [] -%}
    {%- set fills = contract_tables()[table] -%}
    {%- for system in fills.systems if system in var(fills.enabled_by) -%}
        {%- if system != 'native' or table not in var('without_tables') -%}
            {%- do in_use.append(system) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(in_use) }}
{%- endmacro %}


{#- A query of the tables of the contract that are in use, with each of their systems. -#}
{% macro tables_in_use() -%}
    {%- set queries = [] -%}
    {%- for table in contract_tables() -%}
        {%- for system in systems_in_use(table) -%}
            {%- do queries.append("select '" ~ system ~ "' as source_system, '" ~ table ~ "' as table_name") -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ queries | join('\n    union all\n    ') }}
{%- endmacro %}
