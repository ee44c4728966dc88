# Rialto as the server that is measured: built, started on fresh data, with one agent for each model server.

binary=
rialto_process=
rialto_port=
rialto_data=
declare -A rialto_token=()

find_binary() {
    if [ -n "${RIALTO_BINARY:-}" ]; then
        binary=$(realpath -e "$RIALTO_BINARY") || fail "RIALTO_BINARY: there is no file $RIALTO_BINARY"
        [ -x "$binary" ] || fail "RIALTO_BINARY: $binary cannot be run"
        return
    fi
    command -v swift >/dev/null || fail "needs swift to build Rialto: https://www.swift.org/install"
    need_headers /usr/include/sqlite3.h=libsqlite3-dev
    note "building release (a quarter of an hour the first time, then seconds)"
    (cd "$root" && swift build -c release --product rialto >&2)
    binary=$root/.build/release/rialto
}

rialto_log_end() {
    tail -n 20 "$directory/rialto.log" >&2
}

rialto_is_ready() {
    if has_ended "$rialto_process"; then
        rialto_log_end
        fail "rialto serve ended before it was ready"
    fi
    curl -sf -o "$directory/rialto.answer" --max-time 2 "http://127.0.0.1:$rialto_port/readyz"
}

rialto_start() {
    rialto_data=$directory/data
    rialto_port=$(free_port)
    "$binary" serve --data "$rialto_data" --host 127.0.0.1 --port "$rialto_port" \
        >"$directory/rialto.output" 2>"$directory/rialto.log" &
    rialto_process=$!
    keep_process "$rialto_process"
    wait_until 60 "rialto serve to be ready" rialto_is_ready
}

rialto_answers() {
    load_run rialto "$1" 1 1 2>"$directory/load.errors"
    outcome_is_clean
}

# rialto_agent NAME: an upstream, an agent and a client of that name, and a token of the client.
rialto_agent() {
    local name=$1 url=http://127.0.0.1:${upstream_port[$1]}/v1
    {
        "$binary" upstream add "$name" --kind openai --url "$url" --data "$rialto_data"
        "$binary" agent add "$name" --upstream "$name" --model m --data "$rialto_data"
        "$binary" client add "$name-client" --edition marketplace --agent "$name" --data "$rialto_data"
    } >"$directory/rialto.commands" || fail "could not set up agent $name"
    rialto_token[$name]=$("$binary" token "$name-client" --data "$rialto_data") || fail "no token for $name"
    # A running server takes up what the command line wrote within a second.
    if ! wait_until 20 "a whole answer of agent $name" rialto_answers "$name"; then
        rialto_log_end
        fail "$outcome $(tail -n 1 "$directory/load.errors")"
    fi
}

# Whatever is measured beside nginx, with an agent for each model server that has been started.
subject_start() {
    local name
    if [ "$subject" = rialto ]; then
        rialto_start
        for name in "${!upstream_port[@]}"; do
            rialto_agent "$name"
        done
    fi
}
