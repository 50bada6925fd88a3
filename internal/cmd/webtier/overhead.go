package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/webtier"
	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/webstack"
)

// overhead is how many requests per second this machine handles through a generated
// configuration and through a minimal HAProxy, with the same clients and nodes.
type overhead struct {
	name               string
	generated, minimal float64
}

const (
	overheadClients = 12
	overheadRounds  = 3
	overheadRound   = 2 * time.Second
)

// measureOverhead measures two pages that do the same: one of the polls, one of the
// actions. The proxies take turns, so that both see the same load of the machine.
func (s *stack) measureOverhead(ctx context.Context) (list []overhead, err error) {
	port, err := portForTLS(ctx)
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(s.folder, "minimal")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	address := webtier.JoinPort("127.0.0.1", port)
	minimal, err := webstack.StartProxy(ctx, "haproxy", folder, s.minimalText(address), address)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, minimal.Kill()) }()
	for _, page := range []struct{ name, path string }{{"polls", "/agc/sse.php"}, {"actions", "/vicidial/welcome.php"}} {
		one := overhead{name: page.name}
		for range overheadRounds {
			one.generated += s.throughput(ctx, s.url(page.path)) / overheadRounds
			one.minimal += s.throughput(ctx, fmt.Sprintf("https://%s:%d%s", hostname, port, page.path)) / overheadRounds
		}
		list = append(list, one)
	}
	return list, nil
}

// throughput returns the successful requests per second of clients that each ask again
// as soon as they are answered.
func (s *stack) throughput(ctx context.Context, url string) float64 {
	ctx, cancel := context.WithTimeout(ctx, overheadRound)
	defer cancel()
	var done atomic.Int64
	var working sync.WaitGroup
	begin := time.Now()
	for range overheadClients {
		working.Go(func() {
			browser := s.browser(agentAddress)
			defer browser.CloseIdleConnections()
			for ctx.Err() == nil {
				if status, _, _, err := fetch(ctx, browser, http.MethodGet, url, "", nil); err == nil && status == http.StatusOK {
					done.Add(1)
				}
			}
		})
	}
	working.Wait()
	return float64(done.Load()) / time.Since(begin).Seconds()
}

// minimalText is a configuration with nothing but TLS and the nodes.
func (s *stack) minimalText(address string) []byte {
	text := fmt.Sprintf("defaults\n mode http\n timeout connect 1s\n timeout client 1m\n timeout server 1m\nfrontend f\n bind %s ssl crt %s alpn h2,http/1.1\n default_backend b\nbackend b\n",
		address, filepath.Join(s.folder, "vici.pem"))
	for _, name := range s.tier.NodeNames() {
		text += fmt.Sprintf(" server %s %s\n", name, webtier.JoinPort(s.tier.Nodes[name].Address, s.tier.Nodes[name].Port))
	}
	return []byte(text)
}
