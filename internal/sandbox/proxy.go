package sandbox

import (
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"
)

// Cut says where [Proxy.CutAt] cuts: which statements count, and whether the
// last one still reaches the server.
type Cut int

const (
	// WriteUnsent counts statements that write (INSERT, UPDATE, DELETE,
	// REPLACE) and keeps the last one from the server: it was never run.
	WriteUnsent Cut = iota
	// WriteUnanswered counts statements that write and lets the server run the
	// last one, but the client never hears of it.
	WriteUnanswered
	// AnyUnsent is WriteUnsent over all statements.
	AnyUnsent
	// AnyUnanswered is WriteUnanswered over all statements.
	AnyUnanswered
)

func (c Cut) counts(statement string) bool {
	return c == AnyUnsent || c == AnyUnanswered || isWrite(statement)
}

func (c Cut) sends() bool { return c == WriteUnanswered || c == AnyUnanswered }

// Proxy stands between a client and a server. It knows which statements went
// by, and cuts connections at a wanted place. It takes no TLS.
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
	stayDown   bool
}

// NewProxy puts a proxy in front of a server until the test ends.
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

// Host is the address that the proxy listens on.
func (p *Proxy) Host() string { return loopback }

// Port is the port that the proxy listens on, the same for all its life.
func (p *Proxy) Port() int {
	if address, ok := p.listener.Addr().(*net.TCPAddr); ok {
		return address.Port
	}
	return 0
}

// Statements lists the statements that clients sent since the last reset, in
// order: queries as they are, and prepared ones (with their question marks)
// each time they are executed. The one at which a cut came is among them.
func (p *Proxy) Statements() []string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return slices.Clone(p.statements)
}

// Writes lists those of the statements that change rows.
func (p *Proxy) Writes() []string {
	return slices.DeleteFunc(p.Statements(), func(statement string) bool { return !isWrite(statement) })
}

// Commands counts what clients asked since the last reset, preparing and
// closing of statements included, but no ping and no quit.
func (p *Proxy) Commands() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.commands
}

// Reset forgets the statements that went by, and a cut that did not come yet.
func (p *Proxy) Reset() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.statements, p.commands, p.armed = nil, 0, false
}

// CutAt cuts the connection at the n-th statement from now on that the cut
// counts, 1 being the next. That connection alone is cut, and clients may
// connect again, unless stayDown is set: then all are cut, and new ones are
// hung up on before a greeting, until [Proxy.Heal].
//
// A text of several statements counts as one, by its first.
func (p *Proxy) CutAt(n int, cut Cut, stayDown bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.armed, p.countdown, p.cut, p.stayDown = true, n, cut, stayDown
}

// Cuts says how many cuts came. A test that cuts at each statement in turn is
// done when none came any more.
func (p *Proxy) Cuts() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.cuts
}

// Down cuts all connections at once, and lets nobody in until [Proxy.Heal].
func (p *Proxy) Down() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.down = true
	p.cutAll()
}

// Heal lets clients connect again, and forgets a cut that did not come yet.
func (p *Proxy) Heal() {
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
func (p *Proxy) cutAll() {
	for l := range p.links {
		l.close()
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

// connect serves one client until either side hangs up.
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

// verdict is what becomes of a command.
type verdict int

const (
	forward verdict = iota
	forwardAndDropAnswer
	drop
)

// pass notes a command, and the statement that it runs if it runs one.
func (p *Proxy) pass(statement string, runs bool) verdict {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.commands++
	if !runs {
		return forward
	}
	p.statements = append(p.statements, statement)
	if !p.armed || !p.cut.counts(statement) {
		return forward
	}
	if p.countdown--; p.countdown > 0 {
		return forward
	}
	p.armed = false
	if p.cut.sends() {
		return forwardAndDropAnswer // link.cutNow follows when the answer is there
	}
	p.countCut()
	return drop
}

// cutNow is called when the answer is there that the client must not hear.
func (p *Proxy) cutNow() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.countCut()
}

// countCut needs the mutex. The link that brought it about closes itself.
func (p *Proxy) countCut() {
	p.cuts++
	if p.stayDown {
		p.down = true
		p.cutAll()
	}
}
