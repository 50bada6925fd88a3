package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// agents is how many agents work at once: 100 polls, 20 posts and 10 gets a second.
const agents = 100

// work is what an agent's request is.
type work int

const (
	poll work = iota
	post      // changes state
	get       // changes state too
)

// outcome is what an agent's browser saw of one request.
type outcome struct {
	work  work
	id    string // of an action
	begin time.Time
	took  time.Duration
	node  string // who answered
	fault string // empty for the answer that was wanted
}

func (o outcome) end() time.Time { return o.begin.Add(o.took) }

// floor is the agents and what they saw.
type floor struct {
	stack   *stack
	stop    context.CancelFunc
	working sync.WaitGroup
	mutex   sync.Mutex
	seen    []outcome
}

func newFloor(s *stack) *floor { return &floor{stack: s} }

// patience is when a browser gives up.
const patience = 15 * time.Second

// browser is one agent's, with connections of its own from the given address.
// It repeats nothing by itself that a server may have seen.
func (s *stack) browser(from string) *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second, LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	return &http.Client{
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			ForceAttemptHTTP2: true,
			TLSClientConfig:   &tls.Config{RootCAs: s.roots, ServerName: hostname, MinVersion: tls.VersionTLS12},
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				_, port, err := net.SplitHostPort(address)
				if err != nil {
					return nil, err
				}
				return dialer.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
			},
		},
	}
}

// url is a page as agents see it.
func (s *stack) url(path string) string {
	return fmt.Sprintf("https://%s:%d%s", hostname, s.tier.Listen.HTTPSPort, path)
}

// open lets the agents begin.
func (f *floor) open(ctx context.Context) {
	ctx, f.stop = context.WithCancel(ctx)
	for number := range agents {
		f.working.Add(1)
		go func() {
			defer f.working.Done()
			f.agent(ctx, number)
		}()
	}
}

// settle waits until every agent is answered once a second, which takes longer
// than a second on a machine under load: all of them open connections at once.
func (f *floor) settle(ctx context.Context) error {
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); {
		answered, since := 0, time.Now().Add(-1200*time.Millisecond)
		for _, o := range f.outcomes() {
			if o.work == poll && o.fault == "" && o.begin.After(since) {
				answered++
			}
		}
		if answered >= agents {
			return nil
		}
		if err := wait(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
	return nil // the first event shows what is wrong
}

// close lets the agents go, when all their requests are answered.
func (f *floor) close() {
	f.stop()
	f.working.Wait()
}

// outcomes are all that was seen so far.
func (f *floor) outcomes() []outcome {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return append([]outcome(nil), f.seen...)
}

// agent polls each second, posts an action every fifth and gets one every
// tenth. The floor does not tick as one.
func (f *floor) agent(ctx context.Context, number int) {
	browser := f.stack.browser(agentAddress)
	defer browser.CloseIdleConnections()
	begin := time.NewTimer(time.Duration(number) * time.Second / agents)
	defer begin.Stop()
	select {
	case <-ctx.Done():
		return
	case <-begin.C:
	}
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	// A screen gives up polling when three polls hang (conf_check_attempts).
	polls := make(chan struct{}, 3)
	// What is under way when the floor closes is waited for.
	asking := context.WithoutCancel(ctx)
	for second := number; ; second++ {
		select {
		case polls <- struct{}{}:
			f.working.Add(1)
			go func() {
				defer f.working.Done()
				f.ask(asking, browser, poll, "")
				<-polls
			}()
		default:
		}
		if kind, due := duty(second); due {
			f.working.Add(1)
			go func() {
				defer f.working.Done()
				f.ask(asking, browser, kind, fmt.Sprintf("a%d-%d", number, second))
			}()
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func duty(second int) (work, bool) {
	switch {
	case second%5 == 0:
		return post, true
	case second%10 == 3:
		return get, true
	}
	return 0, false
}

// ask sends one request and notes what came of it. Polls and actions are forms
// that an agent's screen posts (www/agc/vicidial.php); scripts are frames, which
// the browser gets, with everything in the URL.
func (f *floor) ask(ctx context.Context, browser *http.Client, kind work, id string) {
	form := url.Values{"user": {"6666"}, "pass": {secret}, "id": {id}}.Encode()
	method, path, want := http.MethodPost, "/agc/conf_exten_check.php", "Logged-in: Y"
	switch kind {
	case post:
		path, want = "/agc/vdc_db_query.php", "DONE "+id
	case get:
		method, path, want = http.MethodGet, "/agc/vdc_script_display.php?"+form, "DONE "+id
	case poll:
	}
	var body io.Reader
	contentType := ""
	if method == http.MethodPost {
		body, contentType = strings.NewReader(form), "application/x-www-form-urlencoded"
	}
	o := outcome{work: kind, id: id, begin: time.Now()}
	status, text, header, err := fetch(ctx, browser, method, f.stack.url(path), contentType, body)
	o.took, o.node = time.Since(o.begin), header.Get("X-Node")
	switch {
	case err != nil:
		o.fault = err.Error()
	case status != http.StatusOK:
		o.fault = fmt.Sprintf("status %d", status)
	case !strings.Contains(text, want):
		o.fault = "200 with " + strings.TrimSpace(text)
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.seen = append(f.seen, o)
}

// fetch sends one request and reads its answer.
func fetch(ctx context.Context, browser *http.Client, method, url, contentType string, body io.Reader) (int, string, http.Header, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return 0, "", http.Header{}, err
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	return send(browser, request)
}

func send(browser *http.Client, request *http.Request) (int, string, http.Header, error) {
	response, err := browser.Do(request)
	if err != nil {
		return 0, "", http.Header{}, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	return response.StatusCode, string(text), response.Header, err
}
