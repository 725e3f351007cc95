"""A process that carries jobs out ends when it is told to."""

import signal
import threading

from service.schedule.living import told_to_stop, wait_for


def test_a_signal_given_to_another_thread_ends_the_wait() -> None:
    """As the kernel does with a process that was suspended."""

    def give() -> None:
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

    with told_to_stop() as stop:
        threading.Timer(0.3, give).start()
        wait_for(stop)
    assert stop.is_set()
