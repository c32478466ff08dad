"""
What a process has cost, as the kernel counts it, and what to make of several such figures.

CPU time is read from each process's CPU clock (clock_getcpuclockid(3)): nanoseconds, all threads,
also those that have ended. /proc/PID/stat, which has ticks, is for the part spent in user space.
"""
import os
import re
import statistics
import time

TICK_US = 1000000 / os.sysconf("SC_CLK_TCK")
_PROCESS_CLOCK = 2  # CPUCLOCK_SCHED, of the whole process


class Gone(Exception):
    """A process has ended that was to be measured."""


def parse_stat(text):
    """/proc/PID/stat: parent, user ticks. The name may have spaces and brackets in it."""
    fields = text[text.rindex(")") + 2 :].split()
    return int(fields[1]), int(fields[11])


def parse_busy(text):
    """/proc/stat: ticks in which some processor had work to do, or was kept from it (steal)."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, text.split()[1:9])
    return user + nice + system + irq + softirq + steal


def parse_pss(text):
    """/proc/PID/smaps_rollup: bytes; what is shared counts for each by its part."""
    return int(re.search(r"^Pss:\s+(\d+) kB", text, re.M)[1]) * 1024


def _read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError) as error:
        raise Gone(path) from error


def family(pid):
    """A process and all that have come from it, in the order of their numbers."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                parents[int(name)] = parse_stat(_read(f"/proc/{name}/stat"))[0]
            except Gone:
                pass
    found = {pid}
    grown = True
    while grown:
        more = {child for child, parent in parents.items() if parent in found}
        grown = not more <= found
        found |= more
    return sorted(found)


def cpu_ns(pid):
    try:
        return time.clock_gettime_ns((~pid << 3) | _PROCESS_CLOCK)
    except OSError as error:
        raise Gone(pid) from error


def pss_bytes(pids):
    return sum(parse_pss(_read(f"/proc/{pid}/smaps_rollup")) for pid in pids)


class Usage:
    """What processes, and the machine, have used up to now."""

    def __init__(self, pids):
        self.when = time.monotonic()
        self.cpu_ns = {pid: cpu_ns(pid) for pid in pids}
        self.user_ticks = {pid: parse_stat(_read(f"/proc/{pid}/stat"))[1] for pid in pids}
        self.busy_ticks = parse_busy(_read("/proc/stat").splitlines()[0])

    def since(self, before):
        """
        {"seconds", "cpu_us", "user_us", "busy_us", "share"}: busy is the machine's, share what the
        busiest process has of cpu_us.
        """
        if self.cpu_ns.keys() != before.cpu_ns.keys():
            raise Gone("a process of the server has ended, or begun")
        each = [(self.cpu_ns[pid] - before.cpu_ns[pid]) / 1000 for pid in self.cpu_ns]
        ticks = sum(self.user_ticks.values()) - sum(before.user_ticks.values())
        return {
            "seconds": self.when - before.when,
            "cpu_us": sum(each),
            "user_us": ticks * TICK_US,
            "busy_us": (self.busy_ticks - before.busy_ticks) * TICK_US,
            "share": max(each) / sum(each) if sum(each) > 0 else 0,
        }


def settle(pids, seconds=15, quiet_s=0.2, quiet_us=1500):
    """Waits until these processes have next to nothing to do."""
    end = time.monotonic() + seconds
    before = Usage(pids)
    while True:
        time.sleep(quiet_s)
        now = Usage(pids)
        if now.since(before)["cpu_us"] < quiet_us:
            return
        if time.monotonic() > end:
            raise TimeoutError(f"still at work after {seconds} s")
        before = now


# several figures


def summary(values):
    """{"median", "min", "max", "rounds", "spread": of the extremes, as a part of the median}."""
    median = statistics.median(values)
    low, high = min(values), max(values)
    return {
        "median": median,
        "min": low,
        "max": high,
        "rounds": len(values),
        "spread": (high - low) / median if median else 0,
    }


def ratio(ours, theirs):
    """
    The median of the ratios of each round: {round: figure}. A machine that has been slower in one
    round was slower for both. None if no round has both.
    """
    both = [ours[n] / theirs[n] for n in ours if theirs.get(n)]
    return statistics.median(both) if both else None
