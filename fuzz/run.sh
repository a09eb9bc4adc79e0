#!/usr/bin/env bash
# Runs fuzz targets, two at a time and at the lowest priority; every one gets the same time.
#   fuzz/run.sh [SECONDS] [TARGET...]      600 seconds and all targets if not stated; logs in fuzz/logs/
set -euo pipefail
cd "$(dirname "$0")"

# Longest input in bytes: large enough for several records of the format, small enough for many runs in a second.
declare -A longest=(
    [text]=4096 [check_expression]=4096 [statement]=8192 [directory_csv]=8192 [pack]=8192
    [inf]=16384 [registry_policy]=16384 [audit_csv]=16384 [gpo_backup]=16384 [kev]=16384 [endoflife]=16384 [table]=16384
    [nmap]=32768 [archive]=65536 [secret]=8192 [evtx]=70000 [sigma_rule]=8192 [event_text]=16384 [syslog]=4096
)
seconds=${1:-600}
targets=("${@:2}")
[[ ${#targets[@]} -gt 0 ]] || targets=("${!longest[@]}")

run() {
    local target=$1 words=()
    [[ ! -f words/$target.dict ]] || words=("-dict=words/$target.dict")
    nice -n 19 cargo +nightly fuzz run "$target" -- -max_total_time="$seconds" -max_len="${longest[$target]}" \
        -rss_limit_mb=2048 -timeout=25 -print_final_stats=1 "${words[@]}" >"logs/$target.log" 2>&1 ||
        printf '%s: a finding, see logs/%s.log\n' "$target" "$target"
    grep -E 'DONE|number_of_executed_units' "logs/$target.log" | sed "s/^/$target: /" || true
}

mkdir -p logs
nice -n 19 cargo +nightly fuzz build
for target in "${targets[@]}"; do
    while (($(jobs -rp | wc -l) >= 2)); do
        wait -n || true
    done
    run "$target" &
done
wait
