"""Chromium, driven through a pipe: keys, clicks, windows, screenshots, and what it asks of the network."""
import base64
import json
import os
import subprocess

NAMED = {
    "ArrowRight": 39, "ArrowLeft": 37, "PageDown": 34, "PageUp": 33, "Home": 36, "End": 35,
    "Escape": 27, "Enter": 13, "Tab": 9,
}


class Browser:
    """A headless browser with one window."""

    def __init__(self, folder, size=(1280, 800)):
        from_us, self.to = os.pipe()
        self.source, from_it = os.pipe()

        def wire():
            os.dup2(from_us, 203), os.dup2(from_it, 204)
            os.dup2(203, 3), os.dup2(204, 4)

        self.process = subprocess.Popen(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--force-device-scale-factor=1", "--remote-debugging-pipe",
             f"--window-size={size[0]},{size[1]}", f"--user-data-dir={folder}/profile",
             "about:blank"],
            preexec_fn=wire, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(from_us), os.close(from_it)
        self.rest, self.number, self.session = b"", 0, None
        self.requests, self.troubles, self.loaded = [], [], 0
        target = next(
            t for t in self.send("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = self.send(
            "Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(domain + ".enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def send(self, method, **parameters):
        """Sends a command and returns its result; events on the way are noted."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def receive(self):
        while b"\0" not in self.rest:
            piece = os.read(self.source, 1 << 20)
            if not piece:
                raise RuntimeError("the browser ended")
            self.rest += piece
        line, self.rest = self.rest.split(b"\0", 1)
        message = json.loads(line)
        method, parameters = message.get("method"), message.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.troubles.append(str(parameters["exceptionDetails"]))
        elif method == "Log.entryAdded":
            self.troubles.append(str(parameters["entry"]))
        elif method == "Page.loadEventFired":
            self.loaded += 1
        return message

    def open(self, path):
        before = self.loaded
        self.send("Page.navigate", url="file://" + os.path.abspath(path))
        while self.loaded == before:
            self.receive()

    def ask(self, expression):
        result = self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait(self, expression):
        """Waits until an expression holds, as long as the test may last."""
        while not self.ask(expression):
            self.ask("new Promise(done => setTimeout(done, 20))")

    def press(self, *keys):
        for key in keys:
            event = {"key": key, "windowsVirtualKeyCode": NAMED.get(key, 0)}
            if key not in NAMED:
                event.update(text=key, windowsVirtualKeyCode=ord(key.upper()))
            if key == "Enter":
                event["text"] = "\r"
            self.send("Input.dispatchKeyEvent", type="keyDown", **event)
            self.send("Input.dispatchKeyEvent", type="keyUp", **event)

    def click(self, x, y):
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def resize(self, width, height):
        self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
            mobile=False)

    def photograph(self, path):
        picture = self.send("Page.captureScreenshot", format="png")["data"]
        with open(path, "wb") as out:
            out.write(base64.b64decode(picture))
