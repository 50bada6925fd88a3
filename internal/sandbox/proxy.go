package sandbox

import (
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Cut selects where [Proxy.CutAt] cuts: which statements count, and whether the
// last one reaches the server.
type Cut int

const (
	// WriteUnsent counts statements that write (INSERT, UPDATE, DELETE, REPLACE).
	// The last one does not reach the server.
	WriteUnsent Cut = iota
	// WriteUnanswered counts statements that write. The server executes the last
	// one, but the client gets no response.
	WriteUnanswered
	// WriteAnswered counts statements that write. The client gets the response to the
	// last one, and the connection is cut then.
	WriteAnswered
	// AnyUnsent is WriteUnsent for all statements.
	AnyUnsent
	// AnyUnanswered is WriteUnanswered for all statements.
	AnyUnanswered
)

func (c Cut) counts(statement string) bool {
	return c == AnyUnsent || c == AnyUnanswered || isWrite(statement)
}

// Proxy is a proxy between clients and a server. It records statements and cuts
// connections at a given statement. It does not support TLS.
type Proxy struct {
	server   *Server
	listener net.Listener
	running  sync.WaitGroup

	mutex      sync.Mutex
	links      map[*link]bool
	statements []string
	commands   int
	cuts       int
	down       bool
	armed      bool
	countdown  int
	cut        Cut
	counts     func(statement string) bool
	stayDown   bool
}

// NewProxy starts a proxy in front of a server until the test ends.
func NewProxy(tb testing.TB, server *Server) *Proxy {
	tb.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(loopback, "0"))
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{server: server, listener: listener, links: map[*link]bool{}}
	p.running.Go(p.accept)
	tb.Cleanup(p.close)
	return p
}

// Host returns the address of the proxy.
func (p *Proxy) Host() string { return loopback }

// Port returns the port of the proxy, which never changes.
func (p *Proxy) Port() int {
	if address, ok := p.listener.Addr().(*net.TCPAddr); ok {
		return address.Port
	}
	return 0
}

// Statements returns the statements since the last reset, in order: queries, and
// prepared statements (with their question marks) for each execution, including the
// one at which a connection was cut. Those that set variables of a session are not
// among them: their number is that of the connections, which differs from run to run.
func (p *Proxy) Statements() []string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return slices.DeleteFunc(slices.Clone(p.statements), func(statement string) bool { return strings.HasPrefix(statement, "SET ") })
}

// Writes returns the statements that change rows.
func (p *Proxy) Writes() []string {
	return slices.DeleteFunc(p.Statements(), func(statement string) bool { return !isWrite(statement) })
}

// Commands returns the number of commands since the last reset, including preparing
// and closing of statements, without ping and quit.
func (p *Proxy) Commands() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.commands
}

// Reset discards the recorded statements and a pending cut.
func (p *Proxy) Reset() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.statements, p.commands, p.armed = nil, 0, false
}

// CutAt cuts the connection at the n-th of the following statements that the cut
// counts, beginning with 1. Only that connection is cut, and clients may connect
// again, unless stayDown is set: then all are cut, and new ones are closed before a
// greeting, until [Proxy.Restore].
//
// A text of several statements counts as its first one.
func (p *Proxy) CutAt(n int, cut Cut, stayDown bool) {
	p.cutAt(n, cut, cut.counts, stayDown)
}

// CutBefore is [Proxy.CutAt] for the first statement that matches. It does not reach the
// server.
func (p *Proxy) CutBefore(matches func(statement string) bool, stayDown bool) {
	p.cutAt(1, AnyUnsent, matches, stayDown)
}

func (p *Proxy) cutAt(n int, cut Cut, counts func(statement string) bool, stayDown bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.armed, p.countdown, p.cut, p.counts, p.stayDown = true, n, cut, counts, stayDown
}

// Cuts returns the number of cuts. A test that cuts at each statement in turn is
// done when there was none.
func (p *Proxy) Cuts() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.cuts
}

// Down cuts all connections and refuses new ones until [Proxy.Restore].
func (p *Proxy) Down() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.down = true
	p.cutAll(nil)
}

// Restore accepts connections again and discards a pending cut.
func (p *Proxy) Restore() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.down, p.armed = false, false
}

func (p *Proxy) close() {
	_ = p.listener.Close()
	p.Down()
	p.running.Wait()
}

// cutAll needs the mutex.
func (p *Proxy) cutAll(except *link) {
	for l := range p.links {
		if l != except {
			l.close()
		}
	}
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		p.running.Go(func() { p.connect(client) })
	}
}

// connect serves one client until either side closes.
func (p *Proxy) connect(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", net.JoinHostPort(p.server.Host(), strconv.Itoa(p.server.Port())))
	if err != nil {
		return
	}
	defer server.Close()
	l := &link{proxy: p, client: client, server: server, prepared: map[uint32]string{}}
	if !p.admit(l) {
		return
	}
	answers := make(chan struct{})
	go func() {
		defer close(answers)
		l.forwardAnswers()
		l.close()
	}()
	l.forwardCommands()
	l.close()
	<-answers
	p.mutex.Lock()
	defer p.mutex.Unlock()
	delete(p.links, l)
}

func (p *Proxy) admit(l *link) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.down {
		return false
	}
	p.links[l] = true
	return true
}

// verdict is what to do with a command.
type verdict int

const (
	forward verdict = iota
	forwardAndDropAnswer
	forwardAndCut // after the response
	drop
)

// pass records a command and the statement that it executes, if any.
func (p *Proxy) pass(statement string, runs bool) verdict {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.commands++
	if !runs {
		return forward
	}
	p.statements = append(p.statements, statement)
	if !p.armed || !p.counts(statement) {
		return forward
	}
	if p.countdown--; p.countdown > 0 {
		return forward
	}
	p.armed = false
	switch p.cut { // cutNow is called at the response
	case WriteUnanswered, AnyUnanswered:
		return forwardAndDropAnswer
	case WriteAnswered:
		return forwardAndCut
	case WriteUnsent, AnyUnsent:
	}
	p.countCut(nil)
	return drop
}

// cutNow is called at the response to the statement of a cut.
func (p *Proxy) cutNow(own *link) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.countCut(own)
}

// countCut needs the mutex. The link of the cut closes itself; own is left to it.
func (p *Proxy) countCut(own *link) {
	p.cuts++
	if p.stayDown {
		p.down = true
		p.cutAll(own)
	}
}
