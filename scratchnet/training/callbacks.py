"""What watches a training: hooks for logging, and Ctrl-C."""

import contextlib
import signal
import threading

from scratchnet.training.history import History


class Callback:
    """Three hooks into `fit`; this one does nothing. It is all that logging elsewhere needs.

    batch(done, total, loss): after every update, with the patterns seen in this epoch; at batch size 1 on the fast
        path once for up to 128 updates, with their mean loss
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
        """Called after every update."""

    def epoch(self, history: History) -> None:
        """Called after every epoch."""

    def end(self, history: History) -> None:
        """Called after the last epoch."""


@contextlib.contextmanager
def interrupts():
    """Yield a list that Ctrl-C adds to, so that it takes effect between two updates.

    Inside a compiled kernel it would come out as a SystemError. The second Ctrl-C takes effect at once.
    """
    pressed = []

    def press(number, frame):
        if pressed:
            signal.default_int_handler(number, frame)
        pressed.append(number)

    if threading.current_thread() is not threading.main_thread():
        yield pressed
        return
    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


def stop_if(pressed):
    """Raise KeyboardInterrupt if Ctrl-C was pressed."""
    if pressed:
        raise KeyboardInterrupt
