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

// agents is the number of agents. Together they send 100 polls, 20 posts and 10
// gets per second.
const agents = 100

// work is the kind of a request.
type work int

const (
	poll work = iota
	post      // changes state
	get       // changes state too
)

// outcome is the result of one request, as the browser receives it.
type outcome struct {
	work  work
	id    string // of an action
	begin time.Time
	took  time.Duration
	node  string // the node that responded
	fault string // empty for the expected response
}

func (o outcome) end() time.Time { return o.begin.Add(o.took) }

// workload runs the agents and records the outcomes of their requests.
type workload struct {
	stack    *stack
	cancel   context.CancelFunc
	working  sync.WaitGroup
	mutex    sync.Mutex
	recorded []outcome
}

func newWorkload(s *stack) *workload { return &workload{stack: s} }

// browserTimeout is the timeout of a request.
const browserTimeout = 15 * time.Second

// browser returns a client with its own connections from an address. It does not
// repeat requests that a server may have received.
func (s *stack) browser(from string) *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second, LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	return &http.Client{
		Timeout:       browserTimeout,
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

// url returns the public URL of a path.
func (s *stack) url(path string) string {
	return fmt.Sprintf("https://%s:%d%s", hostname, s.tier.Listen.HTTPSPort, path)
}

// start starts the agents.
func (f *workload) start(ctx context.Context) {
	ctx, f.cancel = context.WithCancel(ctx)
	for number := range agents {
		f.working.Add(1)
		go func() {
			defer f.working.Done()
			f.agent(ctx, number)
		}()
	}
}

// waitUntilSteady waits until every agent gets a response each second. On a busy
// machine this takes a while, since all open connections at once.
func (f *workload) waitUntilSteady(ctx context.Context) error {
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
	return nil // the first event reports the failures
}

// stop stops the agents and waits for their requests.
func (f *workload) stop() {
	f.cancel()
	f.working.Wait()
}

// outcomes returns the recorded outcomes.
func (f *workload) outcomes() []outcome {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return append([]outcome(nil), f.recorded...)
}

// agent polls each second, posts an action every five seconds and gets one every
// ten. Agents start at different times.
func (f *workload) agent(ctx context.Context, number int) {
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
	// An agent screen stops polling while three polls are unanswered
	// (conf_check_attempts).
	polls := make(chan struct{}, 3)
	// Requests that are running at the end are not cancelled.
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
		if kind, due := actionAt(second); due {
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

func actionAt(second int) (work, bool) {
	switch {
	case second%5 == 0:
		return post, true
	case second%10 == 3:
		return get, true
	}
	return 0, false
}

// ask sends one request and records its outcome. The agent screen posts polls and
// actions as forms (www/agc/vicidial.php), and gets scripts as frames, with all
// values in the URL.
func (f *workload) ask(ctx context.Context, browser *http.Client, kind work, id string) {
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
	f.recorded = append(f.recorded, o)
}

// fetch sends a request and returns the status, body and header of the response.
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
