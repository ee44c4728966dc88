#!/usr/bin/env bash
# CPU per event and streams a second beside nginx's, over the same paced model server.
# Pairs of nginx and Rialto in turn, because machines are noisy: the ratio within a pair is what counts.
# With `postgres`, Rialto on PostgreSQL takes its turn after Rialto on SQLite, and is compared with that too. Only the
# time of Rialto's own process counts for it; what PostgreSQL needs on top is told beside.
source "$(dirname "$0")/stage/stage.sh"

setting STREAMS 512 1 "streams open at once, paced"
setting ROUNDS 2 1 "answers on each connection, paced"
setting DELTAS 64 1 "deltas of an answer, paced"
setting INTERVAL_MS 20 1 "milliseconds between two deltas"
setting PAIRS 3 1 "how often both servers take their turn"
setting UNPACED_STREAMS 64 1 "streams open at once, unpaced"
setting UNPACED_ROUNDS 40 1 "answers on each connection, unpaced"
choice postgres "also on PostgreSQL"
setting UNPACED_DELTAS 49 1 "deltas of an answer, unpaced (finish, usage and [DONE] make 52 chunks)"

trouble=0
store_ratios= # of the time per event on PostgreSQL to that on SQLite, paced
database_times= # of PostgreSQL per event, paced
declare -A cpu_ratios=() stream_ratios=()
row='%-8s %4s %-7s %9s %6s %10s %6s %9s %9s %9s %9s %7s %6s %6s\n'

# microseconds_per_event TICKS: over the events of `outcome`.
microseconds_per_event() {
    ratio $(($1 * 1000000 / ticks_per_second)) "$(field events "$outcome")"
}

# Sets `microseconds` of CPU per event and `rate` in streams a second, and prints a row without the ratios.
turn() {
    local server=$1 name=$2 streams=$3 rounds=$4 members before after
    read -ra members <<<"$(processes_of "$server" "$name" | tr '\n' ' ')"
    before=$(cpu_ticks "${members[@]}")
    load_run "$server" "$name" "$streams" "$rounds"
    sleep 0.5 # what a server still does about its streams, such as storing their last deltas, is part of their price
    after=$(cpu_ticks "${members[@]}")
    microseconds=$(microseconds_per_event $((after - before)))
    rate=$(field streams_per_second "$outcome")
}

print_turn() {
    local load=$1 pair=$2 server=$3 cpu_ratio=$4 stream_ratio=$5
    # shellcheck disable=SC2059
    printf "$row" "$load" "$pair" "$server" "$microseconds" "$cpu_ratio" "$rate" "$stream_ratio" \
        "$(field first_event_p50_ms "$outcome")" "$(field first_event_p99_ms "$outcome")" \
        "$(field late_p99_ms "$outcome")" "$(field late_max_ms "$outcome")" \
        "$(field stalled "$outcome")" "$(field short "$outcome")" "$(field failed "$outcome")"
}

# nginx's own stalls only say that the machine was busy; anything else that is not whole makes the numbers worthless.
judge_turn() {
    local server=$1
    if ! outcome_is_clean; then
        trouble=1
    elif [ "$(field stalled "$outcome")" != 0 ]; then
        if [ "$server" = nginx ]; then
            note "nginx stalled too: the machine is busy"
        else
            trouble=1
        fi
    fi
}

# turn_beside_nginx LOAD PAIR HOUSE STREAMS ROUNDS
turn_beside_nginx() {
    local load=$1 pair=$2 house=$3 cpu_ratio stream_ratio
    turn "$house" "$load" "$4" "$5"
    cpu_ratio=$(ratio "$microseconds" "$nginx_microseconds")
    stream_ratio=$(ratio "$rate" "$nginx_rate")
    cpu_ratios[$house.$load]+=" $cpu_ratio"
    stream_ratios[$house.$load]+=" $stream_ratio"
    print_turn "$load" "$pair" "$house" "$cpu_ratio" "$stream_ratio"
    judge_turn "$house"
}

pair_of_turns() {
    local load=$1 pair=$2 streams=$3 rounds=$4 nginx_microseconds nginx_rate on_sqlite before database
    turn nginx "$load" "$streams" "$rounds"
    nginx_microseconds=$microseconds
    nginx_rate=$rate
    print_turn "$load" "$pair" nginx 1.00 1.00
    judge_turn nginx
    turn_beside_nginx "$load" "$pair" "$subject" "$streams" "$rounds"
    if [ "$with_postgres" = no ]; then
        return
    fi
    on_sqlite=$microseconds
    before=$(postgres_ticks)
    turn_beside_nginx "$load" "$pair" postgres "$streams" "$rounds"
    database=$(microseconds_per_event $(($(postgres_ticks) - before)))
    if [ "$load" = paced ]; then
        store_ratios+=" $(ratio "$microseconds" "$on_sqlite")"
        database_times+=" $database"
    fi
}

# The median of a list of ratios in one string.
middle() {
    local ratios
    read -ra ratios <<<"$1"
    median "${ratios[@]}"
}

stage_open "$@"
ticks_per_second=$(getconf CLK_TCK)
upstream_start paced "$DELTAS" "$INTERVAL_MS"
upstream_start unpaced "$UNPACED_DELTAS" 0
nginx_start
subject_start
with_postgres=${choices[postgres]}
if [ "$subject" = direct ]; then
    with_postgres=no # a self-check has no store
elif [ "$with_postgres" = yes ]; then
    house_start postgres
fi

echo "paced: $STREAMS streams x $ROUNDS, $DELTAS deltas $INTERVAL_MS ms apart;" \
    "unpaced: $UNPACED_STREAMS streams x $UNPACED_ROUNDS, $((UNPACED_DELTAS + 3)) chunks; $(machine)"
# shellcheck disable=SC2059
printf "$row" load pair server us/event ratio streams/s ratio \
    first-p50 first-p99 late-p99 late-max stalled short failed
for pair in $(seq "$PAIRS"); do
    pair_of_turns paced "$pair" "$STREAMS" "$ROUNDS"
done
for pair in $(seq "$PAIRS"); do
    pair_of_turns unpaced "$pair" "$UNPACED_STREAMS" "$UNPACED_ROUNDS"
done
echo "first: milliseconds to the first event; late: milliseconds that a gap between events was too long"
echo "$subject: memory now $(resident_kib "$(processes_of "$subject" paced)") KiB;" \
    "unpaced streams/s, median ratio to nginx: $(middle "${stream_ratios[$subject.unpaced]}")"
if [ "$with_postgres" = yes ]; then
    echo "postgres: Rialto on $(postgres_version)," \
        "whose own processes took $(middle "$database_times") us/event paced;" \
        "unpaced streams/s, median ratio to nginx: $(middle "${stream_ratios[postgres.unpaced]}")"
fi
if [ "$trouble" != 0 ]; then
    note "there were stalled, short or failed streams"
fi
echo "CPU per event at $STREAMS paced streams, median ratio to nginx: $(middle "${cpu_ratios[$subject.paced]}")"
if [ "$with_postgres" = yes ]; then
    echo "CPU per event at $STREAMS paced streams on PostgreSQL, median ratio to SQLite: $(middle "$store_ratios")"
fi
exit "$trouble"
