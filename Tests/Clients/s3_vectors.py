"""What botocore signs, for the S3 signature of the server to be compared with.

Run as a script it writes Vectors/s3_vectors.json, which the Swift tests read.
"""

import datetime
import json
import pathlib
from unittest import mock

from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.utils import percent_encode

ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET_ACCESS_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SESSION_TOKEN = "FwoGZXIvYXdzEBYaDLagoon/of+Venice=="
BUCKET = "ca-doro.2024"
SECONDS = 1_709_210_096  # 2024-02-29 12:34:56 UTC
STORES = [
    ("https://s3.eu-south-1.amazonaws.com", "eu-south-1"),
    ("http://127.0.0.1:9000/", "us-east-1"),
    ("https://store.example:443/under/a/path", "auto"),
]
KEYS = [
    "ledger.txt",
    "two words/three more words",
    "one+one=two&three",
    "Città/ponte di Rialto/水.txt",
    "🛶",
    "100%/%41%2F",
    "~home/under_score-dash.dot",
    "a//b",
    "./x",
    "../up/./and/../down/",
    "(brackets)[and]{more}'quotes'\"double\"",
    "question?mark#hash;semi,comma:colon@at!$*^|<>`\\",
    "long/" + "gondola/" * 100 + "end",
    "/leading",
    "tab\there\nand line",
]


def vectors() -> list[dict]:
    """For every store, key and kind of credentials: what is given, and the URL and headers that follow."""
    return [
        vector(endpoint, region, key, token)
        for endpoint, region in STORES
        for key in KEYS
        for token in (None, SESSION_TOKEN)
    ]


def vector(endpoint: str, region: str, key: str, token: str | None) -> dict:
    """Signs one request at a frozen time. The path is encoded as botocore's serializer encodes a `{Key+}`."""
    path = percent_encode(f"/{BUCKET}/{key}", safe="/~")
    request = AWSRequest(method="GET", url=endpoint.rstrip("/") + path)
    signer = auth.S3SigV4Auth(Credentials(ACCESS_KEY_ID, SECRET_ACCESS_KEY, token), "s3", region)
    moment = datetime.datetime.fromtimestamp(SECONDS, datetime.timezone.utc).replace(tzinfo=None)
    with mock.patch.object(auth, "get_current_datetime", lambda *_, **__: moment):
        signer.add_auth(request)
    return {
        "endpoint": endpoint,
        "region": region,
        "access_key_id": ACCESS_KEY_ID,
        "secret_access_key": SECRET_ACCESS_KEY,
        "session_token": token,
        "bucket": BUCKET,
        "key": key,
        "seconds": SECONDS,
        "url": request.url,
        "headers": {name.lower(): value for name, value in request.headers.items()},
    }


if __name__ == "__main__":
    place = pathlib.Path(__file__).parent / "Vectors" / "s3_vectors.json"
    place.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
