"""nginx in front of several servers, as an operator would put it there."""

import os
import shutil
import signal
import subprocess

import requests

from waiting import free_port, until

CONFIG = """
daemon off;
worker_processes 1;
{user}
pid {folder}/nginx.pid;
error_log {folder}/errors warn;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream rialto {{
{servers}
    }}
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        location / {{
            proxy_pass http://rialto;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
            proxy_read_timeout 120s;
            proxy_next_upstream error timeout;
        }}
    }}
}}
"""


class Balancer:
    """One nginx. A question that has been sent is not sent to another server: that is for the client to decide."""

    def __init__(self, folder, servers):
        self.folder, self.port = folder, free_port()
        folder.mkdir()
        lines = [f"        server 127.0.0.1:{server.port} max_fails=1 fail_timeout=1s;" for server in servers]
        config = CONFIG.format(
            folder=folder, port=self.port, servers="\n".join(lines), user="user root;" if os.getuid() == 0 else "")
        (folder / "nginx.conf").write_text(config)

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
        assert program, "nginx is not installed: bin/test does that"
        errors = self.folder / "errors"
        self.process = subprocess.Popen(
            [program, "-e", str(errors), "-c", str(self.folder / "nginx.conf")], stdin=subprocess.DEVNULL)
        until(self.answers, what="nginx")
        return self

    def answers(self):
        assert self.process.poll() is None, (self.folder / "errors").read_text()
        try:
            return requests.get(f"{self.base}/healthz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
