"""A small mail server at the far edge: real SMTP on a real socket, with the trouble real ones make."""

import email
import socketserver
import threading
from email.message import EmailMessage
from email.policy import default


class PostOffice:
    """Takes mail on a free port. `says` is how it answers a recipient: 250, 451 (later), 550 (no such person)."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.says = 250
        self.hangs_up_after_data = False
        self.signed_in_as: list[str] = []
        office = self

        class Counter(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                office._serves(self)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Counter)
        self._server.daemon_threads = True
        self.url = f"smtp://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def closes(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _serves(self, line: socketserver.StreamRequestHandler) -> None:
        def answer(words: str) -> None:
            line.wfile.write(f"{words}\r\n".encode())

        answer("220 post office")
        while command := line.rfile.readline().decode().strip():
            word = command[:4].upper()
            if word == "EHLO":
                answer("250-post office\r\n250 AUTH PLAIN")
            elif word == "AUTH":
                self.signed_in_as.append(command)
                answer("235 welcome")
            elif word == "RCPT":
                answer(f"{self.says} as you like")
            elif word == "DATA":
                answer("354 go on")
                read = iter(line.rfile.readline, b".\r\n")
                letter = email.message_from_bytes(b"".join(read), policy=default)
                assert isinstance(letter, EmailMessage)
                self.taken.append(letter)
                if self.hangs_up_after_data:
                    return
                answer("250 taken")
            elif word == "QUIT":
                answer("221 bye")
                return
            else:
                answer("250 yes")
