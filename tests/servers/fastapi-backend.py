#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A presign backend as people write them: FastAPI and boto3, five routes, no auth. It speaks the
"fastapi" dialect as the widely copied Lambda does, oddities included: the key is the file's name,
/list-parts demands a part number, gives one page and quoted ETags, whatever S3 says is a 500 with
the text of the exception, there is no abort.

    tests/servers/fastapi-backend.py [--port N]

prints "listening on http://127.0.0.1:PORT" and serves until it is killed. S3 is told by the
environment:

    BACKEND_ENDPOINT BACKEND_REGION BACKEND_BUCKET AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY

And what a test may want besides:

    BACKEND_PREFIX      put in front of the file's name, as some variants do
    BACKEND_EXPIRES     seconds that a URL is good for (3600)
    BACKEND_DELAY_MS    every answer takes that much longer
    BACKEND_LOSE        ROUTE=N,…: the first N answers of the route are cut off after the work is done
    BACKEND_TOKEN_FILE  "Authorization: Bearer TOKEN" is demanded, TOKEN as in the file at that moment;
                        else 401
    BACKEND_LOG         a line "METHOD ROUTE STATUS" for each request
"""

import argparse
import asyncio
import os
import socket

import boto3
import uvicorn
from botocore.config import Config
from fastapi import FastAPI, HTTPException
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from pydantic import BaseModel

BUCKET = os.environ["BACKEND_BUCKET"]
PREFIX = os.environ.get("BACKEND_PREFIX", "")
EXPIRES = int(os.environ.get("BACKEND_EXPIRES", "3600"))
DELAY_S = float(os.environ.get("BACKEND_DELAY_MS", "0")) / 1000
TOKEN_FILE = os.environ.get("BACKEND_TOKEN_FILE")
LOG = os.environ.get("BACKEND_LOG")
to_lose = {route: int(n) for route, _, n in
           (word.partition("=") for word in os.environ.get("BACKEND_LOSE", "").split(",") if word)}

s3 = boto3.client("s3", endpoint_url=os.environ["BACKEND_ENDPOINT"],
                  region_name=os.environ["BACKEND_REGION"],
                  config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))
app = FastAPI()


class StartRequest(BaseModel):
    fileName: str


class PartRequest(BaseModel):
    uploadId: str
    key: str
    partNumber: int


class Part(BaseModel):
    PartNumber: int
    ETag: str


class CompleteRequest(BaseModel):
    uploadId: str
    key: str
    parts: list[Part]


@app.get("/")
async def root():
    return {"message": "Multipart upload service"}


@app.post("/start-multipart-upload")
def start(request: StartRequest):
    try:
        key = PREFIX + request.fileName
        answer = s3.create_multipart_upload(Bucket=BUCKET, Key=key)
        return {"uploadId": answer["UploadId"], "key": key}
    except Exception as error:
        raise HTTPException(status_code=500, detail=str(error))


# No I/O: a thread of its own would only make it slower.
@app.post("/get-presigned-url")
async def presign(request: PartRequest):
    try:
        return {"presignedUrl": s3.generate_presigned_url(
            "upload_part", ExpiresIn=EXPIRES,
            Params={"Bucket": BUCKET, "Key": request.key, "UploadId": request.uploadId,
                    "PartNumber": request.partNumber})}
    except Exception as error:
        raise HTTPException(status_code=500, detail=str(error))


@app.post("/list-parts")
def list_parts(request: PartRequest):
    try:
        answer = s3.list_parts(Bucket=BUCKET, Key=request.key, UploadId=request.uploadId)
        return {"parts": [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]}
                          for part in answer.get("Parts", [])]}
    except Exception as error:
        raise HTTPException(status_code=500, detail=str(error))


@app.post("/complete-multipart-upload")
def complete(request: CompleteRequest):
    try:
        parts = [{"PartNumber": part.PartNumber, "ETag": f'"{part.ETag}"'}
                 for part in request.parts]
        s3.complete_multipart_upload(Bucket=BUCKET, Key=request.key, UploadId=request.uploadId,
                                     MultipartUpload={"Parts": parts})
        return {"message": "Upload completed successfully"}
    except Exception as error:
        raise HTTPException(status_code=500, detail=str(error))


class Trouble:
    """Between the network and the application."""

    def __init__(self, inner):
        self.inner = inner

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        route = scope["path"].strip("/")
        if DELAY_S:
            await asyncio.sleep(DELAY_S)
        told = send
        if to_lose.get(route, 0) > 0 and scope["method"] != "OPTIONS":
            to_lose[route] -= 1
            told = self.get_nothing

        async def send_and_log(message):
            if LOG and message["type"] == "http.response.start":
                with open(LOG, "a", encoding="utf-8") as log:
                    log.write(f"{scope['method']} {scope['path']} {message['status']}\n")
            await told(message)

        if self.is_refused(scope):
            answer = JSONResponse({"detail": "Not authenticated"}, status_code=401,
                                  headers={"www-authenticate": "Bearer"})
            await answer(scope, receive, send_and_log)
            return
        await self.inner(scope, receive, send_and_log)
        if told is not send:
            # Less than was announced: the server closes the connection.
            await send({"type": "http.response.start", "status": 200,
                        "headers": [(b"content-length", b"1000")]})

    @staticmethod
    async def get_nothing(message):
        pass

    @staticmethod
    def is_refused(scope):
        if not TOKEN_FILE or scope["method"] == "OPTIONS":
            return False
        with open(TOKEN_FILE, encoding="ascii") as file:
            wanted = f"Bearer {file.read().strip()}".encode()
        return dict(scope["headers"]).get(b"authorization") != wanted


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    # Named TCP, or asyncio does not know that it may turn off Nagle's algorithm.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", options.port))
    listener.listen(256)
    print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"],
                       allow_headers=["*"])
    has_trouble = DELAY_S or to_lose or TOKEN_FILE or LOG
    server = uvicorn.Server(uvicorn.Config(Trouble(app) if has_trouble else app,
                                           log_level="critical", access_log=False, lifespan="off"))
    server.run(sockets=[listener])


main()
