"""An actor in Python: counts requests, as the demo does."""
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

count = 0
lock = Lock()


def actor_id():
    # read afresh: after a restore this may be another actor
    try:
        with open("/run/ate/actor-id") as file:
            return file.read()
    except FileNotFoundError:
        return "nobody"


class Counter(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        global count
        if self.path == "/readyz":
            body = b"ready\n"
        else:
            with lock:
                count += 1
                body = f"{actor_id()} count: {count}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


ThreadingHTTPServer(("", int(os.environ.get("PORT", "80"))), Counter).serve_forever()
