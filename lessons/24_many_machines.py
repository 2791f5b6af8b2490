# %% [markdown]
# # 24. From one core to many machines
#
# After this lesson you can train one network on several machines with the same result as on one, write the sum
# over all machines (**all-reduce**) in twelve lines, and say from two numbers of a network (its latency and
# its bandwidth) how many machines pay.
#
# LeNet-5 took "2 to 3 days of CPU to train" on "a Silicon Graphics Origin 2000 server, using a single 200 MHz R10000"
# (section III.D). Today's large networks are trained on thousands of processors. The idea is one
# line: the gradient of a batch is a mean, so its parts can be computed in different places.
#
# This lesson runs with nothing else installed. With `pip install "scratchnet-lenet[mpi]"` it also starts four
# processes that talk by MPI (Message Passing Interface), as on a cluster.

# %%
import importlib.util
import inspect
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from scratchnet import SGD, MAPLoss, datasets, evaluate, fit, models, picture, show, sketches
from scratchnet.parallel import replicas

images, labels = datasets.load("mnist", "train")
x, labels = datasets.paper_input(images[:6_000]), labels[:6_000]

# %% [markdown]
# ## The gradient of a batch from its parts
#
# Each machine has a copy of the network and a part of the batch. $E$ is a mean over images, so the
# gradient is one too. Four machines have 30, 17, 10 and 7 of 64 images:

# %%
loss, net = MAPLoss(j=10), models.lenet5(0, dtype=float)


def gradient(part):
    """Return the gradient of the mean loss over these images, all parameters in one long row."""
    loss.forward(net(x[part].astype(float)), labels[part])
    net.backward(loss.backward())
    return np.concatenate([dw.ravel() for _, _, dw, _ in net.parameters()])


whole = gradient(np.arange(64))
parts = np.split(np.arange(64), np.cumsum([30, 17, 10]))
theirs = [gradient(part) for part in parts]
print(f"{whole.size:,} numbers: 60,000 parameters, and the {whole.size - 60_000} blanks of Table I")

# %% [markdown]
# **Predict.** Is the mean of the four gradients the gradient of the whole batch? If not, what is?


# %%
def apart(a, b):
    return np.abs(a - b).max() / np.abs(b).max()


plain = apart(np.mean(theirs, axis=0), whole)
weighted = apart(sum(len(part) / 64 * g for part, g in zip(parts, theirs)), whole)
print(f"relative error of the plain mean {plain:.2f}, of the mean weighted by the images {weighted:.0e}")

# %% [markdown]
# Each image counts 1/64. In the plain mean an image of the smallest part counts $\frac{1}{4} \cdot \frac{1}{7}$.
# On one machine with several cores the library does the same, with threads that share the parameters. Find the
# weight in it:

# %%
show(replicas.weighted_passes)

# %% [markdown]
# ## The ring
#
# Now every machine needs the sum of all (weighted) gradients. This is called an **all-reduce**. One machine could
# receive them all, add them, and send the sum back. Then this one has all the work. In a **ring**, each of the
# $p$ machines sends to the next one only. The row of numbers is cut into $p$ parts, and in every step all
# machines send one part at the same time. A machine adds what it gets to its own part, and passes the sum on.
# After $p - 1$ steps each part has been added up somewhere. In another $p - 1$ steps the finished parts go round.
#
# `comm` is what MPI calls a communicator: it knows how many machines there are (`size`), which of them this one is
# (`rank`), and it sends and receives at the same time.


# %%
def all_reduce(comm, row):
    """Add up the rows of all ranks, in place: 2 (p - 1) steps around the ring."""
    p, me = comm.Get_size(), comm.Get_rank()
    parts = np.array_split(row, p)  # views: writing into a part writes into the row
    for step in range(2 * (p - 1)):
        mine, theirs = (me - step) % p, (me - step - 1) % p
        got = np.empty_like(parts[theirs])
        comm.Sendrecv(parts[mine], (me + 1) % p, recvbuf=got, source=(me - 1) % p)
        if step < p - 1:
            parts[theirs] += got  # first half: add
        else:
            parts[theirs][:] = got  # second half: a part that is finished


# %% [markdown]
# Is it right? First without MPI: a rank is a thread, and its letter box is a queue. It counts what it sends.


# %%
class Thread:
    """One rank of a ring of threads in this process."""

    def __init__(self, rank, boxes):
        self.rank, self.boxes, self.messages, self.bytes = rank, boxes, 0, 0

    def Get_rank(self):
        return self.rank

    def Get_size(self):
        return len(self.boxes)

    def Sendrecv(self, sent, to, recvbuf, source):
        self.messages, self.bytes = self.messages + 1, self.bytes + sent.nbytes
        self.boxes[to].put(sent.copy())  # from its only neighbour, so source need not be looked up
        recvbuf[:] = self.boxes[self.rank].get(timeout=60)


def in_a_ring(rows):
    """Run all_reduce on the rows, one rank each, at the same time. Return the ranks."""
    boxes = [queue.Queue() for _ in rows]
    ranks = [Thread(rank, boxes) for rank in range(len(rows))]
    threads = [threading.Thread(target=all_reduce, args=pair) for pair in zip(ranks, rows)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ranks


rows = [len(part) / 64 * g for part, g in zip(parts, theirs)]
ranks = in_a_ring(rows)
ring = apart(rows[0], whole)
same = all(np.array_equal(row, rows[0]) for row in rows)
print(f"four ranks: relative error of the gradient {ring:.0e}; the same on all ranks, bit by bit: {same}")

# %% [markdown]
# Bit by bit matters. All machines take the same step from the same weights, so their copies stay equal, and nobody
# has to send weights. Sums in different orders would differ by rounding, and the copies would drift apart.

# %% [markdown]
# **Predict.** Ten machines share a gradient of $n$ bytes. How many bytes does each send in all? And with a hundred
# machines: ten times as many, or how many?

# %%
n, sent = 8 * 60_000, {}
for p in (2, 4, 10, 100):
    ranks = in_a_ring([np.full(n // 8, float(rank)) for rank in range(p)])
    sent[p] = ranks[0].messages, np.mean([rank.bytes for rank in ranks]) / n
    count, share = sent[p]
    print(f"{p:3} machines: each sends {count:3} messages, {share:.2f} n bytes in all; 2 (p - 1) / p = {2 - 2 / p:.2f}")

# %% [markdown]
# Hardly more: $2 \frac{p-1}{p} n$ is below $2n$ for any number of machines. What grows is the number of messages.
#
# ## The same by MPI
#
# Here is a script of four processes. `all_reduce` is the function above, and its result is compared with MPI's
# own `Allreduce`. Each process has its own memory; on a cluster it would have its own machine.

# %%
SCRIPT = f"""
import numpy as np
from mpi4py import MPI

{inspect.getsource(all_reduce)}
comm = MPI.COMM_WORLD
mine = np.random.default_rng(comm.Get_rank()).normal(size=60_000)
right = np.empty_like(mine)
comm.Allreduce(mine, right)
all_reduce(comm, mine)
error = np.abs(mine - right).max() / np.abs(right).max()
errors = comm.gather(error)
if comm.Get_rank() == 0:
    print(f"{{comm.Get_size()}} processes, ring against Allreduce: relative error {{max(errors):.0e}}")
"""
print(SCRIPT)


# %%
def by_mpi(script, ranks=4, seconds=60):
    """Run the script in so many processes. Return what it prints, or why it could not run."""
    beside = shutil.which("mpiexec", path=str(Path(sys.executable).parent))
    mpiexec = beside or shutil.which("mpiexec")
    if not mpiexec or not importlib.util.find_spec("mpi4py"):
        return "skipped: it needs mpi4py and mpiexec."
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ring.py"
        path.write_text(script, encoding="utf-8")
        command = [mpiexec, "-n", str(ranks), sys.executable, str(path)]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, env=environment)
        except (OSError, subprocess.TimeoutExpired) as why:
            return f"skipped: {type(why).__name__}"
    return done.stdout.strip() if done.returncode == 0 else f"skipped: mpiexec ended with {done.returncode}"


answer = by_mpi(SCRIPT)
print(answer)

# %% [markdown]
# The library trains in this way with `mpiexec -n 4 python -m scratchnet train --recipe tutorial-28`, and in Python with
# `fit(..., comm=MPI.COMM_WORLD)`: each rank has its share of every batch, and an update needs one all-reduce.
#
# ## What it costs
#
# A message takes a fixed time, the **latency**, and a time for its bytes, given by the **bandwidth** (bytes per
# second). So an all-reduce takes
#
# $$t = 2 (p - 1) \cdot \text{latency} + 2 \, \frac{p-1}{p} \cdot \frac{n}{\text{bandwidth}}$$
#
# The computing goes down with $1/p$. Take LeNet-5, a batch of 1,024 digits, and the time that this machine needs for
# one gradient. Take a slow and a fast network, with latencies of 50 and 5 millionths of a second (us).

# %%
net = models.lenet5(0)
net(x[:128])  # compiles what is not yet compiled
start = time.perf_counter()
for first in range(0, 1_024, 128):
    loss.forward(net(x[first : first + 128]), labels[first : first + 128])
    net.backward(loss.backward())
seconds = time.perf_counter() - start
bytes_of_gradient = 4 * 60_000
print(f"forward and backward of 1,024 digits on this machine: {seconds:.2f} s")


def all_reduce_seconds(p, latency, bandwidth, n=bytes_of_gradient):
    return 2 * (p - 1) * latency + 2 * (p - 1) / p * n / bandwidth


# %% [markdown]
# **Predict.** With how many machines is it fastest: 10, 100, 1,000, or as many as one can get?

# %%
machines = 2 ** np.arange(13)
speedup, best = {"ideal": machines.astype(float)}, {}
for name, latency, bandwidth in (("1 Gbit/s, 50 us", 5e-5, 1.25e8), ("100 Gbit/s, 5 us", 5e-6, 1.25e10)):
    t = seconds / machines + all_reduce_seconds(machines, latency, bandwidth)
    speedup[name] = seconds / t
    best[name] = int(machines[t.argmin()])
    print(f"{name:17}: fastest with {best[name]} machines, {speedup[name].max():.0f} times as fast as one")
picture(
    sketches.curves(machines, speedup, xlabel="machines", ylabel="times as fast as one", log="xy"),
    "Speed-up over the number of machines, both logarithmic: the ideal is a straight line. Each network follows it at "
    "first, bends, and falls again: the latency of so many messages takes over.",
)

# %% [markdown]
# More machines are slower in the end, since each message around the ring costs its latency. (Libraries use trees for
# short messages, and add gradients while others are still being computed.)
#
# ## What it costs in learning
#
# Many machines need large batches: 1,024 machines with one digit each are a batch of 1,024. But the paper
# updates after every digit, since "on tasks with large, redundant data sets, the stochastic version is considerably
# faster than the batch version" (appendix B).

# %% [markdown]
# **Predict.** One epoch of 5,000 digits, so the same number of images for each batch size. Which error will batches
# of 10, 40, 160 and 640 have after it, each with the best of four step sizes?

# %%
errors = {}
for size in (10, 40, 160, 640):
    tried = {}
    for rate in (0.002, 0.004, 0.008, 0.016):
        net = models.lenet5(0)
        options = {"epochs": 1, "batch_size": size, "rng": 0, "train_error": False, "verbose": False}
        fit(net, MAPLoss(j=10), SGD(net, rate), (x[:5_000], labels[:5_000]), **options)
        tried[evaluate(net, (x[5_000:], labels[5_000:])).error] = rate
    errors[size] = min(tried)
    best_rate = tried[errors[size]]
    print(f"batches of {size:3}: {-(-5_000 // size):3} updates, {errors[size]:.1f} % wrong (step size {best_rate})")

# %% [markdown]
# The same work, spread over more machines, gives fewer and fewer updates. A gradient of more images is more exact,
# but one exact step is not worth many rough ones. So twice as many images per second are not half the time to
# the same error. Report the time to a given error, and not images per second.

# %%
assert weighted < 1e-12 and ring < 1e-12 and plain > 0.01 and same, "a weighted mean, the same on all ranks"
assert all(count == 2 * (p - 1) and abs(share - 2 * (p - 1) / p) < 1e-12 for p, (count, share) in sent.items())
assert answer.startswith("skipped") or float(answer.split()[-1]) < 1e-12, "the ring is an Allreduce"
assert max(best.values()) < machines[-1] and errors[640] > errors[10] + 5, "more is not always better"

# %% [markdown]
# ## Exercise: all-reduce
#
# Write `all_reduce(comm, row)` for yourself. Then write `broadcast(comm, row)`: rank 0 has the row, and at the end
# all ranks have it, in about $\log_2 p$ steps, since each rank that has it sends it to one that has not. Test both
# with threads as above, for 1, 2, 3 and 7 ranks and rows of 0, 1, 5 and 1,000 numbers. Then train LeNet-5
# with four ranks: do the four copies end with the same weights, bit by bit?
#
# The ring has a checker, which runs its ranks as threads:
#
#     python -m scratchnet exercise start all-reduce
