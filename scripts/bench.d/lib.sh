# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# lib.sh owns what the parts of the bench share: samples, and how each competitor is started and
# stopped in the VM.

. "${BASH_SOURCE[0]%/*}/../lib.sh"

# Set by scripts/bench -q: small numbers, few rounds.
# shellcheck disable=SC2034 # for the parts
quick=${BENCH_QUICK:-}
# QEMU's clock counts instructions, on the one CPU there is: 1 ns is one instruction. What lies
# where at random decides how many there are.
# shellcheck disable=SC2034 # for the parts
icount=(-s 1 -q "-icount shift=0,sleep=off" -a "nokaslr norandmaps randomize_kstack_offset=off")

# --- On this machine.

# sysdig's driver, as Debian has it, for the kernel of the VM. No driver is no failure.
build_scap() {
	local headers dir log=$cache/scap.log deb
	headers=$("$top/scripts/kernel" headers 6.1)
	dir=$cache/scap-${headers##*linux-headers-}
	[ -e "$dir/scap.ko" ] && return
	say "building sysdig's driver, once"
	rm -rf "$dir" "$dir.new"
	mkdir -p "$dir.new"
	{
		cd "$dir.new" && apt-get -q -o APT::Sandbox::User="$(id -un)" download falcosecurity-scap-dkms &&
			deb=$(echo falcosecurity-scap-dkms_*.deb) && dpkg -x "$deb" . &&
			mv usr/src/scap-* driver &&
			make -s -C "$headers" M="$dir.new/driver" CONFIG_DEBUG_INFO_BTF_MODULES= modules &&
			mkdir "$dir" && mv driver/scap.ko "$dir/"
	} >"$log" 2>&1 </dev/null || say "sysdig's driver does not build, see $log"
	rm -rf "$dir.new"
}

# All that parts run in the VM.
build_bench() {
	need_tools
	need "to have something to compare with" forkstat bpftrace sysdig procps psmisc libbpf-dev clang
	make -s -C "$top" tools >&2
	make -s -C "$top/tools/bench" >&2
	make -s -C "$top" module KDIR="$("$top/scripts/kernel" headers 6.1)" >&2
	(build_scap)
}

# --- In the VM.

# sample CASE WHO N CPUS UNIT ROUND VALUE
# shellcheck disable=SC2154 # each part says which it is
sample() {
	printf '{"part":"%s","case":"%s","who":"%s","n":%s,"cpus":%s,"unit":"%s","round":%s,"value":%s}\n' \
		"$part" "$@"
}

# missing CASE WHO WHY
missing() {
	printf '{"part":"%s","case":"%s","who":"%s","missing":"%s"}\n' "$part" "$@"
}

here=${BASH_SOURCE[0]%/*}/../..
ko=$here/build/$(uname -r)/ptree.ko
listener='' # its pid
# Where a listener writes what he hears.
heard=/dev/null

# What bpftrace does with the four tracepoints ptree needs: tell a user of each, or keep in a map
# who is whose parent.
bpf_tell='tracepoint:task:task_newtask { printf("fork %d %d %s\n", pid, args->pid, args->comm); }
	tracepoint:sched:sched_process_exec { printf("exec %d %s\n", pid, comm); }
	tracepoint:sched:sched_process_exit { printf("exit %d\n", pid); }
	tracepoint:sched:sched_process_free { printf("free %d\n", args->pid); }'
bpf_map='tracepoint:task:task_newtask { @parent[args->pid] = pid; @comm[args->pid] = args->comm; }
	tracepoint:sched:sched_process_exec { @comm[pid] = comm; }
	tracepoint:sched:sched_process_exit { @exit[pid] = nsecs; }
	tracepoint:sched:sched_process_free { delete(@parent[args->pid]);
		delete(@comm[args->pid]); delete(@exit[args->pid]); }'

# until_true COMMAND...: waits up to a minute for it.
until_true() {
	local i
	for ((i = 0; i < 1200; i++)); do
		! "$@" || return 0
		sleep 0.05
	done
	return 1
}

listens_cn() { # somebody is subscribed to the process connector
	awk '$2 == 11 && $4 != "00000000" { n++ } END { exit !n }' /proc/net/netlink
}

ptree_watched() { # the device is open, and a watch
	[ "$(cat /sys/module/ptree/refcnt)" -ge 2 ] && sleep 0.5
}

bpf_begun() { # the buffer of each CPU is open, and the four tracepoints
	[ "$(find "/proc/$listener/fd" -lname '*perf_event*' | grep -c .)" -ge $((4 + $(nproc))) ] && sleep 0.5
}

sysdig_runs() { # it has opened its ring buffers
	[ "$(cat /sys/module/scap/refcnt)" -gt 0 ] && sleep 2
}

# listen READY COMMAND...: starts it.
listen() {
	local ready=$1
	shift
	"$@" >"$heard" 2>/dev/shm/said &
	listener=$!
	until_true "$ready"
}

bpf() { # PROGRAM; memory for the 10 000s there are
	BPFTRACE_MAP_KEYS_MAX=65536 BPFTRACE_STRLEN=16 exec bpftrace -q -e "$1"
}

# So many of the dead ptree remembers; as many as it does by default.
history=4096

load() { # OPTION...
	insmod "$ko" "history=$history" "$@"
}

# start WHO: false if he can't be had here, and what he said is in /dev/shm/said.
start() {
	: >/dev/shm/said
	case $1 in
	none) ;;
	ptree) load ;;
	ptree-kprobes0) load kprobes=0 ;;
	ptree-follow) load && listen ptree_watched "$here/build/bench/follow" ;;
	ptree-watch) load && listen ptree_watched "$here/build/tools/ptree" watch ;;
	cn_proc) modprobe -q cn 2>/dev/null || true
		listen listens_cn "$here/build/bench/cnproc" ;;
	forkstat) listen listens_cn forkstat ;;
	bpftrace) listen bpf_begun bpf "$bpf_tell" ;;
	bpftrace-map) listen bpf_begun bpf "$bpf_map" ;;
	sysdig)
		insmod "${PTREE_SCAP:?}" 2>/dev/shm/said &&
			listen sysdig_runs sysdig -p '%evt.num %evt.type %proc.pid %proc.name' \
				'evt.type in (clone, clone3, fork, vfork, execve, procexit)'
		;;
	*) die "who is $1?" ;;
	esac
}

# settle WHO CASE: once its history is full of the like, ptree frees what it takes. A process has
# more to be freed than a thread. No round is measured, and what comes before is a quarter of one.
settle() {
	case $1/$2 in
	ptree*/thread) "$here/build/bench/cost" thread $((5 * history)) 0 ;;
	ptree*) "$here/build/bench/cost" vfork $((5 * history)) 0 ;;
	esac
}

# stop WHO
stop() {
	if [ -n "$listener" ]; then
		kill -TERM "$listener" 2>/dev/null || true
		wait "$listener" || true
		listener=''
	fi
	case $1 in
	ptree*) rmmod ptree ;;
	sysdig) rmmod scap ;;
	esac
}

# crowd N: so many processes, asleep; killed by uncrowd.
crowded=''
crowd() {
	: >/dev/shm/crowd
	# shellcheck disable=SC2016 # for the one among them
	"$here/build/bench/among" "$1" -- bash -c 'echo $$ >/dev/shm/crowd && exec sleep infinity' >/dev/null &
	crowded=$!
	until_true test -s /dev/shm/crowd
}

uncrowd() {
	[ -n "$crowded" ] || return 0
	kill "$(cat /dev/shm/crowd)"
	wait "$crowded" || true
	crowded=''
}
