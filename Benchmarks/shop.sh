#!/usr/bin/env bash
# Purchases a second of the agent store on each store, beside what the storage can do, and what money costs a relay.
# A purchase is one POST of /v1/agent/purchases: credits of the router, which are there at once. Durable with it,
# before it is answered: its price, what two budgets of the account's policy and the wallet hold for it and then pay,
# its events, and all that its receipt says. Beside it, on the same disk: SQLite's own transactions of one row (WAL,
# synchronous=FULL), and pgbench's (TPC-B-like) in the same PostgreSQL server. `one` is a wallet of all clients.
# Then answers of models: relayed as an agent's, and sold by the router, each held for and paid.
source "$(dirname "$0")/stage/stage.sh"

setting CLIENTS 64 1 "connections that buy, one thing after another; pgbench's too"
setting ACCOUNTS 16 1 "accounts that they buy for, each with a wallet and a policy"
setting PURCHASES 6400 1 "purchases of a round"
setting ROUNDS 3 1 "how often each takes its turn"
setting PEER_SECONDS 5 1 "how long SQLite's transactions and pgbench's go on in each round"
setting PEER_SCALE "$CLIENTS" 1 "pgbench's scale: below the number of clients they wait for each other"
setting STREAMS 256 1 "answers of models at once, paced"
setting CALLS 6400 1 "answers of models that come at once, in a round"
setting DELTAS 64 1 "deltas of a paced answer, one each 20 milliseconds"
setting LEAST_SQLITE 10 0 "the least ratio to SQLite's transactions, in hundredths"
setting LEAST_POSTGRES 30 0 "the least ratio to pgbench's, in hundredths"

row='%-15s %5s %9s %6s %9s %11s %10s %8s %8s %6s\n'
call_row='%-15s %-8s %5s %9s %6s %9s %6s %9s %9s %6s\n'
order='{"catalogItemId":"cat_router_credit_001","quantity":1,"configuration":{"creditAmountUsd":1}}'
declare -A rates=() ratios=() call_times=()
ticks_per_second=$(getconf CLK_TCK)
trouble=0

# The text of a member of JSON on standard input: member NAME
member() {
    sed "s/.*\"$1\":\"\\([^\"]*\\)\".*/\\1/"
}

# account_make HOUSE NUMBER: with money, a policy, and an agent whose key is one more line of the house's file.
account_make() {
    local house=$1 account=buyer-$2
    in_house "$house" account add "$account" >/dev/null
    in_house "$house" account fund "$account" 5000000 --reason benchmark >/dev/null
    in_house "$house" policy set "$account" "$directory/policy.json" >/dev/null
    echo "Authorization: Bearer $(in_house "$house" agent-key add --account "$account" --agent buyer --json \
        | member key)" >>"$directory/$house.keys"
}

# key_works HOUSE FILE: whether the house's server knows the newest key of a file.
key_works() {
    curl -sf -o "$directory/wallet" --max-time 5 -H "$(tail -n 1 "$2")" \
        "http://127.0.0.1:${house_ports[$1]}/v1/agent/wallet"
}

# market_open HOUSE: its accounts and their keys, and the router's keys.
market_open() {
    local house=$1 number header service
    for number in $(seq "$ACCOUNTS"); do
        account_make "$house" "$number" || fail "account $number of $house could not be made"
    done
    head -n 1 "$directory/$house.keys" >"$directory/$house.one"
    wait_until 20 "the keys of $house" key_works "$house" "$directory/$house.keys"
    while read -r header; do
        service=$(ask_store "$house" "$header" purchases "${order/Usd\":1/Usd\":100000}" | member serviceId)
        echo "Authorization: Bearer $(ask_store "$house" "$header" "services/$service/router/keys" \
            '{"label":"benchmark"}' | member key)" >>"$directory/$house.router"
    done <"$directory/$house.keys"
}

# ask_store HOUSE HEADER PATH BODY: what the agent's door answers.
ask_store() {
    curl -sf --max-time 20 -H "$2" -H "Content-Type: application/json" -H "Idempotency-Key: $RANDOM$RANDOM" -d "$4" \
        "http://127.0.0.1:${house_ports[$1]}/v1/agent/$3" || fail "$1 did not answer at $3"
}

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
    # shellcheck disable=SC2059
    printf "$row" sqlite "$1" "$sqlite_rate" 1.00 - - - - - -
}

measure_pgbench() {
    local before count
    before=$(postgres_ticks)
    "$(postgres_programs)/pgbench" -n -c "$CLIENTS" -j "$(nproc)" -T "$PEER_SECONDS" "$pgbench_url" \
        >"$directory/pgbench" 2>&1 || fail "pgbench failed: $(tail -n 1 "$directory/pgbench")"
    pgbench_rate=$(calculate "$(sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$directory/pgbench")" 1)
    count=$(sed -n 's/.*actually processed: \([0-9]*\).*/\1/p' "$directory/pgbench")
    # shellcheck disable=SC2059
    printf "$row" pgbench "$1" "$pgbench_rate" 1.00 - \
        "$(each_microseconds $(($(postgres_ticks) - before)) "$count")" - - - -
}

# statements_of HOUSE: of the store, so far.
statements_of() {
    if [ "$1" = rialto ]; then
        metric "${house_ports[$1]}" rialto_store_statements_total
    else
        postgres_calls "rialto-$1" | cut -d ' ' -f 1
    fi
}

# measure_house HOUSE KEYS LABEL ROUND PEER_RATE
measure_house() {
    local house=$1 keys=$2 before database statements rate peer_ratio members
    read -ra members <<<"$(processes_of "$house" instant | tr '\n' ' ')"
    before=$(cpu_ticks "${members[@]}")
    database=$(postgres_ticks)
    statements=$(statements_of "$house")
    outcome=$("$directory/submit" --headers "$directory/$house.$keys" --keyed --json "${house_ports[$house]}" \
        /v1/agent/purchases "$CLIENTS" "$PURCHASES" "$order") || trouble=1
    rate=$(field per_second "$outcome")
    peer_ratio=$(ratio "$rate" "$5")
    rates[$house.$keys]+=" $rate"
    ratios[$house.$keys]+=" $peer_ratio"
    # shellcheck disable=SC2059
    printf "$row" "$3" "$4" "$rate" "$peer_ratio" \
        "$(each_microseconds $(($(cpu_ticks "${members[@]}") - before)) "$PURCHASES")" \
        "$(each_microseconds $(($(postgres_ticks) - database)) "$PURCHASES")" \
        "$(calculate "($(statements_of "$house") - $statements) / $PURCHASES" 1)" \
        "$(field p50_ms "$outcome")" "$(field p99_ms "$outcome")" "$(field failed "$outcome")"
}

# router_run HOUSE NAME STREAMS ROUNDS: as load_run, at the router's door.
router_run() {
    outcome=$("$directory/load" --headers "$directory/$1.router" "${house_ports[$1]}" /openai/v1/chat/completions \
        "$3" "$4" "${upstream_deltas[$2]}" "${upstream_interval[$2]}" \
        "{\"model\":\"$2\",\"stream\":true,\"max_tokens\":100,$question}") || true
    [ -n "$outcome" ] || fail "the load on the router of $1 could not run"
}

# measure_calls WAY HOUSE NAME ROUND STREAMS ROUNDS: by load_run or router_run; sets `microseconds` and `call_rate`.
measure_calls() {
    local before members
    read -ra members <<<"$(processes_of "$2" "$3" | tr '\n' ' ')"
    before=$(cpu_ticks "${members[@]}")
    "$1" "$2" "$3" "$5" "$6"
    sleep 0.5 # what is paid after the last word is part of the price
    microseconds=$(each_microseconds $(($(cpu_ticks "${members[@]}") - before)) $(($5 * $6)))
    call_rate=$(field streams_per_second "$outcome")
    outcome_is_clean || trouble=1
}

# pair_of_calls HOUSE NAME ROUND STREAMS ROUNDS: the relay and the router, one after the other.
pair_of_calls() {
    local house=$1 name=$2 relay_time relay_rate time_ratio
    measure_calls load_run "$@"
    relay_time=$microseconds relay_rate=$call_rate
    print_calls "$house-relay" "$name" "$3" 1.00 1.00
    measure_calls router_run "$@"
    time_ratio=$(ratio "$microseconds" "$relay_time")
    call_times[$house.$name]+=" $time_ratio"
    print_calls "$house-router" "$name" "$3" "$time_ratio" "$(ratio "$call_rate" "$relay_rate")"
}

print_calls() {
    # shellcheck disable=SC2059
    printf "$call_row" "$1" "$2" "$3" "$microseconds" "$4" "$call_rate" "$5" \
        "$(field first_event_p50_ms "$outcome")" "$(field first_event_p99_ms "$outcome")" \
        "$(($(field short "$outcome") + $(field failed "$outcome")))"
}

# judge HOUSE LEAST TEXT PEER: the median of its ratios must not be below LEAST hundredths.
judge() {
    local middle
    middle=$(median_of "${ratios[$1.keys]}")
    echo "purchases a second on $3, median: $(median_of "${rates[$1.keys]}"), ratio to $4: $middle;" \
        "one wallet: $(median_of "${rates[$1.one]}"), ratio $(median_of "${ratios[$1.one]}")"
    if awk "BEGIN { exit !($middle * 100 < $2) }" </dev/null; then
        note "on $3 the ratio is below $(calculate "$2 / 100")"
        trouble=1
    fi
}

# The books of every account must come to what was bought.
verify_books() {
    in_house "$1" ledger verify >"$directory/$1.books" || {
        note "the books of $1 do not agree: $(head -n 3 "$directory/$1.books")"
        trouble=1
    }
}

stage_open "$@"
[ "$subject" = rialto ] || fail "there is nothing to check without Rialto"
need_headers /usr/include/sqlite3.h=libsqlite3-dev
compile submit submit.c samples.c -lpthread
compile transactions transactions.c -lsqlite3
cat >"$directory/policy.json" <<POLICY
{"maxPerPurchaseMinor": 20000000, "spendLimits": [
    {"interval": "daily", "amountMinor": 400000000}, {"interval": "monthly", "amountMinor": 450000000}]}
POLICY
for name in paced instant; do
    echo "    - {name: $name, upstream: $name, model: m, input_usd_per_million: 1, output_usd_per_million: 2}"
done | sed '1i router:\n  models:' >"$directory/shop.yaml"
export RIALTO_CONFIG=$directory/shop.yaml
upstream_start instant 4 0
upstream_start paced "$DELTAS" 20
postgres_database pgbench
pgbench_url=$postgres_url
"$(postgres_programs)/pgbench" -i -q -s "$PEER_SCALE" "$pgbench_url" >"$directory/pgbench" 2>&1 \
    || fail "pgbench could not begin: $(tail -n 1 "$directory/pgbench")"
houses=(rialto postgres)
for house in "${houses[@]}"; do
    house_start "$house"
    market_open "$house"
done
postgres_ask postgres CHECKPOINT

echo "$CLIENTS connections, $ACCOUNTS accounts, $PURCHASES purchases a round; $(postgres_version)," \
    "pgbench's scale $PEER_SCALE; $(stat -f -c %T "$directory") below $TMPDIR; $(nproc) CPUs"
# shellcheck disable=SC2059
printf "$row" what round each/s ratio us/each postgres-us statements p50-ms p99-ms failed
for round in $(seq "$ROUNDS"); do
    measure_sqlite "$round"
    measure_house rialto keys rialto-sqlite "$round" "$sqlite_rate"
    measure_house rialto one one-sqlite "$round" "$sqlite_rate"
    measure_pgbench "$round"
    measure_house postgres keys rialto-postgres "$round" "$pgbench_rate"
    measure_house postgres one one-postgres "$round" "$pgbench_rate"
done
echo "ratio: to SQLite's transactions, to pgbench's; us: CPU for each, of Rialto and of PostgreSQL's processes;" \
    "statements: of the store, for each"
echo
# shellcheck disable=SC2059
printf "$call_row" what answers round us/each ratio each/s ratio first-p50 first-p99 failed
for round in $(seq "$ROUNDS"); do
    for house in "${houses[@]}"; do
        pair_of_calls "$house" paced "$round" "$STREAMS" 1
        pair_of_calls "$house" instant "$round" "$CLIENTS" $((CALLS / CLIENTS))
    done
done
echo "ratio: of the router to the relay; first: milliseconds to the first event"
for house in "${houses[@]}"; do
    verify_books "$house"
    echo "CPU of an answer that is sold, median ratio to one that is relayed, on $house:" \
        "paced $(median_of "${call_times[$house.paced]}"), at once $(median_of "${call_times[$house.instant]}")"
done
if [ "$trouble" != 0 ]; then
    note "something failed, or was cut short"
fi
judge rialto "$LEAST_SQLITE" SQLite "SQLite's transactions of one row"
judge postgres "$LEAST_POSTGRES" "PostgreSQL" pgbench
exit "$trouble"
