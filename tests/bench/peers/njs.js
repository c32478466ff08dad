// The handler of nginx's njs module; nginx.conf names it.
function hello(r) {
	r.headersOut['Content-Type'] = 'text/plain; charset=utf-8';
	r.return(200, 'Hello World\n');
}

export default { hello };
