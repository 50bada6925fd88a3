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

// dial opens a TLS connection to the proxy from a client address.
func (s *stack) dial(ctx context.Context, from string) (net.Conn, error) {
	dialer := &tls.Dialer{
		NetDialer: &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: browserTimeout},
		Config:    &tls.Config{RootCAs: s.roots, ServerName: hostname, MinVersion: tls.VersionTLS12},
	}
	return dialer.DialContext(ctx, "tcp", s.address())
}

// sendRaw sends a request as it is, which a browser would not send, and returns the
// response.
func (s *stack) sendRaw(ctx context.Context, from, request string) (int, string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	connection, err := s.dial(ctx, from)
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

// checkUpgrade checks that a client cannot switch a node to HTTP/2, which would be
// a tunnel for unchecked requests.
func (s *stack) checkUpgrade(ctx context.Context) (result, error) {
	f := result{name: "Upgrade header of a client does not reach a node"}
	_, body, err := s.sendRaw(ctx, managerAddress, "GET /vicidial/admin.php HTTP/1.1\r\nHost: "+hostname+
		"\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n")
	if !strings.Contains(body, "UPGRADE none") {
		f.failure = body
	}
	return f, err
}

// checkTrace checks that TRACE is refused, since Apache returns the request with
// the headers of the proxy.
func (s *stack) checkTrace(ctx context.Context) (result, error) {
	f := result{name: "TRACE is refused"}
	status, body, err := s.sendRaw(ctx, agentAddress, "TRACE /agc/vicidial.php HTTP/1.1\r\nHost: "+hostname+"\r\nConnection: close\r\n\r\n")
	if status != http.StatusMethodNotAllowed {
		f.failure = fmt.Sprintf("%d %s", status, body)
	}
	return f, err
}

// checkFragment checks a path with #, where it ends for Apache and not for HAProxy
// before 2.8.2.
func (s *stack) checkFragment(ctx context.Context) (result, error) {
	f := result{name: "path with # is refused"}
	status, body, err := s.sendRaw(ctx, agentAddress, "GET /vicidial/admin.php#x.css HTTP/1.1\r\nHost: "+hostname+"\r\nConnection: close\r\n\r\n")
	if status != http.StatusBadRequest && status != http.StatusForbidden {
		f.failure = fmt.Sprintf("%d %s", status, body)
	}
	return f, err
}

// checkForwardedAddress checks that only the last address of a forwarded list is
// trusted.
func (s *stack) checkForwardedAddress(ctx context.Context) (result, error) {
	f := result{name: "last address of a trusted proxy counts"}
	for message, want := range map[string]string{
		"198.51.100.9, " + managerAddress: "FROM " + managerAddress + " ",
		managerAddress + ", 198.51.100.9": "403",
	} {
		status, body, err := s.sendRaw(ctx, frontAddress, "GET /vicidial/admin.php HTTP/1.1\r\nHost: "+hostname+"\r\nX-Forwarded-For: "+message+"\r\nConnection: close\r\n\r\n")
		if err != nil {
			return f, err
		}
		if got := fmt.Sprintf("%d %s", status, body); !strings.Contains(got, want) {
			f.failure = fmt.Sprintf("%q gave %s", message, got)
		}
	}
	return f, nil
}

// checkOldTLS tries TLS versions and ciphers that browsers no longer use.
func (s *stack) checkOldTLS(ctx context.Context) (result, error) {
	f := result{name: "TLS 1.1 and ciphers without forward secrecy are refused"}
	for name, config := range map[string]*tls.Config{
		"TLS 1.1": {MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11},
		"RSA":     {MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}},
		"CBC":     {MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}},
	} {
		config.RootCAs, config.ServerName = s.roots, hostname
		connection, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", s.address())
		if err == nil {
			f.failure = name + " is accepted"
			_ = connection.Close()
		}
	}
	return f, nil
}

// checkStrictTransport checks Strict-Transport-Security and HTTP/2.
func (s *stack) checkStrictTransport(ctx context.Context) (result, error) {
	f := result{name: "browsers get HTTP/2 and Strict-Transport-Security"}
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
		f.failure = fmt.Sprintf("%q over %s", got, response.Proto)
	}
	return f, nil
}
