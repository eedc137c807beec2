"""Images and containers without a Docker engine: buildah builds, and a container is a process in an image's root with
process and mount namespaces of its own, so that it is process 1 there as under Docker. The network is the caller's.

All of it lives under one folder: images, their cached layers and build caches, and in `run` what ends with a run."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from compose import seconds

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "build" / "docker"
STORAGE, RUN = FOLDER / "storage", FOLDER / "run"
CHECKOUT = RUN / "checkout"
BASE = "debian-stand-in"
CERTIFICATES = pathlib.Path("usr/local/share/ca-certificates")

# Becomes a container's process 1. Arguments: root, user:group, work folder, then NAME=VALUE... and the command.
ENTER = """
set -eu
root=$1 user=$2 folder=$3
shift 3
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
for volume in $VOLUMES; do mount --bind "${volume%%:*}" "$root${volume#*:}"; done
exec chroot --userspec="$user" "$root" env -i --chdir="$folder" "$@"
"""


def buildah(*arguments):
    """What buildah printed, without the line end."""
    command = ["buildah", "--root", STORAGE, "--runroot", RUN / "buildah", *arguments]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True,
                          env={**os.environ, "TMPDIR": str(FOLDER)})
    if done.returncode != 0:
        raise RuntimeError(f"buildah {' '.join(map(str, arguments))}: {done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout.strip()


def clear():
    """Removes what an earlier run left; images and layers stay."""
    shutil.rmtree(RUN, ignore_errors=True)
    RUN.mkdir(parents=True)
    buildah("rm", "--all")


def make_base():
    """Debian as its slim image has it: without manuals and translations. It trusts whom this machine trusts."""
    if buildah("images", "--quiet", "--filter", f"reference=localhost/{BASE}"):
        return
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder) / "root"
        log = subprocess.run(["debootstrap", "--variant=minbase", "bookworm", root], capture_output=True, text=True)
        if log.returncode != 0:
            raise RuntimeError(f"debootstrap failed. Is the network there? It said: {(log.stdout + log.stderr)[-2000:]}")
        for part in ("doc", "man", "info", "locale"):
            shutil.rmtree(root / "usr" / "share" / part, ignore_errors=True)
        for part in ("lists", "../../cache/apt/archives"):
            shutil.rmtree(root / "var" / "lib" / "apt" / part, ignore_errors=True)
        (root / "etc/dpkg/dpkg.cfg.d/slim").write_text(
            "".join(f"path-exclude /usr/share/{part}/*\n" for part in ("doc", "man", "info", "locale")))
        if (pathlib.Path("/") / CERTIFICATES).is_dir():
            shutil.copytree(pathlib.Path("/") / CERTIFICATES, root / CERTIFICATES, dirs_exist_ok=True)
        container = buildah("from", "scratch")
        buildah("add", "--quiet", container, root, "/")
        buildah("commit", "--quiet", container, f"localhost/{BASE}")
        buildah("rm", container)


def build(image, context, dockerfile):
    buildah("build", "--layers", "--isolation", "chroot", "--format", "docker", "--build-arg", f"BASE=localhost/{BASE}",
            "--tag", f"localhost/{image}", "--file", context / dockerfile, context)


def size(image):
    return buildah("images", "--format", "{{.Size}}", f"localhost/{image}")


def config(image):
    """The image's settings, under the names that Docker has for them."""
    return json.loads(buildah("inspect", "--type", "image", f"localhost/{image}"))["Docker"]["config"]


def health_check(service):
    """The test of a service's health, as a command, and the seconds it may take to become healthy first."""
    if check := service.get("healthcheck"):
        return ["sh", "-c", check["test"]], seconds(check["start_period"])
    check = config(service["image"])["Healthcheck"]
    return check["Test"][1:], check["StartPeriod"] / 1e9


class Container:
    """One container of a service of the compose file; `load` finds it again in another process."""

    def __init__(self, name, root, user, folder, environment, pid=None):
        self.name, self.root, self.user, self.folder, self.environment, self.pid = name, root, user, folder, environment, pid

    @classmethod
    def load(cls, name):
        """The service's container if it runs."""
        record = RUN / f"{name}.json"
        container = cls(**json.loads(record.read_text())) if record.exists() else None
        return container if container and container.runs() else None

    @classmethod
    def start(cls, name, service, arguments=(), output=None):
        """Starts the service; its image's settings hold where the service says nothing."""
        settings = config(service["image"])
        identity = buildah("from", f"localhost/{service['image']}")
        root = pathlib.Path(buildah("mount", identity))
        (root / "etc/hosts").write_text("127.0.0.1 localhost kinesis dynamodb\n")
        uid = settings["User"]
        users = [line.split(":") for line in (root / "etc/passwd").read_text().splitlines()]
        group = next(user[3] for user in users if user[2] == uid)
        environment = [*settings["Env"], *(f"{key}={value}" for key, value in service.get("environment", {}).items())]
        container = cls(name, str(root), f"{uid}:{group}", settings["WorkingDir"], environment)

        entrypoint = service.get("entrypoint", settings["Entrypoint"] or [])
        default = [] if "entrypoint" in service else settings["Cmd"] or []
        command = [*entrypoint, *(arguments or service.get("command", default))]
        volumes = " ".join(container.volume(*volume.split(":")) for volume in service.get("volumes", []))
        launcher = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "sh", "-c", ENTER, "sh", *container.place(), *command],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            env={**os.environ, "VOLUMES": volumes})
        children = pathlib.Path(f"/proc/{launcher.pid}/task/{launcher.pid}/children")
        while not (child := children.read_text().split()):
            if launcher.poll() is not None:
                raise SystemExit(f"{name}: unshare ended with {launcher.returncode}")
            time.sleep(0.01)
        container.pid = int(child[0])
        record = RUN / f"{name}.json.new"
        record.write_text(json.dumps(vars(container)))
        record.rename(RUN / f"{name}.json")
        return container, launcher

    def place(self):
        return self.root, self.user, self.folder, *self.environment

    def volume(self, source, target):
        """A named volume is new with the owner that its folder has in the image."""
        folder = RUN / "volumes" / source
        if not folder.exists():
            folder.mkdir(parents=True)
            owner = os.stat(self.root + target)
            os.chown(folder, owner.st_uid, owner.st_gid)
        return f"{folder}:{target}"

    def runs(self):
        return pathlib.Path(f"/proc/{self.pid}").exists()

    def execute(self, *command, **options):
        """A command beside process 1, as `docker exec` runs it."""
        inside = ["chroot", f"--userspec={self.user}", self.root, "env", "-i", f"--chdir={self.folder}", *self.environment]
        return subprocess.run(["nsenter", "--target", str(self.pid), "--mount", "--pid", "--", *inside, *command], **options)

    def healthy(self, test):
        return self.execute(*test, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0

    def stop(self, stop_signal, grace):
        """Sends the signal to process 1; False if it had to be killed after `grace` seconds."""
        end = time.monotonic() + grace
        os.kill(self.pid, signal.Signals[stop_signal])
        while self.runs():
            if time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                return False
            time.sleep(0.05)
        return True
