"""The learning rate of each pass: functions from the pass, counted from 0, to a number."""


def paper(epoch, scale=1.0):
    """eta of the 20 passes: 0.0005 for two, 0.0002 for three, 0.0001 for three, 0.00005 for four,
    0.00001 thereafter (paper, III.B), times scale."""
    for last, eta in ((2, 0.0005), (5, 0.0002), (8, 0.0001), (12, 0.00005)):
        if epoch < last:
            return scale * eta
    return scale * 0.00001
