package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// slowConnections is the number of connections of each kind. The nodes together
// have fewer slots for actions.
const slowConnections = 60

// checkSlowClients checks that slow clients do not block others.
func (s *stack) checkSlowClients(ctx context.Context) (result, error) {
	f := result{name: "60 slow headers, forms, bodies and readers of one address do not block others"}
	form := "Host: " + hostname + "\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	var open []net.Conn
	defer func() {
		for _, connection := range open {
			_ = connection.Close()
		}
	}()
	for kind, request := range map[string]string{
		"headers":      "POST /agc/vdc_db_query.php HTTP/1.1\r\nHost: " + hostname + "\r\n",
		"forms":        "POST /agc/vdc_db_query.php HTTP/1.1\r\n" + form + "Content-Length: 1000\r\n\r\nid=",
		"chunks":       "POST /agc/vdc_db_query.php HTTP/1.1\r\n" + form + "Transfer-Encoding: chunked\r\n\r\n3\r\nid=\r\n",
		"large bodies": "POST /agc/vdc_db_query.php HTTP/1.1\r\n" + form + "Content-Length: 90000\r\n\r\ncomments=" + strings.Repeat("x", 60000),
		"readers":      "GET /agc/sounds/long.mp3 HTTP/1.1\r\nHost: " + hostname + "\r\n\r\n",
	} {
		for range slowConnections {
			connection, err := s.slow(ctx, request)
			if err != nil {
				return f, fmt.Errorf("%s: %w", kind, err)
			}
			open = append(open, connection)
		}
	}
	if err := wait(ctx, time.Second); err != nil {
		return f, err
	}
	browser := s.browser(agentAddress)
	defer browser.CloseIdleConnections()
	var wrong []string
	for i := range 6 {
		id := fmt.Sprintf("slow-%d", i)
		for path, want := range map[string]string{"/agc/vdc_db_query.php": "DONE " + id, "/agc/conf_exten_check.php": "Logged-in"} {
			body := url.Values{"id": {id}, "user": {"6666"}, "pass": {secret}}.Encode()
			_, message, _, err := fetch(ctx, browser, http.MethodPost, s.url(path), "application/x-www-form-urlencoded", strings.NewReader(body))
			if err != nil || !strings.Contains(message, want) {
				wrong = append(wrong, fmt.Sprintf("%s: %q, %v", path, message, err))
			}
		}
	}
	f.failure = strings.Join(wrong, "; ")
	return f, nil
}

// slow opens a connection and sends the beginning of a request only.
func (s *stack) slow(ctx context.Context, request string) (net.Conn, error) {
	connection, err := s.dial(ctx, slowAddress)
	if err != nil {
		return nil, err
	}
	if err := connection.SetWriteDeadline(time.Now().Add(browserTimeout)); err != nil {
		return nil, err
	}
	// The proxy may stop reading.
	if _, err = io.WriteString(connection, request); err != nil && !errors.Is(err, io.ErrShortWrite) {
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() {
			return nil, errors.Join(err, connection.Close())
		}
	}
	return connection, nil
}
