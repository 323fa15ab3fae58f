"""As much of NumPy as compare.py of google-benchmark wants; the real one is large."""


class array(list):
    def any(self):
        return any(self)
