{{ config(materialized="view") }}

with monthly as (
    select * from {{ ref('int_success__monthly') }}
),

books as (
    select csm_monthly.*
    from {{ ref('int_success__csm_monthly') }} as csm_monthly
    where exists (select 1 from {{ ref('int_success__assignments') }})
),

own as (
    {{ metric_values(success_metrics(), 'monthly') | indent(4) }}
),

-- The figures of revenue, retention and voice that a rep has too, by the same formulas.
by_rep as (
    {{ metric_values(metrics_of_a_book(), 'books') | indent(4) }}
),

answers_by_rep as (
    {{ metric_values(voice_metrics_of_a_rep(), ref('int_success__csm_voice')) | indent(4) }}
)

select * from own
union all
select * from by_rep
union all
select * from answers_by_rep
