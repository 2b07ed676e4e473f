# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uploads without keys: what presigned URLs cost, next to the ways in which people do it otherwise;
and how many URLs a second the server makes. A real server (Ceph's gateway) takes the bytes."""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from world import MIB, ROOT, Failure

SIZE = 512 * MIB
DELAY_MS = 100
WARMING = 3
CONNECTIONS = 8
DIALECTS = ("fastapi", "companion", "sign", "partway")
URL_REQUEST = {"uploadId": "2~WVREnK2jWvhlBab9yzzcI6k3aW8LzYd", "key": "films/wedding.mov",
               "partNumber": 7}


def say(text):
    print(text, file=sys.stderr, flush=True)


def load_backends(world):
    """The tests' own: they want to know the build folder before they are read."""
    os.environ.setdefault("PARTWAY_BUILD", str(world.build))
    os.environ.setdefault("PARTWAY_SOURCE", str(ROOT))
    sys.path.insert(0, str(ROOT / "tests/e2e"))
    import backends
    import partway
    return backends, partway


class Row:
    """A way to upload: a name, and a function that takes the file and gives seconds."""

    def __init__(self, name, upload):
        self.name, self.upload, self.seconds = name, upload, []

    @property
    def median(self):
        return statistics.median(self.seconds)


def upload_with_cli(world, rgw, path, *target, **environment):
    for folder in ("state", "config", "cache"):
        shutil.rmtree(world.folder / folder, ignore_errors=True)
    return world.run([[world.build / "src/cli/partway-cli", "upload", *target, path]],
                     environment=environment)["wall"]


def upload_with_keys(world, rgw, path):
    return upload_with_cli(world, rgw, path, "--to", f"s3://{rgw.bucket}/", "--endpoint", rgw.url,
                           "--region", rgw.region, AWS_ACCESS_KEY_ID=rgw.access_key,
                           AWS_SECRET_ACCESS_KEY=rgw.secret_key)


def upload_presigned(world, backend, path, dialect):
    url = backend.url + ("/sign" if dialect == "sign" else "")
    return upload_with_cli(world, backend.server, path, "--presign", url, "--dialect", dialect,
                           AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")


def upload_in_browser(backends, rgw, path, page, **options):
    folder = backends.install_from_npm()
    job = json.dumps({"page": page, "file": str(path), "options": options})
    done = subprocess.run(["node", "drive.mjs", job], cwd=folder, capture_output=True, text=True,
                          env=backends.make_environment(rgw), stdin=subprocess.DEVNULL, timeout=600)
    if done.returncode != 0:
        raise Failure(f"{page}: {done.stderr[-600:]}")
    result = json.loads(done.stdout.splitlines()[-1])
    if result.get("failed") or result.get("error"):
        raise Failure(f"{page}: {result.get('failed') or result['error']}")
    return result["seconds"]


def clear(rgw, path):
    """Every object goes, after its size was looked at, and its memory comes back."""
    client = rgw.client()
    found = client.list_objects_v2(Bucket=rgw.bucket).get("Contents", [])
    if [item["Size"] for item in found] != [path.stat().st_size]:
        raise Failure(f"{len(found)} objects, {[item['Size'] for item in found]} bytes")
    client.delete_object(Bucket=rgw.bucket, Key=found[0]["Key"])
    rgw.collect()


def measure_uploads(rows, rgw, path, rounds):
    # A store that has just started takes its memory from the system first; that is nobody's time.
    for _ in range(WARMING):
        rows[0].upload(path)
        clear(rgw, path)
    for n in range(rounds):
        first = n % len(rows)
        for row in rows[first:] + rows[:first]:
            row.seconds.append(row.upload(path))
            clear(rgw, path)
            say(f"  {row.name:45} {row.seconds[-1]:6.2f} s")


def make_upload_table(rows):
    keys = rows[0].median
    lines = [f"**One file of {SIZE // MIB} MiB to RADOS Gateway, http: without keys**", "",
             "| way | wall s | spread | ÷ Partway with keys |", "| --- | ---: | ---: | ---: |"]
    for row in rows:
        lines.append(f"| {row.name} | {row.median:.2f} | {min(row.seconds):.2f}–"
                     f"{max(row.seconds):.2f} | {row.median / keys:.2f} |")
    return "\n".join(lines)


def run_uploads(world, options, backends, rgw):
    path = world.make_file("presigned.bin", SIZE)
    bundle = backends.install_from_npm()
    subprocess.run([bundle / "node_modules/.bin/esbuild", "uppy.mjs", "--bundle",
                    "--outfile=pages/uppy.js", "--log-level=error"], cwd=bundle, check=True)
    rgw.client().put_bucket_cors(Bucket=rgw.bucket, CORSConfiguration={"CORSRules": [{
        "AllowedOrigins": ["*"], "AllowedMethods": ["GET", "PUT", "POST", "DELETE"],
        "AllowedHeaders": ["*"], "ExposeHeaders": ["ETag"]}]})
    with backends.Presign(rgw, cors_origins="*", rate_per_address=0) as ours, \
            backends.FastApi(rgw, log=False) as fastapi, backends.Companion(rgw) as companion, \
            backends.FastApi(rgw, log=False, delay_ms=DELAY_MS) as slow:
        rows = [Row("Partway, with keys", lambda path: upload_with_keys(world, rgw, path))]
        for dialect in DIALECTS:
            rows.append(Row(f"Partway, partway-presign, {dialect}", lambda path, dialect=dialect:
                            upload_presigned(world, ours, path, dialect)))
        rows += [
            Row("Partway, FastAPI + boto3",
                lambda path: upload_presigned(world, fastapi, path, "fastapi")),
            Row(f"Partway, FastAPI + boto3, answers in {DELAY_MS} ms",
                lambda path: upload_presigned(world, slow, path, "fastapi")),
            Row("Chromium, Uppy and Companion", lambda path: upload_in_browser(
                backends, rgw, path, "uppy.html", companion=companion.url)),
        ]
        for mib in (5, 10):
            rows.append(Row(f"Chromium, page with FastAPI + boto3, parts of {mib} MiB",
                            lambda path, mib=mib: upload_in_browser(
                                backends, rgw, path, "fetch.html", backend=fastapi.url,
                                chunk=mib * MIB)))
        rows = rows[:1] + options.choose(rows[1:])
        measure_uploads(rows, rgw, path, min(options.rounds, 3))
        yield make_upload_table(rows)


# What of a worker's time goes to waiting for URLs.

def run_waiting(world, options, backends, rgw):
    """The program itself tells in its debug log how long its workers waited, all together."""
    size, rate, workers = (512 if options.quick else 2048) * MIB, "100MB", 4
    path = world.make_file("waiting.bin", size)
    with backends.FastApi(rgw, log=False, delay_ms=DELAY_MS) as slow:
        result = upload_with_cli(world, rgw, path, "--presign", slow.url, "--dialect", "fastapi",
                                 "--parallel", str(workers), "--limit", rate,
                                 AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="",
                                 G_MESSAGES_DEBUG="all")
    clear(rgw, path)
    log = (world.folder / "log-0").read_text(encoding="utf-8", errors="replace")
    waited = re.findall(r"workers waited (\d+) ms for URLs", log)
    if not waited:
        raise Failure("partway-cli did not tell how long its workers waited")
    share = sum(map(int, waited)) / 1000 / (workers * result)
    yield (f"**Waiting for URLs**\n\n{size // MIB} MiB at {rate} a second over {workers} "
           f"connections, each URL from FastAPI in {DELAY_MS} ms: the workers waited "
           f"{100 * share:.1f} % of their time.")


# URLs a second.

def write_script(world, resting):
    """wrk waits whole milliseconds between requests: which share of them it waits after decides the
    rate, with the same connections."""
    script = world.folder / "url.lua"
    body = json.dumps(URL_REQUEST)
    script.write_text(f"wrk.method = 'POST'\nwrk.body = '{body}'\n"
                      "wrk.headers['Content-Type'] = 'application/json'\n"
                      + (f"function delay() return math.random() < {resting} and 1 or 0 end\n"
                         if resting else ""))
    return script


def run_wrk(world, url, seconds, resting=0):
    """Requests a second, p50 and p99 in ms, number of requests."""
    done = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s",
         write_script(world, resting), f"{url}/get-presigned-url"],
        capture_output=True, text=True, env=world.environment, check=True)
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise Failure(f"wrk: {done.stdout}")
    units = {"us": 1e-3, "ms": 1, "s": 1e3}

    def get_percentile(n):
        number, unit = re.search(rf"{n}%\s+([\d.]+)(us|ms|s)", done.stdout).groups()
        return float(number) * units[unit]
    return (float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1]), get_percentile(50),
            get_percentile(99), int(re.search(r"(\d+) requests in", done.stdout)[1]))


def run_at_half_load(world, backend, seconds, rate):
    low, high = 0.0, 1.0
    for _ in range(5):
        resting = (low + high) / 2
        seen = run_wrk(world, backend.url, 1, resting)[0]
        low, high = (resting, high) if seen > rate else (low, resting)
    return run_wrk(world, backend.url, seconds, resting)


def measure_server(world, name, backend, seconds, rounds):
    runs = [run_wrk(world, backend.url, seconds) for _ in range(rounds)]
    rate = statistics.median(run[0] for run in runs)
    half = run_at_half_load(world, backend, seconds, rate / 2)
    result = {"name": name, "rate": rate, "p50": statistics.median(run[1] for run in runs),
              "p99": statistics.median(run[2] for run in runs), "half_rate": half[0],
              "half_p99": half[2], "n": sum(run[3] for run in runs) + half[3],
              "rss": backend.get_rss_mib()}
    say(f"  {name}: {rate:.0f}/s, p50 {result['p50']:.2f}, p99 {result['p99']:.2f} ms, at "
        f"{half[0]:.0f}/s p99 {half[2]:.2f} ms, {result['rss']:.1f} MiB")
    return result


def measure_memory(world, backend, n_wanted, rate):
    """(requests, MiB) on the way to so many."""
    seen, n = [], 0
    while n < n_wanted:
        n += run_wrk(world, backend.url, max(2, int(n_wanted / 4 / rate)))[3]
        seen.append((n, backend.get_rss_mib()))
        say(f"  after {n} requests: {seen[-1][1]:.1f} MiB")
    return seen


def run_rates(world, options, backends, rgw):
    seconds = 4 if options.quick else 10
    n_wanted = 100_000 if options.quick else 1_000_000
    with backends.FastApi(rgw, log=False) as fastapi, \
            backends.Presign(rgw, log_level="warning") as ours:
        results = [measure_server(world, "uvicorn, FastAPI, boto3", fastapi, seconds, 3),
                   measure_server(world, "partway-presign", ours, seconds, 3)]
        memory = measure_memory(world, ours, n_wanted, results[1]["rate"])
    lines = [f"**POST /get-presigned-url, {CONNECTIONS} connections**", "",
             "| server | requests/s | ÷ FastAPI | p50 ms | p99 ms | at half that: /s | p99 ms |"
             " RSS MiB |", "| --- |" + " ---: |" * 7]
    for r in results:
        lines.append(f"| {r['name']} | {r['rate']:.0f} | {r['rate'] / results[0]['rate']:.1f} | "
                     f"{r['p50']:.2f} | {r['p99']:.2f} | {r['half_rate']:.0f} | "
                     f"{r['half_p99']:.2f} | {r['rss']:.0f} |")
    lines += ["", "RSS of partway-presign on the way: " + ", ".join(
        f"{mib:.1f} MiB after {n:,}" for n, mib in memory) + "."]
    yield "\n".join(lines)


# The first answer of a Lambda that was not there.

class Runtime(BaseHTTPRequestHandler):
    """As much of AWS Lambda's Runtime API as one event needs."""

    event = answered = None

    def do_GET(self):
        if self.answered.is_set():
            time.sleep(60)
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "r1")
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int(time.time() * 1000) + 30000))
        self.send_header("Content-Length", str(len(self.event)))
        self.end_headers()
        self.wfile.write(self.event)

    def do_POST(self):
        self.server.answer = self.rfile.read(int(self.headers["Content-Length"]))
        self.answered.set()
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def start_cold(world, backends, rgw):
    """Seconds from the start of the program to its answer."""
    Runtime.answered = threading.Event()
    Runtime.event = json.dumps({
        "version": "2.0", "rawPath": "/get-presigned-url", "rawQueryString": "",
        "headers": {"content-type": "application/json"}, "isBase64Encoded": False,
        "requestContext": {"http": {"method": "POST", "path": "/get-presigned-url",
                                    "sourceIp": "192.0.2.7"}, "requestId": "r1"},
        "body": json.dumps(URL_REQUEST)}).encode()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Runtime)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = backends.make_environment(
        rgw, AWS_LAMBDA_RUNTIME_API=f"127.0.0.1:{server.server_port}",
        **backends.get_presign_settings(rgw, allow_anyone=True))
    began = time.monotonic()
    process = subprocess.Popen([backends.PRESIGN], env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    was_answered = Runtime.answered.wait(10)
    seconds = time.monotonic() - began
    process.kill()
    process.wait()
    server.shutdown()
    if not was_answered or json.loads(server.answer).get("statusCode") != 200:
        raise Failure(f"the Lambda did not answer: {getattr(server, 'answer', '')}")
    return seconds


def run_lambda(world, options, backends, rgw):
    runs = [start_cold(world, backends, rgw) for _ in range(20)]
    yield (f"**Lambda, cold start to the first answer**\n\n{statistics.median(runs) * 1000:.0f} ms "
           f"({min(runs) * 1000:.0f}–{max(runs) * 1000:.0f} ms in {len(runs)} starts).")


def run_presign(world, options, missing):
    for program in ("radosgw", "chromium", "node", "npm", "wrk"):
        if not shutil.which(program):
            missing.add(program)
            return
    subprocess.run(["ninja", "-C", world.build, "src/presign/partway-presign"], check=True,
                   stdout=subprocess.DEVNULL)
    backends, partway = load_backends(world)
    with partway.Rgw() as rgw:
        for part in (run_uploads, run_waiting, run_rates, run_lambda):
            yield from part(world, options, backends, rgw)
