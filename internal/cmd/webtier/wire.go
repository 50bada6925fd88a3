package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// wire sends a request as it stands, which no browser would send, and reads the
// answer.
func (s *stack) wire(ctx context.Context, from, request string) (int, string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	dialer := &tls.Dialer{
		NetDialer: &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}},
		Config:    &tls.Config{RootCAs: s.roots, ServerName: hostname, MinVersion: tls.VersionTLS12},
	}
	connection, err := dialer.DialContext(ctx, "tcp", s.address())
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = connection.Close() }()
	if deadline, limited := ctx.Deadline(); limited {
		if err := connection.SetDeadline(deadline); err != nil {
			return 0, "", err
		}
	}
	if _, err := io.WriteString(connection, request); err != nil {
		return 0, "", err
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	return response.StatusCode, string(text), err
}

// upgrade: a node that agreed to HTTP/2 would take further requests through a
// tunnel in which the proxy reads nothing.
func (s *stack) upgrade(ctx context.Context) (finding, error) {
	f := finding{claim: "nobody can ask a node for another protocol"}
	_, body, err := s.wire(ctx, managerAddress, "GET /vicidial/admin.php HTTP/1.1\r\nHost: "+hostname+
		"\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n")
	if !strings.Contains(body, "UPGRADE none") {
		f.wrong = body
	}
	return f, err
}

// trace: Apache answers TRACE with the request as it came, and so with what the
// proxy told it.
func (s *stack) trace(ctx context.Context) (finding, error) {
	f := finding{claim: "nobody is shown what the proxy tells a node"}
	status, body, err := s.wire(ctx, agentAddress, "TRACE /agc/vicidial.php HTTP/1.1\r\nHost: "+hostname+"\r\nConnection: close\r\n\r\n")
	if status != http.StatusMethodNotAllowed {
		f.wrong = fmt.Sprintf("%d %s", status, body)
	}
	return f, err
}

// fragment: to Apache a path ends at #, to HAProxy before 2.8.2 it did not.
func (s *stack) fragment(ctx context.Context) (finding, error) {
	f := finding{claim: "a path with # in it reaches no admin page"}
	status, body, err := s.wire(ctx, agentAddress, "GET /vicidial/admin.php#x.css HTTP/1.1\r\nHost: "+hostname+"\r\nConnection: close\r\n\r\n")
	if status != http.StatusBadRequest && status != http.StatusForbidden {
		f.wrong = fmt.Sprintf("%d %s", status, body)
	}
	return f, err
}

// fronted: of the addresses that a proxy in front names, the last is its own word.
func (s *stack) fronted(ctx context.Context) (finding, error) {
	f := finding{claim: "a trusted proxy's last address counts, and no other"}
	for said, want := range map[string]string{
		"198.51.100.9, " + managerAddress: "FROM " + managerAddress + " ",
		managerAddress + ", 198.51.100.9": "403",
	} {
		status, body, err := s.wire(ctx, frontAddress, "GET /vicidial/admin.php HTTP/1.1\r\nHost: "+hostname+"\r\nX-Forwarded-For: "+said+"\r\nConnection: close\r\n\r\n")
		if err != nil {
			return f, err
		}
		if got := fmt.Sprintf("%d %s", status, body); !strings.Contains(got, want) {
			f.wrong = fmt.Sprintf("%q gave %s", said, got)
		}
	}
	return f, nil
}

// oldTLS tries what browsers have given up.
func (s *stack) oldTLS(ctx context.Context) (finding, error) {
	f := finding{claim: "TLS 1.1 and ciphers without forward secrecy are refused"}
	for name, config := range map[string]*tls.Config{
		"TLS 1.1": {MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11},
		"RSA":     {MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}},
		"CBC":     {MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}},
	} {
		config.RootCAs, config.ServerName = s.roots, hostname
		connection, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", s.address())
		if err == nil {
			f.wrong = name + " is spoken"
			_ = connection.Close()
		}
	}
	return f, nil
}

// strict is what browsers are told to remember, and what they speak.
func (s *stack) strict(ctx context.Context) (finding, error) {
	f := finding{claim: "browsers are told to stay with TLS, and speak HTTP/2"}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url("/agc/vicidial.php"), nil)
	if err != nil {
		return f, err
	}
	response, err := s.browser(managerAddress).Do(request)
	if err != nil {
		return f, err
	}
	_ = response.Body.Close()
	if got := response.Header.Get("Strict-Transport-Security"); got != "max-age=31536000" || response.ProtoMajor != 2 {
		f.wrong = fmt.Sprintf("%q over %s", got, response.Proto)
	}
	return f, nil
}
