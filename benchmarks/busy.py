"""What waiting threads cost beside other busy programs: an epoch of `tutorial-28` over 25,600 digits.

    python benchmarks/busy.py [rounds]

Each setting runs in its own process, idle and beside three processes that only count; the rounds are interleaved, and
the medians are printed. All settings have to end at the same loss.
"""

import os
import statistics
import subprocess
import sys

PROGRAM = """
import time, numpy as np
from scratchnet import Adam, CrossEntropyLoss, datasets, fit
from scratchnet.models import tutorial_28
if {spin}:
    from scratchnet.parallel import threads
    threads.let_waiting_threads_sleep.cache_clear()
    import scratchnet.fast.fast_engine as engine
    engine.let_waiting_threads_sleep = lambda: None
images, labels = datasets.load("mnist", "train")
data = datasets.grey(images[:25600]), labels[:25600]
def epoch():
    net = tutorial_28(0)
    return fit(net, CrossEntropyLoss(), Adam(net, 1e-3), data, epochs=1, batch_size=64, rng=0, train_error=False)
epoch()
start = time.perf_counter()
history = epoch()
print(time.perf_counter() - start, history.loss[0])
"""
SETTINGS = {  # name: (threads spin as they do without us, environment)
    "as libgomp waits": (True, {}),
    "as it is": (False, {}),
    "OMP_WAIT_POLICY=passive": (False, {"OMP_WAIT_POLICY": "passive"}),
    "one thread": (False, {"SCRATCHNET_THREADS": "1"}),
}


def measured(name):
    spin, environment = SETTINGS[name]
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(spin=spin)], env=os.environ | environment, capture_output=True, text=True
    )
    seconds, loss = map(float, run.stdout.split())
    return seconds, loss


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    times, losses = {}, {}
    for _ in range(rounds):
        for busy in (0, 3):
            others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(busy)]
            for name in SETTINGS:
                seconds, losses[name] = measured(name)
                times.setdefault((name, busy), []).append(seconds)
            for other in others:
                other.kill()
    assert max(losses.values()) - min(losses.values()) < 1e-3, losses
    print(f"{'':26}{'idle':>8}{'busy':>8}   seconds, median of {rounds}")
    for name in SETTINGS:
        print(f"{name:26}" + "".join(f"{statistics.median(times[name, busy]):8.2f}" for busy in (0, 3)))


if __name__ == "__main__":
    main()
