"""Callbacks: hooks for logging; does anybody read what is printed; and Ctrl-C."""

import contextlib
import signal
import sys
import threading

from scratchnet.training.history import History


class Callback:
    """Three hooks into `fit`; in this class they do nothing. Logging to another tool needs only these hooks.

    batch(done, total, loss): after every update; done: the patterns seen in this epoch. At batch size 1 the fast path
        calls it once for up to 128 updates, with their mean loss
    epoch(history): after every epoch
    end(history): after the last

    Weights & Biases:

        class ToWandb(Callback):
            def __init__(self, **config):
                self.run = wandb.init(project="scratchnet", config=config)

            def epoch(self, history):
                last = {name: values[-1] for name, values in history.columns().items()}
                self.run.log(last, step=len(history))

            def end(self, history):
                self.run.finish()

    TensorBoard:

        class ToTensorBoard(Callback):
            def __init__(self, folder):
                self.writer = SummaryWriter(folder)  # torch.utils.tensorboard, or tensorboardX

            def epoch(self, history):
                for name, values in history.columns().items():
                    self.writer.add_scalar(name, values[-1], len(history))

            def end(self, history):
                self.writer.close()
    """

    def batch(self, done: int, total: int, loss: float) -> None:
        """Run after every update."""

    def epoch(self, history: History) -> None:
        """Run after every epoch."""

    def end(self, history: History) -> None:
        """Run after the last epoch."""


def somebody_reads() -> bool:
    """Return True if stdout is a terminal or the output of a notebook's cell, in Jupyter or in JupyterLite."""
    if sys.stdout is None or getattr(sys.stdout, "closed", False):  # JupyterLite's stream does not say
        return False
    return sys.stdout.isatty() or type(sys.stdout).__module__.startswith(("ipykernel", "pyodide_kernel"))


@contextlib.contextmanager
def interrupts():
    """Yield a list that Ctrl-C adds to, so that it takes effect between two updates.

    So do other signals that were made to act like Ctrl-C, as those of a context around this one are. Inside a compiled
    kernel, it would become a SystemError. A second Ctrl-C takes effect at once.
    """
    pressed: list[int] = []

    def press(number, frame):
        if pressed:
            signal.default_int_handler(number, frame)
        pressed.append(number)

    if threading.current_thread() is not threading.main_thread():
        yield pressed
        return
    ours = {signal.default_int_handler, signal.getsignal(signal.SIGINT)} - {signal.SIG_IGN, signal.SIG_DFL}
    alike = [number for number in signal.valid_signals() if signal.getsignal(number) in ours]
    before = {number: signal.signal(number, press) for number in {signal.SIGINT, *alike}}
    try:
        yield pressed
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stop_if(pressed):
    """Raise KeyboardInterrupt if Ctrl-C was pressed."""
    if pressed:
        raise KeyboardInterrupt
