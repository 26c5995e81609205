"""What DLIO uses of dftracer.logger, with tracing off.

DLIO has a fallback of its own for a missing dftracer, but that one cannot be
called with the arguments that DLIO passes.
"""

DFTRACER_ENABLE = False


class dftracer:
    @staticmethod
    def initialize_log(*args, **kwargs):
        return dftracer()

    def get_time(self):
        return 0

    def enter_event(self):
        pass

    def exit_event(self):
        pass

    def log_event(self, *args, **kwargs):
        pass

    def finalize(self):
        pass


class dft_fn:
    def __init__(self, *args, **kwargs):
        pass

    def log(self, function):
        return function

    log_init = log_static = log

    def iter(self, iterable, **kwargs):
        return iterable

    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass

    def update(self, **kwargs):
        pass

    def flush(self):
        pass

    def reset(self):
        pass
