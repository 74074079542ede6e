#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# server/openapi.json: a description of OpenAPI 3.1, which every answer that the
# other tests of the API get conforms to, and of which they see every operation
# with every status and every problem.
. "$TOP/tests/tap.sh"

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
check=$TOP/tests/openapi/check.mjs

# The packages that the lock names, by their checksums; kept for another run.
kept=$BUILD/tests/openapi
if ! cmp -s "$TOP/tests/openapi/package-lock.json" "$kept/package-lock.json" || [ ! -d "$kept/node_modules" ]; then
	mkdir -p "$kept"
	cp "$TOP/tests/openapi/package.json" "$kept"
	cp "$TOP/tests/openapi/package-lock.json" "$kept"
	(cd "$kept" && timeout 300 npm ci --no-audit --no-fund --ignore-scripts) > "$made/npm" 2>&1 ||
	    rm -f "$kept/package-lock.json"
fi
succeeds "the_validator_is_there" test -s "$kept/package-lock.json" -a -d "$kept/node_modules/ajv"
ln -s "$kept/node_modules" "$made/node_modules"
cd "$made" || exit 1

nothing() {
	is "$1" "$(cat "$made/found")" ""
}
timeout 60 node "$check" document "$TOP/server/openapi.json" > "$made/found" 2>&1
nothing "the_document_is_sound"

# What is wrong is found: in the document, and in an answer.
sed 's|#/components/schemas/Pending|#/components/schemas/Waiting|' "$TOP/server/openapi.json" > broken.json
like "a_broken_one_is_not" "$(timeout 60 node "$check" document broken.json 2>&1)" "schemas/Waiting"

export API_RECORD=$made/records
for test in login callers rest codes call call_end telephone callback many; do
	(cd "$TOP" && BUILD=$BUILD timeout 400 "$BUILD/tests/unit/test_api_$test") > "$made/run" 2>&1
	is "test_api_$test" "$? $(grep -E ':[FE]:' "$made/run")" "0 "
done
timeout 60 node "$check" answers "$TOP/server/openapi.json" records > "$made/found" 2>&1
nothing "every_answer_conforms_and_every_one_was_seen"

jq -c 'select(.path == "/v1/hosts/self" and .status == 200) | .answer.more = 1' records |
    head -n 1 > wrong
like "a_member_too_many_is_found" "$(timeout 60 node "$check" answers "$TOP/server/openapi.json" wrong 2>&1)" \
    "GET /v1/hosts/self 200: data must NOT have additional properties"

done_testing
