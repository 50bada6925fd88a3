package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
)

// checkSharedConnection sends requests of several clients over one connection, as a
// proxy in front does. HAProxy before 2.5 applies the access of the first request
// to all.
func (s *stack) checkSharedConnection(ctx context.Context) (result, error) {
	f := result{name: "clients on one connection of a proxy in front have their own access"}
	ctx, cancel := context.WithTimeout(ctx, 2*browserTimeout)
	defer cancel()
	connection, err := s.dial(ctx, frontAddress)
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
			f.failure = fmt.Sprintf("%q gave %d, not %d", client.forwarded, response.StatusCode, client.status)
		}
	}
	return f, err
}

// checkIPv6Host checks a Host header with an IPv6 address, which contains colons.
func (s *stack) checkIPv6Host(ctx context.Context) (result, error) {
	f := result{name: "IPv6 address in the Host header is kept"}
	for host, want := range map[string]string{
		"[2001:db8::1]":       fmt.Sprintf("URL https://[2001:db8::1]:%d ", s.tier.Listen.HTTPSPort),
		"[2001:db8::1]:44301": fmt.Sprintf("URL https://[2001:db8::1]:%d ", s.tier.Listen.HTTPSPort),
	} {
		_, body, err := s.sendRaw(ctx, managerAddress, "GET /vicidial/admin.php HTTP/1.1\r\nHost: "+host+"\r\nConnection: close\r\n\r\n")
		if err != nil {
			return f, err
		}
		if !strings.Contains(body, want) {
			f.failure = fmt.Sprintf("%s: %q", host, body)
		}
	}
	return f, nil
}

// checkFrontTLS checks that only a trusted proxy in front, which terminates TLS,
// can set the scheme.
func (s *stack) checkFrontTLS(ctx context.Context) (result, error) {
	f := result{name: "trusted proxy in front sets the scheme, other clients do not"}
	tier := s.tier
	tier.TLS = nil
	if err := s.reload(ctx, tier); err != nil {
		return f, err
	}
	ctx, cancel := context.WithTimeout(ctx, browserTimeout)
	defer cancel()
	ask := func(from, forwarded string) (string, error) {
		// VICIdial writes http links for this port only: the other one contains 443.
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://%s:%d/vicidial/admin.php", hostname, tier.Listen.HTTPPort), nil)
		if err != nil {
			return "", err
		}
		request.Host = hostname
		request.Header.Set("X-Forwarded-For", forwarded)
		request.Header.Set("X-Forwarded-Proto", "https")
		request.Header.Set("X-Forwarded-Host", "public.example.com")
		for { // the old process may still redirect
			status, body, _, err := send(s.browser(from), request)
			if err == nil && status != http.StatusPermanentRedirect || wait(ctx, 100*time.Millisecond) != nil {
				return body, err
			}
		}
	}
	trusted, err := ask(frontAddress, managerAddress)
	other, err2 := ask(managerAddress, "198.51.100.9")
	if !strings.Contains(trusted, "URL https://public.example.com FROM "+managerAddress+" HTTPS on") {
		f.failure = fmt.Sprintf("the proxy in front: %q", trusted)
	}
	if !strings.Contains(other, "URL http://"+hostname) {
		f.failure = fmt.Sprintf("another client: %q", other)
	}
	return f, errors.Join(err, err2, s.reload(context.WithoutCancel(ctx), s.tier))
}

// checkNodeTLS checks TLS to the nodes, with verification.
func (s *stack) checkNodeTLS(ctx context.Context) (result, error) {
	f := result{name: "TLS to nodes verifies their certificate"}
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
			if err := wait(ctx, 400*time.Millisecond); err != nil { // until health checks have run
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
		f.failure = fmt.Sprintf("status %d, %v", status, err)
	}
	wrong := *tier.NodeTLS
	wrong.SNI = "somebody-else.example.com"
	tier.NodeTLS = &wrong
	if err := s.reload(ctx, tier); err != nil {
		return f, err
	}
	if status, err := ask(); err != nil || status < 500 {
		f.failure = fmt.Sprintf("another name's certificate gave %d, %v", status, err)
	}
	return f, s.reload(ctx, s.tier)
}
