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
	# One at a time: two scripts may run beside each other.
	if [ -z "${need_locked:-}" ]; then
		(exec 5>"$cache/apt.lock" && flock 5 && need_locked=1 need "$why" "$@")
		return
	fi
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

# machine KERNEL: has make build for the machine the kernel is for: the module by what is exported,
# programs by the arguments in $cross, into $programs.
# shellcheck disable=SC2034 # for those who source this
machine() {
	local root
	case $1 in
	arm64)
		need "to build for arm64" gcc-aarch64-linux-gnu libc6-dev-arm64-cross
		root=$("$top/scripts/kernel" root "$1")
		export ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-
		export PKG_CONFIG_SYSROOT_DIR=$root
		export PKG_CONFIG_LIBDIR=$root/usr/lib/aarch64-linux-gnu/pkgconfig
		programs=$top/build/$1
		cross=("BUILD=$programs" "CC=${CROSS_COMPILE}gcc --sysroot=$root" "AR=${CROSS_COMPILE}ar")
		;;
	*)
		unset ARCH CROSS_COMPILE PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_LIBDIR
		programs=$top/build
		cross=()
		;;
	esac
}

need_tools() {
	need "to build libptree and ptree" make gcc libc6-dev pkg-config libproc2-dev libsmartcols-dev libjansson-dev libbsd-dev
}
