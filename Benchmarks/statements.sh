#!/usr/bin/env bash
# Store statements of a durable turn, on SQLite and on PostgreSQL, counted at many concurrent paced turns.
# SQLite's are counted by the server itself (sqlite3_trace_v2), PostgreSQL's by PostgreSQL (pg_stat_statements): every
# statement of the store, BEGIN and COMMIT and the idle ones included.
source "$(dirname "$0")/stage/stage.sh"

setting STREAMS 512 1 "turns at once"
setting ROUNDS 4 1 "turns on each connection"
setting DELTAS 64 1 "deltas of a turn"
setting INTERVAL_MS 20 1 "milliseconds between two deltas"

row='%-10s %7s %11s %9s %10s %7s %8s %7s %6s %6s\n'

# Statements so far and, where that is known, how many of them are transaction control.
# A self-check counts the model server's streams instead, which must come to exactly one for each turn.
statements() {
    case $1 in
    rialto) echo "$(metric "${house_ports[rialto]}" rialto_store_statements_total) -" ;;
    postgres) postgres_calls rialto-postgres ;;
    direct) echo "$(metric "${upstream_port[paced]}" upstream_streams_served_total) -" ;;
    esac
}

# count_turns HOUSE STORE: prints a row, and sets `each`.
count_turns() {
    local house=$1 store=$2 turns=$((STREAMS * ROUNDS)) begun idle ended control=-
    sleep 2 # the turn that tried the agent out has been stored by now
    read -r begun _ <<<"$(statements "$house")"
    sleep 2
    read -ra idle <<<"$(statements "$house")"
    load_run "$house" paced "$STREAMS" "$ROUNDS"
    sleep 2 # deltas may reach the store after their stream has ended
    read -ra ended <<<"$(statements "$house")"
    each=$(ratio "$((ended[0] - idle[0]))" "$turns")
    if [ "${ended[1]}" != - ]; then
        control=$((ended[1] - idle[1]))
    fi
    # shellcheck disable=SC2059
    printf "$row" "$store" "$turns" "$((ended[0] - idle[0]))" "$control" "$each" \
        "$(ratio "$((idle[0] - begun))" 2)" "$(field seconds "$outcome")" \
        "$(field stalled "$outcome")" "$(field short "$outcome")" "$(field failed "$outcome")"
    outcome_is_clean || fail "there were short or failed turns"
}

stage_open "$@"
upstream_start paced "$DELTAS" "$INTERVAL_MS"
subject_start
echo "$STREAMS turns at once x $ROUNDS, $DELTAS deltas $INTERVAL_MS ms apart; $(nproc) CPUs"
# shellcheck disable=SC2059
printf "$row" store turns statements control per-turn idle/s seconds stalled short failed
if [ "$subject" = direct ]; then
    count_turns direct -
    exit
fi
count_turns rialto SQLite
on_sqlite=$each
house_start postgres
count_turns postgres PostgreSQL
echo "control: statements that only begin and end transactions"
echo "store statements per durable turn: $on_sqlite on SQLite, $each on PostgreSQL"
for each in "$on_sqlite" "$each"; do
    [ "$(calculate "$each < 10" 0)" = 1 ] || fail "more than a single digit"
done
