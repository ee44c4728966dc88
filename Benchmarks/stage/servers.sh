# The processes of a benchmark: paced model servers, nginx in front of them, and the load on any of these.
# Each model server has a name, by which nginx's ports and Rialto's agents are known too.

processes=()
declare -A process_signal=()
declare -A upstream_port=() upstream_process=() upstream_deltas=() upstream_interval=()
declare -A nginx_port=()
nginx_process=
question='"messages":[{"role":"user","content":"How long is a bridge?"}]'

# Notes a process that was just started in the background, so that it ends with the benchmark.
keep_process() {
    disown "$1" # or the shell would report its end
    processes+=("$1")
    process_signal[$1]=${2:-KILL}
}

# Below the range from which the system takes ports for outgoing connections.
free_port() {
    local port
    for _ in $(seq 100); do
        port=$((20000 + RANDOM % 10000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
    fail "no free port found"
}

has_ended() {
    ! kill -0 "$1" 2>/dev/null
}

# wait_until SECONDS WHAT COMMAND ...: asks ten times a second.
wait_until() {
    local seconds=$1 what=$2
    shift 2
    for _ in $(seq $((seconds * 10))); do
        if "$@"; then
            return
        fi
        sleep 0.1
    done
    note "waited $seconds s in vain for $what"
    return 1
}

# upstream_start NAME DELTAS INTERVAL_MS
upstream_start() {
    local name=$1 output=$directory/upstream.$1
    "$directory/upstream" 0 "$2" "$3" >"$output" &
    keep_process $!
    upstream_process[$name]=$!
    wait_until 5 "the model server's port" grep -q '^port=' "$output"
    upstream_port[$name]=$(field port "$(cat "$output")")
    upstream_deltas[$name]=$2
    upstream_interval[$name]=$3
}

nginx_version() {
    nginx -v 2>&1 | sed 's/.*: //; s/ .*//'
}

nginx_server_block() {
    local name=$1
    cat <<BLOCK
    upstream $name { server 127.0.0.1:${upstream_port[$name]}; keepalive 1024; }
    server {
        listen 127.0.0.1:${nginx_port[$name]} backlog=4096;
        location / {
            proxy_pass http://$name;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
            proxy_read_timeout 600s;
        }
    }
BLOCK
}

nginx_configuration() {
    cat <<CONFIGURATION
worker_processes 2;
worker_rlimit_nofile 16384;
daemon off;
pid $directory/nginx.pid;
error_log $directory/nginx.errors;
events { worker_connections 8192; }
http {
    access_log off;
    client_body_temp_path $directory/nginx.body;
    proxy_temp_path $directory/nginx.proxy;
    fastcgi_temp_path $directory/nginx.fastcgi;
    uwsgi_temp_path $directory/nginx.uwsgi;
    scgi_temp_path $directory/nginx.scgi;
CONFIGURATION
    local name
    for name in "${!upstream_port[@]}"; do
        nginx_server_block "$name"
    done
    echo "}"
}

nginx_answers() {
    curl -sf -o "$directory/nginx.answer" --max-time 2 "http://127.0.0.1:$1/metrics"
}

# One nginx in front of all model servers that have been started.
nginx_start() {
    local name
    need_nginx
    for name in "${!upstream_port[@]}"; do
        nginx_port[$name]=$(free_port)
    done
    nginx_configuration >"$directory/nginx.conf"
    nginx -e "$directory/nginx.errors" -c "$directory/nginx.conf" 2>>"$directory/nginx.errors" &
    nginx_process=$!
    keep_process "$nginx_process" TERM
    for name in "${!upstream_port[@]}"; do
        wait_until 10 "nginx on port ${nginx_port[$name]}" nginx_answers "${nginx_port[$name]}"
    done
}

# processes_of SERVER UPSTREAM: whose time and memory count. nginx's master only waits, so its workers are it.
processes_of() {
    case $1 in
    direct) echo "${upstream_process[$2]}" ;;
    nginx) children_of "$nginx_process" ;;
    *) printf '%s' "${house_processes[$1]}" ;;
    esac
}

# load_run SERVER UPSTREAM STREAMS ROUNDS [FILE]: sends the load and puts the tool's line into `outcome`.
# FILE gets the samples, one line for each answer.
# A line with short or failed streams is an outcome too; the caller judges.
load_run() {
    local server=$1 name=$2 streams=$3 rounds=$4 samples=() headers=()
    local port path=/v1/chat/completions body="{\"model\":\"m\",\"stream\":true,$question}"
    case $server in
    direct) port=${upstream_port[$name]} ;;
    nginx) port=${nginx_port[$name]} ;;
    *)
        port=${house_ports[$server]}
        path=/api/v1/chat/completions
        body="{\"model\":\"AGENTIC STAR\",\"stream\":true,\"agentId\":\"$name\",$question}"
        headers=("Authorization: Bearer ${house_token[$server.$name]}")
        ;;
    esac
    if [ -n "${5:-}" ]; then
        samples=(--samples "$5")
    fi
    outcome=$("$directory/load" "${samples[@]}" "$port" "$path" "$streams" "$rounds" "${upstream_deltas[$name]}" \
        "${upstream_interval[$name]}" "$body" "${headers[@]}") || true
    [ -n "$outcome" ] || fail "the load on $server could not run"
}

# All streams of `outcome` must have ended well: a benchmark of broken answers measures nothing.
outcome_is_clean() {
    [ "$(field short "$outcome")" = 0 ] && [ "$(field failed "$outcome")" = 0 ]
}
