#!/usr/bin/env bash
# Resident memory, idle and for each open stream, beside nginx's.
# The streams are slow, so that all are open while memory is read. The warm-up touches every code path with few
# streams: with many it would leave free memory behind, which the open streams would then seem not to need.
source "$(dirname "$0")/stage/stage.sh"

setting STREAMS 1024 1 "streams open at once"
setting DELTAS 48 1 "deltas of an answer"
setting INTERVAL_MS 250 10 "milliseconds between two deltas"
setting WARM_STREAMS 32 1 "streams of the warm-up"
setting READINGS 8 1 "readings while the streams are open, half a second apart; the highest counts"

trouble=0
row='%-8s %10s %10s %12s %11s %11s %8s %6s %6s\n'

resident() {
    local members
    read -ra members <<<"$(processes_of "$1" slow | tr '\n' ' ')"
    resident_kib "${members[@]}"
}

all_are_open() {
    [ "$(metric "${upstream_port[slow]}" upstream_streams_open)" -ge "$STREAMS" ]
}

highest_reading() {
    local highest=0 one
    for _ in $(seq "$READINGS"); do
        one=$(resident "$1")
        highest=$((one > highest ? one : highest))
        sleep 0.5
    done
    echo "$highest"
}

measure() {
    local server=$1 cold idle open after load_process
    cold=$(resident "$server")
    load_run "$server" quick "$WARM_STREAMS" 4
    outcome_is_clean || fail "the warm-up of $server was not whole: $outcome"
    sleep 2
    idle=$(resident "$server")
    (
        load_run "$server" slow "$STREAMS" 1
        echo "$outcome" >"$directory/outcome.$server"
    ) &
    load_process=$!
    wait_until 30 "$STREAMS open streams of $server" all_are_open
    sleep 1
    open=$(highest_reading "$server")
    all_are_open || fail "streams of $server ended while memory was read: raise DELTAS or INTERVAL_MS"
    wait "$load_process"
    outcome=$(cat "$directory/outcome.$server")
    sleep 2
    after=$(resident "$server")
    outcome_is_clean || trouble=1
    per_stream=$(ratio "$((open - idle))" "$STREAMS")
    # shellcheck disable=SC2059
    printf "$row" "$server" "$cold" "$idle" "$open" "$per_stream" "$after" \
        "$(field stalled "$outcome")" "$(field short "$outcome")" "$(field failed "$outcome")"
}

stage_open "$@"
upstream_start slow "$DELTAS" "$INTERVAL_MS"
upstream_start quick "$DELTAS" 1
nginx_start
subject_start

echo "$STREAMS open streams, $DELTAS deltas $INTERVAL_MS ms apart, resident KiB (nginx: its two workers); $(machine)"
# shellcheck disable=SC2059
printf "$row" server started idle open per-stream afterwards stalled short failed
measure nginx
measure "$subject"
if [ "$trouble" != 0 ]; then
    note "there were short or failed streams"
fi
echo "$subject: $per_stream KiB for each open stream at $STREAMS"
exit "$trouble"
