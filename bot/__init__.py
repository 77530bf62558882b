"""Sasaeai's engine: storage, services, the edge to LINE, durable work, and the command that starts it all."""

import os

# Search multiplies many small matrices. OpenBLAS would share each among threads that wait for one another: four times
# the work, and on a busy machine five times the wait. It reads this once, when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
