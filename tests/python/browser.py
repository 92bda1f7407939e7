"""A real Chromium that opens a page: Debian's, installed where that's possible, with what it logs and asks the network for."""

import json
import os
import shutil
import subprocess
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

PACKAGES = ["chromium", "chromium-driver"]
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
)  # fmt: skip
PATIENCE = 60


class NoBrowserError(Exception):
    """There is no Chromium here and none can be installed; the message says what to do."""


@dataclass(frozen=True)
class Browser:
    """A browser with one page open."""

    driver: webdriver.Chrome

    def open(self, page: Path) -> None:
        """Open a page and wait until its charts are there."""
        self.driver.get("about:blank")
        self.errors(), self.requests()  # of the browser's own first page
        self.driver.get(page.resolve().as_uri())
        self.wait()

    def address(self) -> str:
        """The page that is open."""
        return self.driver.current_url

    def wait(self) -> None:
        """Until all charts are drawn."""
        WebDriverWait(self.driver, PATIENCE, 0.05).until(lambda driver: driver.execute_script("return document.body.dataset.drawn === 'true'"))

    def run(self, script: str, *given):
        """What a script in the page returns."""
        return self.driver.execute_script(script, *given)

    def choose(self, select: str, value: str) -> None:
        """Choose an option of a filter, as a person does who then leaves it."""
        self.run(
            "const s = document.getElementById(arguments[0]); s.value = arguments[1]; s.dispatchEvent(new Event('change', {bubbles: true}))",
            select, str(value),
        )  # fmt: skip
        self.wait()

    def press(self, key: str) -> None:
        """Press a key where the focus is."""
        ActionChains(self.driver).send_keys(getattr(Keys, key.upper())).perform()

    def size(self, width: int, height: int) -> None:
        """A screen of that many pixels."""
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.run("window.dispatchEvent(new Event('resize'))")

    def scheme(self, name: str) -> None:
        """The colours that the person prefers: light or dark."""
        self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def shoot(self, place: Path, height: int | None = None) -> None:
        """A picture of the whole page, or of its top."""
        shot = self.command("Page.captureScreenshot", captureBeyondViewport=True, clip=self.run(
            "const e = document.documentElement; return {x: 0, y: 0, width: e.clientWidth, height: arguments[0] ?? e.scrollHeight, scale: 1}", height
        ))  # fmt: skip
        place.write_bytes(b64decode(shot["data"]))

    def print(self, place: Path) -> None:
        """The page as it comes out of the printer."""
        printed = self.command("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        place.write_bytes(b64decode(printed["data"]))

    def command(self, name: str, **given) -> dict:
        """One of the browser's own commands."""
        return self.driver.execute_cdp_cmd(name, given)

    def errors(self) -> list[str]:
        """What the page's console has said since the last time, but for remarks."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]

    def requests(self) -> list[str]:
        """The addresses that were asked for since the last time."""
        events = (json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance"))
        return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]


@contextmanager
def browser() -> Iterator[Browser]:
    """Start a browser with a fresh profile; it is gone afterwards."""
    program, driver = find() or install()
    options = webdriver.ChromeOptions()
    options.binary_location = program
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with tempfile.TemporaryDirectory(prefix="cs_metrics_browser_", ignore_cleanup_errors=True) as profile:
        for flag in (*FLAGS, f"--user-data-dir={profile}", "--window-size=1440,1000"):
            options.add_argument(flag)
        started = webdriver.Chrome(options=options, service=Service(driver))
        try:
            yield Browser(started)
        finally:
            started.quit()


def find() -> tuple[str, str] | None:
    """The browser and its driver, where both are on the path."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    return (program, driver) if program and driver else None


def install() -> tuple[str, str]:
    """Install Debian's; elsewhere say what to do."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        raise NoBrowserError(
            "Chromium and its driver are not installed here, and only root on Debian can have them installed by this test. "
            "Put chromium and chromedriver on the PATH, and run this again."
        )
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *PACKAGES]):
        done = subprocess.run(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise NoBrowserError(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}")
    found = find()
    if not found:
        raise NoBrowserError(f"{' and '.join(PACKAGES)} were installed, but chromium or chromedriver is not on the PATH.")
    return found
