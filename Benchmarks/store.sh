#!/usr/bin/env bash
# Durable turns a second on SQLite and on PostgreSQL, with one server and with three, beside what the disk can do.
# A turn is one question through HTTP, answered at once by the model server, streamed; its start and its end are
# durable before they are told. Beside them, on the same disk: SQLite's own transactions of one row (WAL,
# synchronous=FULL), and pgbench's (TPC-B-like) in the same PostgreSQL server, which has its default settings. All take
# turns, because machines are noisy: the ratios within a round are what counts.
source "$(dirname "$0")/stage/stage.sh"

setting CLIENTS 64 1 "clients at once, Rialto's and pgbench's"
setting TURNS 100 1 "turns of each client, one after another"
setting DELTAS 4 1 "deltas of a turn, sent at once"
setting ROUNDS 3 1 "how often each takes its turn"
setting PEER_SECONDS 5 1 "how long SQLite's transactions and pgbench's go on in each round"
setting PEER_SCALE "$CLIENTS" 1 "pgbench's scale: below the number of clients they wait for each other"

row='%-15s %7s %5s %9s %6s %9s %11s %9s %9s %6s %6s\n'
declare -A rates=() ratios=()
trouble=0

# note_rate NAME RATE PEER_RATE: for the medians; sets `peer_ratio`.
note_rate() {
    peer_ratio=$(ratio "$2" "$3")
    rates[$1]+=" $2"
    ratios[$1]+=" $peer_ratio"
}

# median_of LIST: of numbers in one string.
median_of() {
    local numbers
    read -ra numbers <<<"$1"
    median "${numbers[@]}"
}

# each_microseconds TICKS COUNT
each_microseconds() {
    calculate "$1 * 1000000 / $ticks_per_second / $2" 0
}

measure_sqlite() {
    local line
    rm -f "$directory"/rows.sqlite*
    line=$("$directory/transactions" "$directory/rows.sqlite" "$PEER_SECONDS") || fail "SQLite's transactions failed"
    sqlite_rate=$(field per_second "$line")
    note_rate sqlite "$sqlite_rate" "$sqlite_rate"
    # shellcheck disable=SC2059
    printf "$row" sqlite - "$1" "$sqlite_rate" 1.00 - - - - - -
}

measure_pgbench() {
    local before count
    before=$(postgres_ticks)
    "$(postgres_programs)/pgbench" -n -c "$CLIENTS" -j "$(nproc)" -T "$PEER_SECONDS" "$pgbench_url" \
        >"$directory/pgbench" 2>&1 || fail "pgbench failed: $(tail -n 1 "$directory/pgbench")"
    pgbench_rate=$(calculate "$(sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$directory/pgbench")" 1)
    count=$(sed -n 's/.*actually processed: \([0-9]*\).*/\1/p' "$directory/pgbench")
    note_rate pgbench "$pgbench_rate" "$pgbench_rate"
    # shellcheck disable=SC2059
    printf "$row" pgbench - "$1" "$pgbench_rate" 1.00 - \
        "$(each_microseconds $(($(postgres_ticks) - before)) "$count")" - - - -
}

# measure_house HOUSE LABEL SERVERS ROUND PEER_RATE
measure_house() {
    local house=$1 before database members rate
    read -ra members <<<"$(processes_of "$house" instant | tr '\n' ' ')"
    before=$(cpu_ticks "${members[@]}")
    database=$(postgres_ticks)
    load_run "$house" instant "$CLIENTS" "$TURNS"
    rate=$(field streams_per_second "$outcome")
    note_rate "$house" "$rate" "$5"
    # shellcheck disable=SC2059
    printf "$row" "$2" "$3" "$4" "$rate" "$peer_ratio" \
        "$(each_microseconds $(($(cpu_ticks "${members[@]}") - before)) $((CLIENTS * TURNS)))" \
        "$(each_microseconds $(($(postgres_ticks) - database)) $((CLIENTS * TURNS)))" \
        "$(field first_event_p50_ms "$outcome")" "$(field first_event_p99_ms "$outcome")" \
        "$(field short "$outcome")" "$(field failed "$outcome")"
    outcome_is_clean || trouble=1
}

# print_median HOUSE TEXT PEER: how many, and how many for each transaction of the peer.
print_median() {
    echo "durable turns a second on $2, median: $(median_of "${rates[$1]}")," \
        "ratio to $3: $(median_of "${ratios[$1]}")"
}

warm_up() {
    load_run "$1" instant "$CLIENTS" 2
    outcome_is_clean || fail "the warm-up of $1 was not whole: $outcome"
}

stage_open "$@"
need_headers /usr/include/sqlite3.h=libsqlite3-dev
compile transactions transactions.c -lsqlite3
ticks_per_second=$(getconf CLK_TCK)
upstream_start instant "$DELTAS" 0
postgres_database pgbench
pgbench_url=$postgres_url
"$(postgres_programs)/pgbench" -i -q -s "$PEER_SCALE" "$pgbench_url" >"$directory/pgbench" 2>&1 \
    || fail "pgbench could not begin: $(tail -n 1 "$directory/pgbench")"
houses=(direct)
if [ "$subject" = rialto ]; then
    houses=(rialto postgres three)
    house_start rialto
    house_start postgres
    house_start three 3
fi
for house in "${houses[@]}"; do
    warm_up "$house"
done
postgres_ask postgres CHECKPOINT

echo "$CLIENTS clients, turns of $DELTAS deltas; $(postgres_version), pgbench's scale $PEER_SCALE;" \
    "$(stat -f -c %T "$directory") below $TMPDIR; $(nproc) CPUs"
# shellcheck disable=SC2059
printf "$row" what servers round each/s ratio us/each postgres-us first-p50 first-p99 short failed
for round in $(seq "$ROUNDS"); do
    measure_sqlite "$round"
    if [ "$subject" = direct ]; then
        measure_house direct direct 1 "$round" "$sqlite_rate"
        measure_pgbench "$round"
        continue
    fi
    measure_house rialto rialto-sqlite 1 "$round" "$sqlite_rate"
    measure_pgbench "$round"
    measure_house postgres rialto-postgres 1 "$round" "$pgbench_rate"
    measure_house three rialto-postgres 3 "$round" "$pgbench_rate"
done
echo "ratio: to SQLite's transactions, to pgbench's; us: CPU for each, of Rialto and of PostgreSQL's processes;" \
    "first: milliseconds to the first event"
if [ "$trouble" != 0 ]; then
    note "there were short or failed turns"
fi
if [ "$subject" = rialto ]; then
    print_median rialto "SQLite" "SQLite's transactions of one row"
    print_median postgres "PostgreSQL, 1 server" "pgbench"
    print_median three "PostgreSQL, 3 servers" "pgbench"
fi
exit "$trouble"
