"""Builds the images that the compose file names, from a fresh checkout and a stand-in for Debian's slim image."""

import shutil
import subprocess
import time

import compose
import engine
from engine import CHECKOUT


def check_out():
    """The project's files as they are, without what was built or fetched beside them."""
    names = subprocess.run(["git", "-C", compose.ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                           check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (source := compose.ROOT / name).is_file():
            target = CHECKOUT / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def timed(what, action, *arguments):
    began = time.monotonic()
    print(f"{what:<40}", end="", flush=True)
    action(*arguments)
    print(f"{time.monotonic() - began:7.1f} s", flush=True)


def main():
    engine.clear()
    check_out()
    timed("stand-in for Debian's slim image", engine.make_base)
    services = compose.load(CHECKOUT / "docker" / "compose.yaml")["services"]
    for image, dockerfile in sorted({(service["image"], service["build"]["dockerfile"]) for service in services.values()}):
        timed(f"image {image}", engine.build, image, CHECKOUT, dockerfile)
    for image in (engine.BASE, *sorted({service["image"] for service in services.values()})):
        print(f"{image:<40}{engine.size(image):>9}", flush=True)


main()
