#!/usr/bin/env bash
# Time from exec to the first answered request, on fresh and on existing data.
# The request is GET /readyz, answered 200 only once the server can serve. Fresh data includes making the store and
# its keys.
source "$(dirname "$0")/stage/stage.sh"

setting STARTS 5 1 "starts of each kind"

declare -A answered=() stopped=()

# start_once KIND DATA
start_once() {
    local kind=$1 data=$2 port command line
    port=$(free_port)
    if [ "$subject" = rialto ]; then
        command=("$binary" serve --data "$data" --host 127.0.0.1 --port "$port")
    else
        command=("$directory/upstream" "$port" 1 0)
    fi
    line=$("$directory/start_time" "$port" /readyz "${command[@]}" 2>"$directory/start.log") || {
        tail -n 20 "$directory/start.log" >&2
        fail "a start on $kind data failed"
    }
    answered[$kind]+=" $(field answered_ms "$line")"
    stopped[$kind]+=" $(field stopped_ms "$line")"
}

print_kind() {
    local kind=$1 starts stops
    read -ra starts <<<"${answered[$kind]}"
    read -ra stops <<<"${stopped[$kind]}"
    printf '%-9s %6s %11s %11s   %s\n' "$kind" "$STARTS" "$(median "${starts[@]}")" "$(median "${stops[@]}")" \
        "${starts[*]}"
}

stage_open "$@"
start_once warm "$directory/data.warm" # the program itself comes from the disk once
for turn in $(seq "$STARTS"); do
    start_once fresh "$directory/data.$turn"
    start_once existing "$directory/data.warm"
done

echo "milliseconds from exec to the first answer, and from SIGTERM to the end; medians; $(nproc) CPUs"
printf '%-9s %6s %11s %11s   %s\n' data starts answered stopped "each start"
print_kind fresh
print_kind existing
read -ra starts <<<"${answered[existing]}"
echo "start to first answered request on existing data: $(median "${starts[@]}") ms"
