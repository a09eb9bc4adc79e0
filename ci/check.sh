#!/usr/bin/env bash
# What a change must pass besides the tests. `ci/check.sh fast` leaves out the slow steps.
set -euo pipefail
cd "$(dirname "$0")/.."

step() {
    local began=$SECONDS
    printf '== %s\n' "$*"
    "$@"
    printf '   %s s\n' "$((SECONDS - began))"
}

skip() { printf 'SKIPPED: %s\n' "$*"; }

docs() { RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --locked --quiet; }

deny() {
    if ! cargo deny --version >/dev/null 2>&1; then
        cargo install cargo-deny --locked --quiet || {
            skip 'cargo-deny could not be installed; licences and sources were not checked'
            return 0
        }
    fi
    # Licences are asked of every platform, so the crates of every platform have to be there.
    cargo fetch --locked --quiet
    cargo deny --offline check licenses bans sources
    # The advisory database lives outside the package registries; where it cannot be fetched, say so.
    cargo deny check advisories 2>/tmp/mamori-advisories.$$ || {
        if grep -q 'failed to fetch advisory database' /tmp/mamori-advisories.$$; then
            skip 'the advisory database could not be fetched'
        else
            cat /tmp/mamori-advisories.$$
            return 1
        fi
    }
    rm -f /tmp/mamori-advisories.$$
}

shell_scripts() {
    if command -v shellcheck >/dev/null; then
        shellcheck .ci/run ci/*.sh
    else
        skip 'shellcheck is not installed'
    fi
}

step cargo fmt --all --check
step cargo fmt --manifest-path peers/Cargo.toml --check
step cargo clippy --workspace --all-targets --locked -- -D warnings
step shell_scripts
if [[ ${1:-full} == full ]]; then
    step docs
    step deny
fi
