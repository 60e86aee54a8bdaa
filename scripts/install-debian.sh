#!/usr/bin/env bash
# Installs from Debian what nsdi needs and this machine lacks: PostgreSQL with
# PostGIS, GDAL, bubblewrap and a C compiler; with --test also chromium. It asks
# nothing, changes nothing that is there, and is silent when nothing is missing.
set -euo pipefail

usage() {
	echo "usage: $0 [--test]"
	echo "  --test  also what the tests need (chromium)"
}

# tell English Persian: one message in both languages.
tell() { printf 'nsdi: %s\n%s\n' "$1" "$2" >&2; }

for_tests=false
case "${1-}" in
"") ;;
--test) for_tests=true ;;
-h | --help) usage; exit 0 ;;
*) usage >&2; exit 2 ;;
esac

# The supported versions, newest first.
readonly versions=(17 16 15)

have() { command -v "$1" >/dev/null; }

have_postgis() {
	local v
	for v in "${versions[@]}"; do
		[[ -x /usr/lib/postgresql/$v/bin/postgres && -e /usr/share/postgresql/$v/extension/postgis.control ]] && return 0
	done
	return 1
}

# Go and Node are prerequisites: Debian's own are too old.
check_toolchain() {
	if ! have go; then
		tell "Go 1.26 is needed; next step: install it from https://go.dev/doc/install" \
			"زبان Go نسخه 1.26 لازم است؛ گام بعدی: آن را از https://go.dev/doc/install نصب کنید"
		return 1
	fi
	local node=0
	if have node && have npm; then
		node=$(node -p 'process.versions.node.split(".")[0]')
	fi
	if ((node < 20)); then
		tell "Node 20 with npm is needed; next step: install it from https://nodejs.org/en/download" \
			"Node نسخه 20 با npm لازم است؛ گام بعدی: آن را از https://nodejs.org/en/download نصب کنید"
		return 1
	fi
}

# A server given by DATABASE_URL replaces the private cluster, but not in the tests.
need_postgis() { ! have_postgis && { $for_tests || [[ -z "${DATABASE_URL-}" ]]; }; }

check_toolchain

packages=()
have ogr2ogr || packages+=(gdal-bin)
have bwrap || packages+=(bubblewrap)
have gcc || packages+=(gcc)
[[ -e /usr/include/stdlib.h ]] || packages+=(libc6-dev)
if $for_tests && ! have chromium; then packages+=(chromium); fi
if ! need_postgis && ((${#packages[@]} == 0)); then exit 0; fi

if ! have apt-get; then
	if need_postgis; then packages+=("PostgreSQL 15-17" "PostGIS >= 3.3"); fi
	printf -v list '%s, ' "${packages[@]}"
	tell "this is not Debian or a relative of it; next step: install by hand: ${list%, }" \
		"این دستگاه دبیان یا از خانواده آن نیست؛ گام بعدی: این‌ها را دستی نصب کنید: ${list%, }"
	exit 1
fi

as_root=()
if ((EUID != 0)); then
	if ! have sudo; then
		tell "installing needs root and there is no sudo; next step: run $0 ${1-} as root once" \
			"برای نصب کاربر root لازم است و sudo نیست؛ گام بعدی: یک بار $0 ${1-} را با کاربر root اجرا کنید"
		exit 1
	fi
	as_root=(sudo)
fi

apt() {
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}

# The package for a PostgreSQL that is installed, or else the newest on offer.
postgis_package() {
	local v candidates=()
	for v in "${versions[@]}"; do
		[[ -x /usr/lib/postgresql/$v/bin/postgres ]] && candidates+=("postgresql-$v-postgis-3")
	done
	for v in "${versions[@]}"; do candidates+=("postgresql-$v-postgis-3"); done
	local p policy
	for p in "${candidates[@]}"; do
		# Not in a pipe: grep -q would end before apt-cache has, and pipefail calls that a failure.
		policy=$(LC_ALL=C apt-cache policy "$p")
		if [[ "$policy" =~ Candidate:\ [0-9] ]]; then
			echo "$p"
			return 0
		fi
	done
	return 1
}

apt update

if need_postgis; then
	if ! package=$(postgis_package); then
		tell "no PostgreSQL 15 to 17 with PostGIS in this system's package sources; next step: add apt.postgresql.org (package postgresql-common, then /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh), or set DATABASE_URL" \
			"PostgreSQL نسخه 15 تا 17 با PostGIS در مخزن‌های این دستگاه نیست؛ گام بعدی: مخزن apt.postgresql.org را بیفزایید، یا DATABASE_URL را بنویسید"
		exit 1
	fi
	packages+=("$package")
fi

# Debian makes and starts a cluster "main" with the first server it installs. nsdi
# has its own, so this file, which is ours alone, stops that while we install.
readonly no_main=/etc/postgresql-common/createcluster.d/nsdi-install.conf
if compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || ! need_postgis; then
	:
else
	trap '"${as_root[@]}" rm -f "$no_main"' EXIT
	"${as_root[@]}" mkdir -p "${no_main%/*}"
	echo 'create_main_cluster = false' | "${as_root[@]}" tee "$no_main" >/dev/null
fi

tell "installing ${packages[*]} (a minute or two)" "نصب ${packages[*]} (یکی دو دقیقه)"
if ! apt install --no-install-recommends "${packages[@]}" >/dev/null; then
	tell "apt-get could not install ${packages[*]}; next step: read its message above" \
		"apt-get نتوانست ${packages[*]} را نصب کند؛ گام بعدی: پیام بالا را بخوانید"
	exit 1
fi
