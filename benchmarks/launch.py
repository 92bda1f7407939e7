"""Runs a command, `python launch.py REPORT COMMAND...`, and writes to a file what it took; ends as the command did.

A process's peak memory begins with that of the one that started it. This one is small, whatever the benchmarks have read.
"""

import json
import os
import subprocess
import sys
import time


def main() -> int:
    """Run the command; its exit code."""
    report, *command = sys.argv[1:]
    start = time.monotonic()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    with open(report, "w", encoding="utf-8") as file:
        json.dump({"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024}, file)
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())
