"""
What is malformed: heads with the status that refuses them, and chunked bodies, which are 400.

RFC 9112 says what is malformed; the rows here are those where servers have disagreed with each
other, and so have let requests through that nobody had sent.
"""

HEADS = {
    # request line
    "an empty method": (400, b" / HTTP/1.1\r\nHost: a\r\n\r\n"),
    "no target": (400, b"GET HTTP/1.1\r\nHost: a\r\n\r\n"),
    "an empty target": (400, b"GET  HTTP/1.1\r\nHost: a\r\n\r\n"),
    "two spaces after the method": (400, b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
    "two spaces after the target": (400, b"GET /  HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a space in the target": (400, b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a space before the method": (400, b" GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a tab instead of a space": (400, b"GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n"),
    "no version": (400, b"GET /\r\nHost: a\r\n\r\n"),
    "a space after the version": (400, b"GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
    "the protocol in lower case": (400, b"GET / http/1.1\r\nHost: a\r\n\r\n"),
    "another protocol": (400, b"GET / ICAP/1.0\r\nHost: a\r\n\r\n"),
    "a version of three digits": (400, b"GET / HTTP/1.10\r\nHost: a\r\n\r\n"),
    "a version without a minor": (400, b"GET / HTTP/1\r\nHost: a\r\n\r\n"),
    "a version of letters": (400, b"GET / HTTP/a.b\r\nHost: a\r\n\r\n"),
    "HTTP/2.0": (505, b"GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
    "HTTP/3.0": (505, b"GET / HTTP/3.0\r\nHost: a\r\n\r\n"),
    "HTTP/0.9 with a version": ((400, 505), b"GET / HTTP/0.9\r\nHost: a\r\n\r\n"),
    "the preface of HTTP/2": ((400, 505), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "a method with a slash": (400, b"G/T / HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a method with a colon": (400, b"GET: / HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a method with a byte above ASCII": (400, b"G\xc3\x84T / HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a control byte in the target": (400, b"GET /a\x01b HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a NUL in the target": (400, b"GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a DEL in the target": (400, b"GET /a\x7fb HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a target without a slash": (400, b"GET hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    "an asterisk for GET": (400, b"GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
    "TLS on a plain port": (
        400,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(40)) + b"\r\n\r\n",
    ),
    "rubbish": (400, b"\x00\xff\xfe\xfd\r\n\r\n"),
    # line ends
    "a bare LF after the request line": (400, b"GET / HTTP/1.1\nHost: a\r\n\r\n"),
    "a bare LF after a header": (400, b"GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"),
    "a bare LF as the last line": (400, b"GET / HTTP/1.1\r\nHost: a\r\n\n"),
    "bare LFs alone": (400, b"GET / HTTP/1.1\nHost: a\n\n"),
    "a bare CR in the request line": (400, b"GET /\rX HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a bare CR in a value": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n"),
    "a bare CR after the request line": (400, b"GET / HTTP/1.1\rHost: a\r\n\r\n"),
    "a bare CR after a header": (400, b"GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n"),
    "a bare CR as the last line": (400, b"GET / HTTP/1.1\r\nHost: a\r\n\rX\r\n\r\n"),
    "CR CR LF": (400, b"GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"),
    # header lines
    "a space before the colon": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n"),
    "a tab before the colon": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX\t: y\r\n\r\n"),
    "a space in a name": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX Y: z\r\n\r\n"),
    "no colon": (400, b"GET / HTTP/1.1\r\nHost: a\r\nrubbish\r\n\r\n"),
    "an empty name": (400, b"GET / HTTP/1.1\r\nHost: a\r\n: y\r\n\r\n"),
    "obs-fold with a space": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n"),
    "obs-fold with a tab": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\tz\r\n\r\n"),
    "a fold before the first header": (400, b"GET / HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n"),
    "a NUL in a value": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"),
    "a control byte in a value": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x0bb\r\n\r\n"),
    "a DEL in a value": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x7fb\r\n\r\n"),
    "a NUL in a name": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n"),
    "a byte above ASCII in a name": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX\xe4: b\r\n\r\n"),
    "a parenthesis in a name": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX(): b\r\n\r\n"),
    # Host
    "no Host": (400, b"GET / HTTP/1.1\r\n\r\n"),
    "two Hosts": (400, b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    "the same Host twice": (400, b"GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n"),
    "two Hosts in HTTP/1.0": (400, b"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
    "a Host with a space": (400, b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
    "a Host with a comma": (400, b"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
    "a Host with a slash": (400, b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    "a Host with user information": (400, b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
    "a Host with a port of letters": (400, b"GET / HTTP/1.1\r\nHost: a:http\r\n\r\n"),
    # length of the body
    "Content-Length and Transfer-Encoding": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    "Transfer-Encoding and Content-Length": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    ),
    "two Content-Lengths that differ": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ),
    "a list of Content-Lengths that differ": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 2\r\n\r\nab",
    ),
    "an empty Content-Length": (400, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n"),
    "a Content-Length with a sign": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na",
    ),
    "a negative Content-Length": (400, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"),
    "a hexadecimal Content-Length": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\na",
    ),
    "a Content-Length with letters": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1a\r\n\r\na",
    ),
    "a Content-Length with a space inside": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 1\r\n\r\na",
    ),
    "a Content-Length with a fraction": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1.0\r\n\r\na",
    ),
    # no number that is there can be counted in 64 bits: not a length, or too large a body
    "a Content-Length beyond 64 bits": (
        (400, 413),
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551617\r\n\r\na",
    ),
    # transfer codings
    "an unknown coding": (501, b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"),
    "an unknown coding before chunked": (
        501,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    ),
    "chunked that is not last": (
        (400, 501),
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    ),
    "chunked twice": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    ),
    "chunked twice in two lines": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    "identity": ((400, 501), b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n"),
    "xchunked": (
        501,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    ),
    "chunked in quotes": (
        (400, 501),
        b'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
    ),
    "chunked with a vertical tab": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    ),
    "an empty Transfer-Encoding": (
        (400, 501),
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n",
    ),
    "Transfer-Encoding in HTTP/1.0": (
        400,
        b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    # too long
    "a target of 16k": ((414, 431), b"GET /" + b"a" * 16384 + b" HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a target of 70k": (414, b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a target without an end": (414, b"GET /" + b"a" * 70000),
    "a header of 20k": (431, b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 20000 + b"\r\n\r\n"),
    "a header without an end": (431, b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 70000),
    "headers of 20k": (
        431,
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: 012345678901234567890\r\n" * 800 + b"\r\n",
    ),
    "thousands of tiny headers": (
        431,
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"a:\r\n" * 10000 + b"\r\n",
    ),
    # more of the request line
    "three empty lines before it": (400, b"\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a bare LF before it": (400, b"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a bare CR before it": (400, b"\rGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a NUL before it": (400, b"\0GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a byte order mark before it": (400, b"\xef\xbb\xbfGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a method of 33 bytes": (400, b"A" * 33 + b" / HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a hash in the target": (400, b"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a byte above ASCII in the target": (400, b"GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a tab before the version": (400, b"GET /\tHTTP/1.1\r\nHost: a\r\n\r\n"),
    "two versions": (400, b"GET / HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a space in the version": (400, b"GET / HTTP/ 1.1\r\nHost: a\r\n\r\n"),
    "a version with a comma": (400, b"GET / HTTP/1,1\r\nHost: a\r\n\r\n"),
    "a version with a leading zero": (400, b"GET / HTTP/01.1\r\nHost: a\r\n\r\n"),
    "a version with a sign": (400, b"GET / HTTP/1.-1\r\nHost: a\r\n\r\n"),
    "a TLS in the version": (400, b"GET / HTTPS/1.1\r\nHost: a\r\n\r\n"),
    "HTTP/9.9": (505, b"GET / HTTP/9.9\r\nHost: a\r\n\r\n"),
    "an answer instead of a request": (400, b"HTTP/1.1 200 OK\r\nHost: a\r\n\r\n"),
    # absolute, asterisk and authority forms
    "an absolute target without a host": (400, b"GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n"),
    "an absolute target of a scheme alone": (400, b"GET http:// HTTP/1.1\r\nHost: a\r\n\r\n"),
    "an absolute target with one slash": (400, b"GET http:/a HTTP/1.1\r\nHost: a\r\n\r\n"),
    "an absolute target without a scheme": (400, b"GET ://a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a scheme that begins with a digit": (400, b"GET 1http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a scheme with a tilde": (400, b"GET ht~p://a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    "an absolute target with a user": (400, b"GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    "an absolute target with a bad port": (400, b"GET http://a:b/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    "an absolute target with port 65536": (400, b"GET http://a:65536/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    "an absolute target with an open bracket": (
        400,
        b"GET http://[::1/ HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
    "an absolute target without Host": (400, b"GET http://a/hello HTTP/1.1\r\n\r\n"),
    "an absolute target with two Hosts": (
        400,
        b"GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    ),
    "a mail address": (400, b"GET mailto:a@b HTTP/1.1\r\nHost: a\r\n\r\n"),
    "an asterisk for HEAD": (400, b"HEAD * HTTP/1.1\r\nHost: a\r\n\r\n"),
    "an asterisk for options in lower case": (400, b"options * HTTP/1.1\r\nHost: a\r\n\r\n"),
    "two asterisks": (400, b"OPTIONS ** HTTP/1.1\r\nHost: a\r\n\r\n"),
    "an asterisk with a query": (400, b"OPTIONS *?a HTTP/1.1\r\nHost: a\r\n\r\n"),
    "an asterisk behind a slashless path": (400, b"OPTIONS a* HTTP/1.1\r\nHost: a\r\n\r\n"),
    "CONNECT to a path": (400, b"CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n"),
    "CONNECT to an asterisk": (400, b"CONNECT * HTTP/1.1\r\nHost: a\r\n\r\n"),
    "CONNECT without a port": (400, b"CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n"),
    "CONNECT with an empty port": (400, b"CONNECT a: HTTP/1.1\r\nHost: a\r\n\r\n"),
    "CONNECT without a host": (400, b"CONNECT :80 HTTP/1.1\r\nHost: a\r\n\r\n"),
    "CONNECT to a URL": (400, b"CONNECT http://a:80/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    # more of Host
    "three Hosts": (400, b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\nHost: a\r\n\r\n"),
    "an empty Host and a Host": (400, b"GET / HTTP/1.1\r\nHost:\r\nHost: a\r\n\r\n"),
    "a Host with two ports": (400, b"GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n"),
    "a Host with port 65536": (400, b"GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n"),
    "a Host with an open bracket": (400, b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
    "a Host with a closing bracket": (400, b"GET / HTTP/1.1\r\nHost: a]\r\n\r\n"),
    "a Host of empty brackets": (400, b"GET / HTTP/1.1\r\nHost: []\r\n\r\n"),
    "a Host of an address without brackets": (400, b"GET / HTTP/1.1\r\nHost: 2001:db8::1\r\n\r\n"),
    "a Host of a port alone": (400, b"GET / HTTP/1.1\r\nHost: :80\r\n\r\n"),
    "a Host with a broken escape": (400, b"GET / HTTP/1.1\r\nHost: a%z1\r\n\r\n"),
    "a Host with half an escape": (400, b"GET / HTTP/1.1\r\nHost: a%4\r\n\r\n"),
    "a Host with a query": (400, b"GET / HTTP/1.1\r\nHost: a?b\r\n\r\n"),
    "a Host with a hash": (400, b"GET / HTTP/1.1\r\nHost: a#b\r\n\r\n"),
    "a Host with a backslash": (400, b"GET / HTTP/1.1\r\nHost: a\\b\r\n\r\n"),
    "a Host in quotes": (400, b'GET / HTTP/1.1\r\nHost: "a"\r\n\r\n'),
    "a Host in angle brackets": (400, b"GET / HTTP/1.1\r\nHost: <a>\r\n\r\n"),
    "a Host with a byte above ASCII": (400, b"GET / HTTP/1.1\r\nHost: \xc3\xa4\r\n\r\n"),
    "a Host that is a URL": (400, b"GET / HTTP/1.1\r\nHost: http://a\r\n\r\n"),
    # Expect
    "an unknown Expect": (417, b"POST / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n"),
    "an empty Expect": (417, b"POST / HTTP/1.1\r\nHost: a\r\nExpect:\r\n\r\n"),
    "a list of Expects": (417, b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue, tea\r\n\r\n"),
    # more limits
    "a request line of 8k and one": (
        414,
        b"GET /" + b"a" * (8192 - len("GET / HTTP/1.1\r\n") + 1) + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
    "a head of 16k and one": (
        431,
        b"GET / HTTP/1.1\r\nHost: a\r\nX: "
        + b"a" * (16384 - len("GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n") + 1)
        + b"\r\n\r\n",
    ),
    "101 headers": (431, b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 100 + b"\r\n"),
    "a name of 20k": (431, b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X" * 20000 + b": y\r\n\r\n"),
    "a name without an end": (431, b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X" * 70000),
    "white space without an end": (431, b"GET / HTTP/1.1\r\nHost: a\r\nX:" + b" " * 70000),
    "a method without an end": (400, b"A" * 70000),
    "a version without an end": (400, b"GET / " + b"1" * 70000),
    "empty lines without an end": (400, b"\r\n" * 5000),
    # other protocols, and none
    "TLS 1.3": (
        400,
        b"\x16\x03\x01\x00\xf8\x01\x00\x00\xf4\x03\x03" + bytes(range(255, 0, -1)),
    ),
    "SSL 2": (400, b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10\x01\x00\x80\x02\x00\x80"),
    "SSH": (400, b"SSH-2.0-OpenSSH_9.2p1\r\n"),
    "SMTP": (400, b"EHLO a.example\r\n"),
    "Redis": (400, b"*1\r\n$4\r\nPING\r\n"),
    "SOCKS 5": (400, b"\x05\x02\x00\x02"),
    "a PROXY line": (400, b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n"),
    "a binary PROXY header": (400, b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c" + bytes(12)),
    "RDP": (400, b"\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00"),
    "SMB": (400, b"\x00\x00\x00\x2f\xffSMB\x72" + bytes(43)),
    "MQTT": (400, b"\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04test"),
    "a frame of HTTP/2": (400, b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"),
    "a WebSocket frame": (400, b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"),
    "JSON": (400, b'{"jsonrpc": "2.0"}\r\n\r\n'),
    "UTF-16": (400, "GET / HTTP/1.1\r\nHost: a\r\n\r\n".encode("utf-16")),
    "gzip": (400, b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"),
    "zeros": (400, bytes(4096)),
    "ones": (400, b"\xff" * 4096),
    "every byte": (400, bytes(range(256)) * 16),
}


def _lengths():
    """What is no Content-Length, with the body that some server might take it for."""
    for value in (
        b"1,1,2 1;1 1,, ,1 , 1e0 0b1 0o1 1_0 'x' #1 Infinity null -0 +0 1h 1/1 (1) =1 \xb2 \xd9\xa1 \xc2\xa01"
    ).split():
        yield f"Content-Length: {value!r}", 400, b"Content-Length: " + value
    yield "a quoted Content-Length", 400, b'Content-Length: "1"'
    yield "a tab in a Content-Length", 400, b"Content-Length: 1\t1"
    yield "a Content-Length of 2^63", 413, b"Content-Length: 9223372036854775808"
    yield "a Content-Length of 40 digits", 413, b"Content-Length: " + b"1234567890" * 4
    yield "a space before the colon of Content-Length", 400, b"Content-Length : 1"
    yield "a tab before the colon of Content-Length", 400, b"Content-Length\t: 1"
    yield "a folded Content-Length", 400, b"Content-Length:\r\n 1"
    yield "a vertical tab before Content-Length", 400, b"\x0bContent-Length: 1"
    yield "Content-Length twice", 400, b"Content-Length: 1\r\nContent-Length: 1"
    yield "Content-Length of 0 and chunked", 400, b"Content-Length: 0\r\nTransfer-Encoding: chunked"


def _codings():
    for value, status in {
        b"chunked, identity": 400,
        b"chunked, chunked, gzip": 400,
        b"chunked;q=1": 501,
        b"chunked chunked": 501,
        b"'chunked'": 501,
        b"x, chunked": 501,
        b"identity, chunked": 501,
        b"chunk": 501,
        b"chunkedx": 501,
        b"deflate": 501,
        b", ,": 400,
        b"chun\0ked": 400,
        b"chunked\0": 400,
        b"\xffchunked": 501,
        b"chunked\rX": 400,
    }.items():
        yield f"Transfer-Encoding: {value!r}", status, b"Transfer-Encoding: " + value
    yield "a space before the colon of Transfer-Encoding", 400, b"Transfer-Encoding : chunked"
    yield "a folded Transfer-Encoding", 400, b"Transfer-Encoding:\r\n chunked"
    yield "a NUL in Transfer-Encoding's name", 400, b"Transfer-\0Encoding: chunked"
    yield "gzip and chunked in two lines", 501, b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked"
    yield "chunked and gzip in two lines", 400, b"Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip"


for _name, _status, _lines in [*_lengths(), *_codings()]:
    HEADS[_name] = (_status, b"POST / HTTP/1.1\r\nHost: a\r\n" + _lines + b"\r\n\r\na")

# Every byte that may not be where it is.
_CONTROLS = [*range(0x20), 0x7F]
for _byte in _CONTROLS:
    _place, _octet = f"byte {_byte:#04x}", bytes([_byte])
    HEADS[f"{_place} in a method"] = (400, b"G" + _octet + b"T / HTTP/1.1\r\nHost: a\r\n\r\n")
    HEADS[f"{_place} in a target"] = (400, b"GET /a" + _octet + b"b HTTP/1.1\r\nHost: a\r\n\r\n")
    HEADS[f"{_place} in a name"] = (
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\nX" + _octet + b"Y: z\r\n\r\n",
    )
    if _octet != b"\t":
        HEADS[f"{_place} in a value"] = (
            400,
            b"GET / HTTP/1.1\r\nHost: a\r\nX: y" + _octet + b"z\r\n\r\n",
        )
for _byte in b'"(),/;<=>?@[\\]{}\x80\xff':
    HEADS[f"byte {_byte:#04x} in a name"] = (
        400,
        b"GET / HTTP/1.1\r\nHost: a\r\nX" + bytes([_byte]) + b"Y: z\r\n\r\n",
    )

CHUNKS = {
    "a chunk size of letters": b"xyz\r\nabc\r\n0\r\n\r\n",
    "an empty chunk size": b"\r\nabc\r\n0\r\n\r\n",
    "a chunk size with a sign": b"+3\r\nabc\r\n0\r\n\r\n",
    "a negative chunk size": b"-3\r\nabc\r\n0\r\n\r\n",
    "a chunk size with 0x": b"0x3\r\nabc\r\n0\r\n\r\n",
    "a chunk size with an underscore": b"1_0\r\n0123456789abcdef\r\n0\r\n\r\n",
    "a space before the chunk size": b" 3\r\nabc\r\n0\r\n\r\n",
    "a chunk size beyond 64 bits": b"10000000000000003\r\nabc\r\n0\r\n\r\n",
    "a chunk size of 70 digits": b"0" * 69 + b"3z\r\nabc\r\n0\r\n\r\n",
    "a bare LF after the chunk size": b"3\nabc\r\n0\r\n\r\n",
    "a bare CR in a chunk extension": b"3;a\rb\r\nabc\r\n0\r\n\r\n",
    "a bare LF in a chunk extension": b"3;a\nb\r\nabc\r\n0\r\n\r\n",
    "a NUL in a chunk extension": b"3;a\0b\r\nabc\r\n0\r\n\r\n",
    "a chunk without its line end": b"3\r\nabcdef\r\n0\r\n\r\n",
    "a bare LF after a chunk": b"3\r\nabc\n0\r\n\r\n",
    "junk after a chunk": b"3\r\nabcX\r\n0\r\n\r\n",
    "a bare LF after the last chunk": b"3\r\nabc\r\n0\n\r\n",
    "a bare LF at the end": b"3\r\nabc\r\n0\r\n\n",
    "a trailer without a colon": b"3\r\nabc\r\n0\r\nrubbish\r\n\r\n",
    "a trailer with a space before the colon": b"3\r\nabc\r\n0\r\nX : y\r\n\r\n",
    "a folded trailer": b"3\r\nabc\r\n0\r\nX: y\r\n z\r\n\r\n",
    "a NUL in a trailer": b"3\r\nabc\r\n0\r\nX: a\0b\r\n\r\n",
    "a space after the chunk size": b"3 \r\nabc\r\n0\r\n\r\n",
    "two chunk sizes": b"3 3\r\nabc\r\n0\r\n\r\n",
    "a chunk size with a comma": b"3,3\r\nabc\r\n0\r\n\r\n",
    "a chunk size with a fraction": b"3.0\r\nabc\r\n0\r\n\r\n",
    "a chunk size in quotes": b'"3"\r\nabc\r\n0\r\n\r\n',
    "a chunk size with an h": b"3h\r\nabc\r\n0\r\n\r\n",
    "a chunk size of 16 digits": b"0000000000000003\r\nabc\r\n0\r\n\r\n",
    "a chunk size of 2^63 - 1": b"7fffffffffffffff\r\nabc\r\n0\r\n\r\n",
    "a chunk size of 2^64 - 1": b"ffffffffffffffff\r\nabc\r\n0\r\n\r\n",
    "a chunk size above ASCII": b"\xd9\xa3\r\nabc\r\n0\r\n\r\n",
    "a NUL in a chunk size": b"3\0\r\nabc\r\n0\r\n\r\n",
    "a bare CR after the chunk size": b"3\rabc\r\n0\r\n\r\n",
    "two CRs after the chunk size": b"3\r\r\nabc\r\n0\r\n\r\n",
    "an empty line before a chunk": b"\r\n3\r\nabc\r\n0\r\n\r\n",
    "an empty line between chunks": b"3\r\nabc\r\n\r\n0\r\n\r\n",
    "a DEL in a chunk extension": b"3;a\x7fb\r\nabc\r\n0\r\n\r\n",
    "an extension that ends in a bare LF": b"3;a\nabc\r\n0\r\n\r\n",
    "a chunk that is longer than it says": b"3\r\nabcd\r\n0\r\n\r\n",
    "a chunk that is shorter than it says": b"4\r\nabc\r\n0\r\n\r\n",
    "no line end behind a chunk": b"3\r\nabc0\r\n\r\n",
    "a bare CR behind a chunk": b"3\r\nabc\r0\r\n\r\n",
    "two LFs behind a chunk": b"3\r\nabc\n\n0\r\n\r\n",
    "a byte and LF behind a chunk": b"3\r\nabcX\n0\r\n\r\n",
    "a byte and LF at the end": b"3\r\nabc\r\n0\r\nX\n",
    "LF CR behind a chunk": b"3\r\nabc\n\r0\r\n\r\n",
    "two CRs behind a chunk": b"3\r\nabc\r\r\n0\r\n\r\n",
    "a last chunk below zero": b"3\r\nabc\r\n-0\r\n\r\n",
    "a last chunk with a space": b"3\r\nabc\r\n0 \r\n\r\n",
    "a NUL in the last chunk's extension": b"3\r\nabc\r\n0;\0\r\n\r\n",
    "a bare CR in a trailer": b"3\r\nabc\r\n0\r\nX: a\rb\r\n\r\n",
    "a bare LF in a trailer": b"3\r\nabc\r\n0\r\nX: a\n\r\n",
    "a trailer without a name": b"3\r\nabc\r\n0\r\n: y\r\n\r\n",
    "a trailer behind a space": b"3\r\nabc\r\n0\r\n X: y\r\n\r\n",
    "a trailer with a DEL": b"3\r\nabc\r\n0\r\nX: \x7f\r\n\r\n",
    "a trailer with a semicolon in its name": b"3\r\nabc\r\n0\r\nX;: y\r\n\r\n",
    "101 trailers": b"3\r\nabc\r\n0\r\n" + b"X: y\r\n" * 101 + b"\r\n",
    "a trailer section of 17k": b"3\r\nabc\r\n0\r\nX: " + b"y" * 17000 + b"\r\n\r\n",
}
