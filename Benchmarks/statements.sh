#!/usr/bin/env bash
# Store statements of a durable turn, counted at many concurrent paced turns.
# Read from the server's own counter, which counts every statement of its store, the idle ones included.
source "$(dirname "$0")/stage/stage.sh"

setting STREAMS 512 1 "turns at once"
setting ROUNDS 4 1 "turns on each connection"
setting DELTAS 64 1 "deltas of a turn"
setting INTERVAL_MS 20 1 "milliseconds between two deltas"

# A self-check counts the model server's streams instead, which must come to exactly one for each turn.
statements() {
    if [ "$subject" = rialto ]; then
        metric "$rialto_port" rialto_store_statements_total
    else
        metric "${upstream_port[paced]}" upstream_streams_served_total
    fi
}

stage_open "$@"
upstream_start paced "$DELTAS" "$INTERVAL_MS"
subject_start
sleep 2 # the turn that tried the agent out has been stored by now
begun=$(statements)
sleep 2
idle=$(statements)
load_run "$subject" paced "$STREAMS" "$ROUNDS"
sleep 2 # deltas may reach the store after their stream has ended
ended=$(statements)
turns=$((STREAMS * ROUNDS))
each=$(ratio "$((ended - idle))" "$turns")

echo "$STREAMS turns at once x $ROUNDS, $DELTAS deltas $INTERVAL_MS ms apart; $(nproc) CPUs"
row='%7s %11s %9s %11s %8s %7s %6s %6s\n'
# shellcheck disable=SC2059
printf "$row" turns statements per-turn idle/s seconds stalled short failed
# shellcheck disable=SC2059
printf "$row" "$turns" "$((ended - idle))" "$each" "$(ratio "$((idle - begun))" 2)" "$(field seconds "$outcome")" \
    "$(field stalled "$outcome")" "$(field short "$outcome")" "$(field failed "$outcome")"
outcome_is_clean || fail "there were short or failed turns"
echo "store statements per durable turn: $each"
if [ "$(calculate "$each < 10" 0)" != 1 ]; then
    fail "more than a single digit"
fi
