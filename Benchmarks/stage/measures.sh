# Numbers: of a process, of a tool's line of name=value, and of lists.

# field NAME LINE: the value of NAME in a line of name=value pairs.
field() {
    local pair
    for pair in $2; do
        if [ "${pair%%=*}" = "$1" ]; then
            echo "${pair#*=}"
            return
        fi
    done
    fail "no $1 in: $2"
}

# calculate EXPRESSION [DIGITS]: the value of an arithmetic expression with decimals.
calculate() {
    awk "BEGIN { printf \"%.${2:-2}f\", $1 }" </dev/null
}

# ratio A B: A/B with two digits, "-" where B is nothing.
ratio() {
    awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.2f", a / b; else printf "-" }' </dev/null
}

# median [NUMBER ...]: of the arguments, or of standard input, one a line.
median() {
    if [ $# -gt 0 ]; then
        printf '%s\n' "$@" | median
        return
    fi
    sort -g | awk '{ v[NR] = $1 } END {
        if (NR == 0) { print "-"; exit }
        print (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2)
    }'
}

# cpu_ticks PROCESS ...: user and system time so far, in ticks, all threads included.
cpu_ticks() {
    local process total=0 words
    for process in "$@"; do
        # The second field is the program's name, in brackets, and may hold spaces: count from behind it.
        read -ra words <<<"$(sed 's/.*) //' "/proc/$process/stat")"
        total=$((total + words[11] + words[12]))
    done
    echo "$total"
}

# resident_kib PROCESS ...: memory in RAM, in KiB. smaps_rollup is exact; status lags behind by pages per thread.
resident_kib() {
    local process total=0 one
    for process in "$@"; do
        one=$(awk '/^Rss:/ { print $2 }' "/proc/$process/smaps_rollup")
        total=$((total + one))
    done
    echo "$total"
}

children_of() {
    grep -ls "^PPid:[[:space:]]*$1\$" /proc/[0-9]*/status | sed 's/[^0-9]//g'
}

# metric PORT NAME: the sum of all samples of a metric in Prometheus text at /metrics, whatever their labels.
metric() {
    curl -sf --max-time 10 "http://127.0.0.1:$1/metrics" | awk -v name="$2" '
        { at = $1; sub(/[{].*/, "", at) }
        at == name { total += $NF; found = 1 }
        END { if (!found) exit 1; printf "%.0f\n", total }' || fail "no metric $2 on port $1"
}

machine() {
    echo "$(nproc) CPUs, $(uname -sr), $(nginx_version)"
}
