"""What goes over a whole store holds none of it."""
import pathlib
import subprocess
import sys

import command_line

FILL_STORE = pathlib.Path(sys.argv[2]).resolve()


class MemoryTest(command_line.CommandLineTest):
    def test_hardly_grows_with_the_store(self):
        stores = [self.fill(10_000), self.fill(100_000)]
        for command, code in ((["list", "-o", "csv"], 0), (["digest"], 0), (["verify"], 1), (["prune", "--older-than", "1s"], 0)):
            with self.subTest(command):  # verify finds what fill_store put there for it to find
                small, large = (self.peak_kb(*command, "--store", store, code=code) for store in stores)
                self.assertLess(large - small, 16_000, f"{small} kB, and {large} kB of ten times as much")

    def fill(self, limits):
        store = f"sqlite:{self.folder / str(limits)}.db"
        subprocess.run([FILL_STORE, store, str(limits)], check=True)
        return store


if __name__ == "__main__":
    del sys.argv[2]
    command_line.main()
