"""Makes `python -m benchmarks` run the measurements. The work is in `run.py`, none of it here."""

from benchmarks.run import main

if __name__ == "__main__":
    main()
