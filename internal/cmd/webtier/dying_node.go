package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// checkOnce checks that an action is not repeated when its node dies, and that the
// browser gets an error. Without a response, a browser repeats a request on a
// reused connection and a refused HTTP/2 stream by itself.
func (s *stack) checkOnce(ctx context.Context) (result, error) {
	f := result{name: "action on a dying node runs once and fails in the browser"}
	var all []error
	for _, protocol := range []string{"HTTP/1.1", "HTTP/2.0"} {
		browser := s.browser(agentAddress)
		if transport, ok := browser.Transport.(*http.Transport); ok && protocol == "HTTP/1.1" {
			transport.ForceAttemptHTTP2 = false
			transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
		}
		for _, method := range []string{http.MethodPost, http.MethodGet} {
			failure, err := s.checkDyingNode(ctx, browser, protocol, method)
			if failure != "" {
				f.failure += fmt.Sprintf("%s by %s: %s\n", method, protocol, failure)
			}
			all = append(all, err)
		}
		browser.CloseIdleConnections()
	}
	// nginx has removed nodes; the reload restores them for the next check.
	return f, errors.Join(errors.Join(all...), s.reload(ctx, s.tier))
}

// checkDyingNode requests an action that kills its node, over a reused connection.
// It returns a description of the failure.
func (s *stack) checkDyingNode(ctx context.Context, browser *http.Client, protocol, method string) (string, error) {
	id := strings.NewReplacer("/", "-", ".", "-").Replace("dies-" + protocol + "-" + method)
	form := url.Values{"id": {id}, "dies": {"1"}}.Encode()
	page, body, kind := "/agc/vdc_script_display.php?"+form, io.Reader(nil), ""
	if method == http.MethodPost {
		page, body, kind = "/agc/vdc_db_query.php", strings.NewReader(form), "application/x-www-form-urlencoded"
	}
	if status, _, _, err := fetch(ctx, browser, http.MethodGet, s.url("/agc/conf_exten_check.php"), "", nil); err != nil || status != http.StatusOK {
		return fmt.Sprintf("the poll before it gave %d", status), err
	}
	request, err := http.NewRequestWithContext(ctx, method, s.url(page), body)
	if err != nil {
		return "", err
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	seen := "nothing"
	if response, err := browser.Do(request); err == nil {
		seen = fmt.Sprintf("%d by %s", response.StatusCode, response.Proto)
		if again := response.Header.Get("Retry-After"); again != "" {
			seen += ", to ask again in " + again
		}
		_ = response.Body.Close()
	}
	ran, err := s.executions()
	if err != nil {
		return "", err
	}
	if want := fmt.Sprintf("%d by %s", http.StatusBadGateway, protocol); ran[id] != 1 || seen != want {
		return fmt.Sprintf("it ran %d times, and the browser saw %s, not %s", ran[id], seen, want), nil
	}
	return "", nil
}
