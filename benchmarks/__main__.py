"""Makes `python -m benchmarks` run the measurements. `run.py` implements them."""

from benchmarks.run import main

if __name__ == "__main__":
    main()
