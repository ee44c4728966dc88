# A PostgreSQL server of the benchmark's own, as durable as its defaults are, with a database for each house.

postgres_address= # of the server: postgres://user:password@host:port

say() { note "$@"; }
refuse() { fail "$@"; }

# shellcheck source=../../bin/.postgres
source "$root/bin/.postgres"

postgres_start() {
    [ -z "$postgres_address" ] || return 0
    start_postgres durable
    postgres_address=${RIALTO_TEST_POSTGRES%/*}
    unset RIALTO_TEST_POSTGRES
    postgres_ask postgres "CREATE EXTENSION pg_stat_statements" \
        || fail "PostgreSQL's pg_stat_statements is missing (Debian: postgresql, postgresql-contrib)"
}

# postgres_ask DATABASE SQL: the rows, their columns separated by spaces.
postgres_ask() {
    "$(postgres_programs)/psql" -X -q -A -t -F ' ' -v ON_ERROR_STOP=1 -c "$2" "$postgres_address/$1"
}

# postgres_database NAME: makes it, and sets `postgres_url`.
postgres_database() {
    postgres_start
    postgres_ask postgres "CREATE DATABASE \"$1\""
    postgres_url=$postgres_address/$1
}

# postgres_calls DATABASE: statements that its clients ran so far; how many of them only begin and end transactions.
postgres_calls() {
    postgres_ask postgres "SELECT coalesce(sum(calls), 0), coalesce(sum(calls) FILTER (WHERE query ~*
        '^(begin|start|commit|end|rollback|abort|savepoint|release)\M'), 0)
        FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid WHERE datname = '$1' AND toplevel"
}

# Time of all its processes so far, in ticks; those that have ended are in the first one's account.
postgres_ticks() {
    local first process files=()
    first=$(head -n 1 "$postgres_folder/data/postmaster.pid")
    for process in "$first" $(children_of "$first"); do
        files+=("/proc/$process/stat")
    done
    # One that ends meanwhile has no file any more.
    cat "${files[@]}" 2>/dev/null | awk -v first="$first" '
        { own = $1 == first; sub(/.*[)] /, ""); total += $12 + $13 + (own ? $14 + $15 : 0) }
        END { print total }'
}

postgres_version() {
    echo "PostgreSQL $(postgres_ask postgres 'SHOW server_version' | cut -d ' ' -f 1)"
}
