"""A Rialto of its own for a test: started, asked, killed and stopped as an operator would."""

import json
import os
import re
import signal
import subprocess
import weakref
from dataclasses import dataclass
from pathlib import Path

import requests

from caller import Caller
from waiting import free_port, until

REPOSITORY = Path(__file__).resolve().parents[2]
START_SECONDS = 45
STOP_SECONDS = 30
COMMAND_SECONDS = 30


def binary():
    """The executable under test."""
    return Path(os.environ.get("RIALTO_BIN") or REPOSITORY / ".build/debug/rialto").resolve()


@dataclass
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


class Rialto:
    """One server with its data directory."""

    alive = weakref.WeakSet()

    def __init__(self, folder, config=None, environment=None, model=None, store=None):
        self.folder, self.data = Path(folder), Path(folder) / "data"
        self.port, self.model, self.store = free_port(), model, store
        self.process, self.agents, self.secrets, self.starts = None, {}, {}, 0
        self.ca = None
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("RIALTO_")}
        # The port is said twice, so that commands such as the doctor know it too.
        self.environment |= {"HOME": str(self.folder), "RIALTO_LISTEN_PORT": str(self.port)} | (environment or {})
        self.data.mkdir(parents=True, exist_ok=True)
        if store:
            self.environment |= {"RIALTO_STORE_URL": store}
        if config:
            self.configure(config)

    def configure(self, config):
        """Writes the config file; every JSON document is a YAML document."""
        (self.data / "rialto.yaml").write_text(json.dumps(config, indent=2))

    @property
    def base(self):
        return f"{'https' if self.ca else 'http'}://127.0.0.1:{self.port}"

    @property
    def out(self):
        """Standard output of the newest start."""
        return (self.folder / f"out.{self.starts}").read_text()

    @property
    def err(self):
        """Standard error of every start."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("err.*")))

    @property
    def logs(self):
        """The JSON lines of standard error."""
        return [json.loads(line) for line in self.err.splitlines() if line.startswith("{")]

    # Starting and stopping

    def launch(self, *options):
        """The process, without waiting for it to be ready."""
        self.starts += 1
        command = [str(binary()), "serve", "--data", str(self.data), "--port", str(self.port), *options]
        out, err = (open(self.folder / f"{name}.{self.starts}", "wb") for name in ("out", "err"))
        with out, err:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=self.environment,
                cwd=self.folder, start_new_session=True)
        return self.process

    def start(self, *options):
        """The server, ready for requests."""
        is_first = not self.secrets
        self.launch(*options)
        Rialto.alive.add(self)
        until(self.is_ready, START_SECONDS, "/readyz")
        if is_first:
            self.secrets.update(until(self.first_secrets, what="the secrets of the first start"))
        if self.model and is_first:
            self.run("upstream", "add", "model", "--kind", "openai", "--url", self.model.openai_url)
        return self

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"serve ended with {self.process.returncode}: {self.err[-2000:]}")
        try:
            return requests.get(f"{self.base}/readyz", timeout=5, verify=self.ca).status_code == 200
        except requests.RequestException:
            return False

    def first_secrets(self):
        found = re.findall(r"^\s*(?:marketplace|saas)\s+(\S+)\s+(\S+)\s*$", self.out, re.MULTILINE)
        return found if len(found) == 2 else None

    def kill(self):
        """As a power cut would."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)

    def stop(self, number=signal.SIGINT):
        """Ctrl-C; returns the exit code."""
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.kill()
        Rialto.alive.discard(self)

    def resident_bytes(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024

    def metrics(self):
        """Every sample without labels summed by its name."""
        text = requests.get(f"{self.base}/metrics", timeout=10, verify=self.ca).text
        sums = {}
        for name, value in re.findall(r"^([A-Za-z_:][\w:]*)(?:\{.*\})? (\S+)", text, re.MULTILINE):
            sums[name] = sums.get(name, 0.0) + float(value)
        return sums

    def wait_for_streams(self, number, seconds=15):
        """Until the server counts so many open streams."""
        until(lambda: self.metrics()["rialto_streams_open"] == number, seconds, f"{number} open streams")

    # The command line

    def command(self, *words, data=True, environment=None):
        """Any command, whatever comes of it."""
        line = [str(binary()), *map(str, words)] + (["--data", str(self.data)] if data else [])
        done = subprocess.run(
            line, capture_output=True, text=True, timeout=COMMAND_SECONDS, cwd=self.folder,
            env=self.environment | (environment or {}), stdin=subprocess.DEVNULL)
        return Outcome(done.returncode, done.stdout, done.stderr)

    def run(self, *words):
        """A command that must work; its JSON."""
        outcome = self.command(*words, "--json")
        assert outcome.code == 0, f"{words} ended with {outcome.code}: {outcome.err} {outcome.out}"
        return outcome.json

    def agent(self, model, *options, code=None):
        """The code of an agent that asks one of the scripted models; made when it is not there yet."""
        code = code or model.replace(".", "-")
        if code not in self.agents:
            self.agents[code] = self.run("agent", "add", code, "--upstream", "model", "--model", model, *options)
        return code

    def client(self, name, *options, edition="marketplace"):
        """A new client; its id."""
        made = self.run("client", "add", name, "--edition", edition, *options)
        self.secrets[made["client_id"]] = made["client_secret"]
        return made["client_id"]

    # Asking

    def token(self, client="mp-service-001"):
        response = requests.post(
            f"{self.base}/api/v1/auth/external-service-token", timeout=20, verify=self.ca,
            json={"client_id": client, "client_secret": self.secrets[client]})
        assert response.status_code == 200, response.text
        return response.json()["access_token"]

    def saas_token(self, client="saas-app-001", **more):
        credentials = {"client_id": client, "client_secret": self.secrets[client]}
        response = requests.post(
            f"{self.base}/federation/auth/v1/token", timeout=20, verify=self.ca,
            data={"grant_type": "client_credentials"} | credentials | more)
        assert response.status_code == 200, response.text
        return response.json()["access_token"]

    def caller(self, client="mp-service-001", path="/api/v1"):
        """Somebody with a fresh token."""
        return Caller(self.base, self.token(client), path, self.ca)

    def shown_run(self, run):
        return self.run("runs", "show", run)

    def wait_for_run(self, run, seconds=15):
        """A run once it has ended, as the command line shows it."""
        def ended():
            shown = self.shown_run(run)
            return shown if shown["status"] != "running" else None

        return until(ended, seconds, f"the end of run {run}")
