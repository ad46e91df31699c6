-- The sealed store. One statement per blank-line-separated paragraph; runs on chDB 26.9 and on a
-- ClickHouse server of the same version (there with a Replicated engine and a Distributed face).
--
-- Version 1. Nothing here ever holds a person: text is redacted, people are pseudonyms.

-- How text and query become comparable: accents off, compatibility forms and case folded, the few
-- Latin letters without a decomposition spelled plainly. The same function serves both sides. Only
-- canonical function names may stand here: the engine does not find an index written with an alias name.
CREATE FUNCTION IF NOT EXISTS hushFold AS (x) ->
    translateUTF8(normalizeUTF8NFKCCasefold(removeDiacriticsUTF8(x)), 'øłđħŧı', 'oldhti');

-- How folded text becomes search tokens. A pseudonym (KIND_ and 14 characters) is one token; scripts
-- that are written without spaces, and Hangul, give one token a character, so that a word in them is
-- a phrase of characters; all else is runs of letters, marks and digits.
CREATE FUNCTION IF NOT EXISTS hushTokens AS (x) ->
    tokens(hushFold(x), 'splitByRegexp', '@TOKEN@', true);

CREATE TABLE cases
(
    -- Keyed MAC of source and original id: random characters, so a light codec is enough.
    `case_id` String CODEC(ZSTD(1)),
    `content_mac` FixedString(16) CODEC(NONE),
    `source` LowCardinality(String) CODEC(ZSTD(1)),
    `number` String CODEC(ZSTD(3)),
    `opened_at` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    `updated_at` Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(3)),
    `closed_at` Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(3)),
    `first_reply_at` Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(3)),
    `subject` String CODEC(ZSTD(3)),
    `description` String CODEC(ZSTD(3)),
    `resolution` String CODEC(ZSTD(3)),
    `remarks` String CODEC(ZSTD(3)),
    `notes` Array(String) CODEC(ZSTD(3)),
    -- The conversation as parallel lists. A text stands in the list of its visibility and leaves ''
    -- in the other, so that searching and reading what is public never touches what is internal.
    `messages.public` Array(String) CODEC(ZSTD(3)),
    `messages.internal` Array(String) CODEC(ZSTD(3)),
    `messages.visibility` Array(LowCardinality(String)) CODEC(ZSTD(1)),
    `messages.at` Array(DateTime64(3, 'UTC')) CODEC(Delta(8), ZSTD(1)),
    `messages.role` Array(LowCardinality(String)) CODEC(ZSTD(1)),
    `messages.author` Array(String) CODEC(ZSTD(3)),
    `messages.public_attachments` Array(String) CODEC(ZSTD(3)),
    `messages.internal_attachments` Array(String) CODEC(ZSTD(3)),
    `customer` String CODEC(ZSTD(1)),
    `agent` String CODEC(ZSTD(1)),
    `people` Array(String) CODEC(ZSTD(3)),
    `tokens` Array(String) CODEC(ZSTD(3)),
    `kinds` Array(LowCardinality(String)) CODEC(ZSTD(1)),
    `country` LowCardinality(String) CODEC(ZSTD(1)),
    `product` LowCardinality(String) CODEC(ZSTD(1)),
    `channel` LowCardinality(String) CODEC(ZSTD(1)),
    `language` LowCardinality(String) CODEC(ZSTD(1)),
    `status` LowCardinality(String) CODEC(ZSTD(1)),
    `priority` LowCardinality(String) CODEC(ZSTD(1)),
    `category` LowCardinality(String) CODEC(ZSTD(1)),
    `tags` Array(LowCardinality(String)) CODEC(ZSTD(1)),
    `contract` String CODEC(ZSTD(1)),
    `attachments` Array(String) CODEC(ZSTD(3)),
    `load_id` UInt32 CODEC(ZSTD(1)),

    `messages.text` Array(String) ALIAS arrayMap((p, i) -> concat(p, i), `messages.public`, `messages.internal`),
    `messages.attachments` Array(String) ALIAS
        arrayMap((p, i) -> concat(p, i), `messages.public_attachments`, `messages.internal_attachments`),

    -- What everybody may read, unfolded. Whatever is not declared public is internal. No lambda may
    -- stand in here: the engine would not recognise the expression again and skip the index.
    `public_text` String ALIAS concat(
        number, '\n', subject, '\n', description, '\n', resolution, '\n',
        arrayStringConcat(`messages.public`, '\n'), '\n', arrayStringConcat(`messages.public_attachments`, '\n'), '\n',
        arrayStringConcat(attachments, '\n'), '\n', category, '\n', arrayStringConcat(tags, '\n')),

    -- What only roles with internal notes may read, unfolded.
    `internal_text` String ALIAS concat(
        remarks, '\n', arrayStringConcat(notes, '\n'), '\n', arrayStringConcat(`messages.internal`, '\n'), '\n',
        arrayStringConcat(`messages.internal_attachments`, '\n')),

    -- Two disjoint bodies with an index each: a role without internal notes cannot match on them.
    -- Folding stands in the ALIAS and not in the index, so answers do not depend on using the index.
    `public_body` String ALIAS hushFold(public_text),
    `internal_body` String ALIAS hushFold(internal_text),

    -- Pseudonyms and kinds that only the internal parts show; hidden with them.
    `internal_tokens` Array(String) MATERIALIZED arrayFilter(
        t -> NOT (position(public_text, t) > 0 OR t IN (customer, agent, contract) OR has(
            arrayFilter((a, v) -> v = 'public', `messages.author`, `messages.visibility`), t)), tokens) CODEC(ZSTD(1)),
    `internal_kinds` Array(LowCardinality(String)) MATERIALIZED arrayFilter(
        k -> NOT (position(public_text, k) > 0 OR startsWith(customer, concat(k, '_')) OR startsWith(agent, concat(k, '_'))),
        kinds) CODEC(ZSTD(1)),

    INDEX public_words public_body TYPE text(
        tokenizer = splitByRegexp('@TOKEN@', true), posting_list_codec = 'bitpacking'),
    INDEX internal_words internal_body TYPE text(
        tokenizer = splitByRegexp('@TOKEN@', true), posting_list_codec = 'bitpacking'),
    -- Point reads. They live in the parts themselves, so they can never disagree with the rows.
    INDEX ids case_id TYPE text(tokenizer = 'array', posting_list_codec = 'bitpacking'),
    INDEX pseudonyms tokens TYPE text(tokenizer = 'array', posting_list_codec = 'bitpacking')
)
ENGINE = MergeTree
-- A year: exports rarely come in order of time, and each insert makes one part for each partition it
-- touches (sixty quarters would mean sixty tiny indexes a batch); charts and retention cut by years.
PARTITION BY toYear(opened_at)
-- Newest first is this order read backwards.
ORDER BY (opened_at, case_id)
SETTINGS
    index_granularity = @GRANULARITY@,
    -- Remembers the tokens of this many inserted blocks: a repeated batch changes nothing.
    non_replicated_deduplication_window = 20000,
    -- Removed bytes leave the disk soon, and the list of finished deletions stays short.
    old_parts_lifetime = 5,
    cleanup_delay_period = 1,
    cleanup_delay_period_random_add = 0,
    max_cleanup_delay_period = 3,
    finished_mutations_to_keep = 1;

-- Versions that are to leave: written before anything else, so that a deletion or a replacement that
-- was cut short can be finished. keep_mac names the version that stays; sixteen zeros: none stays.
CREATE TABLE leaving
(
    `case_id` String,
    `keep_mac` FixedString(16)
)
ENGINE = MergeTree
ORDER BY case_id
SETTINGS old_parts_lifetime = 1, cleanup_delay_period = 1, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 3;

-- What the running deletion reads. It names this table and never a value, because the text of a
-- deletion stays on disk for a while.
CREATE TABLE deleting AS leaving;
