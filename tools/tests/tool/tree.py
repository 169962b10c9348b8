#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""tree.py owns the tests of `ptree`, the drawing: against pstree, and against /proc.

As root with the module loaded all of it runs; else what needs them is skipped, and said so.
"""
import ctypes
import itertools
import json
import mmap
import os
import pty
import pwd
import random
import re
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
PTREE = os.environ.get("PTREE", os.path.join(TOP, "build/tools/ptree"))
MAN = os.path.join(TOP, "tools/man/ptree.1")
COMPLETION = os.path.join(TOP, "tools/completion/ptree.bash")
MODULE = os.path.exists("/dev/ptree")
ROOT = os.geteuid() == 0
ENV = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "xterm", "COLUMNS": "132"}
LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_NAME, PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 15, 1, 36


class Skip(Exception):
    """The test cannot be run here."""


def need_module():
    if not MODULE:
        raise Skip("only the module knows births, and moments")


def run(argv, **env):
    """What a program that gets no input says, and how it ends."""
    done = subprocess.run(argv, env={**ENV, **env}, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    done.out = done.stdout.decode("utf-8", "surrogateescape")
    done.err = done.stderr.decode("utf-8", "surrogateescape")
    return done


def ptree(*args, **env):
    return run([PTREE, *map(str, args)], **env)


def drawn(*args, **env):
    """The drawing, which must succeed."""
    done = ptree("-q", *args, **env)
    if done.returncode == 5 and "namespaces" in done.err:  # as it is without all rights
        return done.out
    assert done.returncode == 0 and not done.err, f"status {done.returncode}: {done.err}"
    return done.out


def pstree(*args, **env):
    return run(["pstree", *map(str, args)], **env).out


def same(args, **env):
    """ptree and pstree say the same. When they do not, something may just have changed."""
    for _ in range(10):
        mine, theirs = drawn(*args, **env), pstree(*args, **env)
        if mine == theirs:
            return
    assert theirs == pstree(*args, **env), f"{args}: the system is not quiet"
    for left, right in itertools.zip_longest(theirs.split("\n"), mine.split("\n")):
        assert left == right, f"{args}: pstree has {left!r}, ptree has {right!r}"


# The zoo: processes of all kinds, that do nothing.


def name(comm):
    LIBC.prctl(PR_SET_NAME, comm, 0, 0, 0)


def sleep_for_ever():
    while True:
        signal.pause()


class Zoo:
    """A process with children, as its keeper makes them."""

    def __init__(self, keeper):
        self.read, self.write = os.pipe()
        self.pid = self.child(lambda: (os.setsid(), keeper()))
        os.close(self.write)
        while os.read(self.read, 4096):  # closed by all that stand still
            pass

    def child(self, grow=lambda: None):
        parent = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        try:
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            null = os.open("/dev/null", os.O_RDWR)
            for fd in (0, 1, 2):
                os.dup2(null, fd)
            if os.getppid() != parent:
                os._exit(1)
            grow()
            os.close(self.write)
            sleep_for_ever()
        finally:
            os._exit(1)

    def end(self):
        """All are of one session. Those of other users do not end with their parents."""
        subprocess.run(["pkill", "-KILL", "-s", str(self.pid)], check=True)
        os.waitpid(self.pid, 0)
        os.close(self.read)


def thread(comm=None):
    ready = threading.Event()

    def body():
        if comm:
            name(comm)
        ready.set()
        threading.Event().wait()

    threading.Thread(target=body, daemon=True).start()
    ready.wait()


def execute(*argv):
    """Without the pipe, which says by its end that the program runs."""
    return lambda: os.execv("/bin/sleep", argv)


def become(uid):
    """Exec makes a process readable by its new user again. Another user means another end."""

    def grow():
        os.setresuid(uid, uid, uid)
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        os.execv("/bin/sleep", ["sleep", "1000"])

    return grow


def twins(zoo):
    name(b"twin")
    for comm in (b"b", b"a", b"b"):
        zoo.child(lambda: name(comm))


def keeper(zoo):
    """pstree's own mistakes have tests of their own, and their animals too."""
    name(b"zoo")
    for comm in [b"same"] * 3 + [b"x", b"with space", b"(paren) (", "\u00fcml\u00e4ut".encode(), b"\x1b[31m\x07", b"a\\b", b"a\nb", b"'\"&lt;{|}", b""]:
        zoo.child(lambda: name(comm))
    for _ in range(2):
        zoo.child(lambda: twins(zoo))
    zoo.child(lambda: (name(b"k"), zoo.child(lambda: (name(b"k"), zoo.child()))))
    zoo.child(lambda: (name(b"pool"), thread(), thread(), thread(b"worker"), thread(b"wor)ker"), zoo.child()))
    for _ in range(2):
        zoo.child(lambda: (name(b"group"), os.setpgid(0, 0)) and zoo.child(lambda: name(b"member" + str(os.getppid()).encode()[-3:])))
    zoo.child(execute("sleep", "1000"))
    zoo.child(execute("sleep", "1000", "0"))
    zoo.child(execute("/bin/sleep", "1000", "1" * 90, "11"))
    zoo.child(lambda: os.execv("/usr/bin/tail", ["ta\til", "-f", "/dev/null", "--pid=1", "-s", "99999"]))
    zoo.child(lambda: os.execv("/usr/bin/python3", ["py", "-c", "import time; time.sleep(9999)", "esc\x1b[31m", "\u00fc\\"]))
    zoo.child(lambda: os.kill(os.getpid(), signal.SIGKILL))
    if ROOT:
        for uid in (1, 1, 65534, 54321):
            zoo.child(become(uid))
        zoo.child(lambda: (name(b"net"), LIBC.unshare(0x40000000)))  # CLONE_NEWNET
        zoo.child(lambda: (name(b"ipc"), LIBC.unshare(0x08000000 | 0x04000000)))  # and NEWUTS


ZOO = None


def wait_for(question, what):
    end = time.monotonic() + 20
    while not question():
        assert time.monotonic() < end, f"in vain: {what}"
        time.sleep(0.02)


class Growing(Zoo):
    """A Zoo whose keeper is given the zoo, which is not there yet when he starts."""

    def __init__(self, keep):
        super().__init__(lambda: keep(self))


def grown():
    global ZOO
    if not ZOO:
        ZOO = Growing(keeper)
        wait_for(lambda: "defunct" not in pstree(ZOO.pid) and "(zoo)" in pstree("-a", ZOO.pid), "a zombie in the zoo")
    return ZOO.pid


# What is as in pstree.

LETTERS = ["-a", "-c", "-g", "-l", "-n", "-p", "-s", "-S", "-t", "-T", "-u", "-U"]


def test_zoo_is_a_zoo():
    out = drawn("-p", grown())
    for part in ("3*[same]", "{pool}", "\\033[31m\\007", "(paren) (", "\\303\\274ml\\303\\244ut", "'\"&lt;{|}"):
        assert part in drawn("-l", grown()), f"no {part} in the zoo"
    assert out.count("\n") > 30, "the zoo is small"


def test_plain():
    same([grown()])


def test_each_letter():
    for letter in LETTERS + ["-A", "-C age", "-h"]:
        same([*letter.split(), grown()])


def test_long_options():
    pairs = {"--arguments": "-a", "--ascii": "-A", "--compact-not": "-c", "--color=age": "-C age",
             "--highlight-all": "-h", "--highlight-pid=1": "-H 1", "--long": "-l", "--numeric-sort": "-n",
             "--ns-sort=net": "-N net", "--show-pids": "-p", "--show-pgids": "-g", "--show-parents": "-s",
             "--ns-changes": "-S", "--thread-names": "-t", "--hide-threads": "-T", "--uid-changes": "-u",
             "--unicode": "-U"}
    for long, short in pairs.items():
        # One may come of another age between the two.
        same = any(drawn(long, grown()) == drawn(*short.split(), grown()) for _ in range(3))
        assert same, f"{long} is not {short}"


def short_command_lines(ancestors):
    """Does pstree read all of those that it shows? See test_long_command_line."""
    pid, longest = os.getpid(), 0
    while pid:
        with open(f"/proc/{pid}/cmdline", "rb") as words, open(f"/proc/{pid}/status", encoding="utf-8") as status:
            longest = max(longest, len(words.read()))
            pid = int(re.search(r"PPid:\s*(\d+)", status.read())[1]) if ancestors else 0
    return longest < 130


def test_all_pairs_of_letters():
    """Some letters at once, until each has been there with each other one."""
    draw = random.Random(1)
    left = set(itertools.combinations(LETTERS, 2))
    while left:
        letters = sorted(draw.sample(LETTERS, 5), key=LETTERS.index)
        pairs = set(itertools.combinations(letters, 2))
        if not pairs & left:
            continue
        left -= pairs
        draw.shuffle(letters)
        if "-a" in letters and not short_command_lines("-s" in letters):
            letters.remove("-a")
        if "-g" in letters and "-s" in letters and not os.getpgid(1):
            letters.remove("-g")
        same([*letters, grown()])


def test_vt100():
    for more in ([], ["-p"], ["-a"], ["-c", "-u"]):
        same(["-G", "-l", *more, grown()])


def test_narrow():
    for columns in (1, 2, 3, 8, 13, 20, 31, 60):
        for more in ([], ["-p"], ["-n", "-t", "-s"]):
            same([*more, grown()], COLUMNS=str(columns))


def test_columns():
    for columns in ("0", "-5", "x", "0x20", "", "40"):
        same([grown()], COLUMNS=columns)


def test_highlight():
    assert "\033[1m" in drawn("-H", grown(), grown())
    for args in (["-H", grown(), grown()], ["-H", grown(), "-s", grown()], ["-c", "-p", "-H", grown(), "-s", grown()],
                 ["-C", "age", "-H", grown(), "-s", grown()]):
        same(args)


def test_thread_as_root():
    tasks = [int(tid) for pid in os.popen(f"pgrep -P {grown()} -x pool") for tid in os.listdir(f"/proc/{int(pid)}/task")]
    assert len(tasks) == 5, tasks
    for tid in tasks:
        same([tid])
        same(["-p", "-t", tid])
        same(["-p", "-s", tid])


def test_user():
    if not ROOT:
        raise Skip("only root can become others")
    grown()
    for user in (pwd.getpwuid(1).pw_name, pwd.getpwuid(65534).pw_name):
        for more in ([], ["-p"], ["-u"], ["-u", "-a"]):
            same([*more, user])


def full(program, *args):
    """The whole tree, whatever the number and name of who asks."""
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(program, f"{folder}/asker")
        done = run([f"{folder}/asker", *args])
    return re.sub(r"asker\(\d+", "asker(N", done.out)


def test_whole_system():
    grown()
    where = [f"{d}/pstree" for d in ENV["PATH"].split(":") if os.path.exists(f"{d}/pstree")][0]
    for args in (["-p"], [], ["-pu"], ["-np"], ["-c"], ["-U"], ["-pT"], ["-lpt"]):
        for _ in range(20):
            theirs, mine, again = full(where, *args), full(PTREE, "-q", *args), full(where, *args)
            if theirs == again == mine:
                break
        assert theirs == again, "the system is not quiet"
        # Those that have no parent at all pstree does not draw: see test_came_in.
        assert mine.startswith(theirs), "\n".join(
            f"{a!r} != {b!r}" for a, b in zip(theirs.split("\n"), mine.split("\n")) if a != b)


def test_namespaces():
    """The name of the group of those that have exited is 0 there; here they stay where they are."""
    if not os.access("/proc/1/ns/pid", os.R_OK) or not run(["readlink", "/proc/1/ns/pid"]).out:
        raise Skip("the namespaces of process 1 may not be read, and pstree drops it then")
    grown()
    for kind in ("cgroup", "ipc", "mnt", "net", "user", "uts", "time"):
        zombies = re.compile(r"\[0\]\n.*", re.S)
        for _ in range(20):
            theirs, mine = (full(p, "-N", kind, "-l", *a) for p, a in (("/usr/bin/pstree", []), (PTREE, ["-q"])))
            if theirs == mine:
                break
        assert zombies.sub("", theirs) == zombies.sub("", mine), f"-N {kind}\n{theirs}\n{mine}"


def test_contexts():
    readable = run(["cat", "/proc/self/attr/current"]).out
    done = ptree("-q", "-Z", grown())
    if not readable:
        assert done.returncode == 3 and not done.stdout and "-Z" in done.err, done
        return
    same(["-Z", grown()])
    same(["-Z", "-a", "-p", grown()])


def terminal(argv, columns=50, **env):
    """What is written to a terminal of that width."""
    master, slave = pty.openpty()
    subprocess.run(["stty", "cols", str(columns), "-onlcr"], stdin=slave, check=True)
    with subprocess.Popen([*map(str, argv)], env={**ENV, "COLUMNS": "", **env}, stdin=slave, stdout=slave, stderr=slave) as program:
        os.close(slave)
        out = b""
        while select.select([master], [], [], 30)[0]:
            try:
                data = os.read(master, 65536)
            except OSError:
                break
            if not data:
                break
            out += data
        program.wait()
    os.close(master)
    return out.decode("utf-8", "surrogateescape")


def test_terminal():
    for columns, env in ((50, {"LC_ALL": "C"}), (97, {"LC_ALL": "C"}), (200, {})):
        for more in ([], ["-p"]):
            theirs = terminal(["pstree", *more, grown()], columns, **env)
            mine = terminal([PTREE, "-q", *more, grown()], columns, **env)
            assert theirs == mine, f"{columns} columns:\n{theirs}\n{mine}"


# Where pstree is wrong.


def number_that_is_free():
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
    return pid


def test_missing_pid():
    missing = number_that_is_free()
    theirs, mine = run(["pstree", str(missing)]), ptree("-q", missing)
    assert theirs.returncode == 0 and not theirs.stderr, "pstree has learned it"
    assert mine.returncode == 1 and not mine.stdout and str(missing) in mine.err, mine
    some = ptree("-q", grown(), missing)
    assert some.returncode == 5 and some.stdout and str(missing) in some.err, some


def lineage(flags):
    """One process, that goes on as its own child again and again, until it is told to end."""
    name(b"lineage")
    while not flags[0]:
        if os.fork():
            os._exit(0)
        flags[1] = 1


def test_chicken_and_egg():
    """A lineage of which one is always alive; with no zombies of it, as nobody is waited for."""
    need_module()
    flags = mmap.mmap(-1, 2)
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    if not os.fork():
        try:
            lineage(flags)
        finally:
            os._exit(1)
    try:
        wait_for(lambda: flags[1], "a birth")
        found = []
        for program in ([PTREE, "-p", str(os.getpid())], ["pstree", "-p", str(os.getpid())]):
            found.append(0)
            for _ in range(40):
                with subprocess.Popen(program, env=ENV, stdout=subprocess.PIPE) as looking:
                    found[-1] += b"lineage(" in looking.stdout.read()
        flags[1] = 0
        wait_for(lambda: flags[1], "another birth")
    finally:
        flags[0] = 1
        time.sleep(1)
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
        signal.signal(signal.SIGCHLD, before)
    assert "lineage" not in drawn("-p"), "the lineage goes on"
    assert found[0] == 40, f"ptree found it {found[0]} times of 40"
    assert found[1] < 40, "pstree has learned it"
    return f"ptree found it {found[0]} times of 40, pstree {found[1]}"


def animals(*grow):
    return Growing(lambda zoo: [name(b"zoo")] + [zoo.child(g) for g in grow])


def test_groups_that_differ():
    """-g: 2*[x(1)] says of both what is true of one."""
    cage = animals(*[lambda: (name(b"x"), os.setpgid(0, 0))] * 2)
    try:
        assert "2*[x(" in pstree("-g", cage.pid)
        pids = sorted(int(p) for p in run(["pgrep", "-P", str(cage.pid)]).out.split())
        for pid in pids:
            assert f"x({pid})" in drawn("-g", cage.pid)
    finally:
        cage.end()


def test_zero():
    """A process group may be 0. pstree writes nothing then."""
    if os.getpgid(1):
        raise Skip("process 1 leads a group here")
    assert re.match(r"[^(]*\(1,\)", pstree("-pgl", 1))
    assert re.match(r"[^(]*\(1,0\)", drawn("-pgl", 1))


def test_long_command_line():
    """pstree reads as much as a line has, whatever comes before."""
    cage = animals(execute("/" * 100 + "sleep", "1000", "2" * 60))
    try:
        assert "..." not in pstree("-a", cage.pid, COLUMNS="132")
        assert drawn("-a", cage.pid, COLUMNS="132").endswith("sleep 1000 " + "2" * 60 + "\n")
        assert drawn("-a", cage.pid, COLUMNS="60").endswith("sleep 1000 ...\n")
    finally:
        cage.end()
    cage = animals(execute("sleep", "1000", *["7" * 100] * 200))
    try:
        assert drawn("-l", "-a", cage.pid).endswith(" " + " ".join(["7" * 100] * 200) + "\n")
        assert len(pstree("-l", "-a", cage.pid)) < 10000
    finally:
        cage.end()


def test_empty_argument():
    """pstree takes the last two words for one then."""
    cage = animals(lambda: os.execv("/usr/bin/tail", ["tail", "-f", "-s", "9999", "--", "/dev/null", "", "/dev/null"]))
    try:
        assert pstree("-a", cage.pid).endswith("-- /dev/null /dev/null\n")
        assert drawn("-a", cage.pid).endswith("-- /dev/null  /dev/null\n")
    finally:
        cage.end()


def test_edge():
    """A cut line has one + as its last column, whatever the branches are drawn with."""
    for letters in ("-U", "-G", "-A"):
        for columns in range(4, 40, 3):
            for line in drawn(letters, grown(), COLUMNS=str(columns)).split("\n"):
                plain = re.sub("\033\\(0\017|\033\\(B", "", line)
                assert len(plain) <= columns, f"{letters} {columns}: {line!r}"
                assert "+++" not in plain, f"{letters} {columns}: {line!r}"
    assert "+++" in "".join(pstree("-U", grown(), COLUMNS=str(c)) for c in range(4, 40, 3)), "pstree has learned it"


def test_graphic_ends():
    for columns in range(4, 40, 3):
        out = drawn("-G", grown(), COLUMNS=str(columns))
        for line in out.split("\n"):
            assert line.count("\033(0\017") == line.count("\033(B"), line


def test_kernel_threads():
    if drawn("-p", 2)[:8] != "kthreadd":
        raise Skip("there are none")
    assert "kthreadd" not in drawn()
    child = run(["pgrep", "-P", "2"]).out.split()[0]
    assert drawn("-sp", child).startswith("kthreadd(2)---")
    assert "kthreadd" in drawn("0")


def test_several_operands():
    first, second = run(["pgrep", "-P", str(grown())]).out.split()[:2]
    assert drawn("-p", first, second) == drawn("-p", first) + "\n" + drawn("-p", second)
    both = drawn("-slp", first, second)
    assert f"({first})" in both and f"({second})" in both
    assert both.count(f"zoo({grown()})") == 1


def test_operands():
    pid = grown()
    for operand in (f"/proc/{pid}", f"/proc/{pid}/"):
        assert drawn("-p", operand) == drawn("-p", pid)
    done = ptree("-q", f"{pid}:1")
    assert done.returncode != 0 and not done.stdout and done.err, done
    if not hasattr(os, "pidfd_open"):
        return
    fd = os.pidfd_open(pid)
    inode = os.fstat(fd).st_ino
    os.close(fd)
    done = ptree("-q", "-p", f"{pid}:{inode}")
    release = tuple(map(int, os.uname().release.split(".")[:2]))
    if release >= (6, 9):
        assert done.out == drawn("-p", pid), done
    else:
        assert "6.9" in done.err and not done.stdout, done


def test_came_in():
    """Who entered a namespace from outside has no parent there, and is drawn all the same."""
    if not ROOT:
        raise Skip("only root can enter namespaces")
    with subprocess.Popen(["unshare", "-pf", "--mount-proc", "sleep", "1001"], env=ENV) as box:
        try:
            wait_for(lambda: run(["pgrep", "-P", str(box.pid), "-x", "sleep"]).out, "a namespace")
            init = run(["pgrep", "-P", str(box.pid)]).out.strip()
            enter = ["nsenter", "-t", init, "-p", "-m", "-r", "-w"]
            with subprocess.Popen([*enter, "sleep", "1002"], env=ENV) as guest:
                wait_for(lambda: run(["pgrep", "-P", str(guest.pid), "-x", "sleep"]).out, "a guest")
                done = run([*enter, PTREE, "-q", "-p"])
                assert re.fullmatch(r"sleep\(1\)\n\nsleep\(\d+\)\n\nptree\(\d+\)\n", done.out), done.out + done.err
                done = run([*enter, PTREE, "-q", "-J"])
                assert [p["pid"] for p in json.loads(done.out)["processes"]][0] == 1
                subprocess.run(["kill", run(["pgrep", "-P", str(guest.pid)]).out.strip()], check=True)
        finally:
            box.kill()
            os.kill(int(init), signal.SIGKILL)


# What pstree does not have.


def orphan(depth):
    """A process whose ancestors, depth of them, are dead: its number, and theirs."""
    read, write = os.pipe()
    pids = []
    top = os.fork()
    if not top:
        for i in range(depth):
            name(b"ancestor%d" % i)
            os.write(write, b"%d\n" % os.getpid())
            pid = os.fork()
            if pid:
                os._exit(0)
        name(b"orphan")
        wait_for(lambda: os.getppid() == 1 or not MODULE, "being an orphan")
        os.write(write, b"%d\n" % os.getpid())
        os.close(write)
        sleep_for_ever()
    os.close(write)
    os.waitpid(top, 0)
    with os.fdopen(read) as lines:
        pids = [int(line) for line in lines]
    return pids[-1], pids[:-1]


def chain(dead, living):
    return "---".join(f"[ancestor{i}]({pid})" for i, pid in enumerate(dead)) + f"---orphan({living})"


def test_birth():
    need_module()
    living, dead = orphan(3)
    try:
        wait_for(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in dead), "the dead being reaped")
        out = drawn("--birth", "-l", "-p", os.getpid())
        assert chain(dead, living) in out, out
        assert "orphan" not in drawn("-l", "-p", os.getpid())
        up = drawn("--birth", "-lps", living)
        assert up.endswith(f"({os.getpid()})---" + chain(dead, living) + "\n"), up
        # They are not merged with the living, and dimmed where there are colours.
        assert "\033[2m[ancestor0](" in drawn("--birth", "--color=always", "-p", os.getpid())
        assert "\033[" not in out
    finally:
        os.kill(living, signal.SIGKILL)
    wait_for(lambda: not os.path.exists(f"/proc/{living}"), "the orphan's end")
    assert "ancestor" not in drawn("--birth", "-lp", os.getpid()), "the dead without heirs are drawn"


def test_birth_merges():
    """Dead ancestors that look the same are drawn once."""
    need_module()
    pairs = [orphan(1) for _ in range(3)]
    try:
        out = drawn("--birth", "-l", os.getpid())
        assert "3*[[ancestor0]---orphan]" in out, out
    finally:
        for living, _ in pairs:
            os.kill(living, signal.SIGKILL)


def test_birth_dot_and_json():
    need_module()
    living, dead = orphan(2)
    try:
        graph = drawn("--birth", "--dot")
        labels = dict(re.findall(r'(n\d+) \[label="(?:[^"\\]|\\.)*\\n(\d+)"', graph))
        edges = [(labels[a], labels[b], style) for a, b, style in re.findall(r"(n\d+) -> (n\d+)(.*);", graph)]
        assert (str(dead[1]), str(living), "") in edges
        assert [a for a, b, style in edges if b == str(living) and "dotted" in style] == ["1"]
        assert graph.count("style=dashed") >= 2
        tree = json.loads(drawn("--birth", "-J", os.getpid()))
        found = [p for top in tree["processes"] for p in walk(top) if p["pid"] == dead[0]]
        assert found and found[0]["children"][0]["children"][0]["pid"] == living, found
    finally:
        os.kill(living, signal.SIGKILL)


def test_birth_truncated():
    """More dead ancestors than are kept: the oldest that is left begins a tree, and says so."""
    need_module()
    with open("/sys/module/ptree/parameters/history", encoding="ascii") as number:
        history = int(number.read())
    if history > 64:
        raise Skip(f"that many ancestors take long: load the module with history=0, not {history}")
    living, dead = orphan(history + drawn("-plT", 0).count("(") + 50)
    try:
        out = drawn("--birth", "-lps", living)
        first = re.match(r"\[ancestor(\d+)\]\((\d+),truncated\)---", out)
        assert first and int(first[1]) > 0, out
        rest = chain(dead, living).split("---")[int(first[1]) + 1:]
        assert out[first.end():] == "---".join(rest) + "\n", out
        whole = drawn("--birth", "-lp")  # when there are fewer processes, more may be forgotten by now
        assert re.search(r"^\[ancestor\d+\]\(\d+,truncated\)---.*orphan\(%d\)$" % living, whole, re.M), whole
    finally:
        os.kill(living, signal.SIGKILL)


def test_birth_without_module():
    if MODULE:
        raise Skip("the module is loaded")
    done = ptree("--birth")
    assert done.returncode == 4 and not done.stdout and "not loaded" in done.err, done


def test_best_effort():
    done = ptree(grown())
    assert done.returncode == 0
    assert done.err.count("\n") == (0 if MODULE else 1), done.err
    assert MODULE or "best effort" in done.err
    assert not ptree("-q", grown()).err


def walk(process):
    yield process
    for child in process["children"]:
        yield from walk(child)


def redraw(process, prefix=""):
    """What `ptree -pnl` draws of JSON."""
    own = f"{process['comm']}({process['pid']})"
    threads = [{"comm": "{" + process["comm"] + "}", "pid": t["tid"], "children": [], "other_threads": []} for t in process["other_threads"]]
    below = sorted(process["children"] + threads, key=lambda p: p["pid"])
    if not below:
        return own
    out = own
    for i, child in enumerate(below):
        last = i == len(below) - 1
        lead = ("---" if last else "-+-") if i == 0 else "\n" + prefix + " " * (len(own) + 1) + ("`-" if last else "|-")
        out += lead + redraw(child, prefix + " " * (len(own) + 1) + ("  " if last else "| "))
    return out


def test_json():
    cage = animals(lambda: (name(b"a"), thread(), thread()), lambda: name(b"b"), lambda: name(b"a"))
    try:
        tree = json.loads(drawn("-J", cage.pid))
        assert tree["ptree"]["schema"] == 1 and tree["ptree"]["best_effort"] == (not MODULE), tree["ptree"]
        assert not MODULE or tree["ptree"]["seq"] > 0
        assert len(tree["processes"]) == 1
        assert redraw(tree["processes"][0]) + "\n" == drawn("-pnl", cage.pid)
        without = json.loads(drawn("-J", "-T", cage.pid))
        assert not any("other_threads" in p for p in walk(without["processes"][0]))
    finally:
        cage.end()


def test_json_against_proc():
    grown()
    for _ in range(20):
        tree = json.loads(drawn("-J", "-T", grown()))
        pairs = {(p["pid"], c["pid"]) for p in walk(tree["processes"][0]) for c in p["children"]}
        wanted = {(int(p), int(c)) for c, p in (line.split() for line in run(["ps", "-eo", "pid=,ppid="]).out.splitlines())}
        below = {grown()}
        while True:
            more = below | {c for p, c in wanted if p in below}
            if more == below:
                break
            below = more
        wanted = {(p, c) for p, c in wanted if p in below}
        if pairs == wanted:
            return
    assert pairs == wanted, pairs ^ wanted


def test_dot():
    graph = drawn("--dot", grown())
    done = subprocess.run(["dot", "-Tsvg"], input=graph.encode(), capture_output=True, timeout=120)
    assert done.returncode == 0 and not done.stderr, done.stderr
    svg = done.stdout.decode()
    shown = re.findall(r"<text[^>]*>(.*?)</text>", svg)
    for text in ("&#39;&quot;&amp;lt;{|}", "\\x1b[31m\\x07", "\u00fcml\u00e4ut", "(paren) ("):
        assert text in shown, f"{text} not in the graph"
    lines = drawn("-pl", grown()).count("\n")
    assert graph.count("label=") >= lines
    assert graph.count(" -> ") == graph.count("label=") - 1, "that is no tree"


def test_colours():
    pid = grown()
    color = {"TERM": "xterm"}
    assert "\033[32m" in drawn("-C", "age", pid, **color) or "\033[33m" in drawn("-C", "age", pid, **color)
    for args, env in ((["-C", "age"], {"NO_COLOR": "1"}), (["-C", "age"], {"TERM": "dumb"}), (["-C", "age"], {"TERM": ""}),
                      (["-C", "age", "--color=never"], {}), ([], {}), (["-h", "-s"], {"TERM": "dumb"}),
                      (["-h", "-s", "--color=never"], {})):
        assert "\033" not in drawn(*args, pid, **env), f"{args} {env}"
    assert "\033[3" in drawn("-C", "age", "--color=always", pid, NO_COLOR="1")
    assert "\033[3" in drawn("-C", "age", pid, NO_COLOR="")
    assert "\033[3" in terminal([PTREE, "-q", "-C", "age", pid])
    assert "\033" not in terminal([PTREE, "-q", "-C", "age", pid], NO_COLOR="1")
    done = ptree("-q", "-H", pid, pid, TERM="dumb")
    assert done.returncode == 3 and not done.stdout and done.err, done


def test_nothing_hostile():
    """Whatever a process is called, no control character reaches the terminal."""
    for args in (["-l"], ["-a", "-l"], ["-p", "-t"], ["--dot"], ["-J"], ["-U", "-l"]):
        out = drawn(*args, grown())
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", out), args


def test_closed_pipe():
    for args in (["-l"], ["--dot"], ["-J"], ["--help"]):
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run([PTREE, *args, "-q"], env=ENV, stdout=write, stderr=subprocess.PIPE, timeout=60)
        os.close(write)
        assert done.returncode == 0 and not done.stderr, (args, done)


def test_full_disk():
    for args in (["-l"], ["--dot"], ["-J"], ["--help"], ["--version"], ["--completion"]):
        with open("/dev/full", "wb") as full_disk:
            done = subprocess.run([PTREE, *args], env=ENV, stdout=full_disk, stderr=subprocess.PIPE, timeout=60)
        assert done.returncode == 3 and b"No space left" in done.stderr, (args, done)


def test_bad_usage():
    cases = [["-x"], ["--nonsense"], ["--show"], ["-H"], ["-H", "x"], ["-H", "0"], ["-N"], ["-N", "nonsense"], ["-C", "rainbow"],
             ["--color=sometimes"], ["-h", "-h"], ["-h", "-H", "1"], ["--dot", "-J"], ["--dot", "-N", "pid"], ["-J", "-N", "net"],
             ["-1"], ["99999999999"], ["1x"], ["1:"], ["1:x"], ["/proc/"], ["/proc/x"], ["/proc/1/stat"], ["no-such-user"], [""],
             ["-p", "ps"], ["1", "why"], ["--json=1"], ["wath"], ["1", "no-such-user"]]
    for case in cases:
        done = ptree(*case)
        assert done.returncode == 2 and not done.stdout and done.err, (case, done)
    assert "ptree watch" in ptree("wath").err
    assert "ptree sessions" in ptree("sess").err
    assert "ptree" not in ptree("xyzzyxyzzy").err.replace("ptree:", "")
    missing = ptree("-H", number_that_is_free())
    assert missing.returncode == 1 and not missing.stdout and missing.err, missing


def test_help_and_version():
    assert ptree("--help").returncode == 0 and "Usage: ptree" in ptree("--help").out
    for option in ("-V", "--version"):
        assert re.fullmatch(r"ptree \d+\.\d+\.\d+\n", ptree(option).out)
    for verb in verbs():
        done = ptree(verb, "--help")
        assert done.returncode == 0 and not done.stderr and done.out.startswith("Usage: ptree"), done


# The table, the man page and the completion.


def verbs():
    """What each verb takes, as it says itself."""
    lines = ptree("--completion").out.splitlines()
    table = {line.split()[0]: line.split()[1:] for line in lines}
    assert "tree" in table and "--birth" in table["tree"], lines
    return table


def test_completion():
    for verb, options in verbs().items():
        helped = re.findall(r"(?<![\w-])-{1,2}[A-Za-z][A-Za-z0-9-]*", "\n".join(
            line[:29] for line in ptree(verb, "--help").out.splitlines() if line.startswith("  ") and "-" in line[:8]))
        assert sorted(helped) == sorted(o.rstrip("=") for o in options), f"{verb}: {helped} {options}"
        script = f"""
            . {COMPLETION}
            COMP_WORDS=(ptree {verb} -) COMP_CWORD=2
            _ptree {PTREE} - {verb}
            printf '%s\\n' "${{COMPREPLY[@]}}"
        """
        done = run(["bash", "-c", script])
        assert sorted(done.out.split()) == sorted(options), f"{verb}: {done.out} {done.err}"
    script = f"""
        . {COMPLETION}
        COMP_WORDS=(ptree w) COMP_CWORD=1
        _ptree {PTREE} w ptree
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    offered = run(["bash", "-c", script]).out.split()
    assert all(v in offered for v in verbs() if v.startswith("w")), offered


def man_sections():
    """The options that the man page tells of, by verb."""
    sections, verb = {}, None
    with open(MAN, encoding="utf-8") as page:
        for line in page:
            if match := re.match(r"\.Ss ptree ?(\w*)", line):
                verb = match[1] or "tree"
                sections[verb] = set()
            elif line.startswith((".Sh", ".Ss")):
                verb = "all" if "of all verbs" in line else None
                if verb:
                    sections[verb] = set()
            elif verb and line.startswith(".It Fl"):
                sections[verb] |= {("--" if word.startswith("\\-") or word.startswith("-") else "-") + word.lstrip("\\-")
                                   for word in re.findall(r"Fl (\S+)", line)}
    return sections


def test_man_page():
    sections = man_sections()
    for verb, options in verbs().items():
        assert verb in sections, f"ptree {verb} is not in the man page"
        told = sections[verb] | sections["all"]
        for option in options:
            assert option.rstrip("=") in told, f"{verb} {option} is not in the man page"
        for option in sections[verb]:
            assert option in [o.rstrip("=") for o in options], f"the man page has {verb} {option}"


def test_man_page_is_clean():
    done = run(["mandoc", "-Tlint", "-W", "warning", MAN])
    assert done.returncode == 0 and not done.out, done.out


def main():
    wanted = sys.argv[1:]
    tests = [(k[5:], v) for k, v in globals().items() if k.startswith("test_") and (not wanted or k[5:] in wanted)]
    passed = failed = 0
    for number, (title, test) in enumerate(tests, 1):
        start = time.monotonic()
        try:
            note = test()
        except Skip as reason:
            print(f"ok {number} {title} # SKIP {reason}", flush=True)
            continue
        except Exception as error:  # a test that breaks has failed
            failed += 1
            text = str(error).replace("\n", "\n# ")
            print(f"not ok {number} {title} # {type(error).__name__}: {text}", flush=True)
            continue
        passed += 1
        print(f"ok {number} {title} # {time.monotonic() - start:.1f} s{'; ' + note if note else ''}", flush=True)
    if ZOO:
        ZOO.end()
    print(f"tree: {passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
