#!/usr/bin/env bash
# How well knowledge sources are searched, by words and by meaning, and how fast among 100,000 passages.
# How well: recall@5 and nDCG@10 of judged questions in English, Portuguese and Japanese, each against the passages of
# its own language, with the vectors of a small real model. How fast: searches a second among synthetic passages, whose
# vectors are random ones, and the time it takes to load them. Both on SQLite and on PostgreSQL, which has its default
# settings. What is measured is the domain with its stores, without HTTP.
source "$(dirname "$0")/stage/stage.sh"
# shellcheck source=stage/embedder.sh
source "$stage/embedder.sh"

setting PASSAGES 100000 0 "synthetic passages; 0 measures only how well the judged ones are found"
setting SEARCH_SECONDS 5 1 "how long searches go on for each row"
setting CALLERS 4 1 "how many search at a time, besides one alone"
choice misses "names the questions whose passages are not all among the first five"

folder=$root/Benchmarks/knowledge

# In place of the one that looks for Rialto: what is measured here is linked into a program of its own.
find_binary() {
    if [ -n "${KNOWLEDGE_BENCH:-}" ]; then
        binary=$(realpath -e "$KNOWLEDGE_BENCH") || fail "KNOWLEDGE_BENCH: there is no file $KNOWLEDGE_BENCH"
        return
    fi
    note "building release (a quarter of an hour the first time, then seconds)"
    (
        source "$root/bin/.prepare"
        need_parts
        need_swift
        # As bin/rialto builds it, so that what is built is shared.
        swift build --package-path "$root" -c release --product KnowledgeBench --static-swift-stdlib </dev/null >&2
    ) || fail "the benchmark could not be built"
    binary=$root/.build/release/KnowledgeBench
}

milliseconds() {
    echo $(($(date +%s%N) / 1000000))
}

# In time autovacuum does it; until then searches are slower.
settle_postgres() {
    local begun
    begun=$(milliseconds)
    postgres_ask passages "VACUUM ANALYZE"
    echo "VACUUM ANALYZE, which autovacuum would do in time: $(calculate "($(milliseconds) - $begun) / 1000" 1) s"
}

print_sizes() {
    echo "on disk: SQLite $(du -cm "$directory"/passages.sqlite* | tail -n 1 | cut -f 1) MiB," \
        "PostgreSQL $(postgres_ask passages "SELECT pg_database_size('passages') >> 20") MiB"
}

# The model's own time for one text, of its first passage.
check_model() {
    local text seconds
    text=$(head -n 1 "$folder/passages.jsonl" | sed 's/.*"text": \(".*"\)}$/\1/')
    seconds=$(curl -sf -o "$directory/answer" -w '%{time_total}' -H 'Content-Type: application/json' \
        -d "{\"model\":\"$embedder_model\",\"input\":$text}" "$embedder_url/embeddings") \
        || fail "the embedding model does not answer"
    echo "$embedder_model answers for one passage in $(calculate "$seconds * 1000" 0) ms"
}

stage_open "$@"
embedder_start
if [ "$subject" = direct ]; then
    check_model
    exit
fi
postgres_database judged
echo "$(postgres_version); $(stat -f -c %T "$directory") below $TMPDIR; $(nproc) CPUs"
named=()
if [ "${choices[misses]}" = yes ]; then
    named=(--misses)
fi
"$binary" rank "$folder" "$embedder_url" "$embedder_model" "${named[@]}" "$directory/judged.sqlite" "$postgres_url"
if [ "$PASSAGES" = 0 ]; then
    exit
fi
echo
postgres_database passages
stores=("$directory/passages.sqlite" "$postgres_url")
"$binary" load "$folder" "$PASSAGES" "${stores[@]}"
settle_postgres
print_sizes
echo
"$binary" ask "$folder" "$SEARCH_SECONDS" "$CALLERS" "${stores[@]}"
echo "first: the first search, which reads the vectors into memory; each/s: searches a second, of all callers together"
