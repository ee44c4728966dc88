# What every benchmark stands on: a temporary folder, compiled tools, settings, and processes that end with it.
# A benchmark sources this file, declares its settings, and calls stage_open "$@".
set -euo pipefail
export LC_ALL=C PATH=$PATH:/usr/sbin
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
stage=$root/Benchmarks/stage
# shellcheck source=packages.sh
source "$stage/packages.sh"
# shellcheck source=measures.sh
source "$stage/measures.sh"
# shellcheck source=servers.sh
source "$stage/servers.sh"
# shellcheck source=rialto.sh
source "$stage/rialto.sh"
# shellcheck source=postgres.sh
source "$stage/postgres.sh"

benchmark=$(basename "$0" .sh)
subject=rialto # what is measured beside nginx: "rialto", or "direct", the model server itself, in a self-check
setting_lines=()
choice_lines=()
declare -A choices=() # the words that may be arguments: "yes" for those that were given
directory=

fail() {
    echo "$benchmark: $*" >&2
    exit 1
}

note() {
    echo "$benchmark: $*" >&2
}

# setting NAME DEFAULT LEAST MEANING: a whole number that the environment may change.
setting() {
    local name=$1 default=$2 least=$3 value
    value=${!name:-$default}
    setting_lines+=("$(printf '  %-16s %-7s %s' "$name" "$default" "$4")")
    if [[ ! $value =~ ^[0-9]{1,9}$ ]] || ((10#$value < least)); then
        echo "$benchmark: $name must be a whole number, at least $least, not \"$value\"" >&2
        exit 64
    fi
    declare -g "$name=$((10#$value))"
}

# choice WORD MEANING: a word that may be an argument.
choice() {
    choices[$1]=no
    choice_lines+=("$(printf '  %-16s %s' "$1" "$2")")
}

stage_usage() {
    echo "usage: bin/bench $benchmark$(printf ' [%s]' "${!choices[@]}" --self-check)"
    sed -n '2s/^# //p' "$0"
    echo
    if [ ${#choice_lines[@]} -gt 0 ]; then
        printf '%s\n' "${choice_lines[@]}" ""
    fi
    echo "Settings, as environment variables, with their defaults:"
    printf '%s\n' "${setting_lines[@]}"
}

stage_arguments() {
    local word
    for word in "$@"; do
        case $word in
        --self-check) subject=direct ;;
        -h | --help)
            stage_usage
            exit 0
            ;;
        *)
            if [ -z "$word" ] || [ -z "${choices[$word]:-}" ]; then
                echo "$benchmark: unknown argument \"$word\"" >&2
                stage_usage >&2
                exit 64
            fi
            choices[$word]=yes
            ;;
        esac
    done
}

# Killed, not asked: what a benchmark leaves behind is thrown away. nginx's master is asked, or its workers would stay.
stage_close() {
    local process
    for process in "${processes[@]}"; do
        kill "-${process_signal[$process]}" "$process" 2>/dev/null || true
    done
    for process in "${processes[@]}"; do
        wait_until 10 "process $process to end" has_ended "$process" || true
    done
    stop_postgres
    if [ -n "${BENCH_KEEP:-}" ]; then
        note "kept $directory"
    else
        rm -rf "$directory"
    fi
}

compile() {
    local tool=$1
    shift
    (cd "$root/Benchmarks/tools" && cc -O2 -Wall -Wextra -std=gnu11 -o "$directory/$tool" "$@")
}

raise_open_files() {
    local most
    most=$(ulimit -Hn)
    if [ "$most" = unlimited ] || ((most > 65536)); then
        most=65536
    fi
    ulimit -n "$most"
}

# Where TMPDIR says, unless that is memory, as /tmp is on many systems: what is stored has to reach a disk.
storage_folder() {
    local folder
    for folder in "${TMPDIR:-/tmp}" /var/tmp; do
        case $(stat -f -c %T "$folder") in
        tmpfs | ramfs) note "$folder is memory, no disk" ;;
        *)
            echo "$folder"
            return
            ;;
        esac
    done
    fail "TMPDIR has to name a folder on a disk"
}

stage_open() {
    stage_arguments "$@"
    need cc=gcc curl=curl
    need_headers /usr/include/stdio.h=libc6-dev
    # The caller's own Rialto must not leak into the measurement; other RIALTO_* variables are settings to try out.
    unset RIALTO_DATA RIALTO_CONFIG RIALTO_STORE_URL RIALTO_MASTER_KEY
    raise_open_files
    TMPDIR=$(storage_folder)
    export TMPDIR
    directory=$(mktemp -d "$TMPDIR/rialto-bench.XXXXXX")
    trap stage_close EXIT
    trap 'exit 130' INT TERM
    compile upstream upstream.c
    compile load load.c answer.c samples.c
    compile start_time start_time.c
    if [ "$subject" = rialto ]; then
        find_binary
    fi
}
