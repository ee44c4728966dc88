#!/usr/bin/env bash
# Time to the first event and to the first delta of one stream: directly, through nginx, through Rialto.
# Small batches in turn, so that all three meet the same moods of the machine. Rialto's first event is its own (the
# role and the ids of the answer); the first delta has come all the way from the model server.
source "$(dirname "$0")/stage/stage.sh"

setting BATCHES 15 1 "batches of each server, in turn"
setting REQUESTS 20 1 "measured requests in a batch, one after another on one connection"
setting DELTAS 8 1 "deltas of an answer, sent at once"

row='%-8s %9s %12s %12s %12s %9s %9s\n'

# The first request of a batch pays for its connection and is not counted.
batch() {
    load_run "$1" instant 1 $((REQUESTS + 1)) "$directory/samples.$1"
    outcome_is_clean || fail "answers of $1 were not whole: $outcome"
}

# middle_of SERVER COLUMN: median over the kept-alive requests; column 2 is the first event, 3 the first delta.
middle_of() {
    awk -v column="$2" '$1 > 0 { print $column }' "$directory/samples.$1" | median
}

print_server() {
    local server=$1 event delta
    event=$(middle_of "$server" 2)
    delta=$(middle_of "$server" 3)
    # shellcheck disable=SC2059
    printf "$row" "$server" $((BATCHES * REQUESTS)) "$(calculate "$event" 3)" "$(calculate "$delta" 3)" \
        "$(calculate "$delta - $direct_delta" 3)" \
        "$(ratio "$delta" "$direct_delta")" "$(ratio "$delta" "$nginx_delta")"
}

stage_open "$@"
upstream_start instant "$DELTAS" 0
nginx_start
subject_start
servers=(direct nginx)
if [ "$subject" != direct ]; then
    servers+=("$subject")
fi
for server in "${servers[@]}"; do
    batch "$server"
    rm "$directory/samples.$server" # the first batch of each warms up
done
for _ in $(seq "$BATCHES"); do
    for server in "${servers[@]}"; do
        batch "$server"
    done
done
direct_delta=$(middle_of direct 3)
nginx_delta=$(middle_of nginx 3)

echo "one stream, sequential requests on kept-alive connections, medians in milliseconds; $(machine)"
# shellcheck disable=SC2059
printf "$row" server requests first-event first-delta added /direct /nginx
for server in "${servers[@]}"; do
    print_server "$server"
done
last_delta=$(middle_of "$subject" 3)
echo "$subject adds $(calculate "$last_delta - $direct_delta" 3) ms to the first delta, nginx" \
    "$(calculate "$nginx_delta - $direct_delta" 3) ms; time to first delta, ratio to nginx:" \
    "$(ratio "$last_delta" "$nginx_delta")"
