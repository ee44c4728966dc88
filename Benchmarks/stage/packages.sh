# Debian packages that a benchmark needs, installed when they are missing.

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "needs root (or sudo) to run: $*"
    fi
}

install_packages() {
    note "installing $*"
    command -v apt-get >/dev/null || fail "install these first: $*"
    as_root apt-get update -qq >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

# need COMMAND=PACKAGE ...
need() {
    local pair missing=()
    for pair in "$@"; do
        command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
    done
    if [ ${#missing[@]} -gt 0 ]; then
        install_packages "${missing[@]}"
    fi
}

# need_headers FILE=PACKAGE ...
need_headers() {
    local pair missing=()
    for pair in "$@"; do
        [ -e "${pair%%=*}" ] || missing+=("${pair#*=}")
    done
    if [ ${#missing[@]} -gt 0 ]; then
        install_packages "${missing[@]}"
    fi
}

# Debian starts nginx as a service when it is installed; nobody asked for a web server on port 80.
need_nginx() {
    if ! command -v nginx >/dev/null; then
        install_packages nginx
        if [ -d /run/systemd/system ]; then
            as_root systemctl disable --now --quiet nginx || true
        fi
    fi
}
