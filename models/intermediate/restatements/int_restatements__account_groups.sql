select
    billing_entity,
    account_id,
    {{ group_of_account('accounts') }} as account_group
from {{ ref('contract_accounts') }} as accounts
