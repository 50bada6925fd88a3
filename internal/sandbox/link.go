package sandbox

import (
	"bufio"
	"net"
	"sync"
)

// link is one client's connection through the proxy.
type link struct {
	proxy          *Proxy
	client, server net.Conn

	mutex      sync.Mutex
	prepared   map[uint32]string // statements by the server's numbers
	preparing  string            // sent to be prepared, not answered yet
	latest     string            // prepared last
	dropAnswer bool
}

func (l *link) close() {
	_ = l.client.Close() // either side may have hung up before
	_ = l.server.Close()
}

// forwardCommands hands on what the client says until it must not.
func (l *link) forwardCommands() {
	from := bufio.NewReader(l.client)
	var p packet
	var err error
	continued := false
	for {
		if p, err = readPacket(from, p); err != nil {
			return
		}
		// Commands begin a sequence; what belongs to the log-in, or to a
		// command that is too long for one packet, goes on with one.
		if p.sequence() == 0 && !continued && len(p.payload()) > 0 && !l.note(p.payload()) {
			return
		}
		continued = len(p.payload()) == longestPayload
		if _, err := l.server.Write(p); err != nil {
			return
		}
	}
}

// note takes a command down, and says whether to go on.
func (l *link) note(payload []byte) bool {
	asked := command(payload[0])
	if !asked.concernsStatements() {
		return true
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
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
	switch l.proxy.pass(statement, runs) {
	case drop:
		return false
	case forwardAndDropAnswer:
		l.dropAnswer = true
	case forward:
	}
	return true
}

// statement is the text behind a number; MariaDB takes the highest number for
// "the one that was prepared last".
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

// forwardAnswers hands on what the server says until it must not.
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
			plainGreeting(p)
		}
		if !l.hear(p) {
			return
		}
		if _, err := to.Write(p); err != nil {
			return
		}
		if from.Buffered() == 0 && to.Flush() != nil {
			return
		}
	}
}

// hear takes an answer down, and says whether the client may have it.
func (l *link) hear(p packet) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.dropAnswer {
		l.proxy.cutNow()
		return false
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
