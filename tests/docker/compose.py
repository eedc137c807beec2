"""What tests/docker needs of the compose file: its services, as Docker Compose would read them."""

import os
import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNITS = {"s": 1, "m": 60}


def load(path):
    """The file's content, ${NAME:-default} replaced from the environment."""
    text = re.sub(r"\$\{(\w+):-([^}]*)\}", lambda found: os.environ.get(found[1]) or found[2], path.read_text())
    return yaml.safe_load(text)


def seconds(duration):
    """A duration such as 90s or 2m."""
    return int(duration[:-1]) * UNITS[duration[-1]]


def needs(services, name):
    """The services that `name` depends on, with the condition each one has to meet: theirs before them."""
    found = {}
    for other, wish in services[name].get("depends_on", {}).items():
        found.update(needs(services, other))
        found[other] = wish["condition"]
    return found
