#!/usr/bin/env python3
"""Every link of the site leads somewhere in it, and Chromium opens every page without an error in its console.

check.py SITE [SHOTS]: SHOTS gets pictures of some pages, 400 and 1,400 points wide, dark and light.
"""
import base64
import contextlib
import json
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from pathlib import Path

SHOWN = ["index", "start", "guide/autograd", "operations", "from-libtorch", "recipes/spiral", "reference/nn/layers-linear",
         "search"]


class Page(HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.names, self.links = set(), []
        self.feed(path.read_text())

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.names |= {attrs[key] for key in ("id", "name") if attrs.get(key)}
        self.links += [attrs[key] for key in ("href", "src") if attrs.get(key)]


def broken_links(site):
    pages = {path: Page(path) for path in site.rglob("*.html")}
    count = 0
    for path, page in pages.items():
        for link in page.links:
            to = urllib.parse.urlsplit(link)
            if to.scheme in ("data", "mailto"):
                continue
            if to.scheme or to.netloc:
                # An address of another site may be named, never fetched by a page.
                continue
            count += 1
            target = (path.parent / urllib.parse.unquote(to.path)).resolve() if to.path else path
            if target.is_dir():
                target /= "index.html"
            anchor = urllib.parse.unquote(to.fragment)
            if not target.exists():
                yield f"{path.relative_to(site)}: {link} leads nowhere"
            elif anchor and target in pages and anchor not in pages[target].names:
                yield f"{path.relative_to(site)}: {link} has no such place"
    print(f"check site: {count} links on {len(pages)} pages")


class Browser:
    """Chromium, by the WebDriver protocol of Debian's chromedriver."""

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __init__(self):
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True)
        for line in self.driver.stdout:
            if "successfully on port " in line:
                self.address = f"http://127.0.0.1:{line.split('on port ')[1].split('.')[0].strip()}"
                break
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                            "--host-resolver-rules=MAP * ~NOTFOUND", "--force-device-scale-factor=1"]}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        self.session = ""
        self.session = "/session/" + self("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def __call__(self, method, path, body=None):
        request = urllib.request.Request(self.address + self.session + path, method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        with self.opener.open(request, timeout=120) as answer:
            return json.load(answer)["value"]

    def chrome(self, command, **parameters):
        return self("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def run(self, script):
        return self("POST", "/execute/sync", {"script": script, "args": []})

    def close(self):
        with contextlib.suppress(Exception):
            self("DELETE", "")
        self.driver.terminate()
        self.driver.wait()


def complaints(site, browser):
    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site)
        browser.chrome("Emulation.setDeviceMetricsOverride", width=400, height=800, deviceScaleFactor=1, mobile=False)
        browser("POST", "/url", {"url": path.as_uri()})
        for entry in browser("POST", "/se/log", {"type": "browser"}):
            if entry["level"] in ("SEVERE", "WARNING"):
                yield f"{name}: console: {entry['message']}"
        wide = browser.run("return document.documentElement.scrollWidth")
        if wide > 400:
            yield f"{name}: {wide} points wide in a window of 400"
        if browser.run("return [...document.images].some(i => i.loading != 'lazy' && !(i.complete && i.naturalWidth))"):
            yield f"{name}: a picture does not load"


def finds(site, browser, words):
    browser("POST", "/url", {"url": (site / "search.html").as_uri() + "?q=" + urllib.parse.quote(words)})
    for _ in range(100):
        found = browser.run("return document.querySelectorAll('#search-results ul.search li').length")
        if found and browser.run("return !document.querySelector('#search-progress')?.innerText"):
            return
        time.sleep(0.1)
    if not browser.run("return document.querySelectorAll('#search-results ul.search li').length"):
        yield f"search: {words} is not found"


def shoot(site, browser, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark"):
        browser.chrome("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
        for width in (400, 1400):
            browser.chrome("Emulation.setDeviceMetricsOverride", width=width, height=1000, deviceScaleFactor=1, mobile=False)
            for page in SHOWN:
                if not (site / f"{page}.html").exists():
                    continue
                browser("POST", "/url", {"url": (site / f"{page}.html").as_uri() + ("?q=gradcheck" if page == "search" else "")})
                time.sleep(0.3)
                picture = browser.chrome("Page.captureScreenshot", format="png")["data"]
                (folder / f"{page.replace('/', '-')}-{width}-{theme}.png").write_bytes(base64.b64decode(picture))


def main():
    site = Path(sys.argv[1]).resolve()
    wrong = list(broken_links(site))
    browser = Browser()
    try:
        wrong += complaints(site, browser)
        for words in ("clip_grad_norm_", "checkpoint"):
            wrong += finds(site, browser, words)
        if len(sys.argv) > 2:
            shoot(site, browser, Path(sys.argv[2]))
    finally:
        browser.close()
    print("\n".join(wrong) or "check site: every page opens, nothing in the console")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
