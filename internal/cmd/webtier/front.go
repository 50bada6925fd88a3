package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// keptApart: over one connection a proxy in front brings requests of many clients.
// HAProxy before 2.5 keeps what one of them was taken for.
func (s *stack) keptApart(ctx context.Context) (finding, error) {
	f := finding{claim: "clients that a proxy in front brings over one connection are told apart"}
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	dialer := &tls.Dialer{
		NetDialer: &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(frontAddress)}},
		Config:    &tls.Config{RootCAs: s.roots, ServerName: hostname, MinVersion: tls.VersionTLS12},
	}
	connection, err := dialer.DialContext(ctx, "tcp", s.address())
	if err != nil {
		return f, err
	}
	defer func() { _ = connection.Close() }()
	if deadline, limited := ctx.Deadline(); limited {
		err = connection.SetDeadline(deadline)
	}
	reader := bufio.NewReader(connection)
	for _, client := range []struct {
		forwarded string
		status    int
	}{{managerAddress, 200}, {"198.51.100.9", 403}, {managerAddress, 200}, {"", 403}, {managerAddress, 200}} {
		header := ""
		if client.forwarded != "" {
			header = "X-Forwarded-For: " + client.forwarded + "\r\n"
		}
		_, writing := io.WriteString(connection, "GET /vicidial/admin.php HTTP/1.1\r\nHost: "+hostname+"\r\n"+header+"\r\n")
		response, reading := http.ReadResponse(reader, nil)
		if err = errors.Join(err, writing, reading); err != nil {
			return f, err
		}
		_, err = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		if response.StatusCode != client.status {
			f.wrong = fmt.Sprintf("%q gave %d, not %d", client.forwarded, response.StatusCode, client.status)
		}
	}
	return f, err
}

// literal: a name may be an IPv6 address, which has colons of its own.
func (s *stack) literal(ctx context.Context) (finding, error) {
	f := finding{claim: "a host that is an IPv6 address stays whole"}
	for host, want := range map[string]string{
		"[2001:db8::1]":       fmt.Sprintf("URL https://[2001:db8::1]:%d ", s.tier.Listen.HTTPSPort),
		"[2001:db8::1]:44301": fmt.Sprintf("URL https://[2001:db8::1]:%d ", s.tier.Listen.HTTPSPort),
	} {
		_, body, err := s.wire(ctx, managerAddress, "GET /vicidial/admin.php HTTP/1.1\r\nHost: "+host+"\r\nConnection: close\r\n\r\n")
		if err != nil {
			return f, err
		}
		if !strings.Contains(body, want) {
			f.wrong = fmt.Sprintf("%s: %q", host, body)
		}
	}
	return f, nil
}

// frontTLS: where TLS ends at a proxy in front, that proxy says how the client asked.
func (s *stack) frontTLS(ctx context.Context) (finding, error) {
	f := finding{claim: "TLS that ends at a trusted proxy in front gives https links, and nobody else may say so"}
	tier := s.tier
	tier.TLS, tier.Listen.HTTPPort = nil, s.tier.Listen.HTTPSPort
	if err := s.reload(ctx, tier); err != nil {
		return f, err
	}
	ask := func(from, forwarded string) (string, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address()+"/vicidial/admin.php", nil)
		if err != nil {
			return "", err
		}
		request.Host = hostname
		request.Header.Set("X-Forwarded-For", forwarded)
		request.Header.Set("X-Forwarded-Proto", "https")
		request.Header.Set("X-Forwarded-Host", "public.example.com")
		_, body, _, err := send(s.browser(from), request)
		return body, err
	}
	trusted, err := ask(frontAddress, managerAddress)
	other, err2 := ask(managerAddress, "198.51.100.9")
	if !strings.Contains(trusted, "URL https://public.example.com FROM "+managerAddress+" HTTPS on") {
		f.wrong = fmt.Sprintf("the proxy in front: %q", trusted)
	}
	if !strings.Contains(other, "URL http://"+hostname) {
		f.wrong = fmt.Sprintf("somebody else: %q", other)
	}
	return f, errors.Join(err, err2, s.reload(ctx, s.tier))
}

// nodeTLS: nodes that speak TLS are checked and asked over it.
func (s *stack) nodeTLS(ctx context.Context) (finding, error) {
	f := finding{claim: "nodes are checked and asked over TLS, by a certificate that must be theirs"}
	tier := s.tier
	tier.NodeTLS = &webtier.NodeTLS{Verify: true, CAFile: tier.TLS.CertificateFile}
	tier.Nodes = map[string]webtier.Node{}
	for name, node := range s.tier.Nodes {
		node.Port = s.nodes[name].TLSPort
		tier.Nodes[name] = node
	}
	ask := func() (int, error) {
		status := 0
		for range 6 {
			if err := wait(ctx, 400*time.Millisecond); err != nil { // until checks have been made
				return 0, err
			}
			answer, _, _, err := fetch(ctx, s.browser(agentAddress), http.MethodGet, s.url("/agc/vdc_script_display.php?id=tls"), "", nil)
			if err != nil {
				return 0, err
			}
			status = max(status, answer)
		}
		return status, nil
	}
	if err := s.reload(ctx, tier); err != nil {
		return f, err
	}
	if status, err := ask(); err != nil || status != http.StatusOK {
		f.wrong = fmt.Sprintf("it gave %d, %v", status, err)
	}
	wrong := *tier.NodeTLS
	wrong.SNI = "somebody-else.example.com"
	tier.NodeTLS = &wrong
	if err := s.reload(ctx, tier); err != nil {
		return f, err
	}
	if status, err := ask(); err != nil || status < 500 {
		f.wrong = fmt.Sprintf("another name's certificate gave %d, %v", status, err)
	}
	return f, s.reload(ctx, s.tier)
}
