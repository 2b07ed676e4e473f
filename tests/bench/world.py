# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmark runs in: files, sinks, a clean environment, and how a command is measured."""

import json
import os
import shutil
import subprocess
import tempfile
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MIB = 1 << 20
GIB = 1 << 30

# What must not decide how any client behaves.
UNWANTED = ("AWS_", "SSL_CERT", "CURL_CA", "REQUESTS_CA", "RCLONE_", "HTTP_PROXY", "HTTPS_PROXY",
            "ALL_PROXY", "NO_PROXY", "G_MESSAGES", "XDG_", "PYTHON", "NODE_")


class Failure(Exception):
    """A command did not do its work; the text says which and how."""


def make_environment(folder):
    kept = {name: value for name, value in os.environ.items()
            if not name.upper().startswith(UNWANTED)}
    home = folder / "home"
    home.mkdir(exist_ok=True)
    return {**kept, "HOME": str(home), "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CONFIG_HOME": str(folder / "config"), "XDG_CACHE_HOME": str(folder / "cache"),
            "AWS_ACCESS_KEY_ID": "testkey", "AWS_SECRET_ACCESS_KEY": "testsecret",
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
            "LC_ALL": "C.UTF-8"}


class Sink:
    """tests/bench/sink.c on loopback."""

    def __init__(self, world, *options, address="127.0.0.1", nice=0):
        self.address = address
        self.process = subprocess.Popen(
            ["nice", "-n", str(nice), world.build / "tests/bench/bench-sink", "--address", address,
             "--certificate", world.tls / "server.crt", "--key", world.tls / "server.key", *options],
            stdout=subprocess.PIPE, text=True)
        ports = [self.process.stdout.readline().split() for _ in range(2)]
        if not all(ports):
            raise Failure(f"the sink does not start on {address}")
        self.ports = {scheme: int(port) for scheme, port in ports}

    def get_url(self, scheme):
        return f"{scheme}://{self.address}:{self.ports[scheme]}"

    def ask(self, what):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.get_url('http')}/-/{what}", timeout=30) as answer:
            return answer.read()

    def count(self):
        return json.loads(self.ask("counts"))

    def stop(self):
        self.process.terminate()
        self.process.wait()


class World:
    def __init__(self, build, keep_files_in=None):
        self.build = Path(build).resolve()
        subprocess.run(["ninja", "-C", self.build, "src/cli/partway-cli", "tests/bench/bench-sink",
                        "tests/bench/bench-measure"], check=True, stdout=subprocess.DEVNULL)
        shared = Path("/dev/shm")
        in_memory = shared.is_dir() and shutil.disk_usage(shared).free > 8 * GIB
        self.folder = Path(tempfile.mkdtemp(prefix="partway-bench-",
                                            dir=keep_files_in or (shared if in_memory else None)))
        self.tls = self.folder / "tls"
        subprocess.run([ROOT / "tests/servers/tls", self.tls], check=True)
        self.environment = make_environment(self.folder)
        self.sinks = {}

    def __enter__(self):
        return self

    def __exit__(self, *details):
        for sink in self.sinks.values():
            sink.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def get_sink(self, kind="plain"):
        """plain; md5: ETags are MD5s; fixed: on ports 80 and 443 of an address of its own; nice: it
        gives way, as a server on another machine takes nothing of this one's processors."""
        if kind not in self.sinks:
            if kind == "fixed":
                number = os.getpid()
                self.sinks[kind] = Sink(self, "--port", "80", "--tls-port", "443",
                                        address=f"127.77.{number >> 8 & 255}.{number & 255}")
            else:
                self.sinks[kind] = Sink(self, *(["--md5"] if kind == "md5" else []),
                                        nice=10 if kind == "nice" else 0)
        return self.sinks[kind]

    def make_file(self, name, size, sparse=False):
        path = self.folder / name
        if path.exists():
            return path
        with open(path, "wb") as file:
            if sparse:
                file.truncate(size)
                return path
            block = os.urandom(MIB)
            for done in range(0, size, MIB):
                file.write(block[:min(MIB, size - done)])
        return path

    def make_folder(self, name, n_files, size):
        path = self.folder / name
        if path.exists():
            return path
        path.mkdir()
        block = os.urandom(size)
        for i in range(n_files):
            (path / f"file-{i:05}.bin").write_bytes(block)
        return path

    def run(self, commands, seconds=0, environment=None, may_fail=False):
        """Runs commands side by side: wall of the whole, CPU and memory of all together."""
        running = []
        for i, command in enumerate(commands):
            told = self.folder / f"measured-{i}"
            log = open(self.folder / f"log-{i}", "w+b")
            running.append((command, told, log, subprocess.Popen(
                [self.build / "tests/bench/bench-measure", told, str(seconds), *map(str, command)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=self.folder,
                env={**self.environment, **(environment or {})})))
        results = []
        for command, told, log, process in running:
            process.wait()
            results.append(json.loads(told.read_text()))
            if results[-1]["status"] != 0 and not may_fail:
                log.seek(0)
                text = log.read().decode(errors="replace").strip()
                raise Failure(f"{command[0]} ended with {results[-1]['status']}: {text[-600:]}")
            log.close()
        start = min(result["start_us"] for result in results)
        return {"start_us": start,
                "wall": max(result["start_us"] / 1e6 + result["wall"] for result in results)
                - start / 1e6,
                "cpu": sum(result["user"] + result["sys"] for result in results),
                "rss": sum(result["rss_kib"] for result in results) / 1024}
