select
    playbooks.policy,
    playbooks.billing_entity,
    playbooks.account_id,
    calendar.month,
    cast(playbooks.mrr as {{ type_of('figure') }}) as mrr,
    playbooks.touch_tier,
    playbooks.csm_id,
    playbooks.csm_share,
    playbooks.first_month is not null as is_new,
    playbooks.first_month,
    cast(playbooks.first_mrr as {{ type_of('figure') }}) as first_mrr,
    cast(playbooks.arpa_new as {{ type_of('value') }}) as arpa_new,
    cast(playbooks.arpa_multiple as {{ type_of('value') }}) as arpa_multiple,
    playbooks.onboarding_tier,
    playbooks.renews_on,
    calendar.is_provisional
from {{ ref('int_success__playbooks') }} as playbooks
inner join {{ ref('int_calendar__months') }} as calendar
    on calendar.month = {{ as_of_month() }}
