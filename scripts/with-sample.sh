#!/usr/bin/env bash
# Runs a command against a server of its own with the sample country: with-sample.sh COMMAND [ARGUMENT…]
# The server's address is in NSDI_TEST_URL, its data folder in NSDI_TEST_DATA, and the identity provider at which people can sign in is NSDI_TEST_ISSUER.
# Server, provider, database and data are gone afterwards, whatever happens.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
"${GO:-go}" build -C "$here" -o bin/identityprovider ./internal/identityprovider
data=$(mktemp -d /tmp/nsdi-sample-XXXXXX)
log=$data/serve.log
server='' provider=''

cleanup() {
	if [[ -n "$provider" ]]; then
		kill -TERM "$provider" 2>/dev/null || true
		wait "$provider" || true
	fi
	if [[ -n "$server" ]]; then
		kill -INT "$server" 2>/dev/null || true
		wait "$server" || true
	fi
	# A cluster that root made lies elsewhere, and its folder is a link to it.
	if [[ -L "$data/var/postgres" ]]; then rm -rf "$(readlink -f "$data/var/postgres")"; fi
	rm -rf "$data"
}
trap cleanup EXIT

# The provider has to know the server's address, and the server the provider's, so one is chosen beforehand: below the ports that the kernel gives out.
port=$((20000 + RANDOM % 10000))
while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((20000 + RANDOM % 10000)); done

# await FILE PID PATTERN: what sed's pattern finds in the output of a program that is starting.
await() {
	local found
	for ((i = 0; i < 1200; i++)); do
		found=$(sed -n "$3" "$1")
		if [[ -n "$found" ]]; then
			echo "$found"
			return
		fi
		if ! kill -0 "$2" 2>/dev/null; then
			cat "$1" >&2
			return 1
		fi
		sleep 0.25
	done
	echo "it did not start within five minutes:" >&2
	cat "$1" >&2
	return 1
}

export NSDI_OIDC_CLIENT_SECRET=$RANDOM$RANDOM$RANDOM
"$here/bin/identityprovider" "http://127.0.0.1:$port/sign-in/callback" >"$data/provider.log" 2>&1 &
provider=$!
issuer=$(await "$data/provider.log" "$provider" 's|^identity provider on ||p')

unset DATABASE_URL
NSDI_LISTEN=127.0.0.1:$port NSDI_DATA=$data/var NSDI_PUBLIC_URL=http://127.0.0.1:$port NSDI_OIDC_ISSUER=$issuer NSDI_OIDC_CLIENT_ID=nsdi \
	"$here/bin/nsdi" serve --sample >"$log" 2>&1 &
server=$!
url=$(await "$log" "$server" 's|.*nsdi serves on \(http://[^ ]*\) .*|\1|p')
NSDI_TEST_URL=${url%/} NSDI_TEST_DATA=$data/var NSDI_TEST_ISSUER=$issuer "$@"
