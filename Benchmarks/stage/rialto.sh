# Rialto as the server that is measured: built, started on fresh data, with one agent for each model server.
# A house is a store and the servers on it. `rialto` is one server on SQLite; the others stand on PostgreSQL.

binary=
declare -A house_store=() house_ports=() house_processes=() house_token=()

find_binary() {
    if [ -n "${RIALTO_BINARY:-}" ]; then
        binary=$(realpath -e "$RIALTO_BINARY") || fail "RIALTO_BINARY: there is no file $RIALTO_BINARY"
        [ -x "$binary" ] || fail "RIALTO_BINARY: $binary cannot be run"
        return
    fi
    note "building release (a quarter of an hour the first time, then seconds)"
    RIALTO_BUILD=release "$root/bin/rialto" --version >/dev/null || fail "Rialto could not be built"
    binary=$root/.build/release/rialto
}

# The logs of a house's servers, newest last.
house_log_end() {
    tail -q -n 20 "$directory/$1".*.log >&2
}

# A house of one server or more: house_start NAME [SERVERS]
house_start() {
    local house=$1 name
    if [ "$house" = rialto ]; then
        house_store[$house]=RIALTO_DATA=$directory/data
    else
        postgres_database "rialto-$house"
        house_store[$house]=RIALTO_STORE_URL=$postgres_url
    fi
    for _ in $(seq "${2:-1}"); do
        server_start "$house"
    done
    for name in "${!upstream_port[@]}"; do
        house_agent "$house" "$name"
    done
}

# Runs Rialto's program on the store of a house: in_house HOUSE ARGUMENT ...
in_house() {
    env "${house_store[$1]}" "$binary" "${@:2}"
}

server_is_ready() {
    local house=$1 port=$2 process=$3
    if has_ended "$process"; then
        house_log_end "$house"
        fail "rialto serve ended before it was ready"
    fi
    curl -sf -o "$directory/rialto.answer" --max-time 2 "http://127.0.0.1:$port/readyz"
}

server_start() {
    local house=$1 port process
    port=$(free_port)
    env "${house_store[$house]}" "$binary" serve --host 127.0.0.1 --port "$port" \
        >"$directory/$house.$port.output" 2>"$directory/$house.$port.log" &
    process=$!
    keep_process "$process"
    wait_until 60 "rialto serve to be ready" server_is_ready "$house" "$port" "$process"
    house_ports[$house]=${house_ports[$house]:+${house_ports[$house]},}$port
    house_processes[$house]=${house_processes[$house]:-}$process$'\n'
}

# Each server of the house has to know the agent.
house_answers() {
    local ports
    IFS=, read -ra ports <<<"${house_ports[$1]}"
    load_run "$1" "$2" "${#ports[@]}" 1 2>"$directory/load.errors"
    outcome_is_clean
}

# house_agent HOUSE NAME: an upstream, an agent and a client of that name, and a token of the client.
house_agent() {
    local house=$1 name=$2 url=http://127.0.0.1:${upstream_port[$2]}/v1
    {
        in_house "$house" upstream add "$name" --kind openai --url "$url"
        in_house "$house" agent add "$name" --upstream "$name" --model m
        in_house "$house" client add "$name-client" --edition marketplace --agent "$name"
    } >"$directory/$house.commands" || fail "could not set up agent $name"
    house_token[$house.$name]=$(in_house "$house" token "$name-client") || fail "no token for $name"
    # A running server takes up what the command line wrote within a second.
    if ! wait_until 20 "a whole answer of agent $name" house_answers "$house" "$name"; then
        house_log_end "$house"
        fail "$outcome $(tail -n 1 "$directory/load.errors")"
    fi
}

# Whatever is measured beside nginx, with an agent for each model server that has been started.
subject_start() {
    if [ "$subject" = rialto ]; then
        house_start rialto
    fi
}
