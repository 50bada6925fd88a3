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

// once: a node that dies while it works on an action may have done it. The
// browser must be told, for what it is not told it asks for again by itself:
// browsers repeat what a used connection was closed on, and every HTTP/2
// stream that was refused.
func (s *stack) once(ctx context.Context) (finding, error) {
	f := finding{claim: "an action whose node dies on it runs once, and its browser is told so"}
	var all []error
	for _, protocol := range []string{"HTTP/1.1", "HTTP/2.0"} {
		browser := s.browser(agentAddress)
		if transport, ok := browser.Transport.(*http.Transport); ok && protocol == "HTTP/1.1" {
			transport.ForceAttemptHTTP2 = false
			transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
		}
		for _, method := range []string{http.MethodPost, http.MethodGet} {
			wrong, err := s.dies(ctx, browser, protocol, method)
			if wrong != "" {
				f.wrong = fmt.Sprintf("%s by %s: %s", method, protocol, wrong)
			}
			all = append(all, err)
		}
		browser.CloseIdleConnections()
	}
	// nginx has taken nodes out for that; the next check wants them all.
	return f, errors.Join(errors.Join(all...), s.reload(ctx, s.tier))
}

// dies asks for an action of which the node dies, over a connection that has
// served before, and says what was wrong with that.
func (s *stack) dies(ctx context.Context, browser *http.Client, protocol, method string) (string, error) {
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
	ran, err := s.ran()
	if err != nil {
		return "", err
	}
	if want := fmt.Sprintf("%d by %s", http.StatusBadGateway, protocol); ran[id] != 1 || seen != want {
		return fmt.Sprintf("it ran %d times, and the browser saw %s, not %s", ran[id], seen, want), nil
	}
	return "", nil
}
