"""What README.md types on a Debian 12 to have a module of one's own in the service, from the packages on."""
import guide
from debian import TOP


def test_ten_minutes_to_a_module_of_your_own(machine):
    text = (TOP / "README.md").read_text()
    blocks = guide.blocks_of(text, "Ten minutes to a module of your own", "sh")
    typed = "".join(blocks).splitlines()
    assert typed[0].startswith("packaging/deb ")  # which has been done
    script = "\n".join(["cd /srv/tree", "sudo() { \"$@\"; }", *typed[1:]])
    done = machine.run(
        *("env", "DEBIAN_FRONTEND=noninteractive", "HOME=/root", "bash", "-euo", "pipefail", "-c", script),
        seconds=180,
    )
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert "Good morning from greeter" in done.stdout, done.stdout
    assert "Good morning, said greeter" in done.stdout, done.stdout
    assert "ACCEPTING" in done.stdout, done.stdout
