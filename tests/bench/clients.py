# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that are compared, each at the settings that serve it best, and how each is told to
upload a file or a folder to a sink."""

import shutil

from world import HERE, GIB, Failure


class Client:
    """One row of the table. `get_commands` may give several, to be run side by side."""

    name = program = package = ""
    sink = "plain"
    environment = {}

    def is_there(self):
        return shutil.which(self.program) is not None

    def has_arrived(self, counts, size):
        return counts["bytes"] >= size

    def get_commands(self, world, scheme, path):
        raise NotImplementedError


class Curl(Client):
    """The ceiling: nothing but a file and a socket. As many transfers of a part of it each."""

    program = package = "curl"

    def __init__(self, n):
        self.n = n
        self.name = f"curl -T ×{n}"

    def get_commands(self, world, scheme, path):
        url = world.get_sink().get_url(scheme)
        size = path.stat().st_size // self.n
        files = [path] if self.n == 1 else [world.make_file(f"piece-{size}-{i}", size)
                                            for i in range(self.n)]
        return [["curl", "-q", "-sS", "-f", "-o", "/dev/null", "--cacert", world.tls / "ca.crt",
                 "-T", file, f"{url}/bucket/{file.name}"] for file in files]


class Partway(Client):
    name = "Partway"

    def __init__(self, *options):
        self.options = options
        self.name = " ".join(["Partway", *options])

    def is_there(self):
        return True

    def get_commands(self, world, scheme, path):
        # What an earlier run left would be kept for `list`; a new user has none.
        for folder in ("state", "config", "cache"):
            shutil.rmtree(world.folder / folder, ignore_errors=True)
        return [[world.build / "src/cli/partway-cli", "upload", "--to", "s3://bucket/",
                 "--endpoint", world.get_sink().get_url(scheme), "--ca-file", world.tls / "ca.crt",
                 *self.options, path]]


class Crt(Client):
    package = "python3-awscrt"
    sink = "fixed"

    def __init__(self, part_mib, gigabits):
        self.part_mib, self.gigabits = part_mib, gigabits
        self.name = f"AWS CRT, {part_mib} MiB, {gigabits} Gbit/s"

    def is_there(self):
        try:
            import awscrt.s3  # noqa: F401
        except ImportError:
            return False
        return True

    def get_commands(self, world, scheme, path):
        return [[HERE / "awscrt-put", scheme, world.get_sink("fixed").address, self.part_mib,
                 self.gigabits, path]]


class Rclone(Client):
    program = package = "rclone"
    name = "rclone"

    def __init__(self, name, *options):
        self.name, self.options = name, options

    def get_commands(self, world, scheme, path):
        remote = ":s3,provider=Other,env_auth,region=us-east-1,endpoint='%s':bucket/" \
                 % world.get_sink().get_url(scheme)
        return [["rclone", "copy", "--config", "/dev/null", "--ca-cert", world.tls / "ca.crt",
                 "--s3-no-head", "--s3-no-check-bucket", "--no-check-dest", "--retries", "1",
                 *self.options, path, remote]]


class AwsCli(Client):
    """Debian's, not one that happens to come first."""

    program = "/usr/bin/aws"
    package = "awscli"

    def __init__(self, transfer_client, name):
        self.transfer_client, self.name = transfer_client, name
        self.sink = "fixed" if transfer_client == "crt" else "plain"

    def get_commands(self, world, scheme, path):
        config = world.folder / f"aws-{self.transfer_client}"
        config.write_text("[default]\nregion = us-east-1\ns3 =\n"
                          f"  preferred_transfer_client = {self.transfer_client}\n"
                          "  addressing_style = path\n")
        self.environment = {"AWS_CONFIG_FILE": str(config)}
        sink = world.get_sink(self.sink)
        url = f"{scheme}://{sink.address}" if self.sink == "fixed" else sink.get_url(scheme)
        trust = ["--no-verify-ssl"] if self.sink == "fixed" else ["--ca-bundle",
                                                                   world.tls / "ca.crt"]
        return [["/usr/bin/aws", "--endpoint-url", url, *trust, "s3", "cp", "--only-show-errors",
                 *(["--recursive"] if path.is_dir() else []), path, "s3://bucket/"]]


class S3cmd(Client):
    program = package = name = "s3cmd"
    sink = "md5"

    def get_commands(self, world, scheme, path):
        host = world.get_sink("md5").get_url(scheme).split("//")[1]
        config = world.folder / "s3cmd"
        config.write_text("[default]\nbucket_location = us-east-1\n")
        return [["s3cmd", "--config", config, "--access_key", "testkey", "--secret_key",
                 "testsecret", "--host", host, "--host-bucket", host, "--no-progress", "--quiet",
                 "--ssl" if scheme == "https" else "--no-ssl", "--ca-certs", world.tls / "ca.crt",
                 "put", *(["--recursive"] if path.is_dir() else []), path, "s3://bucket/"]]


CURLS = [Curl(1), Curl(2), Curl(4)]
# Its best number of connections and parts differ from case to case.
LARGE = [
    Crt(16, 5), Crt(8, 1), Crt(8, 5), AwsCli("crt", "aws s3 cp, CRT"),
    Rclone("rclone, 8 MiB × 10, no MD5 of the file", "--s3-chunk-size", "8M",
           "--s3-upload-concurrency", "10", "--s3-disable-checksum"),
    Rclone("rclone"), AwsCli("default", "aws s3 cp, classic"), S3cmd(),
]
SMALL = [
    Rclone("rclone"), Rclone("rclone, 10 at once", "--transfers", "10"), Crt(8, 5),
    AwsCli("default", "aws s3 cp, classic"), AwsCli("crt", "aws s3 cp, CRT"), S3cmd(),
]


def measure(world, client, scheme, path, size, seconds=0):
    """One run; what came must be all that there is to send."""
    sink = world.get_sink(client.sink)
    commands = client.get_commands(world, scheme, path)
    sink.ask("forget")
    result = world.run(commands, seconds, client.environment)
    result["counts"] = sink.count()
    if not client.has_arrived(result["counts"], size):
        raise Failure(f"{client.name}: {result['counts']['bytes'] / GIB:.3f} GiB of "
                      f"{size / GIB:.3f} came")
    return result
