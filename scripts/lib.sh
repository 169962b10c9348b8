# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# lib.sh owns what every script here needs: where things are, how to talk, what to install.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${PTREE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ptree}
mkdir -p "$cache"
# shellcheck disable=SC2034 # for those who source this
readonly top cache

# say WORDS...: a line of progress, on stderr so that results can be captured.
say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
	say "$@"
	exit 1
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "this needs root, and there is no sudo: $*"
	fi
}

# need WHY PACKAGE...: makes sure that these Debian packages are installed.
need() {
	local why=$1 missing=() p
	shift
	for p; do
		[ "$(dpkg-query -Wf '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] ||
			missing+=("$p")
	done
	[ ${#missing[@]} = 0 ] && return
	say "installing ${missing[*]} ($why)"
	{
		as_root apt-get -q update &&
			as_root env DEBIAN_FRONTEND=noninteractive apt-get -qy \
				-o Dpkg::Use-Pty=0 install --no-install-recommends "${missing[@]}"
	} >"$cache/apt.log" 2>&1 </dev/null || {
		tail -n 15 "$cache/apt.log" >&2
		die "could not install ${missing[*]}"
	}
}

need_tools() {
	need "to build libptree and ptree" make gcc libc6-dev pkg-config libproc2-dev libsmartcols-dev libjansson-dev
}
