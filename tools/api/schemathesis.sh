#!/usr/bin/env bash
# Holds a running server against its own description with schemathesis (https://schemathesis.readthedocs.io).
#   tools/api/schemathesis.sh URL TOKEN_FILE SITE [EXAMPLES]
# Makes a virtual environment in a temporary folder; says SKIPPED and ends well if Python packages can't be fetched.
# It hands in files: use an installation made for this.
set -euo pipefail

if [[ $# -lt 3 ]]; then
    sed -n '2,5p' "$0" >&2
    exit 2
fi
url=${1%/}
token=$(<"$2")
site=$3
examples=${4:-60}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if ! python3 -m venv "$folder/venv" 2>"$folder/log" ||
    ! "$folder/venv/bin/pip" install --quiet schemathesis 2>"$folder/log"; then
    echo "SKIPPED: schemathesis can't be installed ($(tail -n 1 "$folder/log"))"
    exit 0
fi
"$folder/venv/bin/schemathesis" --version

# Real names in place of random ones: a path that leads nowhere tries out nothing but the answer 404.
cat >"$folder/hooks.py" <<'PY'
import json, os, urllib.request, zlib
import schemathesis

URL, TOKEN, SITE = (os.environ["MAMORI_" + name] for name in ("URL", "TOKEN", "SITE"))


def fetch(path):
    request = urllib.request.Request(f"{URL}/api/v1/sites/{SITE}{path}", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


HEAD = fetch("")
KNOWN = {
    "site": [SITE],
    "checklist": [checklist["id"] for checklist in HEAD["checklists"]],
    "check": [finding["check"] for finding in fetch("/findings")["findings"]],
    "kind": ["asset", "account", "connection", "policy", "vendor"],
    "ident": [line["id"] for line in fetch("/subjects/asset?limit=20")["subjects"]],
    "evidence": [row["id"] for row in fetch("/evidence?limit=20")["evidence"]],
}


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    path_parameters = path_parameters or {}
    for name, values in KNOWN.items():
        # What is put in follows from what was made up; one in eight stays as it is.
        lot = zlib.crc32(str(path_parameters.get(name)).encode("utf-8", "replace"))
        if name in path_parameters and values and (lot % 8 or name == "site" and lot % 32):
            path_parameters[name] = values[lot // 32 % len(values)]
    # The names that are known are those of assets.
    if path_parameters.get("ident") in KNOWN["ident"]:
        path_parameters["kind"] = "asset"
    return path_parameters
PY

export MAMORI_URL=$url MAMORI_TOKEN=$token MAMORI_SITE=$site SCHEMATHESIS_HOOKS=hooks
cd "$folder"
PYTHONPATH=$folder "$folder/venv/bin/schemathesis" run "$url/api/v1/openapi.json" \
    --header "Authorization: Bearer $token" \
    --checks not_a_server_error,status_code_conformance,response_schema_conformance \
    --max-examples "$examples" --continue-on-failure --workers 2 --no-color
