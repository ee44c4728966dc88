#!/usr/bin/env bash
# Requests accepted and completed a second by the queue, on each store, and what a queue of 100,000 costs.
# A request is a POST to /async of the rooms API, answered at once by the model server. Beside it, on the same
# database: a bare queue, one durable transaction to put a job in and one to take it out. Then the workers are held up
# by answers that do not come, and the queue is filled: what each request costs to put in, and to take out, must not
# grow.
source "$(dirname "$0")/stage/stage.sh"

setting CLIENTS 64 1 "connections that send requests"
setting REQUESTS 5000 100 "requests of a round"
setting ROUNDS 3 1 "how often each takes its turn"
setting PEER_SECONDS 3 1 "how long the bare queue is filled, and emptied, in each round"
setting QUEUED 100000 1000 "requests in the long queue"
setting BLOCKS 5 2 "parts of the long queue that are measured each for itself"

question_form='params_json=%7B%22input_message%22%3A%22How+long+is+a+bridge%3F%22%7D'
row='%-15s %5s %10s %6s %10s %6s %9s %9s %6s\n'
block_row='%-15s %16s %9s %12s %9s\n'
declare -A room_key=() put_ratios=() taken_ratios=()
ticks_per_second=$(getconf CLK_TCK)
trouble=0

room_key_make() {
    room_key[$1]=$(in_house "$1" key add --agent instant --agent stuck --json | sed 's/.*"key":"\([^"]*\)".*/\1/')
    # A running server takes up what the command line wrote within a second.
    wait_until 20 "the key of $1" submit "$1" instant 1 1
    wait_until 20 "the first request of $1" has_ended_all "$1" 1
}

# submit HOUSE AGENT CLIENTS COUNT: puts the tool's line into `outcome`.
submit() {
    outcome=$("$directory/submit" "${house_ports[$1]}" "/api/agent/$2/async" "$3" "$4" "$question_form" \
        "X-API-KEY: ${room_key[$1]}" 2>"$directory/submit.errors")
}

ended() {
    metric "${house_ports[$1]}" rialto_runs_total 2>/dev/null || echo 0
}

has_ended_all() {
    [ "$(ended "$1")" -ge "$2" ]
}

seconds_now() {
    date +%s.%N
}

measure_bare_sqlite() {
    local line
    rm -f "$directory"/queue.sqlite*
    line=$("$directory/queue" "$directory/queue.sqlite" "$PEER_SECONDS") || fail "the bare queue on SQLite failed"
    put_rate=$(field put_per_second "$line")
    taken_rate=$(field taken_per_second "$line")
    # shellcheck disable=SC2059
    printf "$row" sqlite "$1" "$put_rate" 1.00 "$taken_rate" 1.00 - - -
}

# pgbench_rate FILE: transactions a second of a script.
pgbench_rate() {
    "$(postgres_programs)/pgbench" -n -c "$CLIENTS" -j "$(nproc)" -T "$PEER_SECONDS" -f "$1" "$queue_url" \
        >"$directory/pgbench" 2>&1 || fail "pgbench failed: $(tail -n 1 "$directory/pgbench")"
    calculate "$(sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$directory/pgbench")" 1
}

measure_bare_postgres() {
    postgres_ask queue "TRUNCATE jobs" >/dev/null
    put_rate=$(pgbench_rate "$directory/put.sql")
    taken_rate=$(pgbench_rate "$directory/take.sql")
    # shellcheck disable=SC2059
    printf "$row" postgres "$1" "$put_rate" 1.00 "$taken_rate" 1.00 - - -
}

# measure_house HOUSE LABEL ROUND: beside the bare queue that was measured before.
measure_house() {
    local house=$1 before members begun ticks accepted completed
    read -ra members <<<"$(processes_of "$house" instant | tr '\n' ' ')"
    before=$(ended "$house")
    ticks=$(cpu_ticks "${members[@]}")
    begun=$(seconds_now)
    submit "$house" instant "$CLIENTS" "$REQUESTS" || trouble=1
    accepted=$(field per_second "$outcome")
    wait_until 600 "the requests of $house" has_ended_all "$house" $((before + REQUESTS))
    completed=$(calculate "$REQUESTS / ($(seconds_now) - $begun)" 1)
    put_ratios[$house]+=" $(ratio "$accepted" "$put_rate")"
    taken_ratios[$house]+=" $(ratio "$completed" "$taken_rate")"
    # shellcheck disable=SC2059
    printf "$row" "$2" "$3" "$accepted" "$(ratio "$accepted" "$put_rate")" "$completed" \
        "$(ratio "$completed" "$taken_rate")" \
        "$(calculate "($(cpu_ticks "${members[@]}") - $ticks) * 1000000 / $ticks_per_second / $REQUESTS" 0)" \
        "$(field p99_ms "$outcome")" "$(field failed "$outcome")"
}

# Lets go of the answers that do not come.
free_workers() {
    local runs
    runs=$(in_house "$1" runs list --status running --limit 10000 --json | grep -o '"id":"[^"]*"' | cut -d '"' -f 4)
    xargs -n 1 env "${house_store[$1]}" "$binary" runs cancel <<<"$runs" >/dev/null
}

measure_long_queue() {
    local house=$1 label=$2 block members ticks begun before
    local part=$((QUEUED / BLOCKS)) per="1000000 / $ticks_per_second"
    read -ra members <<<"$(processes_of "$house" instant | tr '\n' ' ')"
    submit "$house" stuck 8 64 || trouble=1
    for block in $(seq "$BLOCKS"); do
        ticks=$(cpu_ticks "${members[@]}")
        submit "$house" instant "$CLIENTS" "$part" || trouble=1
        # shellcheck disable=SC2059
        printf "$block_row" "$label" "$(((block - 1) * part))-$((block * part))" put \
            "$(field per_second "$outcome")" "$(calculate "($(cpu_ticks "${members[@]}") - $ticks) * $per / $part" 0)"
    done
    before=$(ended "$house")
    free_workers "$house" &
    for block in $(seq "$BLOCKS" -1 1); do
        ticks=$(cpu_ticks "${members[@]}")
        begun=$(seconds_now)
        wait_until 1200 "the queue of $house" has_ended_all "$house" $((before + (BLOCKS - block + 1) * part))
        # shellcheck disable=SC2059
        printf "$block_row" "$label" "$((block * part))-$(((block - 1) * part))" completed \
            "$(calculate "$part / ($(seconds_now) - $begun)" 1)" \
            "$(calculate "($(cpu_ticks "${members[@]}") - $ticks) * $per / $part" 0)"
    done
}

stage_open "$@"
[ "$subject" = rialto ] || fail "there is nothing to check without Rialto"
need_headers /usr/include/sqlite3.h=libsqlite3-dev
compile submit submit.c samples.c -lpthread
compile queue queue.c -lsqlite3
export RIALTO_QUEUE_LENGTH=$((QUEUED + 10000)) RIALTO_QUEUE_ACCOUNT_LENGTH=$((QUEUED + 10000)) RIALTO_QUEUE_WORKERS=64
upstream_start instant 4 0
postgres_database queue
queue_url=$postgres_url
postgres_ask queue "CREATE TABLE jobs (id bigserial PRIMARY KEY, taken boolean NOT NULL, body bytea NOT NULL);
    CREATE INDEX jobs_waiting ON jobs (id) WHERE NOT taken" >/dev/null
echo "INSERT INTO jobs (taken, body) VALUES (false, decode(repeat('00', 100), 'hex'));" >"$directory/put.sql"
echo "UPDATE jobs SET taken = true WHERE id = (SELECT id FROM jobs WHERE NOT taken ORDER BY id LIMIT 1
    FOR UPDATE SKIP LOCKED);" | tr '\n' ' ' >"$directory/take.sql"
houses=(rialto postgres)
for house in "${houses[@]}"; do
    house_start "$house"
done
# After the houses: nobody waits for an answer of this one.
upstream_start stuck 2 600000
for house in "${houses[@]}"; do
    in_house "$house" upstream add stuck --kind openai --url "http://127.0.0.1:${upstream_port[stuck]}/v1" >/dev/null
    in_house "$house" agent add stuck --upstream stuck --model m >/dev/null
    room_key_make "$house"
done

echo "$CLIENTS connections, $REQUESTS requests a round; $(postgres_version);" \
    "$(stat -f -c %T "$directory") below $TMPDIR; $(nproc) CPUs"
# shellcheck disable=SC2059
printf "$row" what round accepted/s ratio completed/s ratio us/each p99-ms failed
for round in $(seq "$ROUNDS"); do
    measure_bare_sqlite "$round"
    measure_house rialto rialto-sqlite "$round"
    measure_bare_postgres "$round"
    measure_house postgres rialto-postgres "$round"
done
echo "ratio: to the bare queue's; us: CPU of Rialto for a request, from its acceptance to its end"
echo
# shellcheck disable=SC2059
printf "$block_row" what waiting step each/s us/each
measure_long_queue rialto rialto-sqlite
measure_long_queue postgres rialto-postgres
if [ "$trouble" != 0 ]; then
    note "there were requests that failed"
fi
exit "$trouble"
