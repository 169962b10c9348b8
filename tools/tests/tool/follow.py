#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""follow.py owns the tests of `ptree watch` and `ptree kill`: what follows changes, and what ends processes.

It runs as root with the module loaded: scripts/vm -m 3G -- python3 tools/tests/tool/follow.py
"""
import ctypes
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
PTREE = os.environ.get("PTREE", os.path.join(TOP, "build/tools/ptree"))
ENV = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_NAME, PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG = 15, 36, 1
PATIENCE = 20


def ptree(*args, **kwargs):
    done = subprocess.run([PTREE, *map(str, args)], env=ENV, stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=120, **kwargs)
    done.out, done.err = done.stdout.decode(), done.stderr.decode()
    return done


def lives(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def letter(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0]


def until(wish, what):
    end = time.monotonic() + PATIENCE
    while True:
        found = wish()
        if found:
            return found
        assert time.monotonic() < end, what
        time.sleep(0.02)


def reap():
    """What was orphaned is ours."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


class Watch:
    """A `ptree watch --jsonl` that is read on."""

    def __init__(self, *args):
        self.tool = subprocess.Popen([PTREE, "watch", "--jsonl", *map(str, args)], env=ENV, stdin=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.seen = []
        self.rest = b""
        self.until(lambda line: line["type"] == "sync", "a first sync")

    def read(self, patience):
        if not select.select([self.tool.stdout], [], [], patience)[0]:
            return False
        data = os.read(self.tool.stdout.fileno(), 65536)
        assert data, f"watch has ended: {self.tool.stderr.read().decode()}"
        *lines, self.rest = (self.rest + data).split(b"\n")
        self.seen += [json.loads(line) for line in lines]
        return True

    def until(self, wish, what):
        end = time.monotonic() + PATIENCE
        at = 0
        while True:
            for line in self.seen[at:]:
                if wish(line):
                    return line
            at = len(self.seen)
            assert time.monotonic() < end, f"watch does not tell of {what}"
            self.read(0.1)

    def told(self, pid, kind):
        return self.until(lambda line: line["type"] == "task" and line["task"]["tid"] == pid and
                          kind in line["kinds"], f"{kind} of {pid}")

    def end(self, how=signal.SIGINT):
        self.tool.send_signal(how)
        self.tool.stdout.read()
        said = self.tool.stderr.read().decode()
        return self.tool.wait(PATIENCE), said


def step(pipe):
    os.write(pipe, b"x")


def be_changing(go):
    """Changes in every way that there is a kind for, a step at a time."""
    os.read(go, 1)
    os.setpgid(0, 0)
    os.read(go, 1)
    LIBC.prctl(PR_SET_NAME, b"changed\x1b", 0, 0, 0)
    os.read(go, 1)
    os.setresuid(1000, 1000, 1000)
    os.read(go, 1)
    os._exit(3)


def test_watch_kinds():
    watch = Watch()
    go, steps = os.pipe()
    pid = os.fork()
    if not pid:
        be_changing(go)
    born = watch.told(pid, "fork")
    assert born["task"]["birth_pid"] == os.getpid(), born
    for kind in "group", "name", "cred", "exit":
        step(steps)
        last = watch.told(pid, kind)
        if kind == "name":
            assert last["task"]["comm"] == "changed\x1b", last
        if kind == "cred":
            assert last["task"]["uid"] == 1000, last
    assert last["task"]["exit_code"] in (3, None), last
    os.waitpid(pid, 0)
    last = watch.told(pid, "reap")
    assert last["task"]["state"] == "X" and last["task"]["exit_code"] == 3, last
    middle = os.fork()
    if not middle:
        if not os.fork():
            time.sleep(0.6)
            os.setsid()
            signal.pause()
        time.sleep(0.3)
        os._exit(0)
    os.waitpid(middle, 0)
    orphan = watch.until(lambda line: line["type"] == "task" and "reparent" in line["kinds"] and
                         line["task"]["birth_pid"] == middle, "an orphan")["task"]
    assert orphan["reparented"] == 1 and orphan["ppid"] == os.getpid(), orphan
    assert watch.told(orphan["pid"], "session")["task"]["sid"] == orphan["pid"]
    os.kill(orphan["pid"], signal.SIGKILL)
    done = subprocess.run(["/bin/true"], check=True)
    assert not done.returncode
    watch.until(lambda line: line["type"] == "task" and line["task"]["comm"] == "true" and
                {"exec"} & set(line["kinds"]), "an exec")
    seqs = [line["seq"] for line in watch.seen if line["type"] == "sync"]
    assert seqs == sorted(seqs), "syncs go back"
    status, said = watch.end()
    assert (status, said) == (0, ""), f"status {status}: {said}"


def test_watch_filters():
    root = os.fork()
    if not root:
        until(lambda: os.path.exists("/run/ptree-go"), "the go")
        if not os.fork():
            if not os.fork():
                time.sleep(0.3)
                os.setsid()
                time.sleep(0.3)
                os._exit(0)
            os._exit(0)
        signal.pause()
    watch = Watch("--subtree", root)
    forks = Watch("-e", "fork")
    for _ in range(5):
        subprocess.run(["/bin/true"], check=True)
    with open("/run/ptree-go", "w", encoding="ascii"):
        pass
    line = watch.until(lambda line: line["type"] == "task" and "session" in line["kinds"], "the grandchild")
    assert line["task"]["birth_pid"] != root and line["task"]["birth_id"], line
    pid = line["task"]["pid"]
    watch.told(pid, "exit")
    until(lambda: reap() or not os.path.exists(f"/proc/{pid}"), "its end")
    watch.told(pid, "reap")
    names = {line["task"]["comm"] for line in watch.seen if line["type"] == "task"}
    assert "true" not in names, f"others are told of: {names}"
    forks.until(lambda line: line["type"] == "task" and line["task"]["birth_pid"] == root, "a birth")
    kinds = {tuple(line["kinds"]) for line in forks.seen if line["type"] == "task"}
    assert all("fork" in kind for kind in kinds), f"others than births: {kinds}"
    os.kill(root, signal.SIGKILL)
    os.waitpid(root, 0)
    os.unlink("/run/ptree-go")
    reap()
    assert watch.end(signal.SIGTERM)[0] == 0
    forks.end()


def test_watch_since():
    first = Watch()
    seq = first.seen[-1]["seq"]
    pid = os.fork()
    if not pid:
        os._exit(9)
    os.waitpid(pid, 0)
    first.told(pid, "reap")
    later = Watch("--since", seq)
    assert any(line["type"] == "task" and line["task"]["tid"] == pid and line["task"]["exit_code"] == 9
               for line in later.seen), later.seen
    done = ptree("watch", "--since", 1 << 40)
    assert done.returncode == 2 and "no such change" in done.err, done.err
    for bad in "x", "-1", "":
        assert ptree("watch", "--since", bad).returncode == 2, bad
    first.end()
    later.end()


def test_watch_all_is_the_tree():
    watch = Watch("-a", "-T")
    told = {line["task"]["tid"] for line in watch.seen if line["type"] == "task" and line["task"]["state"] != "X"}
    assert os.getpid() in told and 1 in told and 2 in told, told
    watch.end()


def test_watch_for_people():
    tool = subprocess.Popen(["timeout", "-s", "INT", "3", PTREE, "watch"], env=ENV, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE)
    time.sleep(1)
    pid = os.fork()
    if not pid:
        LIBC.prctl(PR_SET_NAME, b"a\x1b[31mb", 0, 0, 0)
        os._exit(0)
    os.waitpid(pid, 0)
    said = tool.communicate(timeout=PATIENCE)[0].decode()
    assert "sync" in said.splitlines()[0], said
    assert any(str(pid) in line and "born to" in line for line in said.splitlines()), said
    assert "\x1b" not in said, "an escape gets through"


def test_watch_pipe_closes():
    """A reader who goes away ends it, also when nothing more is told."""
    read, write = os.pipe()
    tool = subprocess.Popen([PTREE, "watch", "-e", "tty"], env=ENV, stdout=write, stdin=subprocess.DEVNULL,
                            stderr=subprocess.PIPE)
    os.close(write)
    os.read(read, 100)
    os.close(read)
    assert tool.wait(PATIENCE) == 0, tool.returncode
    assert not tool.stderr.read(), "it complains"


def test_watch_refusals():
    for args in ("-e", "nonsense"), ("-e", ""), ("surplus",), ("--nonsense",), ("--subtree", "x"):
        done = ptree("watch", *args)
        assert done.returncode == 2 and done.err and not done.out, f"{args}: {done}"
    assert ptree("watch", "--subtree", "4194300").returncode == 1


# Killing.


def family(script):
    """A shell in a session of its own; the pid of it, and of all whom it wrote of."""
    read, write = os.pipe()
    shell = subprocess.Popen(["setsid", "sh", "-c", script], env=ENV, stdin=subprocess.DEVNULL, stdout=write)
    os.close(write)
    return shell, read


def pids_of(read, count):
    text = b""
    while text.count(b"\n") < count:
        data = os.read(read, 4096)
        assert data, f"only {text}"
        text += data
    return [int(word) for word in text.split()]


SETSID = "(setsid sh -c 'echo $$; sleep 1000 & echo $!; sleep 1000 & echo $!; wait' &)"


def test_kill_reaches_who_was_reparented():
    """The classic escape: its root has exited, it is in a session of its own, and a child of init."""
    shell, read = family(SETSID + "; echo $$; sleep 1000")
    *escaped, root = sorted(pids_of(read, 4), key=lambda pid: pid == shell.pid)
    until(lambda: all(map(lives, escaped)), "the family")
    done = ptree("kill", "-n", root)
    assert done.returncode == 0 and not set(map(str, escaped)) & set(done.out.split()), done.out
    done = ptree("kill", "-n", "--birth", root)
    assert set(map(str, escaped)) <= set(done.out.split()), done.out
    assert all(map(lives, escaped)), "a dry run kills"
    done = ptree("kill", "--birth", root)
    assert done.returncode == 0, done.err
    assert set(map(str, escaped)) <= set(done.out.split()), done.out
    until(lambda: not any(map(lives, [*escaped, root])), "their end")
    shell.wait()
    reap()


def test_kill_after_the_root_has_exited():
    """Who gave birth to them is dead: the oldest who lives has them all."""
    middle = os.fork()
    if not middle:
        subprocess.Popen(["sh", "-c", SETSID + " > /run/ptree-pids; sleep 1000"], env=ENV)
        signal.pause()
    pids = until(lambda: os.path.exists("/run/ptree-pids") and len(open("/run/ptree-pids", encoding="ascii")
                                                                     .read().split()) == 3 and
                 list(map(int, open("/run/ptree-pids", encoding="ascii").read().split())), "the family")
    os.unlink("/run/ptree-pids")
    done = ptree("kill", "-KILL", "--birth", middle)
    assert done.returncode == 0, done.err
    until(lambda: not any(map(lives, pids)), "their end")
    os.waitpid(middle, 0)
    reap()


def test_kill_signals():
    shell, read = family("trap 'echo got; exit 5' USR1; echo $$; sleep 1000 & wait; wait")
    pids_of(read, 1)
    done = ptree("kill", "-STOP", shell.pid)
    assert done.returncode == 0, done.err
    until(lambda: letter(shell.pid) == "T", "it stopped")
    assert ptree("kill", "-CONT", shell.pid).returncode == 0
    until(lambda: letter(shell.pid) == "S", "it goes on")
    assert ptree("kill", "-s", "usr1", shell.pid).returncode == 0
    assert shell.wait(PATIENCE) == 5, shell.returncode
    shell, read = family("echo $$; sleep 1000 & wait")
    pids_of(read, 1)
    done = ptree("kill", "-q", "-9", f"/proc/{shell.pid}")
    assert done.returncode == 0 and not done.out, done.out
    assert shell.wait(PATIENCE) == -9


def test_kill_stopped_ones_stay_stopped():
    shell, read = family("trap '' TERM; echo $$; while :; do sleep 1000; done")
    pids_of(read, 1)
    os.kill(shell.pid, signal.SIGSTOP)
    until(lambda: letter(shell.pid) == "T", "it stopped")
    assert ptree("kill", shell.pid).returncode == 0
    time.sleep(0.2)
    assert letter(shell.pid) == "T", letter(shell.pid)
    ptree("kill", "-KILL", shell.pid)
    shell.wait(PATIENCE)


def test_kill_refusals():
    for args, status in ((("1",), 2), ((os.getpid(),), 2), (("4194300",), 1), ((), 2), (("1", "2"), 2), (("x",), 2),
                         (("-s", "NONSENSE", "5"), 2), (("-s", "", "5"), 2), (("-NONSENSE", "5"), 2),
                         (("-s", "99", "5"), 2)):
        done = ptree("kill", *args)
        assert done.returncode == status and done.err and not done.out, f"{args}: {done}"
    ours = os.fork()
    if not ours:
        signal.pause()
    done = subprocess.run(["setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups", PTREE, "kill",
                           str(ours)], env=ENV, capture_output=True, timeout=60)
    assert done.returncode == 3 and b"not permitted" in done.stderr, done
    assert lives(ours), "it was killed all the same"
    os.kill(ours, signal.SIGKILL)
    os.waitpid(ours, 0)


def swarm(uid):
    count = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            count += os.stat(f"/proc/{pid}").st_uid == uid and lives(int(pid))
        except FileNotFoundError:
            pass
    return count


def be_a_bomb():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_NPROC, (2000, 2000))
    os.setgroups([])
    os.setresgid(1000, 1000, 1000)
    os.setresuid(1000, 1000, 1000)
    os.execvp("perl", ["perl", "-e", "while (1) { fork; select(undef, undef, undef, 0.4); }"])


def test_kill_a_fork_bomb():
    """Two thousand, each of which would be two in 0.4 s if it could."""
    bomb = os.fork()
    if not bomb:
        be_a_bomb()
    os.nice(-15)
    end = time.monotonic() + 300
    while swarm(1000) < 1990:
        assert time.monotonic() < end, f"only {swarm(1000)}"
        time.sleep(0.5)
    done = ptree("kill", "-q", "-KILL", "--birth", bomb)
    assert done.returncode == 0, done.err
    os.waitpid(bomb, 0)
    reap()
    assert not swarm(1000), f"{swarm(1000)} have escaped"


def test_kill_is_not_escaped():
    """One that runs away: each gives birth and exits, in a session of its own, as fast as it can."""
    runner = os.fork()
    if not runner:
        if os.fork():
            signal.pause()
        os.setresuid(1001, 1001, 1001)
        while True:
            if os.fork():
                os._exit(0)
            os.setsid()
            LIBC.prctl(PR_SET_NAME, b"runaway", 0, 0, 0)
    time.sleep(0.5)
    done = ptree("kill", "-q", "-KILL", "--birth", runner)
    assert done.returncode == 0, done.err
    os.waitpid(runner, 0)
    reap()
    assert not swarm(1001), "it has run away"


def main():
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    passed = failed = 0
    for title, test in list(globals().items()):
        if not title.startswith("test_") or (sys.argv[1:] and title[5:] not in sys.argv[1:]):
            continue
        number = passed + failed + 1
        why = ""
        try:
            test()
            passed += 1
        except Exception as error:  # pylint: disable=broad-except
            failed += 1
            why = f" # {type(error).__name__} {error}".replace("\n", "\\n")
        print(f"{'not ' if why else ''}ok {number} {title[5:]}{why}", flush=True)
    print(f"follow: {passed} passed, {failed} failed")
    return failed or not passed


if __name__ == "__main__":
    sys.exit(bool(main()))
