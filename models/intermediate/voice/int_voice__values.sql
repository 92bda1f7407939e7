{{ config(materialized="view") }}

{{ metric_values(voice_metrics(), ref('int_voice__monthly')) }}
