"""Pages in headless Chromium."""

import json
import os
import re
import shutil
import tempfile

import pytest
from matplotlib.colors import to_rgb
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
)


def chromium():
    """Yield a browser; skip the test where there is none, but fail in CI."""
    paths = shutil.which("chromium"), shutil.which("chromedriver")
    if not all(paths):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = paths[0]
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (*FLAGS.split(), f"--user-data-dir={profile}"):
            options.add_argument(flag)
        driver = webdriver.Chrome(options=options, service=Service(paths[1]))
        yield driver
        driver.quit()


def open_file(browser, path, width=1200, scheme="light"):
    """Open a page on a screen so many pixels wide, in light or dark colours."""
    screen = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    colours = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", colours)
    browser.get(path.as_uri())
    return browser


def requests(browser, open_page):
    """Return the addresses that are requested when this opens a page. All are files, and the console stays empty."""
    browser.get_log("browser"), browser.get_log("performance")
    open_page()
    assert not browser.get_log("browser")
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    own = "file:", "data:", "chrome:", "chrome-untrusted:"  # the last two: the first page of the browser itself
    assert all(url.startswith(own) for url in asked), asked
    return asked


def contrast(one, other):
    """As WCAG 2 defines it, of two colours that matplotlib knows."""
    lights = []
    for colour in (one, other):
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour))
        lights.append(0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05)
    return max(lights) / min(lights)


# All pairs of a text's colour and the colour below it, {pair: one element}.
COLOURS = """
const found = {}, walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const ground = e => { while (e && getComputedStyle(e).backgroundColor == 'rgba(0, 0, 0, 0)') e = e.parentElement;
  return getComputedStyle(e || document.documentElement).backgroundColor };
const note = (e, pseudo) => found[getComputedStyle(e, pseudo).color + ' on ' + ground(e)] = e.outerHTML.slice(0, 80);
while (walker.nextNode()) if (walker.currentNode.data.trim()) note(walker.currentNode.parentElement);
document.querySelectorAll('[data-line]').forEach(e => note(e, '::before'));
return found"""


def pale(found):
    """Those of the pairs that COLOURS finds whose contrast is less than WCAG 2 asks of text."""
    pairs = {
        colours: [[int(c) / 255 for c in re.findall(r"\d+", part)] for part in colours.split(" on ")]
        for colours in found
    }
    assert all(len(one) == len(other) == 3 for one, other in pairs.values()), pairs
    return [(colours, found[colours]) for colours, (one, other) in pairs.items() if contrast(one, other) < 4.5]
