#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""tables.py owns the tests of ptree's tables and of its JSON: against /proc, and against a golden file.

It runs as root with the module loaded: scripts/vm -- python3 tools/tests/tool/tables.py
"tables.py --compare" is the part that is run again as somebody else, or in other namespaces.
"""
import base64
import calendar
import ctypes
import errno
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
PTREE = os.environ.get("PTREE", os.path.join(TOP, "build/tools/ptree"))
NAME = os.path.basename(PTREE)[:15]
GOLDEN = os.path.join(HERE, "golden/tasks.jsonl")
ENV = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG, PR_SET_NAME, PR_SET_CHILD_SUBREAPER = 1, 15, 36
CLONE_NEWNS, CLONE_NEWPID = 0x20000, 0x20000000
PTRACE_TRACEME = 0
MS_MOVE, MS_REC, MS_PRIVATE = 1 << 13, 1 << 14, 1 << 18
PF_KTHREAD = 0x00200000
TICK_NS = 1000000000 // os.sysconf("SC_CLK_TCK")
TRIES = 40

FIELDS = """id tid pid ppid pgid sid tty state tracer uid euid gid egid comm threads parent_id birth_id birth_pid
reparented start_ns exit_ns exit_code term_sig exec_count clone_flags pidns nspid kthread seeded subreaper truncated
seq inferred""".split()


def run(argv, **kwargs):
    kwargs.setdefault("env", ENV)
    return subprocess.run([str(word) for word in argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=120, **kwargs)


def ptree(*args, **kwargs):
    return run([PTREE, *args], **kwargs)


def ends(status, *args, says="", **kwargs):
    """It ends like this, and says that on stderr."""
    done = ptree(*args, **kwargs)
    err = done.stderr.decode()
    assert done.returncode == status, f"{args}: status {done.returncode}, not {status}: {err}"
    assert re.search(says, err) if says else not err, f"{args}: {err!r}"
    return done.stdout


def lines(*args, **kwargs):
    return [json.loads(line) for line in ends(0, *args, **kwargs).splitlines()]


def document(*args, **kwargs):
    return json.loads(ends(0, *args, **kwargs))


def equal(left, right, what=""):
    assert left == right, f"{what}: {left!r} is not {right!r}"


def until(check):
    """The last of its failures counts: something may move, but not for ever."""
    for left in reversed(range(TRIES)):
        try:
            return check()
        except AssertionError:
            if not left:
                raise
            time.sleep(0.05)


# The zoo: processes of all kinds, that do nothing.


def name(comm):
    LIBC.prctl(PR_SET_NAME, comm, 0, 0, 0)


def sleep_for_ever():
    while True:
        signal.pause()


def thread(comm):
    ready = threading.Event()

    def live():
        name(comm)
        ready.set()
        sleep_for_ever()

    threading.Thread(target=live, daemon=True).start()
    ready.wait()


def check_libc(ret):
    if ret:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


class Zoo:
    """Animals stand still when all have closed their end of the pipe, and end with whoever made them."""

    def __init__(self):
        self.read, self.write = os.pipe()
        self.pids = {}

    def settle(self):
        os.close(self.write)
        while os.read(self.read, 4096):
            pass
        os.close(self.read)

    def add(self, comm, live=lambda zoo: None, fork=os.fork):
        parent = os.getpid()
        pid = fork()
        pid, terminal = pid if isinstance(pid, tuple) else (pid, None)
        if pid:
            self.pids[comm] = pid
            return pid, terminal
        try:
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() not in (parent, 0):
                os._exit(1)
            name(comm)
            live(self)
            os.close(self.write)
            sleep_for_ever()
        except BaseException as error:  # whatever it is, no second test run
            os.write(2, f"{comm}: {error!r}\n".encode())
        finally:
            os._exit(1)

    def end(self):
        for pid in self.pids.values():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


NAMES = [b"with space", "n\u00e4me".encode(), b"bad\xff\xfe", b"a\nb\\c\x1b[1m", b") R 1 1 1", b"'\"{},:[]",
         b"123456789012345", b"cut\xf0\x9f\x8c", b"csi\xc2\x9b31m", b"rtl\xe2\x80\xae", b"\x01\x7f"]


def many_threads(zoo):
    for comm in b"thread one", b"thread\xff", b"three":
        thread(comm)


def dead_leader(zoo):
    """Its main thread exits, and it lives on."""
    thread(b"survivor")
    os.close(zoo.write)
    LIBC.syscall(60, 0)


def zombies(zoo):
    if not os.fork():
        os._exit(7)
    pid = os.fork()
    if not pid:
        sleep_for_ever()
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def other_users(zoo):
    os.setgroups([])
    os.setresgid(1000, 1001, 0)
    os.setresuid(1000, 1001, 0)
    # That made it undumpable, and forget who to die with.
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def box(zoo):
    """A pid namespace in a pid namespace."""
    check_libc(LIBC.unshare(CLONE_NEWPID))
    zoo.add(b"outer init", lambda zoo: (check_libc(LIBC.unshare(CLONE_NEWPID)), zoo.add(b"inner init", box_worker)))


def box_worker(zoo):
    os.setsid()
    zoo.add(b"inner worker")


def groups(zoo):
    zoo.add(b"background", lambda zoo: os.setpgid(0, 0))


def executed(zoo):
    os.set_inheritable(zoo.read, False)
    os.execv("/bin/sleep", ["sleep", "100000"])


def subreaper(zoo):
    keeper = os.getpid()
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    pid = os.fork()
    if not pid:
        if os.fork():
            os._exit(0)
        orphan(zoo, keeper)
    os.waitpid(pid, 0)


def orphan(zoo, keeper):
    name(b"orphan")
    while os.getppid() != keeper:
        time.sleep(0.01)
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    os.close(zoo.write)
    sleep_for_ever()


def make_zoo(privileged):
    zoo = Zoo()
    for comm in NAMES:
        zoo.add(comm)
    zoo.add(b"threads", many_threads)
    zoo.add(b"dead leader", dead_leader)
    zoo.add(b"zombies", zombies)
    zoo.add(b"session", lambda zoo: os.setsid())
    zoo.add(b"groups", groups)
    zoo.add(b"subreaper", subreaper)
    zoo.add(b"stopped", lambda zoo: (os.close(zoo.write), os.kill(os.getpid(), signal.SIGSTOP)))
    zoo.add(b"traced", lambda zoo: check_libc(LIBC.ptrace(PTRACE_TRACEME, 0, 0, 0)))
    zoo.add(b"executed", executed)
    zoo.terminal = zoo.add(b"terminal", groups, pty.fork)[1]
    if privileged:
        zoo.add(b"users", other_users)
        zoo.add(b"box", box)
    zoo.settle()
    until(lambda: equal(stat(zoo.pids[b"stopped"])["state"], "T", "stopped"))
    return zoo


# What /proc has.


def read(path):
    with open(path, "rb") as file:
        return file.read()


def stat(pid, tid=None):
    """The fields of /proc/PID/task/TID that JSON has too, by its names."""
    folder = f"/proc/{pid}/task/{tid or pid}"
    words = read(f"{folder}/stat").rsplit(b") ", 1)[1].split()
    status = dict(re.findall(rb"^(\w+):\t(.*)$", read(f"{folder}/status"), re.M))
    uid, gid = status[b"Uid"].split(), status[b"Gid"].split()
    try:
        pidns = int(re.sub(r"\D", "", os.readlink(f"{folder}/ns/pid")))
    except PermissionError:
        pidns = None
    return {
        "tid": int(status[b"Pid"]), "pid": int(status[b"Tgid"]), "state": words[0].decode(), "ppid": int(words[1]),
        "pgid": int(words[2]), "sid": int(words[3]), "tty": int(words[4]), "kthread": bool(int(words[6]) & PF_KTHREAD),
        "threads": int(words[17]), "start": int(words[19]), "uid": int(uid[0]), "euid": int(uid[1]),
        "gid": int(gid[0]), "egid": int(gid[1]), "nspid": [int(nr) for nr in status[b"NSpid"].split()],
        "tracer": int(status[b"TracerPid"]), "pidns": pidns, "comm": read(f"{folder}/comm")[:-1],
    }


def scan():
    """All tasks, by number; those that end meanwhile are left out."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            for tid in os.listdir(f"/proc/{pid}/task"):
                found[int(tid)] = stat(pid, tid)
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


def exact(task):
    """The bytes of its name."""
    if "comm_b64" in task:
        raw = base64.b64decode(task["comm_b64"], validate=True)
        equal(task["comm"], "".join(replaced(raw)), "comm of a comm_b64")
        assert "\ufffd" in task["comm"], task
        return raw
    return task["comm"].encode()


def replaced(raw):
    """What is not UTF-8 as one U+FFFD a byte."""
    while raw:
        for length in 1, 2, 3, 4:
            try:
                yield raw[:length].decode()
                break
            except UnicodeDecodeError:
                pass
        else:
            yield "\ufffd"
            length = 1
        raw = raw[length:]


def same_task(task, proc):
    own = dict(proc)
    comm = own.pop("comm")
    # /proc adds what a kernel worker works on, and later kernels the whole name of a thread.
    if proc["kthread"]:
        assert comm.startswith(exact(task)), f"{comm} is not {task['comm']}"
    else:
        equal(exact(task), comm, f"comm of {proc['tid']}")
    equal(task["start_ns"] // TICK_NS, own.pop("start"), f"start of {proc['tid']}")
    if own["pidns"] is None:
        del own["pidns"]
    if proc["pid"] == os.getpid():
        del own["state"]  # it read the one, and waited for the other
    equal({key: task[key] for key in own}, own, f"task {proc['tid']}")


def look():
    """All tasks as /proc has them, as ptree has them, and as /proc has them again."""
    before = scan()
    child = subprocess.Popen([PTREE, "ps", "-T", "--jsonl"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENV)
    out, err = child.communicate(timeout=60)
    after = scan()
    assert child.returncode == 0 and not err, f"status {child.returncode}: {err}"
    tasks = {}
    for line in out.splitlines():
        task = json.loads(line)
        assert task["tid"] not in tasks, f"{task['tid']} twice"
        tasks[task["tid"]] = task
    assert tasks.pop(child.pid)["pid"] == child.pid
    return before, tasks, after


def look_until_equal():
    """Kernel workers come, go and run: each task must be seen equal once while it did not change, and all numbers."""
    seen, wrong, numbers = set(), {}, False
    for _ in range(TRIES):
        before, tasks, after = look()
        if before.keys() == after.keys():
            numbers = numbers or tasks.keys() == before.keys()
            wrong["numbers"] = sorted(tasks.keys() ^ before.keys())
        for tid in before.keys() & tasks.keys() & after.keys():
            if before[tid] != after[tid] or tid in seen:
                continue
            try:
                same_task(tasks[tid], before[tid])
                seen.add(tid)
            except AssertionError as error:
                wrong[tid] = str(error)
        if numbers and not tasks.keys() - seen:
            return tasks
    wrong = {what: why for what, why in wrong.items() if what not in seen and (what != "numbers" or not numbers)}
    raise AssertionError(f"never equal: {wrong or tasks.keys() - seen}")


def check_types(task):
    keys = [key for key in task if key != "comm_b64"]
    equal(keys, FIELDS, "fields")
    strings, flags = {"state", "comm", "comm_b64"}, {"kthread", "seeded", "subreaper", "truncated", "inferred"}
    for key, value in task.items():
        kind = str if key in strings else bool if key in flags else list if key == "nspid" else int
        assert value is None or type(value) is kind, f"{key} is {value!r}"


def compare():
    tasks = look_until_equal()
    for task in tasks.values():
        check_types(task)
        leader = tasks[task["pid"]]
        for key in "ppid pgid sid tty threads parent_id birth_id birth_pid reparented exec_count subreaper".split():
            equal(task[key], leader[key], f"{key} of a thread")
        parent = tasks.get(task["ppid"])
        equal(task["parent_id"], parent["id"] if parent else 0, f"parent of {task['tid']}")
    return tasks


# Tests. Those that end with a number of what was compared tell it.

TESTS = []


def test(function):
    TESTS.append(function)
    return function


@test
def golden_records(zoo):
    done = run([os.path.join(TOP, "build/tools/test-json")])
    equal(done.returncode, 0, done.stderr)
    wanted, got = read(GOLDEN).splitlines(), done.stdout.splitlines()
    for number, pair in enumerate(zip(wanted, got), 1):
        equal(*pair, f"line {number}")
    equal(done.stdout, read(GOLDEN), "the file")
    for line in got:
        check_types(json.loads(line))
        assert line.isascii(), line
    return len(got)


@test
def proc_as_root(zoo):
    tasks = compare()
    equal([exact(tasks[zoo.pids[comm]]) for comm in NAMES], NAMES, "names")
    equal(tasks[zoo.pids[b"dead leader"]]["state"], "Z", "a leader that exited")
    equal(len(tasks[zoo.pids[b"threads"]]["nspid"]), 1, "levels")
    assert any(len(task["nspid"]) == 3 for task in tasks.values()), "no inner namespaces"
    assert all(task["pidns"] for task in tasks.values())
    return len(tasks)


def leave_chroot():
    """The kernel gives no user namespace to one in a chroot, and in the VM we are in one: make it the root."""
    os.chdir("/")
    os.chroot("/proc/1/root")
    check_libc(LIBC.unshare(CLONE_NEWNS))
    check_libc(LIBC.mount(None, b"/", None, MS_REC | MS_PRIVATE, None))
    if LIBC.mount(b".", b"/", None, MS_MOVE, None) and ctypes.get_errno() != errno.EINVAL:
        raise OSError(ctypes.get_errno(), "moving the root")
    os.chroot(".")


def compare_elsewhere(*prefix, prepare=None):
    done = run([*prefix, sys.executable, os.path.abspath(__file__), "--compare"], preexec_fn=prepare)
    equal(done.returncode, 0, (done.stdout + done.stderr).decode())
    return done.stdout.decode().strip()


USER = ["setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups"]


@test
def proc_as_somebody(zoo):
    return compare_elsewhere(*USER)


@test
def proc_in_user_and_pid_namespace(zoo):
    return compare_elsewhere("unshare", "-Upf", "--mount-proc", prepare=leave_chroot)


@test
def proc_in_mapped_user_namespace(zoo):
    return compare_elsewhere("unshare", "-Urpf", "--mount-proc", prepare=leave_chroot)


@test
def proc_in_pid_namespace(zoo):
    return compare_elsewhere("unshare", "-pf", "--mount-proc")


def hostile(pids):
    return [pids[comm] for comm in NAMES]


@test
def tables_are_safe(zoo):
    for locale in "C.UTF-8", "C":
        env = {**ENV, "LC_ALL": locale}
        out = ends(0, "ps", "-o", "pid,comm,args", *hostile(zoo.pids), env=env)
        rows = out.decode().splitlines()
        equal(len(rows), len(NAMES) + 1, "lines")
        bad = [char for char in out.decode() if (ord(char) < 32 and char != "\n") or 127 <= ord(char) < 160
               or char in "\u202e"]
        assert not bad, bad
    out = ends(0, "ps", "-n", "-o", "comm", *hostile(zoo.pids)).decode()
    for text in ("with space", "n\u00e4me", "bad\\xff\\xfe", "a\\nb\\\\c\\x1b[1m", "cut\\xf0\\x9f\\x8c",
                 "csi\\xc2\\x9b31m"):
        assert text in [line.strip() for line in out.splitlines()], f"{text} is not in {out}"


def unraw(text):
    return re.sub(rb"\\x([0-9a-f]{2})", lambda match: bytes([int(match[1], 16)]), text)


@test
def raw_is_exact(zoo):
    out = ends(0, "ps", "-r", "-n", "-o", "pid,comm,ppid", *hostile(zoo.pids))
    rows = [line.split(b" ") for line in out.splitlines()]
    equal([[unraw(cell) for cell in row] for row in rows],
          [[b"%d" % zoo.pids[comm], comm, b"%d" % os.getpid()] for comm in NAMES], "raw")


@test
def columns(zoo):
    help_text = ptree("ps", "-o", "pid,nonsense")
    equal(help_text.returncode, 2, "a bad column")
    assert b'"nonsense" is no column' in help_text.stderr
    names = re.findall(rb"^  (\w+)  ", help_text.stderr, re.M)
    equal([column.decode().lower() for column in names[:len(FIELDS)]], FIELDS, "columns")
    every = b",".join(names).decode()
    pid = zoo.pids[b"with space"]
    equal(ends(0, "ps", "-o", every, pid).split()[:len(names)], names, "headings")
    full = lines("ps", "--jsonl", pid)[0]
    some = lines("ps", "--jsonl", "-o", every, pid)[0]
    equal({key: some[key] for key in FIELDS}, full, "all columns")
    equal(list(document("ps", "-J", "-o", "tid,COMM", pid)["processes"][0]), ["tid", "comm"], "chosen columns")
    equal(ends(0, "ps", "-o", "pid,stat", "-n", pid).split(), [b"%d" % pid, b"S"], "no headings")
    assert ends(0, "ps", "-o", "+seq", pid).splitlines()[0].endswith(b"SEQ"), "appended"
    args = read(f"/proc/{pid}/cmdline").rstrip(b"\0").replace(b"\0", b" ").decode()
    equal([some["args"], some["ns"], some["user"]], [args, os.readlink("/proc/self/ns/pid"), "root"], "for people")
    born = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + full["start_ns"] / 1e9
    assert abs(calendar.timegm(time.strptime(some["start"], "%Y-%m-%d %H:%M:%S")) - born) < 2, some["start"]
    assert 0 <= time.clock_gettime(time.CLOCK_BOOTTIME) - full["start_ns"] / 1e9 - some["age"] < 5, some["age"]
    ends(2, "ps", "-o", "", says="no column")
    ends(2, "ps", "-o", "+", says="no column")
    return len(names)


@test
def as_ps_writes_it(zoo):
    """TTY and STAT, but for the letters that ptree does not know."""
    def check():
        mine = {row[0]: row[1:] for row in (line.split() for line in
                ends(0, "ps", "-n", "-o", "pid,tty,stat,user").decode().splitlines())}
        theirs = {row[0]: [row[1], re.sub("[<NL]", "", row[2]), row[3]] for row in
                  (line.split() for line in run(["ps", "-e", "-o", "pid=,tty=,stat=,user:32="]).stdout.decode()
                   .splitlines())}
        both = sorted(set(mine) & set(theirs) - {str(os.getpid())})
        assert len(both) > len(zoo.pids), both
        equal([[pid, *mine[pid]] for pid in both], [[pid, *theirs[pid]] for pid in both], "ps")
        return len(both)
    return until(check)


@test
def filters(zoo):
    tasks = lines("ps", "-T", "--jsonl")
    pids = zoo.pids
    terminal = next(task for task in tasks if task["tid"] == pids[b"terminal"])
    box_ns = next(task["pidns"] for task in tasks if exact(task) == b"inner init")

    def subtree(pid):
        found = {pid}
        while True:
            more = {task["pid"] for task in tasks if task["ppid"] in found} | found
            if more == found:
                return found
            found = more

    cases = {
        ("--ppid", pids[b"groups"]): lambda task: task["ppid"] == pids[b"groups"],
        ("--pgid", pids[b"terminal"]): lambda task: task["pgid"] == pids[b"terminal"],
        ("--sid", pids[b"terminal"]): lambda task: task["sid"] == pids[b"terminal"],
        ("--sid", pids[b"terminal"], "--comm", "back*"):
            lambda task: task["sid"] == pids[b"terminal"] and task["comm"] == "background",
        ("--comm", "n?me"): lambda task: task["comm"] == "n\u00e4me",
        ("--state", "ZT"): lambda task: task["state"] in "ZT",
        ("--pidns", box_ns): lambda task: task["pidns"] == box_ns,
        ("--pidns", f"pid:[{box_ns}]"): lambda task: task["pidns"] == box_ns,
        ("--subtree", pids[b"box"]): lambda task: task["pid"] in subtree(pids[b"box"]),
        ("--subtree", pids[b"box"], "--comm", "inner*"):
            lambda task: task["pid"] in subtree(pids[b"box"]) and task["comm"].startswith("inner"),
        (pids[b"threads"], f"/proc/{pids[b'box']}"): lambda task: task["pid"] in (pids[b"threads"], pids[b"box"]),
    }
    for options, matches in cases.items():
        wanted = sorted(task["tid"] for task in tasks if matches(task))
        assert wanted, f"{options}: nobody"
        equal(sorted(task["tid"] for task in lines("ps", "-T", "--jsonl", *options)), wanted, options)
    major, minor = terminal["tty"] >> 8 & 0xfff, terminal["tty"] & 0xff
    equal(major, 136, "a pty")
    for tty in f"pts/{minor}", f"/dev/pts/{minor}":
        equal({task["sid"] for task in lines("ps", "--jsonl", "--tty", tty)}, {pids[b"terminal"]}, tty)
    daemons = [task["tid"] for task in lines("ps", "-T", "--jsonl", "root", "--comm", "threads")]
    equal(daemons, [pids[b"threads"]], "a user")
    ends(1, "ps", "--jsonl", "daemon")
    for bad in ["--ppid", "x"], ["--ppid", "-3"], ["--pidns", "net:[1]"], ["--since", "x"], ["--sort", "x"], \
            ["--subtree", ""], ["--state", ""], ["no-such-user"], ["--nonsense"], ["-o"]:
        ends(2, "ps", *bad, says=".")
    ends(1, "ps", "--pidns", "4026539999")
    ends(1, "ps", "--pidns", "4194303", says="no such process")
    return len(cases)


@test
def sorting(zoo):
    for column in "pid", "comm", "start_ns", "tty", "nspid", "kthread", "user", "age", "exit_ns":
        key = (lambda value: (value is not None, len(value) if isinstance(value, list) else
                              value.encode() if isinstance(value, str) else value or 0))
        rows = [key(row[column]) for row in lines("ps", "-T", "--jsonl", "-o", f"id,{column}", "--sort", column)]
        equal(rows, sorted(rows), column)
        rows = [key(row[column]) for row in lines("ps", "-T", "--jsonl", "-o", column, "--sort", f"-{column}")]
        equal(rows, sorted(rows, reverse=True), f"-{column}")
    ids = [row["id"] for row in lines("ps", "-T", "--jsonl")]
    equal(ids, sorted(ids), "by id")


def child(code):
    pid = os.fork()
    if not pid:
        code()
        os._exit(0)
    os.waitpid(pid, 0)
    return pid


@test
def the_dead(zoo):
    cases = {
        child(lambda: os._exit(3)): (3, None),
        child(lambda: os.kill(os.getpid(), signal.SIGKILL)): (None, 9),
        child(lambda: os.kill(os.getpid(), signal.SIGSEGV)): (None, 11),
    }
    for pid, (code, sig) in cases.items():
        ends(1, "ps", pid)
        task = lines("ps", "-d", "--jsonl", pid)[-1]
        equal([task["state"], task["exit_code"], task["term_sig"]], ["X", code, sig], pid)
        assert task["start_ns"] < task["exit_ns"] < time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        # Whose child it was it remembers, but it is nobody's any more.
        equal([task["ppid"], task["birth_pid"]], [0, os.getpid()], "its parent")
    zombie = [task for task in lines("ps", "--jsonl", "--ppid", zoo.pids[b"zombies"])]
    equal(sorted((task["exit_code"] or 0, task["term_sig"] or 0) for task in zombie), [(0, 9), (7, 0)], "zombies")
    assert all(task["exit_ns"] for task in zombie)
    ends(1, "ps", "-d", *cases, env=ENV, user=1000, group=1000, extra_groups=[])
    return len(cases)


@test
def births(zoo):
    spawned = os.posix_spawn("/bin/sleep", ["sleep", "1000"], ENV)
    try:
        task = lines("ps", "--jsonl", spawned)[0]
        equal(task["clone_flags"] & 0x4100, 0x4100, "VFORK|VM")
        equal([task["exec_count"], task["reparented"], task["birth_pid"]], [1, 0, os.getpid()], "a birth")
        assert b"born with VFORK|VM" in ends(0, "why", spawned)
        assert b"VFORK|VM" in ends(0, "ps", "-o", "clone_flags", spawned)
    finally:
        os.kill(spawned, signal.SIGKILL)
        os.waitpid(spawned, 0)
    orphan = next(task for task in lines("ps", "--jsonl", "--ppid", zoo.pids[b"subreaper"]))
    equal([exact(orphan), orphan["reparented"]], [b"orphan", 1], "an orphan")
    assert orphan["birth_pid"] != orphan["ppid"] and orphan["birth_id"] != orphan["parent_id"]
    equal([lines("ps", "--jsonl", zoo.pids[b"subreaper"])[0]["subreaper"], orphan["subreaper"]], [True, False],
          "subreaper")


@test
def tracers(zoo):
    pids = zoo.pids[b"traced"], zoo.pids[b"threads"]
    equal([lines("ps", "--jsonl", pid)[0]["tracer"] for pid in pids], [os.getpid(), 0], "tracer")
    equal([b"traced by %d" % os.getpid() in ends(0, "why", pid) for pid in pids], [True, False], "why")
    equal(ends(0, "ps", "-n", "-o", "tracer", pids[0]).split(), [b"%d" % os.getpid()], "column")


def double_fork():
    """A daemon whose parent and grandparent, of another user, are dead."""
    read_end, write_end = os.pipe()
    first = os.fork()
    if not first:
        name(b"first")
        second = os.fork()
        if second:
            os.waitpid(second, 0)
            os._exit(4)
        name(b"second")
        os.setsid()
        third = os.fork()
        if third:
            os.write(write_end, b"%d %d" % (os.getpid(), third))
            os.kill(os.getpid(), signal.SIGKILL)
        name(b"the daemon")
        sleep_for_ever()
    os.waitpid(first, 0)
    second, third = map(int, os.read(read_end, 100).split())
    os.close(read_end)
    os.close(write_end)
    until(lambda: equal(stat(third)["ppid"] not in (first, second), True, "reparented"))
    return first, second, third


@test
def why(zoo):
    first, second, third = double_fork()
    try:
        chain = lines("why", "--jsonl", third)
        equal([task["pid"] for task in chain[:4]], [third, second, first, os.getpid()], "the chain")
        equal([task["comm"] for task in chain[:3]], ["the daemon", "second", "first"], "names")
        equal([(task["state"], task["exit_code"], task["term_sig"]) for task in chain[1:3]],
              [("X", None, 9), ("X", 4, None)], "ends")
        for young, old in zip(chain, chain[1:]):
            equal(young["birth_id"], old["id"], "a link")
            check_types(young)
        equal([chain[-1]["pid"], chain[-1]["birth_id"]], [1, 0], "the root")
        equal(document("why", "-J", third)["chain"], chain, "-J")
        table = ends(0, "why", third).decode().splitlines()
        equal([line.split()[:2] for line in table[1:]], [[str(task["id"]), str(task["pid"])] for task in chain], "ids")
        assert "reparented 1 time, now child of" in table[1] and "the daemon" in table[1], table[1]
        assert "killed by SIGKILL" in table[2] and "exit 4" in table[3], table
        assert "inferred" in table[-1], table[-1]
        equal([task["pid"] for task in lines("why", "--jsonl", "--id", chain[1]["id"])[:2]], [second, first], "by id")
        # Of root's dead nobody else may know.
        done = ptree("why", "--jsonl", third, user=1000, group=1000, extra_groups=[])
        others = [json.loads(line) for line in done.stdout.splitlines()]
        equal([done.returncode, others[1]["id"], others[1]["comm"]], [5, chain[1]["id"], None], "as somebody")
        assert b"not yours to see" in ptree("why", third, user=1000, group=1000, extra_groups=[]).stdout
    finally:
        os.kill(third, signal.SIGKILL)
    ends(1, "why", 4194303, says="no such process")
    for bad in [], ["x"], [1, 2], ["--id", "-1"], ["root"]:
        ends(2, "why", *bad, says=".")
    return len(chain)


def processes():
    return {tid: task for tid, task in scan().items() if tid == task["pid"]}


def orphaned(group, tasks):
    """will_become_orphaned_pgrp() of kernel/exit.c."""
    for task in group:
        parent = tasks.get(task["ppid"])
        if (task["state"] == "Z" and task["threads"] == 1) or not parent or parent["pid"] == 1:
            continue
        if parent["pgid"] != task["pgid"] and parent["sid"] == task["sid"]:
            return False
    return True


def by(tasks, *keys):
    found = {}
    for task in tasks:
        found.setdefault(tuple(task[key] for key in keys), []).append(task)
    return found


@test
def groups_and_sessions(zoo):
    def check():
        before, found, sessions, after = (processes(), document("groups", "-J")["groups"],
                                          document("sessions", "-J")["sessions"], processes())
        assert before.keys() == after.keys(), "the system is not quiet"
        alive = lambda group: [member for member in group["members"] if member["comm"] != NAME]  # noqa: E731
        wanted = by(before.values(), "sid", "pgid")
        equal({(group["sid"], group["pgid"]): sorted(member["pid"] for member in alive(group)) for group in found},
              {key: sorted(task["pid"] for task in group) for key, group in wanted.items()}, "members")
        for group in found:
            tasks = wanted[group["sid"], group["pgid"]]
            unknown = not group["pgid"] or not group["sid"]
            equal(group["orphaned"], None if unknown else orphaned(tasks, before), f"orphaned {group}")
            equal(bool(group["leader_id"]), group["pgid"] in [task["pid"] for task in tasks], f"leader of {group}")
        for session in sessions:
            equal([(group["sid"], group["pgid"]) for group in session["groups"]],
                  sorted(key for key in wanted if key[0] == session["sid"]), "groups of a session")
        return found, sessions
    found, sessions = until(check)
    pids = zoo.pids
    session = next(session for session in sessions if session["sid"] == pids[b"terminal"])
    equal(session["foreground_pgid"], pids[b"terminal"], "foreground")
    equal([group["foreground"] for group in session["groups"]], [True, False], "foreground of groups")
    equal(session["tty"] >> 8, 136, "terminal")
    equal(session["leader_id"], session["groups"][0]["leader_id"], "leader")
    marks = ends(0, "sessions", pids[b"terminal"]).decode()
    assert re.search(r"group %d .*foreground" % pids[b"terminal"], marks), marks
    equal(marks.count("session "), 1, "one session")
    equal([group["pgid"] for group in lines("groups", "--jsonl", pids[b"terminal"])], [pids[b"terminal"]], "one group")
    ends(1, "groups", 4194303)
    ends(2, "sessions", "root", says=".")
    return len(found)


@test
def orphaned_groups_do_not_stop(zoo):
    """The kernel's own answer: SIGTSTP does not stop an orphaned process group."""
    kinds = {b"kept": lambda zoo: os.setpgid(0, 0), b"orphaned": lambda zoo: os.setsid()}
    mine = Zoo()
    for comm, live in kinds.items():
        mine.add(comm, live)
    mine.settle()
    try:
        for comm, pid in mine.pids.items():
            os.kill(pid, signal.SIGTSTP)
            answer = lines("groups", "--jsonl", pid)[0]["orphaned"]
            equal(answer, comm == b"orphaned", comm)
            until(lambda: equal(stat(pid)["state"], "S" if answer else "T", comm))  # noqa: B023
    finally:
        mine.end()


@test
def namespaces(zoo):
    def check():
        before, found, after = processes(), document("ns", "-J")["namespaces"], processes()
        assert before.keys() == after.keys(), "the system is not quiet"
        wanted = by(before.values(), "pidns")
        own = before[os.getpid()]["pidns"]
        equal({space["ns"]: space["processes"] - (space["ns"] == own) for space in found},
              {key[0]: len(group) for key, group in wanted.items()}, "processes")
        for space in found:
            tasks = wanted[space["ns"],]
            equal(space["level"] + 1, len(tasks[0]["nspid"]), "level")
            equal(space["init_pid"], next(task["pid"] for task in tasks if task["nspid"][-1] == 1), "init")
            equal(space["threads"] - (space["ns"] == own), sum(task["threads"] for task in tasks), "threads")
        return before, found
    before, found = until(check)
    spaces = {space["ns"]: space for space in found}
    inner = next(task for task in before.values() if task["comm"] == b"inner init")
    outer = next(task for task in before.values() if task["comm"] == b"outer init")
    equal([spaces[inner["pidns"]]["parent"], spaces[outer["pidns"]]["parent"]],
          [outer["pidns"], before[1]["pidns"]], "parents")
    equal([found[0]["parent"], found[0]["level"]], [0, 0], "the root")
    table = ends(0, "ns").decode()
    equal(table.count("pid:["), len(found), "lines")
    equal(lines("ns", "--jsonl"), found, "--jsonl")
    ends(2, "ns", "x", says="takes no operand")
    return len(found)


@test
def translate(zoo):
    tasks = processes()
    worker = next(task for task in tasks.values() if task["comm"] == b"inner worker")
    status = dict(re.findall(rb"^(NS\w+):\t(.*)$", read(f"/proc/{worker['pid']}/status"), re.M))
    chain = [os.getpid(), next(t for t in tasks.values() if t["comm"] == b"outer init")["pid"], worker["pid"]]
    spaces = [[str(pid), f"pid:[{tasks[pid]['pidns']}]", str(tasks[pid]["pidns"])] for pid in chain]
    spaces[0].append("self")
    count = 0

    def check(kind, number, source, target, wanted):
        out = ptree("translate", "-t", kind, number, "--from", source, "--to", target)
        equal([out.returncode, out.stdout], [0, b"%d\n" % wanted] if wanted else [1, b""],
              f"{kind} {number} from {source} to {target}: {out.stderr}")

    for kind in "pid", "tgid", "pgid", "sid":
        numbers = [int(number) for number in status[f"NS{kind}".encode()].split()]
        for i, j in ((i, j) for i in range(3) for j in range(3)):
            check(kind, numbers[i], spaces[i][0], spaces[j][0], numbers[j])
            count += 1
    for source, target in ((a, b) for a in spaces[0] for b in spaces[2]):
        check("pid", worker["nspid"][0], source, target, worker["nspid"][2])
        count += 1
    equal(ends(0, "translate", worker["pid"]), b"%d\n" % worker["pid"], "to itself")
    equal(ends(0, "translate", "--to", worker["pid"], worker["pid"]), b"%d\n" % worker["nspid"][-1], "inwards")
    ends(1, "translate", "--to", worker["pid"], os.getpid(), says="has no number in")
    ends(1, "translate", 4194303, says="there is no pid")
    ends(1, "translate", "--to", "4026539999", 1, says="nobody whom you may see")
    for bad in [], ["x"], [0], ["-t", "x", 1], ["--from", "x", 1], ["--from", "pid:[", 1], [1, 2]:
        ends(2, "translate", *bad, says=".")
    return count


@test
def stat_counts(zoo):
    text = dict(line.split() for line in ends(0, "stat").decode().splitlines())
    found = document("stat", "-J")
    equal(found["ptree"]["schema"], 1, "schema")
    equal(list(found["stat"]), [key for key in text if not key.startswith("hook.")] + ["hooks"], "names")
    equal(found["stat"]["load_id"], text["load_id"], "load_id")
    assert int(text["seq"]) <= found["stat"]["seq"] == found["ptree"]["seq"]
    equal({key[5:]: text[key] for key in text if key.startswith("hook.")}, found["stat"]["hooks"], "hooks")
    assert found["stat"]["hooks"]["task_newtask"] == "armed"
    equal(found["stat"]["pidns"], os.stat("/proc/self/ns/pid").st_ino, "pidns")
    def check():
        tasks, found = scan(), document("stat", "-J")["stat"]
        equal(found["tasks"], len(tasks) + 1, "tasks")
        equal(found["processes"], len([tid for tid, task in tasks.items() if tid == task["pid"]]) + 1, "processes")
    until(check)
    for line in ends(0, "stat", "-v").decode().splitlines():
        assert len(line.split()) > 3, line
    ends(2, "stat", "x", says="no operand")


def since(seq, *options, status=0, **kwargs):
    done = ptree("ps", "--jsonl", "--since", seq, *options, **kwargs)
    err = done.stderr.decode()
    equal(done.returncode, status, err)
    return [json.loads(line) for line in done.stdout.splitlines()], int(re.search(r"seq (\d+)$", err)[1])


@test
def changes(zoo):
    seq = document("ps", "-J")["ptree"]["seq"]
    mine = Zoo()
    pid, _ = mine.add(b"new")
    mine.settle()
    found, later = since(seq)
    assert later > seq and pid in [task["pid"] for task in found], found
    assert all(task["seq"] > seq for task in found), found
    assert zoo.pids[b"session"] not in [task["pid"] for task in found], "what did not change"
    equal(since(later, pid, status=1)[0], [], "no change")
    somebody = {"user": 1000, "group": 1000, "extra_groups": []}
    number = next(task["id"] for task in found if task["pid"] == pid)
    theirs = document("ps", "-J", **somebody)["ptree"]["seq"]
    mine.end()
    gone = [task for task in since(theirs, **somebody)[0] if "gone" in task]
    assert [number, True] in [[task["id"], task["gone"]] for task in gone], gone
    assert all(list(task) == ["id", "gone", "seq"] and task["seq"] > theirs for task in gone), gone
    assert gone[0] in document("ps", "-J", "--since", theirs, **somebody)["processes"], "-J"
    found, last = since(later, pid)
    equal([(task["state"], task["term_sig"]) for task in found], [("X", 9)], "a death")
    newer = document("ps", "-J", "--since", later)
    assert newer["ptree"]["seq"] >= last and newer["processes"]
    ends(2, "ps", "--since", 2 ** 62, says="no such change yet")
    ends(2, "ps", "--since", seq, "--subtree", 1, says="--subtree")


class Skip(Exception):
    """It cannot be tested here."""


def generations(count):
    """The last of a lineage in which each bears the next, and dies."""
    read_end, write_end = os.pipe()
    first = os.fork()
    if not first:
        name(b"generation")
        for _ in range(count):
            if os.fork():
                os._exit(0)
        os.write(write_end, b"%d" % os.getpid())
        sleep_for_ever()
    os.waitpid(first, 0)
    os.close(write_end)
    last = int(os.read(read_end, 20))
    os.close(read_end)
    return last


@test
def what_is_forgotten(zoo):
    """A reader of old hears of deaths that are forgotten, and a chain that is cut says so."""
    counts = document("stat", "-J")["stat"]
    if counts["history_max"] > 100:
        raise Skip("deaths are remembered for too long: scripts/vm -o history=64")
    seq = counts["seq"]
    last = generations(3 * (counts["history_max"] + counts["tasks"]))
    try:
        found, _ = since(seq, status=5)
        assert zoo.pids[b"session"] in [task["pid"] for task in found], "the whole tree"
        ends(5, "ps", "-q", "--since", seq, says="changes were forgotten")
        done = ptree("why", "--jsonl", last)
        chain = [json.loads(line) for line in done.stdout.splitlines()]
        equal(done.returncode, 5, done.stderr)
        equal([task["truncated"] for task in chain], [False] * (len(chain) - 1) + [True], "truncated")
        equal([chain[-1]["birth_pid"], chain[-1]["comm"]], [None, "generation"], "the oldest")
        assert chain[-1]["birth_id"] < chain[-1]["id"], chain[-1]
        table = ptree("why", last).stdout.decode().splitlines()
        equal([table[-1].count("truncated"), len(table)], [1, len(chain) + 1], table[-1])
    finally:
        os.kill(last, signal.SIGKILL)
    return len(chain)


def bare(command, *user):
    """Where there is no /dev/ptree."""
    return run(["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3 && exec "$@"',
                "sh", *user, PTREE, *command])


@test
def without_the_module(zoo):
    for command, status in [["stat"], 4], [["ps", "--since", "1"], 4], [["ps", "-d"], 4], [["ps"], 0], \
            [["ps", "-q"], 0], [["groups"], 0], [["ns"], 0], [["why", str(zoo.pids[b"groups"])], 4], \
            [["translate", "1"], 0]:
        done = bare(command)
        equal([command, done.returncode], [command, status], done.stderr.decode())
        equal(b"not loaded" in done.stderr, "-q" not in command, f"{command}: {done.stderr}")
    orphan = lines("ps", "--jsonl", "--ppid", zoo.pids[b"subreaper"])[0]
    task = json.loads(bare(["ps", "-q", "--jsonl", orphan["pid"]]).stdout)
    unknown = "birth_id birth_pid reparented exit_ns exec_count clone_flags seeded subreaper truncated seq inferred"
    equal([task[key] for key in unknown.split()], [None] * 11, "what only the module knows")
    known = "tid pid ppid pgid sid tty state tracer uid euid gid egid comm threads pidns nspid kthread".split()
    equal([task[key] for key in known], [orphan[key] for key in known], "what /proc knows")
    chain = [json.loads(line) for line in bare(["why", "--jsonl", str(orphan["pid"])]).stdout.splitlines()]
    equal([task["pid"] for task in chain[:2]], [orphan["pid"], zoo.pids[b"subreaper"]], "parents")
    assert all(task["birth_id"] is None for task in chain), chain
    done = bare(["why", str(orphan["pid"])])
    assert b"births are not known" in done.stderr and b"born" not in done.stdout, done
    equal(document("ps", "-J")["ptree"]["best_effort"], False, "with it")
    equal(json.loads(bare(["ps", "-J"]).stdout)["ptree"]["best_effort"], True, "best_effort")


@test
def where_proc_hides(zoo):
    def hidden(hidepid, *command):
        return run(["unshare", "-m", "--", "sh", "-c", f'mount -t proc -o hidepid={hidepid} none /proc && exec "$@"',
                    "sh", *USER, PTREE, *command])
    for command in ["groups"], ["sessions", "-J"]:
        done = hidden(1, *command)
        equal([done.returncode, b"do not tell" in done.stderr], [5, True], done.stderr)
    rows = [json.loads(line) for line in hidden(1, "ps", "--jsonl").stdout.splitlines()]
    first = next(row for row in rows if row["tid"] == 1)
    equal([key for key in FIELDS if first[key] is not None], ["id", "tid", "pid", "seq"], "hidepid=1")
    rows = [json.loads(line) for line in hidden(2, "ps", "--jsonl").stdout.splitlines()]
    equal([row["comm"] for row in rows], [NAME], "hidepid=2")


@test
def writing_fails(zoo):
    for command in ["ps"], ["ps", "-J"], ["ps", "--jsonl"], ["ps", "-r"], ["why", "1"], ["stat"], ["stat", "-J"], \
            ["groups"], ["sessions", "-J"], ["ns"], ["ns", "--jsonl"], ["translate", "1"]:
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PTREE, *command], stdout=full, stderr=subprocess.PIPE, env=ENV, timeout=60)
        equal(done.returncode, 3, f"{command}: {done.stderr}")
        equal(done.stderr, b"ptree: standard output: No space left on device\n", command)
        child = subprocess.Popen([PTREE, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENV)
        child.stdout.close()
        equal(child.stderr.read(), b"", f"{command}, closed pipe")
        assert child.wait(timeout=60) in (0, 1), command


def main():
    if sys.argv[1:] == ["--compare"]:
        zoo = make_zoo(False)
        print(len(compare()))
        zoo.end()
        return 0
    assert os.geteuid() == 0 and os.path.exists("/dev/ptree"), "to be run as root with the module loaded"
    only = sys.argv[1:]
    tests = [function for function in TESTS if not only or function.__name__ in only]
    zoo = make_zoo(True)
    failed = 0
    for number, function in enumerate(tests, 1):
        try:
            count = function(zoo)
            print(f"ok {number} - {function.__name__}" + (f" ({count})" if count else ""))
        except Skip as reason:
            print(f"ok {number} - {function.__name__} # SKIP {reason}")
        except Exception as error:
            failed += 1
            print(f"not ok {number} - {function.__name__}\n# {type(error).__name__}: {str(error)[:3000]}")
            line = error.__traceback__
            while line:
                print(f"#   line {line.tb_lineno}")
                line = line.tb_next
        sys.stdout.flush()
    zoo.end()
    print(f"1..{len(tests)}")
    print(f"tables: {len(tests) - failed} passed, {failed} failed")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main())
