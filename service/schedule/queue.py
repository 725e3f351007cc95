"""To be written."""


def run_worker(store: object, ground: object, threads: int) -> None:
    raise NotImplementedError
