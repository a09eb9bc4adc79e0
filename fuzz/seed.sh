#!/usr/bin/env bash
# Fills fuzz/corpus/<target>/ with seeds: our own small ones, and real files from the samples folder.
# Run it before a long fuzzing run.
set -euo pipefail
cd "$(dirname "$0")"

# Small files of our own give the fuzzer the words.
python3 seed_own.py
mkdir -p corpus/directory_csv corpus/statement
printf 'SamAccountName,userAccountControl,pwdLastSet,ms-Mcs-AdmPwd,Description,MemberOf\r\n"a",66048,133549533000000000,"x","PW:1","CN=b;CN=c"\r\n' \
    >corpus/directory_csv/own-1
printf 'mamori_statement = 1\nkind = "a"\ntitle = "b"\nissued_on = 2026-04-01\npublic_key = "x"\n\n[[claim]]\nitem = "R7-2-5"\nanswer = "yes"\nsignature = "y"\n' \
    >corpus/statement/own-1

samples=${MAMORI_SAMPLES:-../../shared/samples}
if [[ ! -d $samples ]]; then
    printf 'SKIPPED: no samples folder; set MAMORI_SAMPLES\n'
    exit 0
fi

# seed TARGET MAX_KIB NAME...: copies every sample file with one of these names, numbered.
seed() {
    local target=$1 max_kib=$2 count=0 name file
    shift 2
    mkdir -p "corpus/$target"
    for name in "$@"; do
        while IFS= read -r -d '' file; do
            count=$((count + 1))
            cp "$file" "corpus/$target/sample-$count"
        done < <(find "$samples" -type f -size "-${max_kib}k" -iname "$name" -print0 | sort -z)
    done
    printf '%s: %s files\n' "$target" "$count"
}

seed text 64 GptTmpl.inf audit.csv bkupInfo.xml
seed inf 256 GptTmpl.inf
seed registry_policy 256 registry.pol
seed audit_csv 256 audit.csv
seed gpo_backup 256 bkupInfo.xml Backup.xml gpreport.xml
seed nmap 256 'nmap_*.xml'
seed kev 256 '*known_exploited*'
seed endoflife 64 'windows*.md' 'postgresql.md' 'fortios.md'
seed evtx 70 '*.evtx'
seed sigma_rule 8 'win_security_*.yml' 'proc_creation_win_a*.yml' 'correlation_*.yml' 'filter_*.yml'
# The records of a log without file and chunk header, as the target puts them behind a header of its own.
for log in corpus/evtx/sample-*; do
    tail -c +4609 "$log" | head -c 6000 >"corpus/evtx/records-${log##*-}"
done
