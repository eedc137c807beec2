"""Power loss: the store keeps its promise on every image of a disk that lost power, and without syncs it does not."""
import argparse
import subprocess
import sys


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("power_loss")
    parser.add_argument("--images", default="1000")
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()

    code, said = run(options.power_loss, "--images", options.images, "--seed", options.seed)
    print("synced:", said)
    code_off, said_off = run(options.power_loss, "--images", "50", "--seed", options.seed, "--synchronous-off")
    losses = said_off.count(": lost: ")
    print(f"synchronous=OFF: {losses} images lost what was acknowledged, {said_off.splitlines()[-1]}")
    assert code == 0, "an image broke the promise"
    assert code_off == 1 and losses > 0, "without syncs something must be lost, or the test sees nothing"


if __name__ == "__main__":
    sys.exit(main())
