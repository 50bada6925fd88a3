package sandbox

import (
	"bufio"
	"net"
	"sync"
)

// link is the connection of one client through the proxy.
type link struct {
	proxy          *Proxy
	client, server net.Conn

	mutex     sync.Mutex
	prepared  map[uint32]string // statements by the server's numbers
	preparing string            // being prepared
	latest    string            // last prepared
	cut       verdict           // what to do with the next response
	ended     bool              // it has got its last response
}

func (l *link) close() {
	_ = l.client.Close() // either side may have closed before
	_ = l.server.Close()
}

// forwardCommands forwards commands of the client until a cut.
func (l *link) forwardCommands() {
	from := bufio.NewReader(l.client)
	var p packet
	var err error
	continued := false
	for {
		if p, err = readPacket(from, p); err != nil {
			return
		}
		// Commands begin a sequence. Packets of the login and further packets of a
		// long command continue one.
		if p.sequence() == 0 && !continued && len(p.payload()) > 0 && !l.record(p.payload()) {
			return
		}
		continued = len(p.payload()) == longestPayload
		if _, err := l.server.Write(p); err != nil {
			return
		}
	}
}

// record records a command and returns what to do with it.
func (l *link) record(payload []byte) bool {
	asked := command(payload[0])
	if !asked.concernsStatements() {
		return true
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.ended {
		return false
	}
	statement, runs := "", false
	switch asked {
	case commandQuery:
		statement, runs = string(payload[1:]), true
	case commandPrepare:
		l.preparing = string(payload[1:])
	case commandExecute, commandBulkExecute:
		statement, runs = l.statement(payload), true
	case commandClose:
		if number, ok := statementNumber(payload); ok {
			delete(l.prepared, number)
		}
	case commandLongData, commandReset, commandFetch: // they run no statement
	}
	l.cut = l.proxy.pass(statement, runs)
	return l.cut != drop
}

// statement returns the text of a statement number. The highest number means the
// last prepared statement.
func (l *link) statement(payload []byte) string {
	number, ok := statementNumber(payload)
	if !ok {
		return ""
	}
	if text, found := l.prepared[number]; found {
		return text
	}
	return l.latest
}

// forwardAnswers forwards responses of the server until a cut.
func (l *link) forwardAnswers() {
	from := bufio.NewReader(l.server)
	to := bufio.NewWriter(l.client)
	var p packet
	var err error
	for first := true; ; first = false {
		if p, err = readPacket(from, p); err != nil {
			return
		}
		if first {
			disableTLS(p)
		}
		if !l.recordAnswer(p) {
			return
		}
		if _, err := to.Write(p); err != nil {
			return
		}
		if (from.Buffered() == 0 || l.ended) && to.Flush() != nil || l.ended {
			return
		}
	}
}

// recordAnswer records a response and reports whether to forward it.
func (l *link) recordAnswer(p packet) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	switch l.cut {
	case forwardAndDropAnswer:
		l.proxy.cutNow(nil)
		return false
	case forwardAndCut:
		l.proxy.cutNow(l)
		l.ended = true
		return true
	case forward, drop:
	}
	if l.preparing != "" {
		if number, ok := statementNumber(p.payload()); ok && p.payload()[0] == 0 {
			l.prepared[number] = l.preparing
			l.latest = l.preparing
		}
		l.preparing = ""
	}
	return true
}
