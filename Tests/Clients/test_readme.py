"""The commands of the pages that a newcomer reads first work as pasted, one after the other in one shell."""

import re
import subprocess
from pathlib import Path

import pytest

from rialto import REPOSITORY, binary


def script_of(page, server):
    blocks = re.findall(r"^```bash\n(.*?)^```$", (REPOSITORY / page).read_text(), re.MULTILINE | re.DOTALL)
    assert blocks
    script = "set -euo pipefail\n" + "\n".join(blocks)
    return script.replace("127.0.0.1:8080", f"127.0.0.1:{server.port}").replace("bin/rialto ", f"{binary()} ")


@pytest.mark.parametrize("page", [
    "README.md", "docs/dialects/agentic-star.md", "docs/dialects/rooms.md", "docs/dialects/stackspot.md",
    "docs/dialects/agent-store.md", "docs/dialects/credit-router.md"])
def test_the_commands_of_a_page_work_as_pasted(rialto, page):
    rialto.start()
    done = subprocess.run(
        ["bash", "-c", script_of(page, rialto)], env=rialto.environment | {"RIALTO_DATA": str(rialto.data)},
        cwd=rialto.folder, text=True, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    ends = ("data: [DONE]", '"final":true', '"stop_reason":"stop"', '"status":"completed"')
    assert any(end in done.stdout for end in ends)
    assert not re.search(r'"error":(?!null)', done.stdout)
    assert (Path(rialto.data) / "rialto.sqlite").exists()
