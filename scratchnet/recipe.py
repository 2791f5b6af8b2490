"""The paper's recipe: what `train` does by default, and what it is compared with."""

from scratchnet import schedules

# Fixed by the paper (II.B, III.B, appendix C).
EPOCHS = 20
BATCH_SIZE = 1
MU = 0.02

# Not given by the paper; chosen on held-out training digits, see the README.
ETA_SCALE = 0.25
J = 10.0

# What came out, in percent (III.B and Fig. 5).
PAPER_TEST, PAPER_TRAINING = 0.95, 0.35

QUICK = 10_000  # digits of a --quick run


def schedule(epoch):
    return ETA_SCALE * schedules.paper(epoch)
