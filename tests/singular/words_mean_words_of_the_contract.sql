-- The meaning of a word is one of the contract's own words, which means itself.
select words.vocabulary, words.word, words.meaning
from {{ ref('vocabulary') }} as words
left join {{ ref('vocabulary') }} as own
    on words.vocabulary = own.vocabulary
    and words.meaning = own.word
    and own.word = own.meaning
where own.word is null
