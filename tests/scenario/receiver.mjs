// A real HTTP server that takes what notifiers send and answers as a test wants it to.
import { createServer } from 'node:net';
import http from 'node:http';
import https from 'node:https';

/** `behave(request, response, body)` answers; without it, 200. Everything that came is kept. With `tls`,
 * { key, cert }, it speaks https. */
export async function receiver(t, behave, tls) {
    const self = { requests: [], behave };
    const create = tls ? (listener) => https.createServer(tls, listener) : (listener) => http.createServer(listener);
    const server = create((request, response) => {
        let text = '';
        request.on('data', (data) => { text += data; });
        request.on('end', () => {
            const body = text === '' ? null : JSON.parse(text);
            self.requests.push({ method: request.method, url: request.url, headers: request.headers, body });
            if (self.behave) {
                self.behave(request, response, body);
            } else {
                response.end('ok');
            }
        });
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    t.after(() => { server.closeAllConnections(); server.close(); });
    self.port = server.address().port;
    self.url = `${tls ? 'https' : 'http'}://127.0.0.1:${self.port}/hook`;
    /** States of one alert in the order they came, such as ['firing', 'resolved']. */
    self.states = (subject) => self.requests.map((one) => one.body.alerts[0])
        .filter((alert) => alert.labels.subject === subject).map((alert) => alert.status);
    return self;
}

/** A TCP server below HTTP: `behave(socket, count)` gets every connection once bytes have come. */
export async function rawReceiver(t, behave) {
    const self = { connections: 0, sockets: new Set() };
    const server = createServer((socket) => {
        const count = self.connections++;
        self.sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => self.sockets.delete(socket));
        socket.once('data', () => behave(socket, count));
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    t.after(() => { self.sockets.forEach((socket) => socket.destroy()); server.close(); });
    self.url = `http://127.0.0.1:${server.address().port}/hook`;
    return self;
}
