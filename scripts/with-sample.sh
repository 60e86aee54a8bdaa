#!/usr/bin/env bash
# Runs a command against a server of its own with the sample country: with-sample.sh COMMAND [ARGUMENT…]
# The server's address is in NSDI_TEST_URL. Server, database and data are gone afterwards, whatever happens.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
data=$(mktemp -d /tmp/nsdi-sample-XXXXXX)
log=$data/serve.log

unset DATABASE_URL
NSDI_LISTEN=127.0.0.1:0 NSDI_DATA=$data/var "$here/bin/nsdi" serve --sample >"$log" 2>&1 &
server=$!

cleanup() {
	kill -INT "$server" 2>/dev/null || true
	wait "$server" || true
	rm -rf "$data"
}
trap cleanup EXIT

for ((i = 0; i < 1200; i++)); do
	url=$(sed -n 's|.*nsdi serves on \(http://[^ ]*\) .*|\1|p' "$log")
	[[ -n "$url" ]] && break
	if ! kill -0 "$server" 2>/dev/null; then
		cat "$log" >&2
		exit 1
	fi
	sleep 0.25
done
if [[ -z "$url" ]]; then
	echo "the server did not start within five minutes:" >&2
	cat "$log" >&2
	exit 1
fi
NSDI_TEST_URL=${url%/} "$@"
