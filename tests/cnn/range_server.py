"""A web server of the files in a folder, for get_data_test.sh: range_server.py FOLDER LOG FIFO

It writes its port to FIFO when it is ready, and a line "PATH RANGE" to LOG for every request. What the first part of the
path says is done: /whole/FILE serves any range; /cut/FILE stops in the middle when asked for the beginning; /norange/FILE
serves the whole file, whatever range is asked for.
"""
import http.server
import os
import sys

folder, log, fifo = sys.argv[1:]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked = self.headers.get("Range", "")
        with open(log, "a") as out:
            print(self.path, asked or "all", file=out)
        _, mode, name = self.path.split("/", 2)
        path = os.path.join(folder, name)
        if not os.path.isfile(path):
            self.send_error(404)
            return
        with open(path, "rb") as file:
            data = file.read()
        start = int(asked[len("bytes="):].split("-")[0]) if asked and mode != "norange" else 0
        if start >= len(data):
            self.send_response(416)
            self.send_header("Content-Range", "bytes */%d" % len(data))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        part = data[start:]
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", "bytes %d-%d/%d" % (start, len(data) - 1, len(data)))
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part[:len(part) // 2] if mode == "cut" and start == 0 else part)

    def log_message(self, *args):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
with open(fifo, "w") as ready:
    print(server.server_address[1], file=ready)
server.serve_forever()
