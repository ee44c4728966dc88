#!/usr/bin/env bash
# How well the guide finds the passages that answer 40 questions: recall@1, recall@3, and each miss.
# questions.json was written before the guide was tuned, held-out.json was never tuned for.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

case ${1:-} in
"" | --self-check) ;;
-h | --help)
    echo "usage: bin/bench guide"
    sed -n '2,3s/^# //p' "$0"
    exit 0
    ;;
*)
    echo "guide: unknown argument \"$1\"" >&2
    exit 64
    ;;
esac

command -v swift >/dev/null || {
    echo "guide: needs swift: https://www.swift.org/install" >&2
    exit 1
}
cd "$root"
swift build --product GuideBench >&2
.build/debug/GuideBench Benchmarks/guide/questions.json Benchmarks/guide/held-out.json
